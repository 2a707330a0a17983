"""One question's values: retrieval against its judgement, outcome against gold, citations against both.

Every measure has one name and one meaning wherever it is printed:

* retrieval (questions with evidence): ``hit@k``, ``precision@k``, ``recall@k``, ``ndcg@k``, ``map@k`` and
  ``mrr`` over chunks (or over the pieces a set is judged by), ``page_hit@k`` over distinct pages,
  ``doc_hit@1``: the first hit is of a document with evidence;
* characters (questions whose evidence is known by span): ``char_precision@k``, ``char_recall@k``; of the
  hits' snippets, where questions are searched for and not answered: ``snippet_precision@k``,
  ``snippet_recall@k``;
* outcome (all questions): ``accuracy`` (right, abstentions included), ``wrong`` (answered, and not right),
  ``abstained`` (rightly or not), ``em`` and ``f1`` (0 for a wrong abstention);
* citations: ``citation_right`` (questions with evidence; 0 where nothing was answered) and ``faithful``
  (answers only): numbers and quoted phrases stand in the citations; of a computed answer the operands do, and
  the arithmetic gives it.

A question that failed scores zero; so does an answer that the grader failed on. Leaves means and intervals to
``eval.report``, measures of single sets to ``eval.sets``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from eval.judgements import Judgement
from eval.metrics import ranking
from eval.metrics.answers import Grade
from eval.metrics.characters import Span, character_scores
from eval.metrics.citations import citation_right, faithful
from eval.runs import RankedChunk
from eval.units import Units
from rag.numbers.checking import holds
from rag.types import Abstention, Answer

HIT_CUTOFFS = (1, 3, 5, 10)
PAGE_CUTOFFS = (1, 3, 5, 10, 20)
CHARACTER_CUTOFFS = (1, 2, 4, 8, 16, 32, 64)
RECALL_CUTOFFS = (3, 5, 10)
PRECISION_CUTOFFS = (1, 5)
NDCG_CUTOFFS = (5, 10)
MAP_DEPTH = 100

RETRIEVAL = (
    *(f"hit@{k}" for k in HIT_CUTOFFS),
    *(f"recall@{k}" for k in RECALL_CUTOFFS),
    *(f"precision@{k}" for k in PRECISION_CUTOFFS),
    *(f"ndcg@{k}" for k in NDCG_CUTOFFS),
    f"map@{MAP_DEPTH}",
    "mrr",
    "doc_hit@1",
)
PAGES = tuple(f"page_hit@{k}" for k in PAGE_CUTOFFS)
CHARACTERS = tuple(f"char_{name}@{k}" for name in ("precision", "recall") for k in CHARACTER_CUTOFFS)
SNIPPETS = tuple(f"snippet_{name}@{k}" for name in ("precision", "recall") for k in CHARACTER_CUTOFFS)
ANSWERS = ("accuracy", "wrong", "abstained", "em", "f1", "citation_right", "faithful")


def score_ranking(
    judgement: Judgement, hits: Sequence[RankedChunk], units: Mapping[str, Units] | None = None
) -> dict[str, float]:
    """Retrieval values; empty where nothing was judged. ``units`` are a set's own pieces by document."""
    if not judgement.spans:
        return {}
    names = unit_ranking(hits, units) if units else [hit.chunk_id for hit in hits]
    pages = ranking.distinct_pages((hit.document_id, hit.first_page, hit.last_page) for hit in hits)
    relevant = judgement.relevant
    values = {f"hit@{k}": ranking.hit(names, relevant, k) for k in HIT_CUTOFFS}
    values |= {f"recall@{k}": ranking.recall(names, relevant, k) for k in RECALL_CUTOFFS}
    values |= {f"precision@{k}": ranking.precision(names, relevant, k) for k in PRECISION_CUTOFFS}
    values |= {f"ndcg@{k}": ranking.ndcg(names, relevant, k) for k in NDCG_CUTOFFS}
    values[f"map@{MAP_DEPTH}"] = ranking.average_precision(names, relevant, MAP_DEPTH)
    values["mrr"] = ranking.mrr(names, relevant)
    documents = {span.document for span in judgement.spans}
    values["doc_hit@1"] = float(bool(hits) and hits[0].document_id in documents)
    values |= {f"page_hit@{k}": ranking.page_hit(pages, judgement.pages, k) for k in PAGE_CUTOFFS}
    if not judgement.by_page:
        values |= _character_values(
            "char", judgement, [(hit.document_id, hit.start, hit.end) for hit in hits]
        )
    return values


def score_snippets(judgement: Judgement, snippets: Sequence[Span]) -> dict[str, float]:
    """Character values of the snippets of ranked hits, in their order; empty where no span was judged."""
    if not judgement.spans or judgement.by_page:
        return {}
    return _character_values("snippet", judgement, snippets)


def unit_ranking(hits: Sequence[RankedChunk], units: Mapping[str, Units]) -> list[str]:
    """The pieces that the hits touch, each where it first appears."""
    seen: dict[str, None] = {}
    for hit in hits:
        seen.update(dict.fromkeys(units[hit.document_id].touched(hit.start, hit.end)))
    return list(seen)


def score_outcome(judgement: Judgement, outcome: Answer | Abstention, marks: Grade) -> dict[str, float]:
    """Answer and citation values, given the grader's ``marks``."""
    values = {
        "accuracy": float(marks.correct),
        "wrong": float(not marks.correct and not marks.abstained),
        "abstained": float(marks.abstained),
        "em": marks.em,
        "f1": marks.f1,
    }
    return values | _citation_values(judgement, outcome)


def score_ungraded(judgement: Judgement, outcome: Answer | Abstention) -> dict[str, float]:
    """The values of an outcome that the grader failed on: not right, and not called wrong either."""
    values = dict.fromkeys(("accuracy", "wrong", "em", "f1"), 0.0)
    values["abstained"] = float(isinstance(outcome, Abstention))
    return values | _citation_values(judgement, outcome)


def score_failure(judgement: Judgement, *, asked: bool = True) -> dict[str, float]:
    """The values of a question that could not be asked (or only be searched for): zero wherever it counts."""
    zeros: dict[str, float] = {}
    if asked:
        zeros |= dict.fromkeys(("accuracy", "wrong", "abstained", "em", "f1"), 0.0)
    if judgement.spans:
        zeros |= dict.fromkeys((*RETRIEVAL, *PAGES, *(("citation_right",) if asked else ())), 0.0)
        if not judgement.by_page:
            zeros |= dict.fromkeys((*CHARACTERS, *(() if asked else SNIPPETS)), 0.0)
    return zeros


def _citation_values(judgement: Judgement, outcome: Answer | Abstention) -> dict[str, float]:
    values = {}
    citations = outcome.citations if isinstance(outcome, Answer) else ()
    if judgement.spans:
        values["citation_right"] = float(citation_right(citations, judgement.pages))
    if isinstance(outcome, Answer):
        quotes = [citation.quote for citation in citations]
        if outcome.derivation is None:
            values["faithful"] = float(faithful(outcome.text, quotes))
        else:
            values["faithful"] = float(holds(outcome.text, outcome.derivation, quotes))
    return values


def _character_values(kind: str, judgement: Judgement, found: Sequence[Span]) -> dict[str, float]:
    scores = character_scores(
        found[: CHARACTER_CUTOFFS[-1]],
        [(span.document, span.start, span.end) for span in judgement.spans],
        CHARACTER_CUTOFFS,
    )
    values = {f"{kind}_precision@{k}": precision for k, (precision, _) in scores.items()}
    return values | {f"{kind}_recall@{k}": recall for k, (_, recall) in scores.items()}
