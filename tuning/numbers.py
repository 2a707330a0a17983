"""Learn which programs over figures questions mean, from questions whose answers are known.

The loss of a question is how much probability the model gives to all but the programs that come to its
answer; where none does, to all but "none of them". The weights of an operation are a part shared by its kind
and a part of its own, both held down (as for related tasks in Evgeniou and Pontil, "Regularized Multi-Task
Learning", KDD 2004). Probabilities are calibrated on questions held out by document (Platt, 1999).
Deterministic. Leaves which programs are right to ``tuning.number_answers``, questions to the recipe.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.fingerprints import hash_bytes
from rag.numbers.asked import Asked
from rag.numbers.program_features import FEATURES, NONE_FEATURES, Candidates
from rag.numbers.programs import KINDS, Program
from rag.numbers.ranker import COLUMNS, Ranker

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A question's programs and which are right, by kind ``[n, operations]``; ``together``: its document.

    Examples of one ``together`` are in one fold. ``from_template``: nobody asked it, and it counts for less.
    """

    source: str
    together: str
    asked: Asked
    made: Candidates
    right: Mapping[str, Flags]
    from_template: bool = False

    @property
    def reachable(self) -> bool:
        """Whether some program comes to the answer."""
        return any(bool(flags.any()) for flags in self.right.values())

    def is_right(self, program: Program) -> bool:
        """Whether a program is one of those that are right."""
        for kind, operations in KINDS.items():
            if program.operation in operations:
                row = list(self.made.places.of(kind)).index(program.operands)
                return bool(self.right[kind][row, operations.index(program.operation)])
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalties:
    """How weights are held down: those of phrases, those of features; rarer phrases have none.

    A question made from a template counts as ``template`` of one that was asked, and brings no new phrases.
    """

    phrases: float = 0.3
    features: float = 1.0
    least_phrases: int = 5
    iterations: int = 90
    template: float = 0.1


USUAL = Penalties()


def learn(examples: Sequence[Example], facts: Mapping[str, Any], penalties: Penalties = USUAL) -> Ranker:
    """The ranker that examples teach, not calibrated; ``facts`` are kept with it.

    Raises:
        ValueError: no example has a right program.
    """
    from scipy.optimize import minimize

    if not any(example.reachable for example in examples):
        raise ValueError("no question has its answer among the programs over its figures")
    asked = [example for example in examples if not example.from_template]
    counts = Counter(phrase for example in asked for phrase in example.asked.phrases)
    vocabulary = sorted(phrase for phrase, n in counts.items() if n >= penalties.least_phrases)
    batch = Batch.of(examples, vocabulary, penalties.template)
    found = minimize(
        loss_and_gradient,
        np.zeros(batch.size),
        args=(batch, penalties),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": penalties.iterations},
    )
    weights = Weights.unpacked(found.x, len(vocabulary))
    return Ranker(
        phrases=dict(zip(vocabulary, weights.phrases, strict=True)),
        features={kind: weights.features(kind) for kind in KINDS},
        none=weights.none,
        facts={
            **facts,
            "questions": len(asked),
            "from_templates": len(examples) - len(asked),
            "loss": round(float(found.fun) / float(batch.counts.sum()), 4),
        },
    )


def fold_of(together: str, folds: int) -> int:
    """The fold of a document, by a hash of its name.

    >>> fold_of("V", 5) == fold_of("V", 5) < 5
    True
    """
    return int(hash_bytes(f"fold {together}".encode())[:8], 16) % folds


@dataclass(frozen=True, slots=True)
class Weights:
    """Views into a vector of weights: of phrases ``[v, columns]``, shared and own by kind, of none."""

    phrases: Array
    shared: Mapping[str, Array]
    own: Mapping[str, Array]
    none: Array

    @classmethod
    def unpacked(cls, vector: Array, vocabulary: int) -> Weights:
        """The views."""
        at = vocabulary * len(COLUMNS)
        phrases = vector[:at].reshape(vocabulary, len(COLUMNS))
        shared, own = {}, {}
        for kind, operations in KINDS.items():
            f = len(FEATURES[kind])
            shared[kind] = vector[at : at + f]
            own[kind] = vector[at + f : at + f + f * len(operations)].reshape(f, len(operations))
            at += f + f * len(operations)
        return cls(phrases, shared, own, vector[at : at + len(NONE_FEATURES)])

    @staticmethod
    def count(vocabulary: int) -> int:
        """The length of the vector."""
        of_features = sum(len(FEATURES[kind]) * (1 + len(operations)) for kind, operations in KINDS.items())
        return vocabulary * len(COLUMNS) + of_features + len(NONE_FEATURES)

    def features(self, kind: str) -> Array:
        """``[features, operations]`` of a kind."""
        both: Array = self.shared[kind][:, None] + self.own[kind]
        return both


