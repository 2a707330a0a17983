"""Spans from logits: the likeliest first, disjoint, against "no answer"."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from rag.generator.span.decode import spans_of
from rag.generator.span.model import Reading
from rag.generator.span.windows import Encoded

WORDS = ["", "", "alpha", "beta", "gamma", "delta"]
"""Pieces 0 and 1 are of no text: "no answer", and the question."""


def reading(start: list[float], end: list[float]) -> Reading:
    starts = np.array([-1, -1, 0, 6, 11, 17], dtype=np.int32)
    ends = np.array([-1, -1, 5, 10, 16, 22], dtype=np.int32)
    own = np.array([True, False, True, True, True, True])
    return Reading(
        encoded=Encoded(ids=[0] * 6, types=[0] * 6, starts=starts, ends=ends),
        start=np.where(own, start, -np.inf).astype(np.float32),
        end=np.where(own, end, -np.inf).astype(np.float32),
        verdict=np.zeros(3, dtype=np.float32),
    )


def test_the_best_span_and_its_margin_over_no_answer() -> None:
    spans = spans_of(reading([1, 9, 0, 4, 0, 0], [2, 9, 0, 0, 3, 0]), 1, 10)
    assert [(span.start, span.end) for span in spans] == [(6, 16)]
    assert spans[0].margin == pytest.approx(4 + 3 - 1 - 2)


def test_shares_are_those_of_two_softmaxes() -> None:
    given = reading([0.3, 0, 0.1, -1, 2, 0.5], [0, 0, 1, 0.2, 0.4, -0.3])
    kept = [0, 2, 3, 4, 5]
    softmax = [np.exp(one[kept]) / np.exp(one[kept]).sum() for one in (given.start, given.end)]
    best = max(
        ((i, j) for i, j in itertools.product(range(1, 5), repeat=2) if i <= j),
        key=lambda pair: softmax[0][pair[0]] * softmax[1][pair[1]],
    )
    span = spans_of(given, 1, 10)[0]
    assert span.share == pytest.approx(softmax[0][best[0]] * softmax[1][best[1]], rel=1e-5)
    assert span.start == given.encoded.starts[kept[best[0]]]


def test_spans_do_not_overlap_better_ones_and_keep_to_the_longest() -> None:
    spans = spans_of(reading([0, 0, 5, 4, 3, 2], [0, 0, 5, 4, 3, 2]), 9, 1)
    assert [(span.start, span.end) for span in spans] == [(0, 5), (6, 10), (11, 16), (17, 22)]
    wide = spans_of(reading([0, 0, 5, 0, 0, 0], [0, 0, 0, 0, 0, 5]), 9, 10)
    assert [(span.start, span.end) for span in wide] == [(0, 22)]


def test_an_empty_text_has_no_span() -> None:
    nothing = np.array([0.0, -np.inf], dtype=np.float32)
    where = np.array([-1, -1], dtype=np.int32)
    empty = Reading(
        encoded=Encoded(ids=[1, 2], types=[0, 0], starts=where, ends=where),
        start=nothing,
        end=nothing,
        verdict=np.zeros(3, dtype=np.float32),
    )
    assert spans_of(empty, 3, 10) == []
