"""How far a grader agrees with people: the same measure for the rules and for an LLM.

Two classes, correct or not: accuracy, Cohen's kappa (1960), sensitivity (share of people's correct answers
that the grader calls correct), specificity (share of the others that it does not). Intervals draw whole
documents. Items that the grader failed on are counted apart. Three classes: a table of people's label by the
grader's outcome. Over set-ups: Spearman's rank correlation of the accuracies, their mean absolute difference.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from eval.grading.judged import Judged
from eval.grading.protocol import Grader, GraderFailure
from eval.stats import Estimate, rate
from rag.types import Answer

Outcome = Literal["correct", "wrong", "abstained", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("correct", "wrong", "abstained", "failed")

_RESAMPLES = 2000
_TAIL = 0.025


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A judged answer and what the grader made of it."""

    item: Judged
    outcome: Outcome

    @property
    def agrees(self) -> bool:
        """Whether both call it correct, or neither."""
        return (self.outcome == "correct") == (self.item.label == "correct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Agreement over some answers; each figure with its 95 % interval and n."""

    accuracy: Estimate
    kappa: Estimate
    sensitivity: Estimate
    specificity: Estimate
    documents: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupAgreement:
    """Agreement about whole systems: ``spearman`` in [-1, 1], ``mean_error`` of their accuracy in [0, 1]."""

    setups: int
    spearman: float
    mean_error: float
    accuracies: Mapping[str, tuple[float, float]]


def mark(grader: Grader, items: Sequence[Judged], done: Callable[[], object] = lambda: None) -> list[Marked]:
    """Grade every judged answer; ``done`` is called after each."""
    marked = []
    for item in items:
        try:
            marks = grader.grade(item.gold, Answer(text=item.answer, confidence=1.0, citations=()))
        except GraderFailure:
            outcome: Outcome = "failed"
        else:
            outcome = "correct" if marks.correct else "abstained" if marks.abstained else "wrong"
        marked.append(Marked(item=item, outcome=outcome))
        done()
    return marked


def agreement(marked: Sequence[Marked], *, seed: int = 0) -> Agreement:
    """Agreement over the items that were graded; raises ValueError where none was."""
    graded = [one for one in marked if one.outcome != "failed"]
    documents = [one.item.document for one in graded]
    said = np.array([one.outcome == "correct" for one in graded], dtype=bool)
    people = np.array([one.item.label == "correct" for one in graded], dtype=bool)
    return Agreement(
        accuracy=rate([float(one.agrees) for one in graded], documents, seed=seed),
        kappa=_kappa_with_interval(said, people, documents, seed),
        sensitivity=_share([one for one in graded if one.item.label == "correct"], seed),
        specificity=_share([one for one in graded if one.item.label != "correct"], seed),
        documents=len(set(documents)),
        failed=len(marked) - len(graded),
    )


def by(marked: Sequence[Marked], key: Callable[[Judged], str]) -> dict[str, Agreement]:
    """Agreement per group, ordered by the group's name; groups without a graded item are left out."""
    groups: dict[str, list[Marked]] = defaultdict(list)
    for one in marked:
        groups[key(one.item)].append(one)
    return {
        name: agreement(group)
        for name, group in sorted(groups.items())
        if any(one.outcome != "failed" for one in group)
    }


def confusion(marked: Sequence[Marked]) -> dict[str, dict[str, int]]:
    """How often each of people's labels met each outcome of the grader."""
    counts = Counter((one.item.label, one.outcome) for one in marked)
    return {
        label: {outcome: counts[label, outcome] for outcome in OUTCOMES}
        for label in ("correct", "incorrect", "refusal")
    }


def over_setups(marked: Sequence[Marked]) -> SetupAgreement:
    """How far the grader's accuracies of whole systems are people's; failed items count for neither."""
    groups: dict[str, list[Marked]] = defaultdict(list)
    for one in marked:
        if one.outcome != "failed":
            groups[one.item.setup].append(one)
    accuracies = {
        setup: (
            sum(one.outcome == "correct" for one in group) / len(group),
            sum(one.item.label == "correct" for one in group) / len(group),
        )
        for setup, group in sorted(groups.items())
    }
    said, people = (np.array([pair[i] for pair in accuracies.values()]) for i in (0, 1))
    return SetupAgreement(
        setups=len(accuracies),
        spearman=spearman(said, people),
        mean_error=float(np.abs(said - people).mean()) if accuracies else 0.0,
        accuracies=accuracies,
    )


def kappa(said: NDArray[np.bool_], people: NDArray[np.bool_]) -> float:
    """Cohen's kappa of two verdicts ``[n]``: agreement beyond chance, 1 where chance alone would agree fully.

    >>> kappa(np.array([1, 1, 0, 0], bool), np.array([1, 0, 0, 0], bool))  # (.75 - .5) / (1 - .5)
    0.5
    """
    agreed = float((said == people).mean())
    chance = float(said.mean() * people.mean() + (1 - said.mean()) * (1 - people.mean()))
    return (agreed - chance) / (1 - chance) if chance < 1 else 1.0


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Spearman's rank correlation, ties by mean rank; 0 where one does not vary.

    >>> spearman(np.array([1.0, 2.0, 3.0]), np.array([10.0, 30.0, 20.0]))
    0.5
    """
    ranks = [_ranks(values) - _ranks(values).mean() for values in (first, second)]
    scale = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float((ranks[0] * ranks[1]).sum() / scale) if scale else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    below = (values[:, None] > values[None, :]).sum(axis=1)
    same = (values[:, None] == values[None, :]).sum(axis=1)
    return np.asarray(below + (same - 1) / 2, dtype=np.float64)


def _share(group: Sequence[Marked], seed: int) -> Estimate:
    if not group:
        return Estimate(value=0.0, low=0.0, high=1.0, n=0)
    return rate([float(one.agrees) for one in group], [one.item.document for one in group], seed=seed)


def _kappa_with_interval(
    said: NDArray[np.bool_], people: NDArray[np.bool_], documents: Sequence[str], seed: int
) -> Estimate:
    """Kappa with the percentile bootstrap over documents; the cells of the table are summed per draw."""
    value = kappa(said, people)
    names = sorted(set(documents))
    cells = np.zeros((len(names), 4))
    place = {name: i for i, name in enumerate(names)}
    for one, other, name in zip(said, people, documents, strict=True):
        cells[place[name], 2 * int(one) + int(other)] += 1
    rng = np.random.default_rng(seed)
    table = cells[rng.integers(len(names), size=(_RESAMPLES, len(names)))].sum(axis=1)
    share = table / table.sum(axis=1, keepdims=True)
    ours, theirs = share[:, 2] + share[:, 3], share[:, 1] + share[:, 3]
    chance = ours * theirs + (1 - ours) * (1 - theirs)
    agreed = share[:, 0] + share[:, 3]
    draws = np.where(chance < 1, (agreed - chance) / np.where(chance < 1, 1 - chance, 1), 1.0)
    low, high = np.quantile(draws, [_TAIL, 1 - _TAIL])
    return Estimate(value=value, low=float(low), high=float(high), n=len(said))
