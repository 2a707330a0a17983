"""Votes of labeling functions on items: who voted what, and what a vote can be.

An item is whatever gets a label: a question with a passage, with an answer, or with two answers of which one
is better. A vote is a class from 0 to k - 1, a bin of a score (``tuning.label_model.binning``), or -1: the
function abstains. Leaves models to ``tuning.label_model.fitting``, figures about functions to
``tuning.label_model.analysis``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rag.errors import UsageError

ABSTAIN = -1
NO_GOLD = -1
"""In a row's place among gold classes: nobody has judged it."""
MOST_OUTCOMES = 64

Votes = NDArray[np.int8]
"""``[n, m]``, -1 or an outcome of the column's function."""
Classes = NDArray[np.int64]
"""``[n]``, -1 or a class."""
Array = NDArray[np.float64]


class LabelError(UsageError):
    """Votes, gold classes or settings of a label model do not fit together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A labeling function as a label model sees it.

    ``family`` names the source that several functions draw on: together they have one voice. With ``edges``
    its votes are bins of a score: bin 0 lies below the first edge, bin i from edge i - 1 on, and high ones
    speak for the class ``favours``; otherwise votes are classes.
    """

    name: str
    family: str = ""
    edges: tuple[float, ...] = ()
    favours: int = 1

    def outcomes(self, classes: int) -> int:
        """How many different votes there are, abstaining aside."""
        return len(self.edges) + 1 if self.edges else classes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelMatrix:
    """Votes ``[n, m]`` of m functions among k classes.

    ``mirrored``: items are ordered pairs (A, B), class 1 says that A is better, class 0 that B is; a vote of
    outcome v becomes the last outcome minus v when A and B change places.

    Raises:
        LabelError: votes out of range, names that repeat, shapes that differ.
    """

    votes: Votes
    functions: tuple[Function, ...]
    classes: int = 2
    mirrored: bool = False

    def __post_init__(self) -> None:
        votes, names = self.votes, [function.name for function in self.functions]
        if votes.ndim != 2 or votes.dtype != np.int8 or votes.shape[1] != len(names) or not names:
            raise LabelError(
                f"votes are {votes.dtype} of shape {votes.shape} for {len(names)} functions",
                "give int8 votes [items, functions] of one function at least",
            )
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise LabelError(f"labeling functions share names: {', '.join(twice)}", "give each its own")
        if self.classes < 2 or (self.mirrored and self.classes != 2):
            raise LabelError(f"{self.classes} classes", "two at least, and two for pairs")
        for function, column in zip(self.functions, votes.T, strict=True):
            _check(function, column, self.classes)

    @classmethod
    def of(
        cls,
        votes: ArrayLike,
        names: Sequence[str] | None = None,
        *,
        classes: int = 2,
        families: Mapping[str, str] | None = None,
        mirrored: bool = False,
    ) -> LabelMatrix:
        """A matrix of class votes; functions without names are called by number, families go by name.

        >>> LabelMatrix.of([[1, -1], [0, 0]]).functions[1].name
        'f1'

        Raises:
            LabelError: see the class; or votes are no whole numbers.
        """
        table = np.asarray(votes)
        if table.ndim != 2:
            raise LabelError(f"votes have {table.ndim} dimensions", "give votes [items, functions]")
        small = table.astype(np.int8)
        if not np.array_equal(small, table):
            raise LabelError("votes are no whole numbers from -128 to 127", "use -1 to abstain, else a class")
        named = names if names is not None else [f"f{j}" for j in range(table.shape[1])]
        of_source = families or {}
        functions = tuple(Function(name=name, family=of_source.get(name, "")) for name in named)
        return cls(votes=small, functions=functions, classes=classes, mirrored=mirrored)

    @classmethod
    def from_triples(
        cls, triples: ArrayLike, items: int, functions: Sequence[Function], *, classes: int = 2
    ) -> LabelMatrix:
        """A matrix of ``items`` rows from votes ``[t, 3]``: row, column, outcome; what is not there abstains.

        >>> LabelMatrix.from_triples([(1, 0, 1)], 2, [Function(name="a")]).votes.tolist()
        [[-1], [1]]

        Raises:
            LabelError: see the class; or an index is out of range.
        """
        table = np.asarray(triples, dtype=np.int64).reshape(-1, 3)
        rows, columns, outcomes = table.T
        for what, indices, size in (("row", rows, items), ("column", columns, len(functions))):
            if len(indices) and not (indices.min() >= 0 and indices.max() < size):
                raise LabelError(f"a vote's {what} is not below {size}", "number from 0")
        if len(outcomes) and not (outcomes.min() >= ABSTAIN and outcomes.max() < MOST_OUTCOMES):
            raise LabelError("a vote is out of range", "use -1 to abstain, else a class")
        votes = np.full((items, len(functions)), ABSTAIN, dtype=np.int8)
        votes[rows, columns] = outcomes
        return cls(votes=votes, functions=tuple(functions), classes=classes)

    def __len__(self) -> int:
        return len(self.votes)

    @property
    def names(self) -> tuple[str, ...]:
        """The functions' names, by column."""
        return tuple(function.name for function in self.functions)

    def take(self, rows: ArrayLike) -> LabelMatrix:
        """Some rows, by index or mask, in that order."""
        return self._like(self.votes[np.asarray(rows)], self.functions)

    def select(self, names: Sequence[str]) -> LabelMatrix:
        """Some columns, in that order.

        Raises:
            LabelError: there is no function of a name.
        """
        places = {name: j for j, name in enumerate(self.names)}
        missing = [name for name in names if name not in places]
        if missing:
            raise LabelError(f"no votes of {', '.join(missing)}", "apply these labeling functions first")
        columns = [places[name] for name in names]
        return self._like(self.votes[:, columns], tuple(self.functions[j] for j in columns))

    def beside(self, other: LabelMatrix) -> LabelMatrix:
        """The columns of both, over the same items.

        Raises:
            LabelError: they differ in rows, classes or kind, or share names.
        """
        ours, theirs = [(len(one), one.classes, one.mirrored) for one in (self, other)]
        if ours != theirs:
            raise LabelError(
                f"matrices of {ours} and {theirs} (rows, classes, pairs)", "label the same items"
            )
        return self._like(np.hstack([self.votes, other.votes]), (*self.functions, *other.functions))

    def swapped(self) -> LabelMatrix:
        """The same pairs as (B, A).

        >>> LabelMatrix.of([[1, -1, 0]], mirrored=True).swapped().votes.tolist()
        [[0, -1, 1]]

        Raises:
            LabelError: the items are no pairs.
        """
        if not self.mirrored:
            raise LabelError("only pairs can be swapped", "make the matrix with mirrored=True")
        last = np.array([function.outcomes(self.classes) - 1 for function in self.functions], dtype=np.int8)
        voted = self.votes != ABSTAIN
        return self._like(np.where(voted, last - self.votes, self.votes).astype(np.int8), self.functions)

    def _like(self, votes: Votes, functions: tuple[Function, ...]) -> LabelMatrix:
        return LabelMatrix(
            votes=np.ascontiguousarray(votes),
            functions=functions,
            classes=self.classes,
            mirrored=self.mirrored,
        )


