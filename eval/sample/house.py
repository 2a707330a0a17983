"""Questions in house words: a desk's own name for a thing, where other questions use a usual noun.

They are there for what tuning can teach and nothing shipped can know: no model, glossary or document says
what "the guillotine" is, while the desk's experts do (``text/labels.py.txt``). So no recipe for shipped
weights may learn from these questions, and they are not among the further ones. The names stand in
``text/house_words.toml`` and are the same in both splits; how questions are worded differs, as elsewhere.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import Any

from eval.sample.asking import Asked, gold_of, wrap
from eval.sample.records import Deal, line
from eval.sample.sampling import SLOTS
from eval.sample.wording import source

_LEFT_OUT = 2
"""Words that a deal is not asked about; which ones goes round, so that each word is asked of most deals."""
_LOGGED = 6
"""Words that a logged deal is asked about; they go round too."""


@cache
def house_words() -> tuple[dict[str, Any], ...]:
    """The desk's words, each with the fact that it stands for."""
    return tuple(tomllib.loads(source("house_words", "toml"))["word"])


def house_lines(deals: Sequence[Deal], seed: int) -> list[str]:
    """The lines of these questions, deal by deal; a deal's do not depend on the other deals."""
    lines = []
    for deal in deals:
        rng = Random(f"{seed}/house words/{deal.terms.slug}")  # noqa: S311 (reproducible, not secret)
        for number, (text, gold) in enumerate(_of_deal(deal, rng)):
            lines.append(line(f"sample-{deal.terms.slug}-house-{number:02d}", text, gold))
    return lines


def _of_deal(deal: Deal, rng: Random) -> Iterator[Asked]:
    words = house_words()
    logged = deal.terms.number - len(SLOTS)
    if logged >= 0:
        asked = [words[(logged * _LOGGED + i) % len(words)] for i in range(_LOGGED)]
    else:
        turn = deal.terms.number // 2  # deals alternate between the splits
        left_out = {(turn * _LEFT_OUT + i) % len(words) for i in range(_LEFT_OUT)}
        asked = [word for i, word in enumerate(words) if i not in left_out]
    for word in rng.sample(asked, len(asked)):
        yield wrap(deal, rng, word["name"]), gold_of(deal, word, "house_words")
