"""How far retrieval got: ranks of document, page and passage, and what was handed over."""

from __future__ import annotations

import pytest

from eval.reach import Reach, handed_over, on_page, overlaps, reach, read_depth
from tests.eval.made_rows import hit, hits, place, row


def test_ranks_of_document_page_and_passage() -> None:
    beside = hit("a", 1, offset=60, length=40)
    one = row(hits=(hit("b", 1), hit("a", 5), beside, hit("a", 1, length=50)))

    assert reach(one) == Reach(document=2, page=3, passage=4)


def test_where_no_hit_gets_there() -> None:
    assert reach(row(hits=hits(("b", 1)))) == Reach(document=None, page=None, passage=None)


def test_evidence_that_a_row_does_not_keep_counts_by_its_rank() -> None:
    one = row(hits=hits(("b", 1), ("a", 9), ("a", 1)), used=2, citations=(), values={"mrr": 0.5})

    assert reach(one).passage == 2
    assert handed_over(one)
    assert not handed_over(one, one.evidence), "but not for the places that are kept"


@pytest.mark.parametrize(("outcome", "used", "depth"), [("answered", 3, 3), ("retrieved", 0, 10)])
def test_depth(outcome: str, used: int, depth: int) -> None:
    assert read_depth(row(outcome=outcome, used=used)) == depth


def test_spans_that_touch_do_not_overlap() -> None:
    first, second = place("a", 1, "12345"), place("a", 1, "12345", offset=5)

    assert not overlaps(first, second)
    assert on_page(first, second)
    assert overlaps(first, place("a", 1, "12345", offset=4))
    assert not overlaps(first, place("b", 1, "12345"))
    assert not on_page(first, place("a", 2))
