"""How well each figure fits a question: shares of words, years, and where in the question it is named.

Words count by their rarity among the rows and sentences at hand. Leaves programs of several figures to
``program_features``.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.numbers.asked import Asked
from rag.numbers.mentions import Mention, stems

Array = NDArray[np.float32]

_ASKS = 0.2
"""What a word counts that mostly says how to compute."""
_RELATIVE = 4
BALANCE = frozenset(stems("balance ending beginning"))
"""Of the labels of rows that a table of movements starts or ends with."""
_CHANGE = frozenset(stems("change increase decrease variance growth"))
_TOTAL = frozenset(stems("total"))
_EQUAL = 1e-6

MENTION_FEATURES = (
    "covered", "precise", "header covered", "header precise", "above covered", "phrase", "whole label",
    "year fits", "year differs", "year unknown", "total asked", "total unasked",
    "in table", "percent", "money", "zero",
    "month fits", "month differs", "indexed", "year named", "last",
    "indexed last", "balance", "of change", "bare total",
    "best covered", "best precise", "covered in year", "own and header",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Matched:
    """Mentions with their features ``[n, len(MENTION_FEATURES)]`` and what programs need of the question.

    ``rarity`` weighs each naming stem of the question; ``masks`` ``[n, words]`` says which of them stand in a
    mention's own or header's words, ``above`` in any of its words; ``places`` are the stems' places.
    """

    asked: Asked
    mentions: Sequence[Mention]
    features: Array
    words: tuple[str, ...]
    weights: Array
    masks: Array
    above: Array

    @property
    def prior(self) -> Array:
        """``[n]`` how well a mention fits alone, by hand-set weights: which ones programs are made of."""
        weights = np.array([_PRIOR.get(name, 0.0) for name in MENTION_FEATURES], dtype=np.float32)
        fits: Array = self.features @ weights
        return fits


_PRIOR = {
    "covered": 2.0,
    "precise": 1.0,
    "header covered": 1.0,
    "header precise": 0.3,
    "above covered": 0.5,
    "phrase": 1.0,
    "whole label": 0.7,
    "year fits": 1.0,
    "year differs": -1.2,
    "total asked": 0.3,
    "total unasked": -0.3,
    "in table": 0.3,
    "zero": -0.2,
    "month fits": 0.5,
    "month differs": -0.5,
    "year named": 0.3,
    "balance": 0.3,
    "of change": -0.3,
    "bare total": 0.3,
}


def of_change(mention: Mention) -> bool:
    """Whether a figure says what moved between others, by the words or years of its column."""
    return mention.in_table and (len(mention.years) > 1 or bool(mention.header & _CHANGE))


def match(asked: Asked, mentions: Sequence[Mention]) -> Matched:
    """The features of all mentions."""
    rarity = _rarity(mentions)
    words = tuple(dict.fromkeys(asked.naming))
    weigh = {w: (_ASKS if w in asked.weak else 1.0) * rarity(w) for w in words}
    weights = np.array([weigh[w] for w in words], dtype=np.float32)
    masks = np.array([[w in m.own or w in m.header for w in words] for m in mentions], dtype=np.float32)
    above = np.array([[w in m.above for w in words] for m in mentions], dtype=np.float32)
    shape = (len(mentions), len(words))
    masks, above = masks.reshape(shape), np.maximum(masks.reshape(shape), above.reshape(shape))
    spoken = " ".join(asked.naming)
    pairs = set(pairwise(asked.naming))
    total = sum(weigh.values()) or 1.0
    said = frozenset(words)

    def share(stems: frozenset[str]) -> float:
        return sum(weigh[w] for w in sorted(stems & said)) / total

    def precise(stems: frozenset[str]) -> float:
        whole = sum(rarity(w) for w in sorted(stems))
        return sum(rarity(w) for w in sorted(stems & said)) / whole if whole else 0.0

    named = frozenset(asked.years)
    rows = []
    for m in mentions:
        fits = bool(asked.run and m.years & asked.run)
        differs = bool(asked.run and m.years and not fits)
        in_order = sum(pair in pairs for pair in pairwise(m.label))
        wants_total = "total" in said
        rows.append(
            (
                share(m.own),
                precise(frozenset(m.label)),
                share(m.header - m.own),
                precise(m.header),
                share(m.above - m.own - m.header),
                in_order / (len(m.label) - 1) if len(m.label) > 1 else 0.0,
                float(bool(m.label) and f" {' '.join(m.label)} " in f" {spoken} "),
                float(fits),
                float(differs),
                float(bool(asked.run) and not m.years),
                float(m.total and wants_total),
                float(m.total and not wants_total),
                float(m.in_table),
                float(m.unit == "percent"),
                float(m.unit == "money"),
                float(m.value == 0),
                float(bool(asked.months & m.months)),
                float(bool(asked.months and m.months and not asked.months & m.months)),
                float(m.indexed),
                float(bool(m.years & named)),
                float(m.last),
                float(m.last and m.indexed),
                *_of_movements(m),
            )
        )
    plain = np.array(rows, dtype=np.float32).reshape(len(mentions), len(MENTION_FEATURES) - _RELATIVE)
    features = np.concatenate([plain, _relative(plain)], axis=1)
    return Matched(asked, mentions, features, words, weights / total, masks, above)


def _of_movements(m: Mention) -> tuple[float, float, float]:
    """Its place in a table of movements: a balance, a change, a total without another name."""
    bare = m.total and set(m.label) <= _TOTAL
    return float(bool(BALANCE & frozenset(m.label))), float(of_change(m)), float(bare)


def _relative(plain: Array) -> Array:
    """``[n, _RELATIVE]`` how a mention stands to the best, and what holds together."""
    if not len(plain):
        return np.zeros((0, _RELATIVE), dtype=np.float32)
    covered, precise, header, fits = plain[:, 0], plain[:, 1], plain[:, 2], plain[:, 7]
    columns = (
        (covered >= covered.max() - _EQUAL) & (covered > 0),
        (covered * precise >= (covered * precise).max() - _EQUAL) & (covered > 0),
        covered * fits,
        covered * (header > 0),
    )
    return np.stack([np.asarray(one, dtype=np.float32) for one in columns], axis=1)


class _Rarity:
    def __init__(self, units: Iterable[frozenset[str]]) -> None:
        counts: Counter[str] = Counter()
        self._n = 0
        for unit in units:
            self._n += 1
            counts.update(unit)
        self._counts = counts

    def __call__(self, word: str) -> float:
        return math.log(1 + (self._n + 1) / (self._counts[word] + 0.5))


def _rarity(mentions: Sequence[Mention]) -> _Rarity:
    """By the rows, columns and sentences of the mentions, each once."""
    units: dict[tuple[int, int, int], frozenset[str]] = {}
    for m in mentions:
        units[m.source, m.row, -1] = m.own
        units[m.source, -1, m.column] = m.header
    return _Rarity(unit for unit in units.values() if unit)
