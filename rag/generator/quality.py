"""How likely a candidate is right: a logistic model over what generators and other candidates say of it.

One small model for each kind of candidate (a span that the reader marked, a verdict of it, a sentence chosen
by words) and each manner of asking, so that weights can be read: ``quality.json`` beside this file, made by
``tuning.recipes.quality``. With a ``temperature`` the best of n is that of the highest log p / temperature +
log odds of quality, p being the reader's own probability among all that it proposes: quality alone would
follow its errors to whatever the reader hardly believes.

A clause of a kind that the model knows (``rag.generator.clauses``) is a manner of asking of its own, with how
usual the kind is and how far a candidate has its words; so is a statement that it knows
(``rag.generator.statements``), with how usual each verdict is and how far the words read tell it; then all
that were read speak together, each verdict for itself. Candidates of other generators (computed,
written by a language model) keep their scores, which are probabilities already. Leaves learning to
``tuning.quality``, ``tuning.clauses`` and ``tuning.statements``, the decision to abstain to ``rag.pipeline``.
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
from rag.generator.clauses import ClauseKind, asked_clause
from rag.generator.focus import focus
from rag.generator.manner import manner
from rag.generator.odds import log_odds, probability
from rag.generator.statements import StatementKind, asked_statement
from rag.generator.values import asked_kind, values
from rag.types import Candidate, Support
from rag.weight_files import reading_weights

BUILT_IN = Path(__file__).with_name("quality.json")
FORMAT = 1
BIAS = "bias"
KNOWN_CLAUSE = "known clause"
"""The manner of asking for a clause of a kind that a model knows."""
KNOWN_STATEMENT = "known statement"
"""The manner of a statement of a kind that a model knows; of verdicts alone."""
_READ_FIRST = 3
"""Verdicts whose words are heard of a known statement: the surest."""
_NOTHING = -12.0
"""Stands for the margin of what the reader did not propose at all."""
_HIGHEST = 50.0
"""Margins beyond are one: their exponentials would overflow."""

Features = Mapping[str, float]
_NO_CLAUSES: Mapping[str, ClauseKind] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityModel:
    """Weights by kind of candidate and feature; ``facts`` say what taught them.

    ``temperature`` orders candidates by the reader's log-probability too; None: by quality alone.
    ``clauses`` are the kinds of clause it knows, by name, ``statements`` those of statement; ``least`` says
    for manners of asking from which probability on an answer is given, in the place of the usual least
    confidence.
    """

    weights: Mapping[str, Mapping[str, float]]
    temperature: float | None = None
    clauses: Mapping[str, ClauseKind] = field(default_factory=dict)
    statements: tuple[StatementKind, ...] = ()
    least: Mapping[str, float] = field(default_factory=dict)
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
            clauses = {str(name): ClauseKind.read(own) for name, own in found.get("clauses", {}).items()}
            statements = tuple(StatementKind.read(own) for own in found.get("statements", ()))
            least = {str(manner): float(value) for manner, value in found.get("least", {}).items()}
            written = found["format"]
            temperature = found.get("temperature")
            if temperature is not None and not float(temperature) > 0:
                raise ValueError(f"temperature is {temperature}, not above 0")
        if written != FORMAT:
            raise ModelError(f"the quality model {path} is of another release", "train it again")
        return cls(
            weights=weights,
            temperature=None if temperature is None else float(temperature),
            clauses=clauses,
            statements=statements,
            least=least,
            facts=found.get("facts", {}),
        )

    @property
    def fingerprint(self) -> str:
        """Identity of the features and their weights."""
        weights = {kind: dict(own) for kind, own in self.weights.items()}
        return fingerprint({"quality": FORMAT, "weights": weights, **self._besides()})

    def to_json(self) -> str:
        """The file's text."""
        weights = {
            kind: {name: round(value, 4) for name, value in own.items()}
            for kind, own in sorted(self.weights.items())
        }
        whole = {"format": FORMAT, "weights": weights, **self._besides(), "facts": dict(self.facts)}
        return json.dumps(whole, indent=1) + "\n"

    def _besides(self) -> dict[str, Any]:
        """What the file has besides weights and facts; what a model does not have is left out."""
        own: dict[str, Any] = {} if self.temperature is None else {"temperature": self.temperature}
        if self.least:
            own["least"] = dict(self.least)
        if self.clauses:
            own["clauses"] = {
                name: {"usual": kind.usual, "words": dict(kind.words)} for name, kind in self.clauses.items()
            }
        if self.statements:
            own["statements"] = [kind.as_dict() for kind in self.statements]
        return own

    def choose(self, question: str, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The candidates with their probabilities of being right, best first; of equal ones the earlier.

        A manner of asking that taught nothing is taken for a question for something.
        """
        scored = []
        described = describe(question, candidates, self.clauses, self.statements)
        for candidate, (kind, features) in zip(candidates, described, strict=True):
            source, _, asked = kind.partition(", ")
            known = kind if kind in self.weights else f"{source}, open"
            if known in self.weights:
                score, least = self.probability(known, features), self.least.get(asked, 0.0)
                scored.append(replace(candidate, score=score, least=least))
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


def describe(
    question: str,
    candidates: Sequence[Candidate],
    clauses: Mapping[str, ClauseKind] = _NO_CLAUSES,
    statements: tuple[StatementKind, ...] = (),
) -> list[tuple[str, dict[str, float]]]:
    """Kind and features of each candidate; the kind is empty where its score is a probability already.

    ``clauses`` and ``statements`` are the kinds that are known to the model which reads the features.
    """
    asked: str = manner(question)
    clause = asked_clause(question, clauses) if asked == "clause" else None
    statement = asked_statement(question, statements) if asked == "statement" else None
    asked = KNOWN_CLAUSE if clause else asked
    kind = asked_kind(focus(question))
    read = [one for one in candidates if "margin" in one.signals]
    chosen = [one for one in candidates if "words" in one.signals]
    best = max(read, key=lambda one: one.signals["margin"], default=None)
    said = max(chosen, key=lambda one: one.signals["words"], default=None)
    verdicts = _of_statement(statement, read) if statement else {}
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
        if clause:
            found |= {"usual": clause.usual, "telling": clause.telling(one.text)}
        if one.judged and statement:
            source = "verdict" if one.text == "Yes" else "denial"
            described.append((f"{source}, {KNOWN_STATEMENT}", verdicts[one.text]))
            continue
        if one.judged:
            found["denies"] = float(one.text == "No")
        described.append((f"{source}, {asked}", found))
    return described


def _of_statement(kind: StatementKind, read: Sequence[Candidate]) -> dict[str, dict[str, float]]:
    """What speaks for each verdict on a known statement and for the contrary: the most any passage says."""
    judged = sorted((one for one in read if one.judged), key=lambda one: -one.signals["margin"])
    if not judged:
        return {}
    yes, no = (
        {
            "margin": max((one.signals["margin"] for one in judged if one.text == said), default=_NOTHING),
            "telling": max(kind.telling(said, one.quoted) for one in judged[:_READ_FIRST]),
            "usual": kind.usual(said),
        }
        for said in ("Yes", "No")
    )
    return {
        said: {**own, **{f"against {name}": value for name, value in contrary.items()}}
        for said, own, contrary in (("Yes", yes, no), ("No", no, yes))
    }


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Whether they rest on the same words somewhere."""
    return any(_touch(a, b) for a in one.supports for b in other.supports)


def _touch(a: Support, b: Support) -> bool:
    return a.chunk_id == b.chunk_id and a.start < b.end and b.start < a.end
