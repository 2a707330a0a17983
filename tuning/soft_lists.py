"""Soft labels as lists: a question with its passages, which of them teach, and documents kept apart.

A passage that is nearly as likely as a question's likeliest is a positive, with its probability as its share
of the target; one that is far less likely is a hard negative, since candidates come from searches; what lies
between is dropped: in filings and contracts nearly the same statement stands in several places, and each is
right.

Leaves making labels to ``tuning.labeling``, losses to the trainers.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.errors import UsageError
from rag.fingerprints import fingerprint, hash_bytes
from rag.types import DocumentId
from tuning.items import Asked, Labelled


class NothingToLearnError(UsageError):
    """Labels tell no passage from another, in the part that is trained on or in the one held apart."""

    @classmethod
    def of(cls, part: str) -> NothingToLearnError:
        """For the questions of a part."""
        return cls(
            f"no question {part} has a likely and an unlikely passage",
            "make more questions, or write labeling functions that tell passages apart",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """What teaches, in shares of the probability of a question's likeliest passage.

    From ``near`` on a passage is a positive, up to ``far`` a negative; below ``least`` none is a positive,
    whatever the others are. Shares, because label models without gold rank better than they calibrate.
    """

    least: float = 0.4
    near: float = 0.75
    far: float = 0.4

    def __post_init__(self) -> None:
        if not 0.0 <= self.far < self.near <= 1.0:
            raise ValueError(f"cuts are 0 <= far < near <= 1, not {self.far}, {self.near}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftList:
    """A question's labelled passages, most likely first; equal ones by their chunks' ids."""

    question: Asked
    labels: tuple[Labelled, ...]

    @property
    def documents(self) -> frozenset[DocumentId]:
        """What it is about: the documents it is asked of or was made from, else those of its best passage."""
        asked = self.question.document_ids or [place.document_id for place in self.question.places]
        return frozenset(asked or (self.labels[0].document,))

    @property
    def weight(self) -> float:
        """How sure it is that any passage bears the answer: the probability of the likeliest."""
        return self.labels[0].probability

    def positives(self, cuts: Cuts) -> tuple[Labelled, ...]:
        """The likely ones, most likely first."""
        least = max(cuts.least, cuts.near * self.weight)
        return tuple(one for one in self.labels if one.probability >= least)

    def negatives(self, cuts: Cuts) -> tuple[Labelled, ...]:
        """The unlikely ones, least unlikely first."""
        return tuple(one for one in self.labels if one.probability <= cuts.far * self.weight)

    def unsure(self, cuts: Cuts) -> tuple[Labelled, ...]:
        """Those between."""
        told = {one.chunk_id for one in (*self.positives(cuts), *self.negatives(cuts))}
        return tuple(one for one in self.labels if one.chunk_id not in told)

    def shortened(self, cuts: Cuts, positives: int, limit: int) -> SoftList:
        """The likeliest and, up to ``limit`` in all, negatives drawn by their items' hashes."""
        likely = self.positives(cuts)[:positives]
        unlikely = sorted(self.negatives(cuts), key=lambda label: label.item)
        kept = unlikely[: max(1, limit - len(likely))]
        return SoftList(question=self.question, labels=(*likely, *kept))

    def drawn(
        self, cuts: Cuts, positives: int, negatives: int, generator: random.Random
    ) -> tuple[Labelled, ...]:
        """The likeliest, and so many unlikely ones drawn: what a batch shows of it."""
        unlikely = self.negatives(cuts)
        chosen = generator.sample(unlikely, min(negatives, len(unlikely)))
        return (*self.positives(cuts)[:positives], *chosen)

    def reciprocal(self, scores: NDArray[np.float32]) -> float:
        """The best probability / rank of its passages, ranked by scores ``[n]`` in their order."""
        ranks = 1 + (scores[None, :] > scores[:, None]).sum(axis=1)
        return max(label.probability / int(rank) for label, rank in zip(self.labels, ranks, strict=True))


def soft_lists(labelled: Iterable[Labelled]) -> list[SoftList]:
    """A list for each question, by the questions' ids; of several labels of an item the last counts."""
    found: dict[str, dict[str, Labelled]] = {}
    for one in labelled:
        found.setdefault(one.question.id, {})[one.chunk_id] = one
    lists = []
    for _, own in sorted(found.items()):
        ordered = sorted(own.values(), key=lambda one: (-one.probability, one.chunk_id))
        lists.append(SoftList(question=ordered[0].question, labels=tuple(ordered)))
    return lists


def teaching(lists: Iterable[SoftList], cuts: Cuts) -> list[SoftList]:
    """Those that have a positive and a negative."""
    return [one for one in lists if one.positives(cuts) and one.negatives(cuts)]


def to_learn(
    labelled: Iterable[Labelled], dev: Iterable[Labelled], cuts: Cuts, held: int
) -> tuple[list[SoftList], list[SoftList]]:
    """The lists to train on, and at most ``held`` of the development part, by their ids, which are hashes.

    Raises:
        NothingToLearnError: one of them is empty.
    """
    lists, measured = teaching(soft_lists(labelled), cuts), teaching(soft_lists(dev), cuts)[:held]
    if not lists or not measured:
        raise NothingToLearnError.of("to learn from" if not lists else "of the development part")
    return lists, measured


def labels_hash(labelled: Iterable[Labelled]) -> str:
    """The identity of labels, in whatever order: items, texts and probabilities."""
    lines = sorted(f"{one.item} {one.probability:.6f} {hash_bytes(one.passage.encode())}" for one in labelled)
    return fingerprint({"labels": lines})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Labels to train on, and labels of other documents to stop and choose by."""

    train: tuple[Labelled, ...]
    dev: tuple[Labelled, ...]


def by_document(
    labelled: Sequence[Labelled],
    *,
    share: float,
    seed: int,
    families: Mapping[DocumentId, str] | None = None,
    settled: Mapping[DocumentId, bool] | None = None,
) -> Parts:
    """A part for training and one for development, with no document (nor family of documents) in both.

    ``share`` of the families that have questions, at least one, are for development, drawn by hash.
    ``settled`` says of documents of an earlier run whether they were: these stay in their part, and the
    others are drawn. Questions that touch both parts are in neither.

    Raises:
        ValueError: there are fewer than two families.
    """
    named = families or {}
    lists = soft_lists(labelled)
    own = {one.question.id: {named.get(d, d) for d in one.documents} for one in lists}
    asked = set().union(*own.values())
    if len(asked) < 2:
        raise ValueError("questions about at least two documents are needed to keep some apart")
    kept = {named.get(d, d): is_held for d, is_held in (settled or {}).items()}
    drawn = sorted(asked - set(kept), key=lambda family: hash_bytes(f"{seed} {family}".encode()))
    held = {family for family in asked & set(kept) if kept[family]}
    # One at least is held apart, and one learned from.
    least, most = int(not held), len(drawn) - int(not (asked & set(kept)) - held)
    held |= set(drawn[: min(most, max(least, round(share * len(drawn))))])
    train: list[Labelled] = []
    dev: list[Labelled] = []
    for one in lists:
        if own[one.question.id] <= held:
            dev += one.labels
        elif not own[one.question.id] & held:
            train += one.labels
    return Parts(train=tuple(train), dev=tuple(dev))


def drawn_for(step: int, seed: int) -> random.Random:
    """The generator of a step: batches are functions of data, seed and step alone."""
    return random.Random(seed * 1_000_003 + step)  # noqa: S311
