"""Features of ordered pairs of figures for a question, readable by name.

Leaves sets and single figures to ``program_features``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rag.numbers.figure_facts import Facts
from rag.numbers.matching import MENTION_FEATURES, Array, Matched

_AT = {name: place for place, name in enumerate(MENTION_FEATURES)}
_FAR, _VERY_FAR = 1.0, 2.5
"""Powers of ten between two amounts."""
_AHEAD = (":numerator first", ":denominator first")

PAIR_FEATURES = (
    "covered", "covered above", "apart covered", "covered mean", "precise mean",
    "precise least", "header precise",
    "phrase", "whole label", "same row", "same column", "same table",
    "same sentence", "table and text", "both text",
    "years as asked", "years cross", "year of both", "asked and before", "year differs",
    "years unasked", "a later",
    "b later", "same year", "a smaller", "a total", "b total", "a named first", "b named first", "same unit",
    "percent", "next column", "next row", "a above", "a left",
    "same value", "same label", "zero", "money and plain",
    "a whole label", "b whole label", "a precise", "b precise", "b year first asked",
    "numerator first", "numerator second", "denominator first", "denominator second", "total of column",
    "total of row",
    "same month", "month differs", "indexed", "a year differs", "b year differs", "earlier than asked",
    "best covered", "best precise", "row best and years", "covered in year", "both last",
    "a last", "apart and column", "apart and row",
    "rate and amount", "same header", "far apart", "very far apart", "of change", "one of change",
    "both balances", "alike and years", "alike and unasked", "best of column", "best of row",
    "alike and before", "both negative", "a negative",
)  # fmt: skip

Columns = Mapping[str, Any]
"""Of pairs, by name: flags or numbers ``[p]``."""


def pair_features(matched: Matched, pairs: Sequence[tuple[int, int]]) -> Array:
    """``[p, len(PAIR_FEATURES)]`` of ordered pairs of mentions."""
    if not pairs:
        return np.zeros((0, len(PAIR_FEATURES)), dtype=np.float32)
    at = np.array(pairs)
    pair = _Pairs(matched, Facts(matched), at[:, 0], at[:, 1])
    columns = {**pair.words(), **pair.places(), **pair.years(), **pair.kinds()}
    columns |= _together(columns)
    return np.stack([np.asarray(columns[name], dtype=np.float32) for name in PAIR_FEATURES], axis=1)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """The first and second mentions of pairs."""

    matched: Matched
    facts: Facts
    a: Any
    b: Any

    def words(self) -> Columns:
        """What the question says of both, of each, and which it names first."""
        a, b, masks, weights = self.a, self.b, self.matched.masks, self.matched.weights
        shared = masks[a] * masks[b]
        only_a, only_b = masks[a] - shared, masks[b] - shared
        first_a, first_b = self.facts.first(only_a), self.facts.first(only_b)
        precise = self._of("precise")
        numerator, denominator = (cue in self.matched.asked.phrases for cue in _AHEAD)
        return {
            "covered": np.maximum(masks[a], masks[b]) @ weights,
            "covered above": np.maximum(self.matched.above[a], self.matched.above[b]) @ weights,
            "apart covered": np.minimum(only_a @ weights, only_b @ weights),
            "covered mean": self._both("covered"),
            "precise mean": self._both("precise"),
            "precise least": np.minimum(precise[a], precise[b]),
            "header precise": self._both("header precise"),
            "phrase": self._both("phrase"),
            "whole label": self._both("whole label"),
            "a whole label": self._of("whole label")[a],
            "b whole label": self._of("whole label")[b],
            "a precise": precise[a],
            "b precise": precise[b],
            "a named first": first_a < first_b,
            "b named first": first_b < first_a,
            "numerator first": (first_a < first_b) & numerator,
            "numerator second": (first_b < first_a) & numerator,
            "denominator first": (first_b < first_a) & denominator,
            "denominator second": (first_a < first_b) & denominator,
            "best covered": self._both("best covered"),
            "best precise": self._both("best precise"),
            "covered in year": self._both("covered in year"),
        }

    def places(self) -> Columns:
        """How they stand to each other in tables and sentences."""
        a, b, facts = self.a, self.b, self.facts
        table = facts.source >= 0
        same_source = facts.source[a] == facts.source[b]
        same_table = same_source & table[a]
        same_row = same_table & (facts.row[a] == facts.row[b])
        same_column = same_table & (facts.column[a] == facts.column[b])
        last = self._of("last")
        return {
            "same row": same_row,
            "same column": same_column,
            "same table": same_table,
            "same sentence": same_source & ~table[a],
            "table and text": table[a] != table[b],
            "both text": ~table[a] & ~table[b],
            "next column": same_row & (np.abs(facts.column[a] - facts.column[b]) == 1),
            "next row": same_column & (np.abs(facts.row[a] - facts.row[b]) == 1),
            "a above": same_column & (facts.row[a] < facts.row[b]),
            "a left": same_row & (facts.column[a] < facts.column[b]),
            "a total": facts.total[a],
            "b total": facts.total[b],
            "total of column": same_column & facts.total[b] & ~facts.total[a],
            "total of row": same_row & facts.total[b] & ~facts.total[a],
            "same header": same_table & (facts.header[a] == facts.header[b]),
            "of change": facts.change[a] & facts.change[b],
            "one of change": facts.change[a] != facts.change[b],
            "both balances": facts.balance[a] & facts.balance[b],
            "both last": self._both("last") == 1,
            "a last": last[a],
        }

    def years(self) -> Columns:
        """Whether they are of the years and months that are asked for, and which is later."""
        a, b, asked = self.a, self.b, self.matched.asked
        ya, yb = self.facts.year[a], self.facts.year[b]
        later, earlier, known = np.maximum(ya, yb), np.minimum(ya, yb), (ya > 0) & (yb > 0)
        first, last = (min(asked.years), max(asked.years)) if asked.years else (0, 0)
        one, two = len(asked.years) == 1, len(asked.years) >= 2
        ends = known & (later == last) & (earlier == first)
        fits, differs = self._of("year fits"), self._of("year differs")
        return {
            "years as asked": ends & two,
            "years cross": known & two & ~ends & (fits[a] * fits[b] > 0),
            "year of both": one & known & (ya == last) & (yb == last),
            "asked and before": one & known & (later == last) & (earlier == last - 1),
            "year differs": self._both("year differs"),
            "years unasked": (not asked.years) & known & (ya != yb),
            "a later": known & (ya > yb),
            "b later": known & (yb > ya),
            "same year": known & (ya == yb),
            "b year first asked": known & two & (yb == (asked.years[0] if asked.years else 0)),
            "same month": self._both("month fits") == 1,
            "month differs": self._both("month differs"),
            "a year differs": differs[a],
            "b year differs": differs[b],
            "earlier than asked": known & (earlier < first),
        }

    def kinds(self) -> Columns:
        """Their units, labels and sizes."""
        a, b, facts = self.a, self.b, self.facts
        return {
            "rate and amount": facts.rate[a] != facts.rate[b],
            "far apart": np.abs(facts.size[a] - facts.size[b]) > _FAR,
            "very far apart": np.abs(facts.size[a] - facts.size[b]) > _VERY_FAR,
            "both negative": (facts.amount[a] < 0) & (facts.amount[b] < 0),
            "a negative": (facts.amount[a] < 0) & (facts.amount[b] >= 0),
            "a smaller": np.abs(facts.amount[a]) < np.abs(facts.amount[b]),
            "same unit": facts.unit[a] == facts.unit[b],
            "money and plain": facts.unit[a] != facts.unit[b],
            "percent": self._both("percent"),
            "same value": facts.amount[a] == facts.amount[b],
            "same label": facts.label[a] == facts.label[b],
            "zero": self._both("zero"),
            "indexed": self._both("indexed") == 1,
        }

    def _of(self, name: str) -> Array:
        """``[n]`` a feature of all mentions."""
        column: Array = self.matched.features[:, _AT[name]]
        return column

    def _both(self, name: str) -> Array:
        column = self._of(name)
        mean: Array = (column[self.a] + column[self.b]) / 2
        return mean


def _together(columns: Columns) -> Columns:
    """What says more together than apart."""
    alike = columns["same label"] & ~columns["rate and amount"] & ~columns["one of change"]
    alike = columns["best precise"] * (alike & (columns["same header"] | columns["same row"]))
    return {
        "alike and years": alike * columns["years as asked"],
        "alike and unasked": alike * columns["years unasked"],
        "alike and before": alike * columns["asked and before"],
        "best of column": columns["best precise"] * columns["total of column"],
        "best of row": columns["best precise"] * columns["total of row"],
        "row best and years": columns["best precise"] * (columns["same row"] & columns["years as asked"]),
        "apart and column": columns["apart covered"] * columns["same column"],
        "apart and row": columns["apart covered"] * columns["same row"],
    }
