"""How a student stands beside its teacher: agreement of orders, and ratios of size, speed and accuracy.

Agreement is the share of pairs of passages that the student puts in the teacher's order, each pair weighed by
how far apart the teacher puts the two: .5 is chance, 1 the teacher's order. Speed is measured as in use: the
teacher reads question and passages, the student the question, since passages were embedded at ingest. Leaves
training to ``tuning.distilling``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.protocols import Embedder, Reranker, Scores
from tuning.soft_lists import SoftList


def agreement(teacher: Scores, student: Scores) -> float:
    """Of one list, scores ``[n]`` of both; 1 where the teacher tells nothing apart.

    >>> few = np.array([0.0, 1.0, 3.0], dtype=np.float32)
    >>> agreement(few, few * 2), agreement(few, -few), round(agreement(few, few[[1, 0, 2]]), 3)
    (1.0, 0.0, 0.833)
    """
    first, second = np.triu_indices(len(teacher), k=1)
    apart = teacher[first] - teacher[second]
    total = float(np.abs(apart).sum())
    if total == 0.0:
        return 1.0
    theirs = student[first] - student[second]
    # What the student holds for equal is half right.
    right = np.where(theirs == 0, 0.5, np.sign(theirs) == np.sign(apart))
    return float((np.abs(apart) * right).sum() / total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One of the two: weights in all, seconds a question, mean of best probability / rank by the labels."""

    weights: int
    seconds: float
    score: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "weights": self.weights,
            "seconds": round(self.seconds, 5),
            "score": round(self.score, 5),
        }


def teacher_standing(teacher: Reranker, lists: Sequence[SoftList]) -> Standing:
    """A reranker on lists, passages it has not read before among them."""
    begin = perf_counter()
    scores = [teacher.score(one.question.text, [label.passage for label in one.labels]) for one in lists]
    seconds = (perf_counter() - begin) / len(lists)
    return Standing(weights=weights_of(teacher), seconds=seconds, score=_score(lists, scores))


def student_standing(student: Embedder, lists: Sequence[SoftList]) -> Standing:
    """An embedder on lists whose passages are embedded."""
    texts = sorted({label.passage for one in lists for label in one.labels})
    rows = {text: row for row, text in enumerate(texts)}
    vectors = student.embed_passages(texts)
    begin = perf_counter()
    scores: list[NDArray[np.float32]] = []
    for one in lists:
        question = student.embed_queries([one.question.text])[0]
        scores.append(vectors[[rows[label.passage] for label in one.labels]] @ question)
    seconds = (perf_counter() - begin) / len(lists)
    return Standing(weights=weights_of(student), seconds=seconds, score=_score(lists, scores))


def beside(teacher: Standing, student: Standing) -> dict[str, Any]:
    """Both, and the student's share of the teacher's size and accuracy, and how many times as fast it is.

    A ratio is None where the teacher has none of it: a teacher without weights.
    """
    return {
        "teacher": teacher.as_dict(),
        "student": student.as_dict(),
        "size": round(student.weights / teacher.weights, 3) if teacher.weights else None,
        "speed": round(teacher.seconds / student.seconds, 1) if student.seconds else None,
        "accuracy": round(student.score / teacher.score, 3) if teacher.score else None,
    }


def weights_of(component: object) -> int:
    """How many numbers the torch module of a component has; 0 for one without."""
    from torch import nn

    modules = [one for one in vars(component).values() if isinstance(one, nn.Module)]
    return sum(one.numel() for module in modules[:1] for one in module.parameters())


def _score(lists: Sequence[SoftList], scores: Sequence[Scores]) -> float:
    return float(np.mean([one.reciprocal(own) for one, own in zip(lists, scores, strict=True)]))