def gold_classes(gold: ArrayLike | None, matrix: LabelMatrix) -> Classes:
    """Gold classes ``[n]`` of a matrix's rows, checked; all -1 for None.

    Raises:
        LabelError: another length, or a value that is neither -1 nor a class.
    """
    if gold is None:
        return np.full(len(matrix), NO_GOLD, dtype=np.int64)
    given = np.asarray(gold)
    classes = given.astype(np.int64)
    if given.shape != (len(matrix),) or not np.array_equal(classes, given):
        raise LabelError(
            f"gold has shape {given.shape} for {len(matrix)} rows of votes",
            "give a class for each row, -1 where nobody judged",
        )
    if len(classes) and not (classes.min() >= NO_GOLD and classes.max() < matrix.classes):
        raise LabelError(f"a gold class is not below {matrix.classes}", "give -1 where nobody judged")
    return classes


def _check(function: Function, column: Votes, classes: int) -> None:
    if not 0 <= function.favours < classes or any(
        not low < high for low, high in pairwise((-inf, *function.edges, inf))
    ):
        raise LabelError(
            f"{function.name} has edges {function.edges} for class {function.favours}",
            f"give ascending numbers and a class from 0 to {classes - 1}",
        )
    outcomes = function.outcomes(classes)
    if outcomes > MOST_OUTCOMES:
        raise LabelError(f"{function.name} has {outcomes} outcomes", f"use {MOST_OUTCOMES} at most")
    if len(column) and not (column.min() >= ABSTAIN and column.max() < outcomes):
        row = int(np.argmax((column < ABSTAIN) | (column >= outcomes)))
        raise LabelError(
            f"{function.name} votes {int(column[row])} on row {row}",
            f"use -1 to abstain, else 0 to {outcomes - 1}",
        )
