"""How likely a candidate is right: a logistic model over what generators and other candidates say of it.

One small model for each kind of candidate (a span that the reader marked, a verdict of it, a sentence chosen
by words) and each manner of asking, so that weights can be read: ``quality.json`` beside this file, made by
``tuning.recipes.quality``. Candidates of other generators (computed, written by a language model) keep their
scores, which are probabilities already. Leaves learning to ``tuning.quality``, the decision to abstain to
``rag.pipeline``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.generator.focus import focus
from rag.generator.manner import manner
from rag.generator.odds import probability
from rag.generator.values import asked_kind, values
from rag.types import Candidate, Support
from rag.weight_files import reading_weights

BUILT_IN = Path(__file__).with_name("quality.json")
FORMAT = 1
BIAS = "bias"
_NOTHING = -12.0
"""Stands for the margin of what the reader did not propose at all."""

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityModel:
    """Weights by kind of candidate and feature; ``facts`` say what taught them."""

    weights: Mapping[str, Mapping[str, float]]
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> QualityModel:
        """Weights from a file.

        Raises:
            ModelError: it cannot be read, or is of another format.
        """
        with reading_weights("quality model", path, setting="generator.quality"):
            found = json.loads(path.read_text(encoding="utf-8"))
            weights = {
                str(kind): {str(name): float(value) for name, value in own.items()}
                for kind, own in found["weights"].items()
            }
            written = found["format"]
        if written != FORMAT:
            raise ModelError(f"the quality model {path} is of another release", "train it again")
        return cls(weights=weights, facts=found.get("facts", {}))

    @property
    def fingerprint(self) -> str:
        """Identity of the features and their weights."""
        return fingerprint({"quality": FORMAT, "weights": {k: dict(own) for k, own in self.weights.items()}})

    def to_json(self) -> str:
        """The file's text."""
        weights = {
            kind: {name: round(value, 4) for name, value in own.items()}
            for kind, own in sorted(self.weights.items())
        }
        return json.dumps({"format": FORMAT, "weights": weights, "facts": dict(self.facts)}, indent=1) + "\n"

    def choose(self, question: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The candidates with their probabilities of being right, best first; of equal ones the earlier.

        A manner of asking that taught nothing is taken for a question for something.
        """
        scored = []
        for candidate, (kind, features) in zip(candidates, describe(question, candidates), strict=True):
            known = kind if kind in self.weights else f"{kind.partition(',')[0]}, open"
            if known in self.weights:
                scored.append(replace(candidate, score=self.probability(known, features)))
            else:
                scored.append(candidate)
        return tuple(sorted(scored, key=lambda candidate: -candidate.score))

    def probability(self, kind: str, features: Features) -> float:
        """Of a candidate of that kind with these features; unknown features count nothing."""
        own = self.weights[kind]
        logit = own.get(BIAS, 0.0) + sum(own.get(name, 0.0) * value for name, value in features.items())
        return probability(logit)


def describe(question: str, candidates: Sequence[Candidate]) -> list[tuple[str, dict[str, float]]]:
    """Kind and features of each candidate; the kind is empty where its score is a probability already."""
    asked = manner(question)
    kind = asked_kind(focus(question))
    read = [one for one in candidates if "margin" in one.signals]
    chosen = [one for one in candidates if "words" in one.signals]
    best = max(read, key=lambda one: one.signals["margin"], default=None)
    said = max(chosen, key=lambda one: one.signals["words"], default=None)
    described: list[tuple[str, dict[str, float]]] = []
    for one in candidates:
        fits = 0.0 if kind == "text" else 1.0 if values(one.text, kind) else -1.0
        if "margin" in one.signals:
            source = "verdict" if one.judged else "span"
            others = [o.signals["margin"] for o in read if o.text != one.text]
            found = {
                **one.signals,
                "lead": one.signals["margin"] - max(others, default=_NOTHING),
                "words": max((o.signals["words"] for o in chosen if _overlap(o, one)), default=0.0),
                "agreed": float(said is not None and _overlap(said, one)),
                "fits": fits,
            }
        elif "words" in one.signals:
            source = "words"
            found = {
                **one.signals,
                "read": max((o.signals["margin"] for o in read if _overlap(o, one)), default=_NOTHING),
                "best": best.signals["margin"] if best else _NOTHING,
                "agreed": float(best is not None and _overlap(best, one)),
                "fits": fits,
            }
        else:
            described.append(("", {}))
            continue
        described.append((f"{source}, {asked}", found))
    return described


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Whether they rest on the same words somewhere."""
    return any(_touch(a, b) for a in one.supports for b in other.supports)


def _touch(a: Support, b: Support) -> bool:
    return a.chunk_id == b.chunk_id and a.start < b.end and b.start < a.end
