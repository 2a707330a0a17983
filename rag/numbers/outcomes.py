"""What all programs over the figures come to, at once and in floating point: for ranking and for learning.

Leaves the exact value of the one that is chosen to ``computed``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.numbers.mentions import Mention
from rag.numbers.programs import PAIR, SEVERAL, SINGLE, Places

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Of programs ``[n, operations]``: values (nan for none), whether in per cent, the scale shown."""

    values: Values
    percent: Flags
    scale: Values


def outcomes(mentions: Sequence[Mention], places: Places) -> Mapping[str, Outcomes]:
    """The outcomes by kind. Per cent of per cent are per cent; a list has no value of its own."""
    amount = np.array([float(m.amount) for m in mentions])
    scale = np.array([float(m.scale) for m in mentions])
    percent = np.array([m.unit == "percent" for m in mentions])
    return {
        "single": _single(amount, scale, percent, places),
        "pair": _pair(amount, scale, percent, places),
        "several": _several(amount, scale, percent, places),
    }


def _single(amount: Values, scale: Values, percent: Flags, places: Places) -> Outcomes:
    at = np.array(places.singles, dtype=int)
    ones = np.ones(len(at))
    by_name = {
        "lookup": (amount[at], percent[at], scale[at]),
        "over 100": (amount[at] - 100, ones > 0, ones),
    }
    return _stacked([by_name[name] for name in SINGLE])


def _pair(amount: Values, scale: Values, percent: Flags, places: Places) -> Outcomes:
    at = np.array(places.pairs, dtype=int).reshape(-1, 2)
    left, right = at[:, 0], at[:, 1]
    a, b, pa, pb = amount[left], amount[right], percent[left], percent[right]
    larger, ones = np.maximum(scale[left], scale[right]), np.ones(len(at))
    over_percent = pb & ~pa
    with np.errstate(divide="ignore", invalid="ignore"):
        by_name = {
            "difference": (a - b, pa & pb, larger),
            "growth": ((a - b) / b * 100, ones > 0, ones),
            "share": (a / b * 100, ones > 0, ones),
            "ratio": (
                np.where(over_percent, a / b * 100, a / b),
                ones < 0,
                np.where(over_percent, larger, ones),
            ),
            "product": (np.where(pa | pb, a * b / 100, a * b), pa & pb, larger),
            "points": (np.where(pa & pb, np.nan, a - b), ones > 0, ones),
        }
    return _stacked([by_name[name] for name in PAIR])


def _several(amount: Values, scale: Values, percent: Flags, places: Places) -> Outcomes:
    values, all_percent, scales = [], [], []
    for one in places.sets:
        at = np.array(one)
        these = amount[at]
        extreme = len(one) >= LEAST_COMPARED
        values.append(
            (
                these.sum(),
                these.mean(),
                np.nan,
                these.max() if extreme else np.nan,
                these.min() if extreme else np.nan,
            )
        )
        all_percent.append((bool(percent[at].all()),) * len(SEVERAL))
        scales.append((scale[at].max(),) * len(SEVERAL))
    shape = (len(places.sets), len(SEVERAL))
    return Outcomes(
        np.array(values, dtype=np.float64).reshape(shape),
        np.array(all_percent, dtype=bool).reshape(shape),
        np.array(scales, dtype=np.float64).reshape(shape),
    )


LEAST_COMPARED = 3
"""Figures of which the most or least is asked for; of two it would be a look-up in disguise."""


def _stacked(
    columns: Sequence[tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]],
) -> Outcomes:
    values, percent, scale = zip(*columns, strict=True)
    finite = np.stack(values, axis=1).astype(np.float64)
    return Outcomes(
        np.where(np.isfinite(finite), finite, np.nan),
        np.stack(percent, axis=1).astype(bool),
        np.stack(scale, axis=1).astype(np.float64),
    )