@dataclass(frozen=True, slots=True)
class Batch:
    """All examples as matrices; ``lengths`` say how many programs of a kind each question has, in order.

    ``counts`` ``[n]`` say how much each question counts.
    """

    phrases: Any
    features: Mapping[str, NDArray[np.float32]]
    barred: Mapping[str, NDArray[np.float32]]
    right: Mapping[str, NDArray[np.float32]]
    lengths: Mapping[str, NDArray[np.int64]]
    none: Array
    none_right: Flags
    counts: Array

    @property
    def size(self) -> int:
        """The number of weights."""
        return Weights.count(self.phrases.shape[1])

    @classmethod
    def of(cls, examples: Sequence[Example], vocabulary: Sequence[str], template: float) -> Batch:
        """The matrices; every question needs a program of each kind, so empty kinds get a barred row."""
        from scipy.sparse import csr_matrix

        places = {phrase: place for place, phrase in enumerate(vocabulary)}
        rows = [sorted(places[p] for p in example.asked.phrases if p in places) for example in examples]
        ends = np.cumsum([0, *map(len, rows)])
        columns = np.array([place for row in rows for place in row], dtype=np.int64)
        phrases = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(examples), len(vocabulary)))
        features, barred, right, lengths = {}, {}, {}, {}
        for kind in KINDS:
            parts = [_of_kind(example, kind) for example in examples]
            features[kind] = np.concatenate([part[0] for part in parts])
            barred[kind] = np.concatenate([part[1] for part in parts])
            right[kind] = np.concatenate([part[2] for part in parts])
            lengths[kind] = np.array([len(part[0]) for part in parts])
        return cls(
            phrases,
            features,
            barred,
            right,
            lengths,
            np.stack([example.made.none for example in examples]).astype(np.float64),
            np.array([not example.reachable for example in examples]),
            np.array([template if example.from_template else 1.0 for example in examples]),
        )


def _of_kind(
    example: Example, kind: str
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    features, possible, right = example.made.features[kind], example.made.possible[kind], example.right[kind]
    if not len(features):
        features = np.zeros((1, len(FEATURES[kind])), dtype=np.float32)
        possible = right = np.zeros((1, len(KINDS[kind])), dtype=bool)
    barred = np.where(possible, 0.0, _BARRED).astype(np.float32)
    return features.astype(np.float32), barred, right.astype(np.float32)


_BARRED = -60.0
"""Added to the score of a program that has no value."""


def loss_and_gradient(vector: Array, batch: Batch, penalties: Penalties) -> tuple[float, Array]:
    """The summed loss of a vector of weights, and its gradient."""
    weights = Weights.unpacked(vector, batch.phrases.shape[1])
    of_phrases = batch.phrases @ weights.phrases
    none = of_phrases[:, -1] + batch.none @ weights.none
    logits, top, column = {}, none.copy(), 0
    for kind, operations in KINDS.items():
        here = of_phrases[:, column : column + len(operations)].astype(np.float32)
        scores = batch.features[kind] @ weights.features(kind).astype(np.float32)
        logits[kind] = scores + np.repeat(here, batch.lengths[kind], axis=0) + batch.barred[kind]
        top = np.maximum(top, np.maximum.reduceat(logits[kind].max(axis=1), _starts(batch, kind)))
        column += len(operations)
    all_, right = np.exp(none - top), np.where(batch.none_right, np.exp(none - top), 0.0)
    e_none = all_.copy()
    shares = {}
    for kind in KINDS:
        lengths = batch.lengths[kind]
        shares[kind] = np.exp(logits[kind] - np.repeat(top.astype(np.float32), lengths)[:, None])
        all_ += np.add.reduceat(shares[kind].sum(axis=1), _starts(batch, kind))
        right += np.add.reduceat((shares[kind] * batch.right[kind]).sum(axis=1), _starts(batch, kind))
    right = np.maximum(right, 1e-30)
    gradient = np.zeros_like(vector)
    g = Weights.unpacked(gradient, batch.phrases.shape[1])
    slack = np.zeros_like(of_phrases)
    column = 0
    for kind, operations in KINDS.items():
        lengths = batch.lengths[kind]
        over_all = np.repeat((batch.counts / all_).astype(np.float32), lengths)[:, None]
        over_right = np.repeat((batch.counts / right).astype(np.float32), lengths)[:, None]
        error = shares[kind] * (over_all - batch.right[kind] * over_right)
        of_features = batch.features[kind].T @ error
        g.own[kind][:] = of_features + 2 * penalties.features * weights.own[kind]
        g.shared[kind][:] = of_features.sum(axis=1) + 2 * penalties.features * weights.shared[kind]
        slack[:, column : column + len(operations)] = np.add.reduceat(error, _starts(batch, kind), axis=0)
        column += len(operations)
    slack[:, -1] = batch.counts * (e_none / all_ - np.where(batch.none_right, e_none / right, 0.0))
    g.phrases[:] = batch.phrases.T @ slack + 2 * penalties.phrases * weights.phrases
    g.none[:] = batch.none.T @ slack[:, -1]
    held = penalties.phrases * float((weights.phrases**2).sum())
    held += penalties.features * sum(
        float((weights.own[kind] ** 2).sum() + (weights.shared[kind] ** 2).sum()) for kind in KINDS
    )
    return float((batch.counts * (np.log(all_) - np.log(right))).sum()) + held, gradient


def _starts(batch: Batch, kind: str) -> NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(batch.lengths[kind])[:-1]])
