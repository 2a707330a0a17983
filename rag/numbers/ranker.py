"""Which program over the figures at hand a question means: a log-linear model in a readable file.

Every program that can be made of the figures (``programs``) gets a score: what the question's phrases say of
its operation, and what its figures' features say for it, in weights shared by all operations of a kind and
weights of its own. "None of them" competes too. The softmax over all, summed over programs that come to the
same, is how sure the answer is; slope and intercept on its log odds, fitted on questions held out, make it a
probability. ``ranker.json`` beside this file comes with Covenant: made by ``tuning.recipes.numbers``. Leaves
rendering to ``computed``, learning to ``tuning.numbers``.

Source: weak supervision by answers as in Berant et al., "Semantic Parsing on Freebase from Question-Answer
Pairs", EMNLP 2013 (a log-linear model over derivations, trained on the marginal likelihood of the answer).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import ModelError
from rag.fingerprints import fingerprint
from rag.numbers.asked import Asked
from rag.numbers.matching import match
from rag.numbers.mentions import Mention
from rag.numbers.outcomes import Outcomes, outcomes
from rag.numbers.program_features import FEATURES, NONE_FEATURES, VERSION, Candidates, candidates
from rag.numbers.programs import KINDS, OPERATIONS, Program
from rag.weight_files import reading_weights, row_of

BUILT_IN = Path(__file__).with_name("ranker.json")
FORMAT = 1
NONE = "none"
COLUMNS = (*OPERATIONS, NONE)
"""Of the phrases' weights."""
_DIGITS = 6
_FAR = 1e-3
"""Programs whose share is less than this part of the best one's are not looked at."""

