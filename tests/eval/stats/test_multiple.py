"""Holm's correction: textbook values, properties, family-wise error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.stats import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=12)


def test_the_textbook_case() -> None:
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx([0.04, 0.06, 0.06, 0.06])
    assert holm([]) == []


@given(P_VALUES)
def test_adjusted_values_are_larger_in_the_same_order_and_bounded(p_values: list[float]) -> None:
    adjusted = holm(p_values)

    assert all(p <= a <= 1.0 for p, a in zip(p_values, adjusted, strict=True))
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    assert [adjusted[i] for i in order] == sorted(adjusted)


def test_among_slices_without_effect_one_is_called_different_at_most_once_in_twenty() -> None:
    draws = np.random.default_rng(31).random((2000, 8))
    alarms = np.mean([min(holm(row.tolist())) <= 0.05 for row in draws])

    assert 0.03 <= alarms <= 0.06
