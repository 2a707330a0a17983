"""All programs over the figures at hand with their features; those of sets of figures, readable by name.

Leaves single figures to ``matching``, pairs to ``pair_features``, weights to ``ranker``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.numbers.figure_facts import Facts
from rag.numbers.matching import MENTION_FEATURES, Array, Matched
from rag.numbers.outcomes import outcomes
from rag.numbers.pair_features import PAIR_FEATURES, pair_features
from rag.numbers.programs import SEVERAL, Places, places

_FAR = 2.5
"""Powers of ten between the largest and smallest of a set."""
_AT = {name: place for place, name in enumerate(MENTION_FEATURES)}

SET_FEATURES = (
    "covered", "covered above", "covered mean", "covered least", "precise mean",
    "precise least", "header precise",
    "phrase", "whole label", "same row", "same column", "same sentence",
    "all text", "mixed", "size 2", "size 3",
    "size 4", "size more", "years as asked", "years in run", "year differs",
    "year unknown", "one year", "many years",
    "with total", "all total", "percent", "same unit", "same label", "year count fits", "zero", "whole line",
    "named each", "best covered", "best precise", "covered in year",
    "rate and amount", "same header", "very far apart", "of change", "one of change", "balance",
    "alike", "alike and years", "all negative",
)  # fmt: skip

FEATURES: Mapping[str, tuple[str, ...]] = {
    "single": MENTION_FEATURES,
    "pair": PAIR_FEATURES,
    "several": SET_FEATURES,
}
NONE_FEATURES = ("best fit", "best covered", "best pair covered")
VERSION = 2
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


def set_features(matched: Matched, sets: Sequence[tuple[int, ...]]) -> Array:
    """``[s, len(SET_FEATURES)]`` of sets of mentions."""
    facts = Facts(matched)
    rows = [_of_set(matched, facts, np.array(one)) for one in sets]
    return np.array(rows, dtype=np.float32).reshape(len(sets), len(SET_FEATURES))


def _of_set(matched: Matched, facts: Facts, at: np.ndarray) -> tuple[float, ...]:
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
        *_alike(facts, at, same_row=same_row, precise=mean[_AT["best precise"]], in_years=known == asked.run),
    )


def _alike(
    facts: Facts, at: np.ndarray, *, same_row: bool, precise: float, in_years: bool
) -> tuple[float, ...]:
    """Whether the figures of a set are of one kind, and how well one row or column of such is meant."""
    in_one_table = facts.source[at[0]] >= 0 and len(set(facts.source[at].tolist())) == 1
    rates_differ = len(set(facts.rate[at].tolist())) > 1
    changes_differ = len(set(facts.change[at].tolist())) > 1
    same_header = bool(in_one_table and len(set(facts.header[at].tolist())) == 1)
    together = same_row or (same_header and len(set(facts.label[at].tolist())) == 1)
    alike = precise * (together and not rates_differ and not changes_differ)
    return (
        float(rates_differ),
        float(same_header),
        float(np.ptp(facts.size[at]) > _FAR),
        float(facts.change[at].all()),
        float(changes_differ),
        float(facts.balance[at].any()),
        alike,
        alike * in_years,
        float((facts.amount[at] < 0).all()),
    )