Weights = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A program, and the probability that it comes to the answer; ``share`` is it before calibration."""

    program: Program
    probability: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """The programs most likely meant, best first, and the share of none of them being so, in [0, 1]."""

    programs: tuple[Ranked, ...] = ()
    none: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Ranker:
    """Weights of ``phrases`` by operation, of features by kind and operation; ``facts`` tell their origin.

    ``features`` hold for each kind a matrix ``[features, operations]``, ``none`` the weights of
    ``NONE_FEATURES``; ``phrases`` the rows ``[len(COLUMNS)]``.
    """

    phrases: Mapping[str, Weights]
    features: Mapping[str, Weights]
    none: Weights
    slope: float = 1.0
    intercept: float = 0.0
    facts: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path = BUILT_IN) -> Ranker:
        """Weights from a file.

        Raises:
            ModelError: it cannot be read, or is of other features than these.
        """
        with reading_weights("ranker", path, setting="generator.ranker"):
            found = json.loads(path.read_text(encoding="utf-8"))
            written = (found["format"], found["features"])
            if written != (FORMAT, VERSION):
                raise ModelError(
                    f"the ranker {path} is of another release: its features are not these", "train it again"
                )
            phrases = {name: row_of(COLUMNS, row) for name, row in found["phrases"].items()}
            features = {
                kind: np.stack([row_of(KINDS[kind], found[kind][name]) for name in FEATURES[kind]])
                for kind in KINDS
            }
            none = row_of(NONE_FEATURES, found[NONE])
            slope, intercept = (float(found["calibration"][name]) for name in ("slope", "intercept"))
        return cls(
            phrases=phrases,
            features=features,
            none=none,
            slope=slope,
            intercept=intercept,
            facts=found.get("facts", {}),
        )

    @cached_property
    def fingerprint(self) -> str:
        """Identity of features, weights and calibration."""
        table = json.loads(self.to_json())
        return fingerprint({key: value for key, value in table.items() if key != "facts"})

    def to_json(self) -> str:
        """The file's text, a line for each phrase and feature; weights that round to 0 are left out."""
        table = {
            "format": FORMAT,
            "features": VERSION,
            "calibration": {"slope": round(self.slope, 4), "intercept": round(self.intercept, 4)},
            NONE: _named(NONE_FEATURES, self.none),
            **{
                kind: {
                    name: _named(KINDS[kind], row) for name, row in zip(FEATURES[kind], matrix, strict=True)
                }
                for kind, matrix in self.features.items()
            },
            "phrases": {name: _named(COLUMNS, self.phrases[name]) for name in sorted(self.phrases)},
            "facts": dict(self.facts),
        }
        return _lines(table)

    def rank(self, question: str, mentions: Sequence[Mention], *, limit: int = 3) -> Ranking:
        """The programs that are most likely meant, each coming to something else."""
        if not mentions:
            return Ranking()
        asked = Asked.of(question)
        return self.judge(asked, candidates(match(asked, mentions)), limit=limit)

    def judge(self, asked: Asked, made: Candidates, *, limit: int) -> Ranking:
        """As ``rank``, of programs that were made already."""
        shares = self.shares(asked, made)
        summed: dict[tuple[object, ...], float] = {}
        best: dict[tuple[object, ...], tuple[float, Program]] = {}
        for share, key, program in _likely(shares, made, outcomes(made.matched.mentions, made.places)):
            summed[key] = summed.get(key, 0.0) + share
            if key not in best or share > best[key][0]:
                best[key] = (share, program)
        order = sorted(summed, key=lambda key: -summed[key])[:limit]
        return Ranking(
            programs=tuple(
                Ranked(program=best[key][1], probability=self.calibrated(summed[key]), share=summed[key])
                for key in order
            ),
            none=max(0.0, 1.0 - sum(float(one.sum()) for one in shares.values())),
        )

    def shares(self, asked: Asked, made: Candidates) -> dict[str, Weights]:
        """By kind ``[n, operations]``: the softmax over all programs and none; impossible ones are 0."""
        of_phrases = sum(
            (self.phrases[phrase] for phrase in sorted(asked.phrases) if phrase in self.phrases),
            start=np.zeros(len(COLUMNS)),
        )
        logits, column = {}, 0
        for kind, operations in KINDS.items():
            here = of_phrases[column : column + len(operations)]
            logits[kind] = np.where(
                made.possible[kind], made.features[kind] @ self.features[kind] + here, -np.inf
            )
            column += len(operations)
        none = of_phrases[column] + float(made.none @ self.none)
        top = max([none, *(float(one.max()) for one in logits.values() if one.size)])
        exponentials = {kind: np.exp(one - top) for kind, one in logits.items()}
        total = math.exp(none - top) + sum(float(one.sum()) for one in exponentials.values())
        return {kind: one / total for kind, one in exponentials.items()}

    def calibrated(self, share: float) -> float:
        """The probability for a share of the softmax; keeps the order."""
        sure = min(max(share, 1e-9), 1 - 1e-9)
        return 1.0 / (1.0 + math.exp(-(self.slope * math.log(sure / (1 - sure)) + self.intercept)))


def _likely(
    shares: Mapping[str, Weights], made: Candidates, found: Mapping[str, Outcomes]
) -> Iterator[tuple[float, tuple[object, ...], Program]]:
    """Programs worth a look: share, what they come to, themselves."""
    least = _FAR * max((float(one.max()) for one in shares.values() if one.size), default=0.0)
    for kind, operations in KINDS.items():
        for row, column in zip(*np.nonzero(shares[kind] > least), strict=True):
            program = Program(operations[column], made.places.of(kind)[row])
            if program.operation == "list":
                key: tuple[object, ...] = ("list", program.operands)
            else:
                value = float(found[kind].values[row, column])
                key = (bool(found[kind].percent[row, column]), float(f"{value:.{_DIGITS}g}"))
            yield float(shares[kind][row, column]), key, program


def _named(names: Sequence[str], weights: Weights) -> dict[str, float]:
    rounded = zip(names, (round(float(one), 2) for one in weights), strict=True)
    return {name: one for name, one in rounded if one}


def _lines(table: Mapping[str, Any]) -> str:
    """JSON with a line for each entry of the tables in a table."""
    parts = []
    for key, value in table.items():
        if isinstance(value, dict) and any(isinstance(one, dict) for one in value.values()):
            inner = ",\n  ".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items())
            parts.append(f"{json.dumps(key)}: {{\n  {inner}\n }}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"
