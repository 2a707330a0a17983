"""Criteria of hand-made rows, and the matrix of slices and criteria."""

from __future__ import annotations

import json

import pytest
from rich.console import Console

from eval.criteria import CRITERIA, EVERYTHING, MOST_VALUES, make_matrix, matrix_as_dict
from eval.matrix_table import matrix_table
from eval.runs import Row
from eval.slices import field_slice, slicing_function
from eval.stats import rate
from tests.eval.made_rows import hit, hits, place, row, run, wrong

BY_NAME = {criterion.name: criterion for criterion in CRITERIA}
NONE_JUDGED = row(evidence=())
FAILED = row(outcome="failed", hits=(), citations=(), used=0, values={"accuracy": 0.0, "citation_right": 0.0})
UNANSWERABLE = row(kind="none", gold=(), evidence=(), outcome="abstained", citations=())
BEHIND = row(hits=hits(("b", 1), ("b", 2), ("a", 1)), citations=())


@pytest.mark.parametrize(
    ("name", "one", "expected"),
    [
        ("retrieved", row(), 1.0),
        ("retrieved", BEHIND, 1.0),
        ("retrieved", row(hits=hits(("b", 1)), citations=()), 0.0),
        ("retrieved", FAILED, 0.0),
        ("retrieved", NONE_JUDGED, None),
        ("ranked first", row(), 1.0),
        ("ranked first", BEHIND, 0.0),
        ("ranked first", NONE_JUDGED, None),
        ("handed over", row(), 1.0),
        ("handed over", BEHIND, 0.0),
        ("handed over", row(hits=hits(("b", 1), ("a", 1)), used=1, citations=()), 0.0),
        ("handed over", FAILED, 0.0),
        ("handed over", row(outcome="retrieved"), None),
        ("read right", row(), 1.0),
        ("read right", wrong(), 0.0),
        ("read right", BEHIND, None),
        ("read right", row(outcome="abstained"), None),
        ("cited right", row(), 1.0),
        ("cited right", row(outcome="abstained", citations=()), None),
        ("faithful", row(values={"faithful": 0.0}), 0.0),
        ("faithful", row(outcome="abstained"), None),
        ("right to abstain", row(), 1.0),
        ("right to abstain", wrong(), 1.0),
        ("right to abstain", row(outcome="abstained"), 0.0),
        ("right to abstain", UNANSWERABLE, 1.0),
        ("right to abstain", row(kind="none", gold=(), evidence=()), 0.0),
        ("right to abstain", FAILED, 0.0),
        ("right to abstain", row(outcome="retrieved"), None),
    ],
)
def test_criteria(name: str, one: Row, expected: float | None) -> None:
    assert BY_NAME[name](one) == expected


def test_a_hit_beside_the_evidence_on_its_page_does_not_carry_it() -> None:
    beside = row(hits=(hit("a", 1, offset=60, length=40),), citations=())

    assert BY_NAME["retrieved"](beside) == 0.0


def test_what_is_cited_was_handed_over_even_from_behind_the_hits() -> None:
    brought_along = row(hits=hits(("b", 1)), citations=(place("a", 1, "Revenue  1,577"),))

    assert BY_NAME["handed over"](brought_along) == 1.0


def test_a_cell_is_the_mean_with_the_interval_by_document() -> None:
    rows = [
        (row if at % 3 else wrong)(cluster=f"d{at // 2}", facets={"half": str(at % 2)}) for at in range(40)
    ]
    matrix = make_matrix(run(rows), [field_slice("half")])
    cell = matrix.cells["half=1"]["read right"]
    own = rows[1::2]

    assert list(matrix.sizes.items()) == [(EVERYTHING, 40), ("half=0", 20), ("half=1", 20)]
    assert cell == rate([one.values["accuracy"] for one in own], [one.cluster for one in own], seed=7)


def test_a_cell_that_no_question_counts_for_is_absent() -> None:
    matrix = make_matrix(run([UNANSWERABLE]), [])

    assert set(matrix.cells[EVERYTHING]) == {"right to abstain"}
    assert "–" in printed(matrix_table(matrix))


def test_a_slice_of_too_many_values_is_named_and_left_out() -> None:
    rows = [row(question_id=str(at), facets={"id": str(at)}) for at in range(MOST_VALUES + 1)]
    matrix = make_matrix(run(rows), [field_slice("id")])

    assert matrix.too_many == ("id",)
    assert list(matrix.sizes) == [EVERYTHING]


def test_as_an_object_and_as_a_table() -> None:
    @slicing_function("raises")
    def raises(one: Row) -> str | None:
        raise RuntimeError(one.question_id)

    matrix = make_matrix(run([row(cluster="a"), wrong(cluster="b")]), [raises, field_slice("none")])
    found = json.loads(json.dumps(matrix_as_dict(matrix)))

    assert found["slices"][EVERYTHING]["criteria"]["read right"]["value"] == 0.5
    assert found["slices"][EVERYTHING]["n"] == 2
    assert found["failures"] == [
        {"slice": "raises", "count": 2, "question": "q", "error": "RuntimeError: q"},
    ]
    assert ".500" in printed(matrix_table(matrix))


def printed(table: object) -> str:
    console = Console(width=120, record=True, force_terminal=False)
    with console.capture() as captured:
        console.print(table)
    return captured.get()
