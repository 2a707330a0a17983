"""Questions × pipeline → run: asks every question in its scope, scores it, notes what failed and goes on.

Clocks are arguments; the only state is the pipeline's. Leaves choosing questions to commands, what a row
keeps for readers to ``eval.places``, and means, intervals and tables to ``eval.report``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Literal

from eval.grading.protocol import Grader, RulesGrader
from eval.judgements import Judgement, project
from eval.places import cited, judged, proposed, ranked_chunks, run_facets, shown
from eval.questions import Question, QuestionSet
from eval.row_journal import Kept, NothingKept
from eval.runs import Header, Row, Run, Scope, library_versions, machine_facts, source_commit
from eval.scoring import (
    CHARACTER_CUTOFFS,
    score_failure,
    score_outcome,
    score_ranking,
    score_snippets,
    score_ungraded,
)
from eval.splits import is_training
from eval.units import Units
from rag.errors import SourceError
from rag.fingerprints import fingerprint
from rag.pipeline import Pipeline
from rag.types import Answer, Query, QueryId, Response

Scorer = Callable[[Mapping[str, Any], Response], Mapping[str, float]]
"""A set's own measures: from a line of its file, as it is there, and what came back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a set is run; ``settings``, ``source`` and ``selection`` only go into the header.

    ``task`` "retrieve" ranks without answering. ``units`` are the pieces, by document id, that the set is
    judged by; ``scorers`` bring measures of its own, ``own_measures``, which take the place of ours of that
    name.
    """

    scope: Scope = "single"
    task: Literal["ask", "retrieve"] = "ask"
    grader: Grader = field(default_factory=RulesGrader)
    units: Mapping[str, Units] | None = None
    scorers: Sequence[Scorer] = ()
    own_measures: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, str] = field(default_factory=dict)
    selection: Mapping[str, str | int] = field(default_factory=dict)
    seed: int = 0
    clock: Callable[[], float] = perf_counter
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def choose(
    questions: QuestionSet, *, split: str | None = None, limit: int | None = None, held_out: bool = False
) -> QuestionSet:
    """The questions of one split, and of those the first ``limit``.

    With ``held_out`` and no split: those that are not for training, where there are any.

    Raises:
        SourceError: none is left.
    """

    def wanted(question: Question) -> bool:
        own = question.facets.get("split", "")
        return own == split if split is not None else not (held_out and is_training(own))

    chosen = [question for question in questions.questions if wanted(question)]
    if not chosen and split is None:
        chosen = list(questions.questions)
    if not chosen and not questions.problems:
        known = sorted({q.facets["split"] for q in questions.questions if "split" in q.facets})
        raise SourceError(
            f"{questions.path} has no question of split {split!r}",
            f"its splits are: {', '.join(known) or 'none'}",
        )
    return replace(questions, questions=tuple(chosen[:limit]))


def run_questions(
    pipeline: Pipeline,
    questions: QuestionSet,
    plan: Plan,
    *,
    advance: Callable[[], None] = lambda: None,
    kept: Kept | None = None,
) -> Run:
    """Ask and score all questions; ``advance`` is called after each. Those whose rows are kept are not asked.

    Raises:
        SourceError: lines are malformed or judgements do not fit the library; nothing was asked.
    """
    judgements = project(questions, pipeline.catalog, plan.units)
    started_at, start = plan.now(), plan.clock()
    asking = _Asking(pipeline, plan)
    rows = []
    kept = kept or NothingKept()
    before = 0.0
    for question in questions.questions:
        if (row := kept.get(question.id)) is None:
            row = asking.row(question, judgements[question.id], questions.rows.get(question.id, {}))
            kept.put(row)
        else:
            before += row.asked_ms / 1000
        rows.append(row)
        advance()
    graded = {"grader": plan.grader.fingerprint} if plan.task == "ask" else {}
    header = Header(
        name=questions.name,
        scope=plan.scope,
        task=plan.task,
        questions=questions.fingerprint,
        source=dict(plan.source),
        selection=dict(plan.selection),
        fingerprints={**pipeline.fingerprints, **graded},
        settings=dict(plan.settings),
        seed=plan.seed,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(before + plan.clock() - start, 3),
        commit=source_commit(),
        machine=machine_facts(),
        libraries=library_versions(),
    )
    return Run(header=header, rows=tuple(rows))


def rows_key(questions: QuestionSet, plan: Plan, made_by: Mapping[str, str]) -> str:
    """Everything that decides a row, in one hash; ``made_by`` are the fingerprints of the pipeline."""
    return fingerprint(
        {
            "questions": questions.fingerprint,
            "scope": plan.scope,
            "task": plan.task,
            "settings": dict(plan.settings),
            "grader": plan.grader.fingerprint,
            "made_by": dict(made_by),
        }
    )


@dataclass(frozen=True, slots=True)
class _Asking:
    """One pipeline asked as one plan says."""

    pipeline: Pipeline
    plan: Plan

    def row(self, question: Question, judgement: Judgement, line: Mapping[str, Any]) -> Row:
        """Ask and score one question; whatever goes wrong is noted in the row."""
        own = (judgement.documents or judgement.pool) if self.plan.scope == "single" else ()
        query = Query(text=question.text, id=QueryId(question.id), document_ids=own or None)
        row = Row(
            question_id=question.id,
            question=question.text,
            gold=question.gold.texts,
            kind=question.gold.kind,
            facets={**run_facets(judgement, self.pipeline.catalog), **question.facets},
            cluster=" ".join(sorted(judgement.documents)) or question.id,
            outcome="failed",
            text="",
            evidence=judged(judgement, self.pipeline.catalog),
            by_page=judgement.by_page,
        )
        start = self.plan.clock()
        try:
            if self.plan.task == "retrieve":
                return self._retrieved(row, judgement, query, start)
            response = self.pipeline.ask(query)
            asked_ms = (self.plan.clock() - start) * 1000
            row = self._answered(replace(row, asked_ms=asked_ms), question, judgement, response)
            own_values = [scorer(line, response) for scorer in self.plan.scorers]
        except Exception as error:
            asked = self.plan.task == "ask"
            values = score_failure(judgement, asked=asked)
            values |= dict.fromkeys(self.plan.own_measures, 0.0) if asked else {}
            return replace(row, outcome="failed", text=f"{type(error).__name__}: {error}", values=values)
        return replace(row, values={**row.values, **{k: v for own in own_values for k, v in own.items()}})

    def _retrieved(self, row: Row, judgement: Judgement, query: Query, start: float) -> Row:
        found = self.pipeline.retrieve(query)
        snippets = self.pipeline.snippets(query, found[: CHARACTER_CUTOFFS[-1]])
        asked_ms = (self.plan.clock() - start) * 1000
        hits = ranked_chunks(found, self.pipeline.catalog)
        spans = [
            (hit.document_id, snippets[hit.chunk_id].start, snippets[hit.chunk_id].end)
            for hit in found
            if hit.chunk_id in snippets
        ]
        return replace(
            row,
            outcome="retrieved",
            hits=hits,
            shown=shown(found, self.pipeline.catalog),
            asked_ms=asked_ms,
            values=score_ranking(judgement, hits, self.plan.units) | score_snippets(judgement, spans),
        )

    def _answered(self, row: Row, question: Question, judgement: Judgement, response: Response) -> Row:
        outcome, catalog = response.outcome, self.pipeline.catalog
        hits = ranked_chunks(response.hits, catalog)
        answered = isinstance(outcome, Answer)
        try:
            marks = self.plan.grader.grade(question.gold, outcome)
            values, grader_error = score_outcome(judgement, outcome, marks), ""
        except Exception as error:
            values = score_ungraded(judgement, outcome)
            grader_error = f"{type(error).__name__}: {error}"
        return replace(
            row,
            outcome="answered" if answered else "abstained",
            text=outcome.text if isinstance(outcome, Answer) else outcome.reason,
            confidence=outcome.confidence,
            citations=tuple(map(cited, outcome.citations)) if isinstance(outcome, Answer) else (),
            proposals=proposed(response.candidates, catalog),
            hits=hits,
            used=response.used,
            shown=shown(response.hits, catalog),
            timings_ms={name: round(ms, 3) for name, ms in response.timings_ms.items()},
            grader_error=grader_error,
            values=score_ranking(judgement, hits, self.plan.units) | values,
        )
