"""Codes, sums and counts by block against loops over functions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuning.label_model.matrix import Votes
from tuning.label_model.patterns import Layout, grouped, thinned

SHAPES = st.tuples(
    st.lists(st.integers(2, 7), min_size=1, max_size=24), st.integers(0, 30), st.integers(0, 10**6)
)


def drawn(sizes: list[int], rows: int, seed: int) -> tuple[Layout, Votes, np.random.Generator]:
    random = np.random.default_rng(seed)
    votes = np.stack([random.integers(-1, size - 1, rows) for size in sizes], axis=1).astype(np.int8)
    return Layout.of(sizes), votes, random


@settings(max_examples=40)
@given(SHAPES)
def test_votes_survive_being_coded(shape: tuple[list[int], int, int]) -> None:
    layout, votes, _ = drawn(*shape)
    assert np.array_equal(layout.decode(layout.encode(votes)), votes)


@settings(max_examples=40)
@given(SHAPES)
def test_sums_and_counts_are_those_of_single_functions(shape: tuple[list[int], int, int]) -> None:
    layout, votes, random = drawn(*shape)
    sizes, rows, _ = shape
    tables = tuple(random.normal(size=(size, 3)) for size in sizes)
    weights = random.random((rows, 3))
    codes = layout.encode(votes)
    sums = sum(
        (table[column + 1] for table, column in zip(tables, votes.T, strict=True)), start=np.zeros((rows, 3))
    )
    assert np.allclose(layout.sums(codes, tables), sums)
    for column, found in enumerate(layout.counts(codes, weights)):
        expected = [weights[votes[:, column] == outcome - 1].sum(axis=0) for outcome in range(sizes[column])]
        assert np.allclose(found, expected)


@settings(max_examples=40)
@given(SHAPES)
def test_equal_rows_are_grouped_in_one_order(shape: tuple[list[int], int, int]) -> None:
    layout, votes, _ = drawn(*shape)
    votes = np.vstack([votes, votes[::-2]])
    codes = layout.encode(votes)
    rows, sizes, groups = grouped(codes)
    distinct, expected = np.unique(codes, axis=0, return_counts=True)
    assert np.array_equal(codes[rows], distinct)
    assert np.array_equal(sizes, expected)
    assert np.array_equal(codes[rows][groups], codes)


def test_thinning_keeps_shares() -> None:
    counts = np.random.default_rng(1).integers(1, 50, 400).astype(np.float64)
    found = thinned(counts, 1000)
    assert found.sum() == pytest.approx(1000, abs=1)
    assert np.abs(np.cumsum(found) - np.cumsum(counts) * 1000 / counts.sum()).max() <= 1
    assert np.array_equal(thinned(counts, 10**6), counts)
