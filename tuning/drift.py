"""What new documents change: how functions vote on them, their words, their vectors, how well they are found.

=============== ===================================================================================
population      Σ (b − a) ln(b / a) over what a function does (abstain, each vote, each bin of a
stability       score) on old and on new items; below .1 little, above .25 much has changed
vocabulary      the share of the new passages' words that no old passage has
embedding       1 − cosine of the mean vectors; and the share of new passages that are farther from
                every old one than 95 % of old passages are from the nearest other old one
expected hit    mean probability of the passage that is ranked first: what is lost on the new ones
=============== ===================================================================================

Source of the index: Siddiqi, "Credit Risk Scorecards", 2006. Leaves labels to ``tuning.supervision``, what is
done about drift to ``tuning.retune``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.pipeline import Pipeline
from rag.protocols import Vectors
from rag.tokens import terms
from rag.types import Query
from tuning.labeling.applier import Applied
from tuning.soft_lists import SoftList

BINS = 5
_LEAST = 1e-4
"""Share that a bin has at least, so that an empty one does not make the index infinite."""
_MANY = 2000
"""Passages compared, at most, drawn evenly."""
_FAR = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionDrift:
    """A function on old and on new items: the share it votes on, and its population stability index."""

    name: str
    coverage_before: float
    coverage_after: float
    stability_index: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """All of it; functions with the largest shift first. Expected hits are shares of 1."""

    functions: tuple[FunctionDrift, ...]
    new_words: float
    vector_distance: float
    far_passages: float
    expected_hit_before: float
    expected_hit_after: float

    @property
    def expected_loss(self) -> float:
        """How much less likely the passage ranked first is right on new documents."""
        return self.expected_hit_before - self.expected_hit_after

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        found = {name: round(value, 4) for name, value in asdict(self).items() if name != "functions"}
        return {
            **found,
            "expected_loss": round(self.expected_loss, 4),
            "functions": [
                {k: round(v, 4) if isinstance(v, float) else v for k, v in asdict(one).items()}
                for one in self.functions
            ],
        }


def function_drift(applied: Applied, is_new: NDArray[np.bool_]) -> tuple[FunctionDrift, ...]:
    """How each function's votes moved between the old and the new items, ``is_new`` ``[n]``."""
    found = []
    for column, function in enumerate(applied.functions):
        before, after = applied.values[~is_new, column], applied.values[is_new, column]
        edges = _edges(before) if function.scored else np.array([0.5])
        found.append(
            FunctionDrift(
                name=function.name,
                coverage_before=_share(np.isfinite(before)),
                coverage_after=_share(np.isfinite(after)),
                stability_index=stability_index(_counts(before, edges), _counts(after, edges)),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.stability_index, one.name)))


def stability_index(before: Sequence[int], after: Sequence[int]) -> float:
    """The population stability index of counts by bin; 0 where one side has none.

    >>> round(stability_index([50, 50], [50, 50]), 3), round(stability_index([50, 50], [90, 10]), 3)
    (0.0, 0.879)
    """
    if not sum(before) or not sum(after):
        return 0.0
    old = np.maximum(np.asarray(before) / sum(before), _LEAST)
    new = np.maximum(np.asarray(after) / sum(after), _LEAST)
    return float(((new - old) * np.log(new / old)).sum())


def new_words(old: Sequence[str], new: Sequence[str]) -> float:
    """The share of the new texts' words, each as often as it stands there, that the old texts lack.

    >>> new_words(["the issuer pays"], ["the borrower pays"])
    0.5
    """
    known = {term for text in old for term in terms(text)}
    counts = Counter(term for text in new for term in terms(text))
    total = counts.total()
    return sum(count for term, count in counts.items() if term not in known) / total if total else 0.0


def vector_drift(old: Vectors, new: Vectors) -> tuple[float, float]:
    """Distance of mean vectors, and the share of new rows far from every old one; ``[n, dim]`` unit rows."""
    if len(old) < 2 or not len(new):
        return 0.0, 0.0
    old, new = _some(old), _some(new)
    means = old.mean(axis=0), new.mean(axis=0)
    distance = 1.0 - float(means[0] @ means[1] / (np.linalg.norm(means[0]) * np.linalg.norm(means[1])))
    among = old @ old.T
    np.fill_diagonal(among, -1.0)
    usual = float(np.quantile(among.max(axis=1), 1.0 - _FAR))
    return distance, _share((new @ old.T).max(axis=1) < usual)


def expected_hit(pipeline: Pipeline, lists: Sequence[SoftList]) -> float:
    """Mean probability of the passage ranked first, 0 where it is not labelled; 0 for no questions."""
    found = []
    for one in lists:
        hits = pipeline.retrieve(Query(text=one.question.text, document_ids=one.question.document_ids))
        likely: Mapping[str, float] = {label.chunk_id: label.probability for label in one.labels}
        found.append(likely.get(hits[0].chunk_id, 0.0) if hits else 0.0)
    return float(np.mean(found)) if found else 0.0


def _some(rows: Vectors) -> Vectors:
    picked = np.linspace(0, len(rows) - 1, min(len(rows), _MANY)).astype(np.int64)
    found: Vectors = rows[picked]
    return found


def _share(held: NDArray[np.bool_]) -> float:
    return float(held.mean()) if len(held) else 0.0


def _edges(values: NDArray[np.float32]) -> NDArray[np.float64]:
    """Inner edges of bins with as many old values each."""
    known = values[np.isfinite(values)]
    if not len(known):
        return np.array([0.5])
    return np.unique(np.quantile(known.astype(np.float64), np.linspace(0, 1, BINS + 1)[1:-1]))


def _counts(values: NDArray[np.float32], edges: NDArray[np.float64]) -> list[int]:
    """How often the function abstains, and how often its value is in each bin."""
    known = values[np.isfinite(values)]
    bins = np.bincount(np.searchsorted(edges, known, side="right"), minlength=len(edges) + 1)
    return [len(values) - len(known), *bins.tolist()]
