"""A fitted label model: votes to soft labels, each of which can be taken apart exactly.

The score of a class is the log of its share plus, for each function, weight times evidence of its outcome,
calibrated by one scale and an offset per class; labels are scores as shares. All methods end in this form, so
the log-odds of any two classes are a sum that can be read: the prior, and what each function adds. Predicting
changes nothing and needs no other rows. Leaves fitting to ``tuning.label_model.fitting``, files to
``tuning.label_model.saving``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rag.fingerprints import fingerprint
from tuning.label_model.calibration import Calibration
from tuning.label_model.evidence import by_name
from tuning.label_model.expectation import shares, weighed
from tuning.label_model.matrix import ABSTAIN, Array, Function, LabelError, LabelMatrix
from tuning.label_model.patterns import Codes, Layout, Tables
from tuning.label_model.settings import Method

VERSION = 1
"""Part of a model's identity: changes whenever a label could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What a function adds to log-odds: ``amount`` = ``weight`` * ``log_ratio`` of its vote, -1 if none.

    The weight is the function's times the calibration's scale; the ratio of abstaining is tempered already.
    """

    function: str
    vote: int
    weight: float
    log_ratio: float
    amount: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why a row has its label: ``log_odds`` of two classes = ``prior`` + ``offset`` + all amounts.

    Terms stand by size, largest first. ``independent_votes`` is how many votes there are if functions that
    repeat each other count once.
    """

    of: int
    against: int
    probability: float
    log_odds: float
    prior: float
    offset: float
    independent_votes: float
    terms: tuple[Term, ...]

    @property
    def conflict(self) -> bool:
        """Whether votes speak for both classes."""
        amounts = [term.amount for term in self.terms if term.vote != ABSTAIN]
        return any(amount > 0 for amount in amounts) and any(amount < 0 for amount in amounts)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelModel:
    """Functions by name, shares of classes ``[k]``, evidence ``[outcomes + 1, k]`` and weight of each.

    ``calibration`` is what gold rows say of how sure the sum may be. ``facts`` say what the model was fitted
    on and how it was chosen; they decide no label.
    """

    method: Method
    functions: tuple[Function, ...]
    classes: int
    mirrored: bool
    balance: Array
    evidence: Tables
    weights: Array
    calibration: Calibration
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Identity of everything that decides a label."""
        return fingerprint({"label_model": VERSION, **self.parameters()})

    @property
    def weights_by_name(self) -> dict[str, float]:
        """What each function counts, from 0 to 1; 1 where it repeats no other."""
        return {f.name: float(weight) for f, weight in zip(self.functions, self.weights, strict=True)}

    def parameters(self) -> dict[str, Any]:
        """Everything that decides a label, as JSON has it."""
        return {
            "method": self.method,
            "classes": self.classes,
            "mirrored": self.mirrored,
            "balance": self.balance.tolist(),
            "scale": self.calibration.scale,
            "offset": self.calibration.offset.tolist(),
            "functions": [
                {
                    "name": function.name,
                    "family": function.family,
                    "edges": list(function.edges),
                    "favours": function.favours,
                    "weight": float(weight),
                    "evidence": table.tolist(),
                }
                for function, weight, table in zip(self.functions, self.weights, self.evidence, strict=True)
            ],
        }

    def probabilities(self, matrix: LabelMatrix) -> Array:
        """Soft labels ``[n, k]``: rows add up to 1.

        Raises:
            LabelError: the matrix is not of these functions, classes or kind.
        """
        return shares(self.scores(matrix))[0]

    def scores(self, matrix: LabelMatrix) -> Array:
        """``[n, k]``: log shares up to a constant per row; the log-odds of two classes are their difference.

        Raises:
            LabelError: see ``probabilities``.
        """
        votes = self.ordered(matrix).votes
        layout = Layout.of([len(table) for table in self.evidence])
        return self.scores_of(layout, layout.encode(votes))

    def scores_of(self, layout: Layout, codes: Codes) -> Array:
        """``scores`` of rows that are encoded already, by a layout of these functions in this order."""
        sums = layout.sums(codes, weighed(self.evidence, self.weights))
        return self.calibration.scores(np.log(self.balance), sums)

    def explain(
        self, matrix: LabelMatrix, row: int, *, of: int | None = None, against: int | None = None
    ) -> Explanation:
        """The sum behind a row's label.

        Without classes to compare: of two, class 1 against class 0; of more, the likeliest against the next.

        Raises:
            LabelError: see ``probabilities``; or there is no such row or class, or both classes are one.
        """
        if not 0 <= row < len(matrix):
            raise LabelError(f"there is no row {row} among {len(matrix)}", "give the index of a row")
        one = self.ordered(matrix.take([row]))
        scores = self.scores(one)
        likely = np.argsort(-scores[0], kind="stable") if self.classes > 2 else np.array([1, 0])
        asked = int(likely[0]) if of is None else of
        other = next(int(c) for c in likely if c != asked) if against is None else against
        if asked == other or not {asked, other} <= set(range(self.classes)):
            raise LabelError(f"class {asked} against {other}", f"give two of 0 to {self.classes - 1}")
        terms, scale, offset = [], self.calibration.scale, self.calibration.offset
        parts = zip(self.functions, one.votes[0].tolist(), self.weights, self.evidence, strict=True)
        for function, vote, weight, table in parts:
            ratio = float(table[vote + 1, asked] - table[vote + 1, other])
            terms.append(
                Term(
                    function=function.name,
                    vote=vote,
                    weight=scale * float(weight),
                    log_ratio=ratio,
                    amount=scale * float(weight) * ratio,
                )
            )
        return Explanation(
            of=asked,
            against=other,
            probability=float(shares(scores)[0][0, asked]),
            log_odds=float(scores[0, asked] - scores[0, other]),
            prior=float(np.log(self.balance[asked]) - np.log(self.balance[other])),
            offset=float(offset[asked] - offset[other]),
            independent_votes=float(self.weights @ (one.votes[0] != ABSTAIN)),
            terms=tuple(sorted(terms, key=lambda term: (-abs(term.amount), term.function))),
        )

    def ordered(self, matrix: LabelMatrix) -> LabelMatrix:
        """A matrix with its functions in the model's order.

        Raises:
            LabelError: the matrix is not of these functions, classes or kind.
        """
        found = by_name(matrix)
        if (found.classes, found.mirrored) != (self.classes, self.mirrored):
            raise LabelError(
                f"the model is of {self.classes} classes{' of pairs' * self.mirrored}, the votes of "
                f"{found.classes}{' of pairs' * found.mirrored}",
                "use the matrix that the model was made for",
            )
        ours, theirs = {self._shape(f) for f in self.functions}, {self._shape(f) for f in found.functions}
        if ours != theirs:
            names = ", ".join(sorted({name for name, *_ in ours ^ theirs}))
            raise LabelError(
                f"model and votes differ in labeling functions: {names}",
                "apply the functions that the model knows, or fit again",
            )
        return found

    @staticmethod
    def _shape(function: Function) -> tuple[str, tuple[float, ...], int]:
        return function.name, function.edges, function.favours
