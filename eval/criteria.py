"""Criteria: functions of a row that say in how far the system did right; and the matrix of slices × criteria.

============== ======================================= ==================================================
criterion      over questions                          1 where
============== ======================================= ==================================================
retrieved      with judged evidence                    some of it is among all hits
ranked first   with judged evidence                    the first hit is evidence
handed over    with judged evidence, answers asked for some of it was given to the generator
read right     answerable ones that were answered      the answer is right
               from evidence that was handed over
cited right    with judged evidence, answered          a citation is on a page with evidence
faithful       answered                                all that the answer says stands in its citations
right to       answers asked for                       answerable and answered, or neither
abstain
============== ======================================= ==================================================

A question that failed counts 0 wherever it counts. Values lie in [0, 1]; a cell is their mean with the
interval of ``eval.stats.rate``, which draws documents. Leaves slices to ``eval.slices``, printing to
``eval.matrix_table``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.reach import handed_over, is_answerable, is_judged, reach
from eval.runs import Row, Run
from eval.slices import Failure, SlicingFunction, slice_rows
from eval.stats import Estimate, rate

EVERYTHING = "all"
"""The name of the matrix's first row: all questions."""

MOST_VALUES = 25
"""A slice with more values than this is left out of the matrix, and named as such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A named function of a row to [0, 1], None where it does not apply."""

    name: str
    function: Callable[[Row], float | None]

    def __call__(self, row: Row) -> float | None:
        """The row's value."""
        return self.function(row)


def retrieved(row: Row) -> float | None:
    """Some evidence is among all hits."""
    return float(reach(row).passage is not None) if is_judged(row) else None


def ranked_first(row: Row) -> float | None:
    """The first hit is evidence."""
    return float(reach(row).passage == 1) if is_judged(row) else None


def handed(row: Row) -> float | None:
    """Some evidence was given to the generator."""
    return float(handed_over(row)) if is_judged(row) and _was_asked(row) else None


def read_right(row: Row) -> float | None:
    """The answer is right, of questions that were answered from evidence."""
    if row.outcome != "answered" or not (is_answerable(row) and is_judged(row) and handed_over(row)):
        return None
    return row.values.get("accuracy")


def cited_right(row: Row) -> float | None:
    """A citation is on a page with evidence."""
    return row.values.get("citation_right") if row.outcome == "answered" and is_judged(row) else None


def is_faithful(row: Row) -> float | None:
    """All that the answer says stands in its citations."""
    return row.values.get("faithful") if row.outcome == "answered" else None


def right_to_abstain(row: Row) -> float | None:
    """Answered where there is an answer, abstained where there is none."""
    if not _was_asked(row):
        return None
    return float(row.outcome == ("answered" if is_answerable(row) else "abstained"))


CRITERIA: tuple[Criterion, ...] = (
    Criterion(name="retrieved", function=retrieved),
    Criterion(name="ranked first", function=ranked_first),
    Criterion(name="handed over", function=handed),
    Criterion(name="read right", function=read_right),
    Criterion(name="cited right", function=cited_right),
    Criterion(name="faithful", function=is_faithful),
    Criterion(name="right to abstain", function=right_to_abstain),
)
"""All criteria, in the order of the stages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Cells by slice and criterion; a cell that no question counts for is absent.

    ``sizes`` has the questions of every slice, ``failures`` the slicing functions that raised, ``too_many``
    the slices left out because they have more than ``MOST_VALUES`` values.
    """

    criteria: tuple[str, ...]
    sizes: Mapping[str, int]
    cells: Mapping[str, Mapping[str, Estimate]]
    failures: tuple[Failure, ...] = ()
    too_many: tuple[str, ...] = ()


def make_matrix(
    run: Run, slices: Sequence[SlicingFunction], criteria: Sequence[Criterion] = CRITERIA
) -> Matrix:
    """The matrix of a run, all questions first.

    Raises:
        SourceError: two slices have one name.
    """
    sliced = slice_rows(run.rows, slices)
    groups: dict[str, Sequence[Row]] = {EVERYTHING: run.rows}
    too_many = []
    for function in slices:
        own = {name: rows for name, rows in sliced.groups.items() if name.startswith(f"{function.name}=")}
        if len(own) > MOST_VALUES:
            too_many.append(function.name)
        else:
            groups |= own
    values = {row.question_id: [criterion(row) for criterion in criteria] for row in run.rows}
    return Matrix(
        criteria=tuple(criterion.name for criterion in criteria),
        sizes={name: len(rows) for name, rows in groups.items()},
        cells={
            name: _cells(rows, [values[row.question_id] for row in rows], criteria, run.header.seed)
            for name, rows in groups.items()
        },
        failures=sliced.failures,
        too_many=tuple(too_many),
    )


def matrix_as_dict(matrix: Matrix) -> dict[str, Any]:
    """The matrix as a JSON object: ``slices: {name: {n, criteria: {name: {value, low, high, n}}}}``."""
    return {
        "criteria": list(matrix.criteria),
        "slices": {
            name: {
                "n": matrix.sizes[name],
                "criteria": {criterion: e.as_dict() for criterion, e in cells.items()},
            }
            for name, cells in matrix.cells.items()
        },
        "failures": [
            {"slice": f.slice_name, "count": f.count, "question": f.question_id, "error": f.error}
            for f in matrix.failures
        ],
        "too_many_values": list(matrix.too_many),
    }


def _was_asked(row: Row) -> bool:
    """Whether an answer was asked for, and not only a ranking."""
    return row.outcome in ("answered", "abstained") or (row.outcome == "failed" and "accuracy" in row.values)


def _cells(
    rows: Sequence[Row],
    values: Sequence[Sequence[float | None]],
    criteria: Sequence[Criterion],
    seed: int,
) -> dict[str, Estimate]:
    cells = {}
    for place, criterion in enumerate(criteria):
        pairs = [(own[place], row.cluster) for row, own in zip(rows, values, strict=True)]
        present = [(value, cluster) for value, cluster in pairs if value is not None]
        if present:
            shares, clusters = zip(*present, strict=True)
            cells[criterion.name] = rate(shares, clusters, seed=seed)
    return cells
