"""How likely a candidate is right: a logistic model over what generators and other candidates say of it.

One small model for each kind of candidate (a span that the reader marked, a verdict of it, a sentence chosen
by words) and each manner of asking, so that weights can be read: ``quality.json`` beside this file, made by
``tuning.recipes.quality``. With a ``temperature`` the best of n is that of the highest log p / temperature +
log odds of quality, p being the reader's own probability among all that it proposes: quality alone would
follow its errors to whatever the reader hardly believes.

Candidates of other generators (computed, written by a language model) keep their
scores, which are probabilities already. Leaves learning to ``tuning.quality``, the decision to abstain to
``rag.pipeline``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.generator.focus import focus
from rag.generator.manner import manner
from rag.generator.odds import log_odds, probability
from rag.generator.values import asked_kind, values
from rag.types import Candidate, Support
from rag.weight_files import reading_weights

BUILT_IN = Path(__file__).with_name("quality.json")
FORMAT = 1
BIAS = "bias"
_NOTHING = -12.0
"""Stands for the margin of what the reader did not propose at all."""
_HIGHEST = 50.0
"""Margins beyond are one: their exponentials would overflow."""

Features = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityModel:
    """Weights by kind of candidate and feature; ``facts`` say what taught them.

    ``temperature`` orders candidates by the reader's log-probability too; None: by quality alone.
    """

    weights: Mapping[str, Mapping[str, float]]
    temperature: float | None = None
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
            temperature = found.get("temperature")
            if temperature is not None and not float(temperature) > 0:
                raise ValueError(f"temperature is {temperature}, not above 0")
        if written != FORMAT:
            raise ModelError(f"the quality model {path} is of another release", "train it again")
        return cls(
            weights=weights,
            temperature=None if temperature is None else float(temperature),
            facts=found.get("facts", {}),
        )

    @property
    def fingerprint(self) -> str:
        """Identity of the features and their weights."""
        weights = {kind: dict(own) for kind, own in self.weights.items()}
        tempered = {} if self.temperature is None else {"temperature": self.temperature}
        return fingerprint({"quality": FORMAT, "weights": weights, **tempered})

    def to_json(self) -> str:
        """The file's text."""
        weights = {
            kind: {name: round(value, 4) for name, value in own.items()}
            for kind, own in sorted(self.weights.items())
        }
        tempered = {} if self.temperature is None else {"temperature": self.temperature}
        whole = {"format": FORMAT, "weights": weights, **tempered, "facts": dict(self.facts)}
        return json.dumps(whole, indent=1) + "\n"

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
        if self.temperature is None:
            return tuple(sorted(scored, key=lambda candidate: -candidate.score))
        said = log_probabilities(candidates)
        worth = [log_odds(one.score) + own / self.temperature for one, own in zip(scored, said, strict=True)]
        return tuple(scored[i] for i in sorted(range(len(scored)), key=lambda i: -worth[i]))

    def probability(self, kind: str, features: Features) -> float:
        """Of a candidate of that kind with these features; unknown features count nothing."""
        own = self.weights[kind]
        logit = own.get(BIAS, 0.0) + sum(own.get(name, 0.0) * value for name, value in features.items())
        return probability(logit)


def log_probabilities(candidates: Sequence[Candidate]) -> list[float]:
    """``[n]``: of each candidate the reader's log-probability among all it marked and the refusal.

    What it did not mark has that of the mark it touches, else next to none. What is no reading (a verdict, a
    computed figure) has 0: nothing speaks against it.
    """
    marked = [one for one in candidates if "margin" in one.signals and not one.judged]
    whole = math.log1p(sum(math.exp(min(one.signals["margin"], _HIGHEST)) for one in marked))
    found = []
    for one in candidates:
        if one.judged or not {"margin", "words"} & one.signals.keys():
            found.append(0.0)
            continue
        touched = (other.signals["margin"] for other in marked if other is one or _overlap(other, one))
        margin = one.signals.get("margin", max(touched, default=_NOTHING))
        found.append(min(margin, _HIGHEST) - whole)
    return found


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
