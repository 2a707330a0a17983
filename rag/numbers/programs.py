"""Programs over figures: the forms that questions ask for, and those that can be made of figures at hand.

A program is an operation and its operands in order. ``value`` computes it exactly, ``formula`` writes it
down. Leaves which program is meant to ``ranker``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from rag.numbers.matching import Matched

Operation = Literal[
    "lookup", "over 100", "difference", "growth", "share",
    "ratio", "product", "points", "sum", "average",
    "list",
    "most", "least",
]  # fmt: skip
SINGLE: tuple[Operation, ...] = ("lookup", "over 100")
PAIR: tuple[Operation, ...] = ("difference", "growth", "share", "ratio", "product", "points")
SEVERAL: tuple[Operation, ...] = ("sum", "average", "list", "most", "least")
KINDS: Mapping[str, tuple[Operation, ...]] = {"single": SINGLE, "pair": PAIR, "several": SEVERAL}
OPERATIONS = (*SINGLE, *PAIR, *SEVERAL)

_PAIRED = 16
"""Mentions that pairs are made of."""
_SUMMED = 9
"""Mentions that sets of two are made of, anywhere; of three fewer."""
_THREE = 6
_MOST = 12
_LOOKED_UP = 40


@dataclass(frozen=True, slots=True)
class Program:
    """An operation over mentions, by their places, in order."""

    operation: Operation
    operands: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """Places of the mentions that programs are made of, by kind."""

    singles: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    sets: tuple[tuple[int, ...], ...]

    def of(self, kind: str) -> Sequence[tuple[int, ...]]:
        """The operands of all programs of a kind."""
        return {"single": tuple((one,) for one in self.singles), "pair": self.pairs, "several": self.sets}[
            kind
        ]


def places(matched: Matched) -> Places:
    """What programs can be made of, by how well figures fit alone and by rows and columns."""
    prior = matched.prior
    order = [int(i) for i in np.argsort(-prior, kind="stable")]
    best = order[:_PAIRED]
    pairs = tuple((a, b) for a in best for b in best if a != b)
    sets = dict.fromkeys(one for one in _sets(matched, order) if 2 <= len(one) <= _MOST)
    return Places(tuple(order[:_LOOKED_UP]), pairs, tuple(sets))


def _sets(matched: Matched, order: Sequence[int]) -> Iterator[tuple[int, ...]]:
    mentions, run = matched.mentions, matched.asked.run
    best = order[:_PAIRED]
    rows: dict[tuple[int, int], list[int]] = {}
    columns: dict[tuple[int, int], list[int]] = {}
    for i, m in enumerate(mentions):
        if m.in_table:
            rows.setdefault((m.source, m.row), []).append(i)
            columns.setdefault((m.source, m.column), []).append(i)
    for lines, place in ((rows, "row"), (columns, "column")):
        for key in dict.fromkeys(
            (mentions[i].source, getattr(mentions[i], place)) for i in best if mentions[i].in_table
        ):
            line = lines[key]
            yield tuple(line)
            dated = tuple(i for i in line if mentions[i].years & run)
            yield dated
            parts = tuple(i for i in line if not mentions[i].total)
            yield parts
            yield tuple(i for i in dated if not mentions[i].total)
    sentences: dict[int, list[int]] = {}
    for i in best:
        if not mentions[i].in_table:
            sentences.setdefault(mentions[i].source, []).append(i)
    yield from (tuple(sorted(one)) for one in sentences.values())
    yield from (tuple(sorted(one)) for one in combinations(order[:_SUMMED], 2))
    yield from (tuple(sorted(one)) for one in combinations(order[:_THREE], 3))
