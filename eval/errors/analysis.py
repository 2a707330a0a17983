"""A run's errors: how many failed first at which stage, which belong together, and the object for ``--json``.

Leaves rules to ``eval.errors.stages``, groups to ``eval.errors.clusters``, looks to ``eval.errors.pages``,
``markdown`` and ``terminal``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.errors.clusters import Cluster, clusters_by_meaning, clusters_by_words
from eval.errors.stages import MEANING, STAGES, Diagnosis, Stage, diagnose
from eval.reach import is_judged
from eval.runs import Place, Row, Run
from eval.stats import Estimate, rate
from rag.protocols import Embedder


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCount:
    """The errors of one stage: how many, in how many of them the system abstained, and their share.

    ``share`` is that of all questions that could be looked at, with the interval of ``eval.stats.rate``.
    """

    stage: Stage
    count: int
    abstained: int
    share: Estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnalysis:
    """The errors of a run, in its order; stages in the order in which a question passes them.

    ``considered`` counts the questions whose outcome could be looked at, ``ungraded`` those that the grader
    failed on. ``by_meaning`` is empty where no embedder was given.
    """

    run: Run
    considered: int
    ungraded: int
    diagnoses: tuple[Diagnosis, ...]
    stages: tuple[StageCount, ...]
    by_meaning: tuple[Cluster, ...]
    by_words: tuple[Cluster, ...]


def analyse(run: Run, embedder: Embedder | None = None) -> ErrorAnalysis:
    """Diagnose every row and group the errors, by meaning where there is an embedder."""
    considered = [row for row in run.rows if _can_tell(row)]
    diagnoses = tuple(found for row in considered if (found := diagnose(row)) is not None)
    return ErrorAnalysis(
        run=run,
        considered=len(considered),
        ungraded=sum(bool(row.grader_error) for row in run.rows),
        diagnoses=diagnoses,
        stages=_counted(considered, diagnoses, run.header.seed),
        by_meaning=clusters_by_meaning(run.rows, diagnoses, embedder) if embedder is not None else (),
        by_words=clusters_by_words(run.rows, diagnoses),
    )


def spread(diagnoses: Sequence[Diagnosis], limit: int) -> tuple[Diagnosis, ...]:
    """Examples from as many documents as there are: the first of each, then the second of each, and so on."""
    seen: dict[str, int] = {}
    rounds = []
    for at, one in enumerate(diagnoses):
        seen[one.row.cluster] = seen.get(one.row.cluster, 0) + 1
        rounds.append((seen[one.row.cluster], at))
    return tuple(diagnoses[at] for _, at in sorted(rounds)[:limit])


def analysis_as_dict(analysis: ErrorAnalysis) -> dict[str, Any]:
    """The object that ``--json`` prints; pages are 0-based there, as in runs."""
    header = analysis.run.header
    return {
        "name": header.name,
        "scope": header.scope,
        "n": len(analysis.run.rows),
        "considered": analysis.considered,
        "ungraded": analysis.ungraded,
        "wrong": len(analysis.diagnoses),
        "stages": {
            one.stage: {
                "meaning": MEANING[one.stage],
                "n": one.count,
                "abstained": one.abstained,
                "share": one.share.as_dict(),
            }
            for one in analysis.stages
        },
        "errors": [_error(one) for one in analysis.diagnoses],
        "clusters": [_cluster(one) for one in (*analysis.by_meaning, *analysis.by_words)],
    }


def _can_tell(row: Row) -> bool:
    """Whether a row could turn out right or wrong."""
    if row.outcome == "retrieved":
        return is_judged(row)
    return row.outcome == "failed" or ("accuracy" in row.values and not row.grader_error)


def _counted(considered: Sequence[Row], diagnoses: Sequence[Diagnosis], seed: int) -> tuple[StageCount, ...]:
    stage_of = {one.row.question_id: one.stage for one in diagnoses}
    clusters = [row.cluster for row in considered]
    counts = []
    for stage in STAGES:
        own = [one for one in diagnoses if one.stage == stage]
        if own:
            values = [float(stage_of.get(row.question_id) == stage) for row in considered]
            counts.append(
                StageCount(
                    stage=stage,
                    count=len(own),
                    abstained=sum(one.row.outcome == "abstained" for one in own),
                    share=rate(values, clusters, seed=seed),
                )
            )
    return tuple(counts)


def _error(one: Diagnosis) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.question_id,
        "question": row.question,
        "gold": list(row.gold),
        "outcome": row.outcome,
        "text": row.text,
        "stage": one.stage,
        "why": one.why,
        "evidence": [_place(place) for place in one.evidence],
        "used": [_place(place) for place in one.used],
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "document": place.document_name,
        "first_page": place.first_page,
        "last_page": place.last_page,
        "start": place.start,
        "end": place.end,
        "quote": place.quote,
    }


def _cluster(one: Cluster) -> dict[str, Any]:
    return {
        "name": one.name,
        "by": one.by,
        "words": list(one.words),
        "questions": [diagnosis.row.question_id for diagnosis in one.diagnoses],
        "stages": dict(one.stages),
        "slice": {
            "name": one.slice.name,
            "phrases": list(one.slice.phrases),
            "source": one.slice.source,
            "of_cluster": one.slice.of_group,
            "of_run": one.slice.of_run,
        },
        "labeling_functions": [{"kind": f.kind, "stage": f.stage, "reason": f.reason} for f in one.functions],
    }
