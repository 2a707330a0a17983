"""Matrices whose truth is known: independent, copied and one-sided functions, positives rare.

==== ==============================================================================================
A    functions of different error in each class, the last of twelve a copy of the one before
B    the textbook: independent, as often wrong on one class as on the other
C    one-sided functions, five for the positive class and seven for the negative, a copied pair of each
D    one-sided functions, among those for the positive class four near-copies of one weak function
E    forty one-sided functions of low coverage, each for items of one of eight hidden topics: within a class
     they are not independent, and no weight per function makes them so
==== ==============================================================================================

For tests and measurements of label models; nothing here knows of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuning.label_model.matrix import Array, Classes, LabelMatrix, Votes

Kind = Literal["A", "B", "C", "D", "E"]
KINDS: tuple[Kind, ...] = ("A", "B", "C", "D", "E")
COPIED: dict[Kind, tuple[tuple[int, ...], ...]] = {
    "A": ((10, 11),),
    "B": (),
    "C": ((3, 4), (10, 11)),
    "D": ((2, 3, 4, 5),),
    "E": (),
}
"""Columns of functions that copy the first of them."""

_FUNCTIONS = 12
_COPIED_SHARE = {"A": 0.9, "C": 0.9, "D": 0.92}
_FOR_POSITIVE = {"C": 5, "D": 6}
_OF_TOPICS, _TOPICS, _OFF_TOPIC = 40, 8, 0.05
"""In E: functions, topics, and how often one fires off its topic, as a share of how often it does on it."""
_WEAK = (0.12, 0.35)
"""How often the weak function of D fires on the negative and on the positive class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Made:
    """A matrix, the true classes ``[n]``, the true likelihoods ``[m, 2, 3]`` by class and outcome + 1."""

    matrix: LabelMatrix
    truth: Classes
    likelihoods: Array


def made(kind: Kind, rows: int, *, seed: int, positive: float = 0.1) -> Made:
    """A matrix of twelve functions (E: forty) over ``rows`` items, a share ``positive`` of class 1."""
    random = np.random.default_rng(seed)
    truth = (random.random(rows) < positive).astype(np.int64)
    if kind == "E":
        return _of_topics(truth, random)
    likelihoods = np.stack([_likelihoods(kind, column, random) for column in range(_FUNCTIONS)])
    for first, *others in COPIED[kind]:
        likelihoods[others] = likelihoods[first]
    votes = np.stack([drawn(table, truth, random) for table in likelihoods], axis=1)
    for first, *others in COPIED[kind]:
        for column in others:
            copied = random.random(rows) < _COPIED_SHARE[kind]
            votes[copied, column] = votes[copied, first]
    return Made(matrix=LabelMatrix.of(votes), truth=truth, likelihoods=likelihoods)


def _of_topics(truth: Classes, random: np.random.Generator) -> Made:
    topics = random.integers(_TOPICS, size=len(truth))
    columns, likelihoods = [], []
    for column in range(_OF_TOPICS):
        vote = column % 2
        wrong, right = (
            random.uniform((0.02, 0.3), (0.1, 0.8)) if vote else random.uniform((0.3, 0.1), (0.8, 0.3))
        )
        on = _one_sided([wrong, right], vote)
        off = _one_sided([wrong * _OFF_TOPIC, right * _OFF_TOPIC], vote)
        here = topics == column // 2 % _TOPICS
        columns.append(np.where(here, drawn(on, truth, random), drawn(off, truth, random)))
        likelihoods.append(on / _TOPICS + off * (1 - 1 / _TOPICS))
    matrix = LabelMatrix.of(np.stack(columns, axis=1))
    return Made(matrix=matrix, truth=truth, likelihoods=np.stack(likelihoods))


def drawn(likelihoods: Array, truth: Classes, random: np.random.Generator) -> Votes:
    """Votes ``[n]`` of a function with likelihoods ``[k, outcomes + 1]``, independent given the class."""
    ends = np.cumsum(likelihoods, axis=1)[truth, :-1]
    votes: Votes = ((random.random(len(truth))[:, None] > ends).sum(axis=1) - 1).astype(np.int8)
    return votes


def gold_of(truth: Classes, count: int, *, seed: int) -> Classes:
    """Gold classes ``[n]``: the truth on ``count`` rows drawn evenly, -1 elsewhere."""
    gold = np.full(len(truth), -1, dtype=np.int64)
    judged = np.random.default_rng(seed).choice(len(truth), count, replace=False)
    gold[judged] = truth[judged]
    return gold


def _likelihoods(kind: Kind, column: int, random: np.random.Generator) -> Array:
    if kind == "A":
        fires, right = random.uniform(0.3, 0.9, 2), random.uniform((0.75, 0.55), (0.97, 0.9))
        return _two_sided(fires, right)
    if kind == "B":
        return _two_sided(np.full(2, random.uniform(0.4, 0.9)), np.full(2, random.uniform(0.6, 0.85)))
    if column < _FOR_POSITIVE[kind]:
        wrong, right = random.uniform((0.01, 0.25), (0.06, 0.6))
        return _one_sided(np.array(_WEAK) if kind == "D" and column in COPIED["D"][0] else [wrong, right], 1)
    return _one_sided(random.uniform((0.2, 0.03), (0.5, 0.15)), 0)


def _two_sided(fires: Array, right: Array) -> Array:
    hit, miss = fires * right, fires * (1 - right)
    return np.array([[1 - fires[0], hit[0], miss[0]], [1 - fires[1], miss[1], hit[1]]])


def _one_sided(fires: Array | list[float], vote: int) -> Array:
    table = np.zeros((2, 3))
    table[:, vote + 1] = fires
    table[:, 0] = 1 - table[:, vote + 1]
    return table
