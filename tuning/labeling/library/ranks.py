"""Functions on what the searches and models say of a question's passages: places and distances, no scores."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rag.protocols import Embedder, Reranker
from tuning.items import PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import (
    IRRELEVANT,
    RELEVANT,
    LabelingFunction,
    Vote,
    labeling_function,
)
from tuning.labeling.library.relative import Scores, behind_best, by_question, first_by_margin, places

_NOWHERE = 10_000
PLACES = (1 / 12.5, 1 / 6.5, 1 / 3.5, 1 / 2.5, 1 / 1.5)
"""Edges between places: from the 13th on, to the 7th, to the 4th, the third, the second, the first."""


def make_search_agreement(
    name: str = "search_agreement", *, first: int = 2, beyond: int = 15
) -> LabelingFunction:
    """Relevant where both searches have it among the ``first``, irrelevant where both have it ``beyond``."""

    @labeling_function(on="passage", kind="rank", name=name, family="search", query_wise=True)
    def agreement(item: PassageItem) -> Vote:
        """Words and vectors agree on it."""
        ranks = [rank or _NOWHERE for rank in (item.lexical, item.dense)]
        if max(ranks) <= first:
            return RELEVANT
        return IRRELEVANT if min(ranks) > beyond else ABSTAIN

    return agreement


def make_first_stage(name: str = "first_stage") -> LabelingFunction:
    """How far the fused score is behind the question's best, in bins."""

    @labeling_function(
        on="passage", kind="rank", name=name, family="search", batch=True, query_wise=True, scored=True,
        edges=(-0.8, -0.6, -0.4, -0.2, -0.05),
    )  # fmt: skip
    def stage(items: Sequence[PassageItem]) -> Scores:
        """What the search in use gives it, behind its best."""
        return behind_best(np.array([item.score for item in items]), items)

    return stage


def make_top_by_margin(
    name: str = "top_by_margin", *, first: int = 1, margin: float = 0.1
) -> LabelingFunction:
    """The ``first`` of the fused ranking that stand clear by ``margin`` bear it, the worse half does not."""

    @labeling_function(on="passage", kind="rank", name=name, family="search", batch=True, query_wise=True)
    def top(items: Sequence[PassageItem]) -> Scores:
        """The search has it clearly first."""
        return first_by_margin(np.array([item.score for item in items]), items, first=first, margin=margin)

    return top


def make_neighbourhood(
    name: str = "neighbourhood", *, edges: Sequence[float] = (-0.3, -0.2, -0.1, -0.03)
) -> LabelingFunction:
    """How far its vector's similarity with the question is behind the best, in bins."""

    @labeling_function(
        on="passage", kind="embedding", name=name, family="vectors", resources=["embedder"], batch=True,
        query_wise=True, scored=True, edges=tuple(edges),
    )  # fmt: skip
    def near(items: Sequence[PassageItem], *, embedder: Embedder) -> Scores:
        """Its vector is near the question's."""
        passages = list(dict.fromkeys(item.chunk.passage for item in items))
        places = {text: place for place, text in enumerate(passages)}
        vectors = embedder.embed_passages(passages)
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            asked = embedder.embed_queries([question.text])[0]
            own = [places[items[int(row)].chunk.passage] for row in rows]
            found[rows] = vectors[own] @ asked
        return behind_best(found, items)

    return near


def make_model_score(name: str = "model_score", *, head: int = 24) -> LabelingFunction:
    """At which place a reranker puts it among each question's first ``head``, in bins (``PLACES``)."""

    @labeling_function(
        on="passage", kind="model", name=name, family="model", resources=["reranker"], batch=True,
        query_wise=True, scored=True, edges=PLACES,
    )  # fmt: skip
    def model(items: Sequence[PassageItem], *, reranker: Reranker) -> Scores:
        """The reranker in use has it among its best."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            order = sorted(rows.tolist(), key=lambda row: (-items[row].score, items[row].chunk.id))
            found[order] = -np.inf
            scores = reranker.score(question.text, [items[row].chunk.passage for row in order[:head]])
            found[order[:head]] = scores
        return places(found, items)

    return model
