"""All gold questions of a library, in order: how many of which kind each deal gets, and their ids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from eval.sample.arithmetic import sums
from eval.sample.asking import Asked, absences, amendments, asked_of_text, pointers
from eval.sample.comparing import comparisons, margins
from eval.sample.records import Deal, line
from eval.sample.tabular import cells

_COMPARISONS_PER_DEAL = 5
_DRAWS = 2
_APART = 1_000
"""Seeds of draws differ by so much."""


def question_lines(deals: Sequence[Deal], seed: int, name: str = "sample") -> list[str]:
    """The lines of ``questions.jsonl``; a deal's own questions do not depend on the other deals.

    ``name`` is what their ids begin with.
    """
    lines = []
    for deal in deals:
        rng = Random(f"{seed}/questions/{deal.terms.slug}")  # noqa: S311 (reproducible, not secret)
        for number, (text, gold) in enumerate(_of_deal(deal, rng)):
            lines.append(line(f"{name}-{deal.terms.slug}-{number:03d}", text, gold))
    for split in ("tuning", "evaluation"):
        own = [deal for deal in deals if deal.terms.split == split]
        if len(own) > 1:
            rng = Random(f"{seed}/comparisons/{split}")  # noqa: S311 (reproducible, not secret)
            asked = comparisons(own, rng, _COMPARISONS_PER_DEAL * len(own))
            lines += [line(f"{name}-{split}-{i:03d}", text, gold) for i, (text, gold) in enumerate(asked)]
    return lines


def more_lines(deals: Sequence[Deal], seed: int) -> list[str]:
    """Further questions about the tuning deals, in other words and of other things: to learn from alone."""
    tuning = [deal for deal in deals if deal.terms.split == "tuning"]
    lines = []
    for draw in range(1, _DRAWS + 1):
        lines += question_lines(tuning, seed + _APART * draw, f"sample{draw}")
    return lines


def _of_deal(deal: Deal, rng: Random) -> Iterator[Asked]:
    yield from asked_of_text(deal, rng, "lookup", "lookup", 9)
    yield from asked_of_text(deal, rng, "hop", "definition_hop", 7)
    yield from asked_of_text(deal, rng, "reference", "cross_reference", 5)
    yield from pointers(deal, rng, 3)
    yield from cells(deal, rng, 8)
    yield from sums(deal, rng, 6)
    yield from amendments(deal, rng)
    yield from margins(deal, rng)
    yield from absences(deal, rng)
