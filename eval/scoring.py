"""One question's values: retrieval against its judgement, outcome against gold, citations against both.

Every measure has one name and one meaning wherever it is printed:

* retrieval (questions with evidence): ``hit@k``, ``recall@k``, ``ndcg@k``, ``mrr`` over chunks,
  ``page_hit@k`` over distinct pages;
* outcome (all questions): ``accuracy`` (right, abstentions included), ``wrong`` (answered, and not right),
  ``abstained`` (rightly or not), ``em`` and ``f1`` (0 for a wrong abstention);
* citations: ``citation_right`` (questions with evidence; 0 where nothing was answered) and ``faithful``
  (answers only).

A question that failed scores zero. Leaves means and intervals to ``eval.report``.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.judgements import Judgement
from eval.metrics import ranking
from eval.metrics.answers import Gold, grade
from eval.metrics.citations import citation_right, faithful
from eval.runs import RankedChunk
from rag.types import Abstention, Answer

HIT_CUTOFFS = (1, 3, 5, 10)
PAGE_CUTOFFS = (1, 3, 5, 10, 20)
DEPTH = 10
"""Cutoff of ``recall`` and ``ndcg``."""

RETRIEVAL = (
    *(f"hit@{k}" for k in HIT_CUTOFFS),
    f"recall@{DEPTH}",
    f"ndcg@{DEPTH}",
    "mrr",
)
PAGES = tuple(f"page_hit@{k}" for k in PAGE_CUTOFFS)
ANSWERS = ("accuracy", "wrong", "abstained", "em", "f1", "citation_right", "faithful")


def score_ranking(judgement: Judgement, hits: Sequence[RankedChunk]) -> dict[str, float]:
    """Retrieval values; empty where nothing was judged."""
    if not judgement.pages:
        return {}
    ids = [hit.chunk_id for hit in hits]
    pages = ranking.distinct_pages((hit.document_id, hit.first_page, hit.last_page) for hit in hits)
    qrels = {str(chunk): relevance for chunk, relevance in judgement.chunks.items()}
    values = {f"hit@{k}": ranking.hit(ids, qrels, k) for k in HIT_CUTOFFS}
    values[f"recall@{DEPTH}"] = ranking.recall(ids, qrels, DEPTH)
    values[f"ndcg@{DEPTH}"] = ranking.ndcg(ids, qrels, DEPTH)
    values["mrr"] = ranking.mrr(ids, qrels)
    return values | {f"page_hit@{k}": ranking.page_hit(pages, judgement.pages, k) for k in PAGE_CUTOFFS}


def score_outcome(gold: Gold, judgement: Judgement, outcome: Answer | Abstention) -> dict[str, float]:
    """Answer and citation values."""
    marks = grade(gold, outcome)
    values = {
        "accuracy": float(marks.correct),
        "wrong": float(not marks.correct and not marks.abstained),
        "abstained": float(marks.abstained),
        "em": marks.em,
        "f1": marks.f1,
    }
    citations = outcome.citations if isinstance(outcome, Answer) else ()
    if judgement.pages:
        values["citation_right"] = float(citation_right(citations, judgement.pages))
    if isinstance(outcome, Answer):
        values["faithful"] = float(faithful(outcome.text, [citation.quote for citation in citations]))
    return values


def score_failure(judgement: Judgement) -> dict[str, float]:
    """The values of a question that could not be asked: zero wherever it counts."""
    zeros = dict.fromkeys(("accuracy", "wrong", "abstained", "em", "f1"), 0.0)
    if judgement.pages:
        zeros |= dict.fromkeys((*RETRIEVAL, *PAGES, "citation_right"), 0.0)
    return zeros
