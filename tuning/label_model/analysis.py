"""What can be said of labeling functions: how often they vote, agree, are right, and repeat each other.

Pure functions over a matrix, with gold classes and a fitted model where there are any. A vote in a score's
upper bins counts here as one for the class it favours and, of two classes, in the lower ones as one for the
other; the middle bin as none. What a model would be without a function is in
``tuning.label_model.leaving_out``. The words are those of Ratner et al. (2017), "Snorkel: Rapid Training Data
Creation with Weak Supervision".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from eval.stats import Estimate, wilson
from tuning.label_model.emissions import affinity
from tuning.label_model.evidence import Evidence
from tuning.label_model.expectation import shares
from tuning.label_model.matrix import ABSTAIN, NO_GOLD, LabelMatrix, Votes, gold_classes
from tuning.label_model.model import LabelModel
from tuning.label_model.redundancy import association

_ROWS = 20_000
"""Rows, every so many-th, on which correlation is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionReport:
    """One function.

    ``polarity``: the classes it votes for. ``coverage``: share of rows with a vote of it; ``overlap``: with
    another's too; ``conflict``: with another's for a different class. ``estimated``: how often it is right as
    the model has it; ``measured``: on gold rows, with its interval; ``weight``: the model's, 1 where the
    function repeats no other.
    """

    name: str
    family: str
    polarity: tuple[int, ...]
    coverage: float
    overlap: float
    conflict: float
    estimated: float | None
    measured: Estimate | None
    weight: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairReport:
    """Two functions: correlation, 0 to 1; on how many rows both vote, and on what share of them alike."""

    first: str
    second: str
    correlation: float
    both: int
    agreement: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsReport:
    """Shares of ``rows``: with a vote, with two or more, with votes for different classes."""

    rows: int
    coverage: float
    overlap: float
    conflict: float


def leanings(matrix: LabelMatrix) -> Votes:
    """``[n, m]``: the class that each vote speaks for, -1 for none.

    >>> leanings(LabelMatrix.of([[1, -1]])).tolist()
    [[1, -1]]
    """
    found = matrix.votes.copy()
    for column, function in enumerate(matrix.functions):
        if function.edges:
            place = 2 * matrix.votes[:, column].astype(np.int64) - len(function.edges)
            other = 1 - function.favours if matrix.classes == 2 else ABSTAIN
            leaning = np.where(place > 0, function.favours, np.where(place < 0, other, ABSTAIN))
            found[:, column] = np.where(matrix.votes[:, column] == ABSTAIN, ABSTAIN, leaning)
    return found


def rows_report(matrix: LabelMatrix) -> RowsReport:
    """How many rows get votes, and how these agree.

    >>> report = rows_report(LabelMatrix.of([[1, 1], [1, 0], [1, -1], [-1, -1]]))
    >>> report.coverage, report.overlap, report.conflict
    (0.75, 0.5, 0.25)
    """
    said = _said(leanings(matrix), matrix.classes)
    voters = said.sum(axis=1)
    n = max(len(matrix), 1)
    return RowsReport(
        rows=len(matrix),
        coverage=float((voters > 0).sum() / n),
        overlap=float((voters > 1).sum() / n),
        conflict=float(((said > 0).sum(axis=1) > 1).sum() / n),
    )


def function_reports(
    matrix: LabelMatrix, gold: ArrayLike | None = None, model: LabelModel | None = None
) -> tuple[FunctionReport, ...]:
    """A report of each function, in the matrix's order.

    >>> a, b = function_reports(LabelMatrix.of([[1, 1], [1, 0], [1, -1], [-1, -1]]), [1, 0, -1, -1])
    >>> a.polarity, a.coverage, a.overlap, a.conflict, a.measured.value
    ((1,), 0.75, 0.5, 0.25, 0.5)

    Raises:
        LabelError: gold or model do not fit the matrix.
    """
    known, leaning = gold_classes(gold, matrix), leanings(matrix)
    said = _said(leaning, matrix.classes)
    voters, n = said.sum(axis=1), max(len(matrix), 1)
    labels = None if model is None else model.probabilities(matrix)
    weights = {} if model is None else model.weights_by_name
    reports = []
    for function, column in zip(matrix.functions, leaning.T, strict=True):
        rows = np.flatnonzero(column != ABSTAIN)
        votes = column[rows]
        judged = rows[known[rows] != NO_GOLD]
        right = int((known[judged] == column[judged]).sum())
        reports.append(
            FunctionReport(
                name=function.name,
                family=function.family,
                polarity=tuple(np.unique(votes).tolist()),
                coverage=len(rows) / n,
                overlap=float((voters[rows] > 1).sum() / n),
                conflict=float((voters[rows] > said[rows, votes]).sum() / n),
                estimated=None if labels is None or not len(rows) else float(labels[rows, votes].mean()),
                measured=wilson(right, len(judged)) if len(judged) else None,
                weight=weights.get(function.name),
            )
        )
    return tuple(reports)


def correlated_pairs(
    matrix: LabelMatrix, model: LabelModel | None = None, *, least: float = 0.3
) -> tuple[PairReport, ...]:
    """Pairs of functions that repeat each other, strongest first: correlation of ``least`` or more.

    With a model the correlation is of their evidence within its classes, without one of their votes over all
    rows, where functions that are merely right are correlated too.

    Raises:
        LabelError: the model does not fit the matrix.
    """
    some = Evidence.of(matrix).thinned(_ROWS)
    names = [function.name for function in some.functions]
    posterior, tables = (
        np.ones((len(some.codes), 1)),
        tuple(affinity(f, some.classes) for f in some.functions),
    )
    if model is not None:
        model.ordered(matrix)
        posterior, tables = shares(model.scores_of(some.layout, some.codes))[0], model.evidence
    strength = association(some, posterior, tables)
    leaning = dict(zip(matrix.names, leanings(matrix).T, strict=True))
    found = []
    for i, j in zip(*np.nonzero(np.triu(strength >= least, 1)), strict=True):
        first, second = leaning[names[i]], leaning[names[j]]
        both = (first != ABSTAIN) & (second != ABSTAIN)
        found.append(
            PairReport(
                first=names[i],
                second=names[j],
                correlation=float(strength[i, j]),
                both=int(both.sum()),
                agreement=float((first[both] == second[both]).mean()) if both.any() else 0.0,
            )
        )
    return tuple(sorted(found, key=lambda pair: (-pair.correlation, pair.first, pair.second)))


def conflict_rows(
    matrix: LabelMatrix, first: str, second: str | None = None, *, limit: int = 10
) -> NDArray[np.int64]:
    """Indices of the first rows where a function contradicts another one, or any other.

    >>> conflict_rows(LabelMatrix.of([[1, 1], [1, 0], [0, 1]], ["a", "b"]), "a").tolist()
    [1, 2]

    Raises:
        LabelError: there is no function of that name.
    """
    leaning = leanings(matrix.select([first] if second is None else [first, second]))
    own = leaning[:, 0].astype(np.int64)
    said = _said(leanings(matrix) if second is None else leaning, matrix.classes)
    against = said.sum(axis=1) - said[np.arange(len(own)), np.maximum(own, 0)]
    return np.flatnonzero((own != ABSTAIN) & (against > 0))[:limit]


def _said(leaning: Votes, classes: int) -> NDArray[np.int64]:
    """``[n, k]``: how many functions vote for each class."""
    return np.stack([(leaning == one).sum(axis=1) for one in range(classes)], axis=1)
