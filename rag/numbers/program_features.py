"""Features of pairs and sets of figures for a question, readable by name.

Leaves single figures to ``matching``, weights to ``ranker``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.numbers.matching import MENTION_FEATURES, Array, Matched
from rag.numbers.outcomes import outcomes
from rag.numbers.programs import SEVERAL, Places, places

_AT = {name: place for place, name in enumerate(MENTION_FEATURES)}

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
)  # fmt: skip
SET_FEATURES = (
    "covered", "covered above", "covered mean", "covered least", "precise mean",
    "precise least", "header precise",
    "phrase", "whole label", "same row", "same column", "same sentence",
    "all text", "mixed", "size 2", "size 3",
    "size 4", "size more", "years as asked", "years in run", "year differs",
    "year unknown", "one year", "many years",
    "with total", "all total", "percent", "same unit", "same label", "year count fits", "zero", "whole line",
    "named each", "best covered", "best precise", "covered in year",
)  # fmt: skip

FEATURES: Mapping[str, tuple[str, ...]] = {
    "single": MENTION_FEATURES,
    "pair": PAIR_FEATURES,
    "several": SET_FEATURES,
}
NONE_FEATURES = ("best fit", "best covered", "best pair covered")
VERSION = 1
"""Of the features: weights of another are refused."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """All programs of a question by kind: their operands, features ``[n, f]``, which are ``possible``.

    ``possible`` is ``[n, operations]``; ``none`` are the features of there being no answer among them.
    """

    matched: Matched
    places: Places
    features: Mapping[str, Array]
    possible: Mapping[str, NDArray[np.bool_]]
    none: Array


def candidates(matched: Matched) -> Candidates:
    """The programs that can be made of mentions, at least one, with their features."""
    here = places(matched)
    features = {
        "single": matched.features[list(here.singles)],
        "pair": pair_features(matched, here.pairs),
        "several": set_features(matched, here.sets),
    }
    possible = {kind: ~np.isnan(one.values) for kind, one in outcomes(matched.mentions, here).items()}
    possible["several"][:, SEVERAL.index("list")] = True
    covered = [
        float(features[kind][:, 0].max()) if len(features[kind]) else 0.0 for kind in ("single", "pair")
    ]
    none = np.array([float(matched.prior.max()), *covered], dtype=np.float32)
    return Candidates(matched, here, features, possible, none)


def pair_features(matched: Matched, pairs: Sequence[tuple[int, int]]) -> Array:
    """``[p, len(PAIR_FEATURES)]`` of ordered pairs of mentions."""
    if not pairs:
        return np.zeros((0, len(PAIR_FEATURES)), dtype=np.float32)
    at = np.array(pairs)
    a, b = at[:, 0], at[:, 1]
    f, masks, weights = matched.features, matched.masks, matched.weights
    facts = _Facts(matched)

    def both(name: str) -> Array:
        column = f[:, _AT[name]]
        mean: Array = (column[a] + column[b]) / 2
        return mean

    either, shared = np.maximum(masks[a], masks[b]), masks[a] * masks[b]
    only_a, only_b = masks[a] - shared, masks[b] - shared
    apart = np.minimum(only_a @ weights, only_b @ weights)
    first_a, first_b = facts.first(only_a), facts.first(only_b)
    precise = f[:, _AT["precise"]]
    table = facts.source >= 0
    same_source = facts.source[a] == facts.source[b]
    same_table = same_source & table[a]
    same_row = same_table & (facts.row[a] == facts.row[b])
    same_column = same_table & (facts.column[a] == facts.column[b])
    ya, yb = facts.year[a], facts.year[b]
    known = (ya > 0) & (yb > 0)
    asked = matched.asked
    fits = f[:, _AT["year fits"]]
    first, last = (min(asked.years), max(asked.years)) if asked.years else (0, 0)
    two = len(asked.years) >= 2
    ends = known & (np.maximum(ya, yb) == last) & (np.minimum(ya, yb) == first)
    columns = (
        either @ weights,
        np.maximum(matched.above[a], matched.above[b]) @ weights,
        apart,
        both("covered"),
        (precise[a] + precise[b]) / 2,
        np.minimum(precise[a], precise[b]),
        both("header precise"),
        both("phrase"),
        both("whole label"),
        same_row,
        same_column,
        same_table,
        same_source & ~table[a],
        table[a] != table[b],
        ~table[a] & ~table[b],
        ends & two,
        known & two & ~ends & (fits[a] * fits[b] > 0),
        (len(asked.years) == 1) & known & (ya == last) & (yb == last),
        (len(asked.years) == 1) & known & (np.maximum(ya, yb) == last) & (np.minimum(ya, yb) == last - 1),
        both("year differs"),
        (not asked.years) & known & (ya != yb),
        known & (ya > yb),
        known & (yb > ya),
        known & (ya == yb),
        np.abs(facts.amount[a]) < np.abs(facts.amount[b]),
        facts.total[a],
        facts.total[b],
        (first_a < first_b),
        (first_b < first_a),
        facts.unit[a] == facts.unit[b],
        both("percent"),
        same_row & (np.abs(facts.column[a] - facts.column[b]) == 1),
        same_column & (np.abs(facts.row[a] - facts.row[b]) == 1),
        same_column & (facts.row[a] < facts.row[b]),
        same_row & (facts.column[a] < facts.column[b]),
        facts.amount[a] == facts.amount[b],
        facts.label[a] == facts.label[b],
        both("zero"),
        facts.unit[a] != facts.unit[b],
        f[a, _AT["whole label"]],
        f[b, _AT["whole label"]],
        precise[a],
        precise[b],
        known & two & (yb == (asked.years[0] if asked.years else 0)),
        (first_a < first_b) & (":numerator first" in asked.phrases),
        (first_b < first_a) & (":numerator first" in asked.phrases),
        (first_b < first_a) & (":denominator first" in asked.phrases),
        (first_a < first_b) & (":denominator first" in asked.phrases),
        same_column & facts.total[b] & ~facts.total[a],
        same_row & facts.total[b] & ~facts.total[a],
        both("month fits") == 1,
        both("month differs"),
        both("indexed") == 1,
        f[a, _AT["year differs"]],
        f[b, _AT["year differs"]],
        known & (np.minimum(ya, yb) < first),
        both("best covered"),
        both("best precise"),
        both("best precise") * (same_row & ends & two),
        both("covered in year"),
        both("last") == 1,
        f[a, _AT["last"]],
        apart * same_column,
        apart * same_row,
    )
    return np.stack([np.asarray(one, dtype=np.float32) for one in columns], axis=1)


def set_features(matched: Matched, sets: Sequence[tuple[int, ...]]) -> Array:
    """``[s, len(SET_FEATURES)]`` of sets of mentions."""
    facts = _Facts(matched)
    rows = [_of_set(matched, facts, np.array(one)) for one in sets]
    return np.array(rows, dtype=np.float32).reshape(len(sets), len(SET_FEATURES))


def _of_set(matched: Matched, facts: _Facts, at: np.ndarray) -> tuple[float, ...]:  # type: ignore[type-arg]
    f, weights, asked = matched.features[at], matched.weights, matched.asked
    table, size = facts.source[at] >= 0, len(at)
    same_source = len(set(facts.source[at].tolist())) == 1
    years = facts.year[at].tolist()
    known = {year for year in years if year}
    mean = f.mean(axis=0)
    masks = matched.masks[at]
    same_row = bool(same_source and table[0] and len(set(facts.row[at].tolist())) == 1)
    same_column = bool(same_source and table[0] and len(set(facts.column[at].tolist())) == 1)
    own = masks - masks.min(axis=0)
    return (
        float(masks.max(axis=0) @ weights),
        float(matched.above[at].max(axis=0) @ weights),
        mean[_AT["covered"]],
        f[:, _AT["covered"]].min(),
        mean[_AT["precise"]],
        f[:, _AT["precise"]].min(),
        mean[_AT["header precise"]],
        mean[_AT["phrase"]],
        mean[_AT["whole label"]],
        float(same_row),
        float(same_column),
        float(same_source and not table[0]),
        float(not table.any()),
        float(table.any() and not table.all()),
        float(size == 2),
        float(size == 3),
        float(size == 4),
        float(size > 4),
        float(len(asked.run) > 1 and known == asked.run),
        float(bool(known) and known <= asked.run),
        mean[_AT["year differs"]],
        mean[_AT["year unknown"]],
        float(len(known) == 1),
        float(len(known) == size),
        float(facts.total[at].any()),
        float(facts.total[at].all()),
        mean[_AT["percent"]],
        float(len(set(facts.unit[at].tolist())) == 1),
        float(len(set(facts.label[at].tolist())) == 1),
        float(len(asked.run) == size),
        mean[_AT["zero"]],
        float(same_row and size == facts.row_size(at[0])),
        float(min(own @ weights)),
        mean[_AT["best covered"]],
        mean[_AT["best precise"]],
        mean[_AT["covered in year"]],
    )


class _Facts:
    """Places, years, units and amounts of mentions as arrays."""

    def __init__(self, matched: Matched) -> None:
        mentions = matched.mentions
        labels: dict[tuple[str, ...], int] = {}
        units: dict[str, int] = {}
        self.source = np.array([m.source for m in mentions])
        self.row = np.array([m.row for m in mentions])
        self.column = np.array([m.column for m in mentions])
        self.year = np.array([max(m.years, default=0) for m in mentions])
        self.amount = np.array([float(m.amount) for m in mentions])
        self.total = np.array([m.total for m in mentions])
        self.label = np.array([labels.setdefault(m.label, len(labels)) for m in mentions])
        self.unit = np.array([units.setdefault(m.unit, len(units)) for m in mentions])
        places = {word: matched.asked.naming.index(word) for word in matched.words}
        self._places = np.array([places[word] for word in matched.words], dtype=np.float32)

    def first(self, mask: Array) -> Array:
        """``[p]`` the first place in the question of the words in a mask ``[p, words]``; far where none."""
        if not mask.shape[1]:
            return np.full(len(mask), 99.0, dtype=np.float32)
        found: Array = np.where(mask > 0, self._places, 99.0).min(axis=1)
        return found

    def row_size(self, place: int) -> int:
        """How many mentions stand in the row of one."""
        return int(((self.source == self.source[place]) & (self.row == self.row[place])).sum())
