"""The gate: whether a candidate release may take the place of the one in use, by two runs of theirs.

A candidate passes only if the target measure gets better significantly over all questions, and significantly
worse in no slice. The test draws signs by document (``eval.stats.sign_flip``), two-sided at the level of
``eval.compare``; over the slices p-values are Holm's. Both runs must have been asked the same questions, in
one scope, graded alike. Leaves asking to ``eval.harness``, printing to ``eval.gate_table``, the switch to
``rag.releases``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval import compare
from eval.compare import Measured, RunComparison, compare_runs
from eval.number_texts import counted, p_text, share, signed
from eval.runs import Run
from eval.stats import Estimate
from rag.errors import SourceError

EVERYTHING = "all"
"""The name of the table's first row: all questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """The target measure over all questions or over a slice, before and after.

    ``p`` is Holm's where it is a slice's; ``detectable`` the smallest difference that these questions find
    four times in five; ``verdict`` as in ``eval.compare``.
    """

    name: str
    before: Estimate
    after: Estimate
    difference: Estimate
    p: float
    detectable: float
    documents: int
    verdict: compare.Verdict

    def as_dict(self) -> dict[str, Any]:
        """The row as JSON; shares between 0 and 1."""
        return {
            "name": self.name,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "difference": self.difference.as_dict(),
            "p": self.p,
            "detectable": round(self.detectable, 6),
            "documents": self.documents,
            "verdict": self.verdict,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the gate says: whether to promote, a sentence why, and the figures it rests on.

    ``table`` has all questions first, then the slices. ``fallen`` are the slices that got worse. ``before``
    and ``after`` are the ids of the releases that answered.
    """

    promoted: bool
    reason: str
    table: tuple[GateRow, ...]
    target: str
    fallen: tuple[str, ...]
    before: str
    after: str

    def as_dict(self) -> dict[str, Any]:
        """The verdict as JSON, which is what ``rag.releases.record_gate`` keeps."""
        return {
            "promoted": self.promoted,
            "reason": self.reason,
            "target": self.target,
            "before": self.before,
            "after": self.after,
            "fallen": list(self.fallen),
            "table": [row.as_dict() for row in self.table],
        }


def judge(before: Run, after: Run, *, target: str = "accuracy", slices: Sequence[str] = ()) -> Verdict:
    """Whether ``after``, a candidate's run, is better than ``before``, that of the release in use.

    ``slices`` are names of fields and built-in slices; for none, the fields that comparisons use.

    Raises:
        SourceError: the runs do not compare: other questions, another scope or grader, or no such measure.
    """
    found = compare_runs(before, after, slices, [target])
    _check_alike(found)
    overall = found.measures[target]
    of_slices = {name: measures[target] for name, measures in found.slices.items()}
    fallen = tuple(name for name, one in of_slices.items() if one.verdict == "worse")
    rises = overall.verdict == "better"
    return Verdict(
        promoted=rises and not fallen,
        reason="; ".join((_rise(overall), *_falls(of_slices, fallen))),
        table=(_row(EVERYTHING, overall), *(_row(name, one) for name, one in of_slices.items())),
        target=target,
        fallen=fallen,
        before=before.header.fingerprints.get("release", "none"),
        after=after.header.fingerprints.get("release", "none"),
    )


def _check_alike(found: RunComparison) -> None:
    asked = [change.what for change in found.differs if change.concern == "asked"]
    if asked or found.only_before or found.only_after or found.altered:
        raise SourceError(
            f"the runs were not asked alike ({', '.join(asked) or 'other questions'})",
            "evaluate both releases on the same questions, in one scope, with one grader",
        )


def _row(name: str, one: Measured) -> GateRow:
    return GateRow(
        name=name,
        before=one.result.before,
        after=one.result.after,
        difference=one.result.difference,
        p=one.p_adjusted,
        detectable=one.result.detectable,
        documents=one.result.documents,
        verdict=one.verdict,
    )


def _rise(one: Measured) -> str:
    """What the measure did over all questions, with what such a set can show where it shows nothing."""
    moved = f"{_moved(one)}, p = {p_text(one.result.p_value)})"
    if one.verdict in ("better", "worse"):
        return f"{one.measure} gets significantly {one.verdict}, {moved}"
    units = f"{counted(one.result.difference.n, 'question')} of {counted(one.result.documents, 'document')}"
    return (
        f"{one.measure} does not get significantly better, {moved};"
        f" {units} show differences from {share(one.result.detectable)} on"
    )


def _falls(slices: dict[str, Measured], fallen: Sequence[str]) -> list[str]:
    if not fallen:
        return [f"no slice of {len(slices)} gets significantly worse"] if slices else []
    return [
        f"significantly worse in {name}, {_moved(slices[name])}, p = {p_text(slices[name].p_adjusted)} after"
        " Holm)"
        for name in fallen
    ]


def _moved(one: Measured) -> str:
    result = one.result
    return f"{share(result.before.value)} to {share(result.after.value)} ({signed(result.difference.value)}"
