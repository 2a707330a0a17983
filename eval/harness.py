"""Questions × pipeline → run: asks every question in its scope, scores it, notes what failed and goes on.

Clocks are arguments; the only state is the pipeline's. Leaves choosing questions to commands, and means,
intervals and tables to ``eval.report``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from eval.judgements import Judgement, project
from eval.questions import Question, QuestionSet
from eval.runs import (
    CitedPlace,
    Header,
    RankedChunk,
    Row,
    Run,
    Scope,
    library_versions,
    machine_facts,
    source_commit,
)
from eval.scoring import score_failure, score_outcome, score_ranking
from rag.catalog import Catalog
from rag.errors import SourceError
from rag.pipeline import Pipeline
from rag.types import Answer, Citation, Hit, Query, QueryId, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a set is run; ``settings`` and ``selection`` only go into the header."""

    scope: Scope = "single"
    settings: Mapping[str, Any] = field(default_factory=dict)
    selection: Mapping[str, str | int] = field(default_factory=dict)
    seed: int = 0
    clock: Callable[[], float] = perf_counter
    now: Callable[[], datetime] = lambda: datetime.now(UTC)


def choose(questions: QuestionSet, *, split: str | None = None, limit: int | None = None) -> QuestionSet:
    """The questions of one split, and of those the first ``limit``.

    Raises:
        SourceError: none is left.
    """
    chosen = [q for q in questions.questions if split is None or q.facets.get("split") == split]
    if not chosen:
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
) -> Run:
    """Ask and score all questions; ``advance`` is called after each.

    Raises:
        SourceError: the judgements do not fit the library; nothing was asked.
    """
    judgements = project(questions.questions, pipeline.catalog)
    started_at, start = plan.now(), plan.clock()
    rows = []
    for question in questions.questions:
        rows.append(_ask(pipeline, question, judgements[question.id], plan))
        advance()
    header = Header(
        name=questions.name,
        scope=plan.scope,
        questions=questions.fingerprint,
        selection=dict(plan.selection),
        fingerprints=dict(pipeline.fingerprints),
        settings=dict(plan.settings),
        seed=plan.seed,
        started_at=started_at.isoformat(timespec="seconds"),
        seconds=round(plan.clock() - start, 3),
        commit=source_commit(),
        machine=machine_facts(),
        libraries=library_versions(),
    )
    return Run(header=header, rows=tuple(rows))


def _ask(pipeline: Pipeline, question: Question, judgement: Judgement, plan: Plan) -> Row:
    scope = judgement.documents if plan.scope == "single" and judgement.documents else None
    query = Query(text=question.text, id=QueryId(question.id), document_ids=scope)
    row = Row(
        question_id=question.id,
        question=question.text,
        gold=question.gold.texts,
        facets=question.facets,
        cluster=" ".join(sorted(judgement.documents)) or question.id,
        outcome="failed",
        text="",
        by_page=judgement.by_page,
    )
    start = plan.clock()
    try:
        response = pipeline.ask(query)
        asked_ms = (plan.clock() - start) * 1000
        return _answered(row, question, judgement, response, pipeline.catalog, asked_ms)
    except Exception as error:
        return replace(row, text=f"{type(error).__name__}: {error}", values=score_failure(judgement))


def _answered(
    row: Row, question: Question, judgement: Judgement, response: Response, catalog: Catalog, asked_ms: float
) -> Row:
    outcome = response.outcome
    hits = ranked_chunks(response.hits, catalog)
    answered = isinstance(outcome, Answer)
    return replace(
        row,
        outcome="answered" if answered else "abstained",
        text=outcome.text if isinstance(outcome, Answer) else outcome.reason,
        confidence=outcome.confidence,
        citations=tuple(map(_place, outcome.citations)) if isinstance(outcome, Answer) else (),
        hits=hits,
        asked_ms=asked_ms,
        values=score_ranking(judgement, hits) | score_outcome(question.gold, judgement, outcome),
    )


def ranked_chunks(hits: Sequence[Hit], catalog: Catalog) -> tuple[RankedChunk, ...]:
    """Hits with the pages their chunks stand on."""
    chunks = catalog.chunks(hit.chunk_id for hit in hits)
    return tuple(
        RankedChunk(
            chunk_id=chunk.id,
            document_id=chunk.document_id,
            first_page=chunk.first_page,
            last_page=chunk.last_page,
            score=hit.score,
        )
        for hit, chunk in zip(hits, chunks, strict=True)
    )


def _place(citation: Citation) -> CitedPlace:
    return CitedPlace(
        document_id=citation.document_id,
        document_name=citation.document_name,
        first_page=citation.first_page,
        last_page=citation.last_page,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
    )
