"""How well the functions on answers in somebody's own words tell right answers from wrong ones, by people.

A folder of FinanceBench's form (``eval.grading.judged``): answers of other systems, each judged by people.
Evidence is what the experts marked. Nothing is fitted on labels but a cut: votes are combined without them
(``tuning.answer_quality``), and where a score is cut, for the combination and for each function alone, is
chosen on filers apart from those measured. Refusals, which people mark as such, are neither right nor wrong;
with ``--refusals`` they count as wrong. ``python -m benchmarks.quality [--data DIR] [--refusals] [--json]``
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.data_folder import data_folder
from eval.grading.judged import Judged, read_judged
from eval.questions import read_questions
from eval.stats import Estimate, resampled
from tuning.answer_quality import Triple, score_triples, triple_votes

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """F1 of the right answers and area under the ROC curve on filers kept out, and where scores are cut."""

    name: str
    f1: Estimate
    auroc: Estimate
    cut: float


def f1_score(right: Sequence[bool], said: Sequence[bool]) -> float:
    """The harmonic mean of precision and recall of what is said to be right.

    >>> f1_score([True, True, False], [True, False, True])
    0.5
    """
    both = sum(a and b for a, b in zip(right, said, strict=True))
    whole = sum(right) + sum(said)
    return 2 * both / whole if whole else 0.0


def auroc(right: Sequence[bool], scores: Sequence[float]) -> float:
    """How often a right answer scores above a wrong one; ties count half.

    >>> auroc([True, False], [0.9, 0.1]), auroc([True, False], [0.5, 0.5])
    (1.0, 0.5)
    """
    good = np.array([s for r, s in zip(right, scores, strict=True) if r])
    bad = np.array([s for r, s in zip(right, scores, strict=True) if not r])
    if not len(good) or not len(bad):
        return 0.5
    above = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
    return float(above)


def best_cut(right: Sequence[bool], scores: Sequence[float]) -> float:
    """Where cutting gives the best F1."""
    cuts = sorted(set(scores))
    return max(cuts, key=lambda cut: f1_score(right, [one >= cut for one in scores]))


def told(name: str, scores: Array, judged: Sequence[Judged]) -> Told:
    """A score's figures: cut on filers of the development part, measured on the others by document."""
    apart = [i for i, one in enumerate(judged) if one.part == "development"]
    held = [i for i, one in enumerate(judged) if one.part != "development"]
    right = [one.label == "correct" for one in judged]
    cut = best_cut([right[i] for i in apart], [float(scores[i]) for i in apart])
    groups: dict[str, list[int]] = {}
    for i in held:
        groups.setdefault(judged[i].document, []).append(i)

    def f1_of(drawn: Any) -> float:  # noqa: ANN401 - groups of indices
        rows = [i for group in drawn for i in group]
        return f1_score([right[i] for i in rows], [bool(scores[i] >= cut) for i in rows])

    def auroc_of(drawn: Any) -> float:  # noqa: ANN401
        rows = [i for group in drawn for i in group]
        return auroc([right[i] for i in rows], [float(scores[i]) for i in rows])

    chosen = list(groups.values())
    return Told(
        name=name,
        f1=resampled(chosen, f1_of, n=len(held), seed=0),
        auroc=resampled(chosen, auroc_of, n=len(held), seed=0),
        cut=cut,
    )


def triples_of(folder: Path, judged: Sequence[Judged]) -> list[Triple]:
    """Questions, answers and the evidence that experts marked."""
    known = {one.id: one for one in read_questions(folder / "questions.jsonl").checked().questions}
    return [
        Triple(
            question=known[one.question_id].text,
            answer=one.answer,
            evidence=tuple(piece.text for piece in known[one.question_id].evidence if piece.text),
        )
        for one in judged
    ]


def measured(folder: Path, *, refusals: bool) -> list[Told]:
    """The combination first, then each function alone, then saying that all is right."""
    judged = [one for one in read_judged(folder) if refusals or one.label != "refusal"]
    triples = triples_of(folder, judged)
    names, votes = triple_votes(triples)
    rows = [told("combined", score_triples(triples), judged)]
    for name, column in zip(names, votes.T, strict=True):
        voted = column[~np.isnan(column)]
        if len(voted) and (len(np.unique(voted)) > 1 or np.isnan(column).any()):
            middle = 0.5 if set(np.unique(voted)) <= {0.0, 1.0} else float(np.median(voted))
            rows.append(told(name, np.where(np.isnan(column), middle, column), judged))
    rows.append(told("all are right", np.ones(len(judged)), judged))
    return rows


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--refusals", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = measured(given.data or data_folder("financebench"), refusals=given.refusals)
    if given.json:
        print(json.dumps([{"name": r.name, "f1": r.f1.as_dict(), "auroc": r.auroc.as_dict()} for r in rows]))
        return
    for row in rows:
        f1, area = row.f1, row.auroc
        print(
            f"{row.name:<18} F1 {f1.value:.3f} ({f1.low:.3f}-{f1.high:.3f})"
            f"  AUROC {area.value:.3f} ({area.low:.3f}-{area.high:.3f})  n {f1.n}"
        )


if __name__ == "__main__":
    main()
