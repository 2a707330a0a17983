"""The weights of a learned fusion, read from a file that people can read too.

A score is the weighted sum of a candidate's features; weights are not negative, so that each feature can
only speak for a candidate. A slope and an intercept turn it into the probability that the candidate is
evidence, which keeps the order. Where a reranker of a known kind has read the first candidates, its score
joins the sum with a weight of its own. ``weights.json`` beside this file is what comes with Covenant: made by
``tuning.recipes.combiner``. Leaves features to ``rag.combiner.features``, learning to ``tuning.combiner``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rag.combiner.features import FEATURES, VERSION, Features, features
from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.protocols import Scores
from rag.types import Chunk, Rankings
from rag.weight_files import reading_weights

BUILT_IN = Path(__file__).with_name("weights.json")
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Combiner:
    """Weights by feature name and by kind of reranker, the calibration; ``facts`` say what taught them."""

    weights: Mapping[str, float]
    slope: float = 1.0
    intercept: float = 0.0
    rerankers: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Combiner:
        """Weights from a file.

        Raises:
            ModelError: it cannot be read, or is of other features than these.
        """
        with reading_weights("combiner", path, setting="retrieval.combiner"):
            found = json.loads(path.read_text(encoding="utf-8"))
            weights = {str(name): float(value) for name, value in found["weights"].items()}
            slope, intercept = (float(found["calibration"][name]) for name in ("slope", "intercept"))
            rerankers = {str(kind): float(value) for kind, value in found["rerankers"].items()}
            written = (found["format"], found["features"])
        if written != (FORMAT, VERSION) or set(weights) != set(FEATURES):
            raise ModelError(
                f"the combiner {path} is of another release: its features are not these", "train it again"
            )
        facts = found.get("facts", {})
        return cls(weights=weights, slope=slope, intercept=intercept, rerankers=rerankers, facts=facts)

    @property
    def fingerprint(self) -> str:
        """Identity of features, weights and calibration."""
        return fingerprint(
            {
                "combiner": VERSION,
                "weights": dict(self.weights),
                "rerankers": dict(self.rerankers),
                "calibration": (self.slope, self.intercept),
            }
        )

    def to_json(self) -> str:
        """The file's text."""
        table = {
            "format": FORMAT,
            "features": VERSION,
            "weights": {name: round(self.weights[name], 4) for name in FEATURES},
            "rerankers": {kind: round(weight, 4) for kind, weight in sorted(self.rerankers.items())},
            "calibration": {"slope": round(self.slope, 4), "intercept": round(self.intercept, 4)},
            "facts": dict(self.facts),
        }
        return json.dumps(table, indent=1) + "\n"

    def scores(self, found: Rankings, chunks: Sequence[Chunk], clauses: Sequence[Rankings] = ()) -> Scores:
        """``[n]`` probabilities that each chunk is evidence, in the order given.

        ``clauses`` are the rankings for the clauses of a long statement: a chunk counts half by the whole,
        half by the clause that it fits best.
        """
        sums = self.sums(features(found, chunks))
        if clauses:
            best = np.max([self.sums(features(one, chunks)) for one in clauses], axis=0)
            sums = (sums + best) / 2
        return self._sure(sums)

    def sums(self, rows: Features) -> Scores:
        """``[n]`` weighted sums of features ``[n, len(FEATURES)]``."""
        sums: Scores = rows @ np.array([self.weights[name] for name in FEATURES], dtype=np.float32)
        return sums

    def probabilities(self, rows: Features) -> Scores:
        """``[n]`` in (0, 1), from features ``[n, len(FEATURES)]``."""
        return self._sure(self.sums(rows))

    def _sure(self, sums: Scores) -> Scores:
        logits = self.slope * sums + self.intercept
        probabilities: Scores = (1.0 / (1.0 + np.exp(-logits))).astype(np.float32)
        return probabilities

    def with_reranker(self, probabilities: Scores, scores: Scores, kind: str) -> Scores:
        """``[n]`` scores of candidates that a reranker of that kind has read too; comparable among them only.

        ``scores`` are the reranker's; one of a kind without a weight decides alone.
        """
        weight = self.rerankers.get(kind)
        if weight is None:
            return scores
        sure = np.clip(probabilities.astype(np.float64), 1e-12, 1 - 1e-12)
        logits = (np.log(sure) - np.log1p(-sure)) / self.slope
        together: Scores = (logits + weight * scores).astype(np.float32)
        return together
