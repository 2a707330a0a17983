"""Questions to learn from, without annotators: made from documents by their structure.

    asked = make_questions(catalog, seed=7, count=1000)

Leaves the rules to ``tuning.questions.makers``, questions that users asked to ``tuning.questions.files``, the
items to vote on to ``tuning.questions.candidates``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence

from rag.catalog import Catalog
from rag.tokens import terms
from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.makers import from_definitions, from_tables

_FEWEST_WORDS = 3


def make_questions(
    catalog: Catalog,
    *,
    seed: int,
    count: int,
    mix: Mapping[str, float] | None = None,
    documents: Collection[DocumentId] | None = None,
    advance: Callable[[], None] = lambda: None,
) -> list[Asked]:
    """Up to ``count`` different questions by the documents' structure; the same seed gives the same ones.

    ``mix`` are shares of kinds, by default all alike; a kind with fewer questions leaves its share to others.
    ``documents`` restricts whose questions are made; ``advance`` is called after each document.
    """
    made: dict[str, list[Asked]] = {}
    seen: set[tuple[DocumentId, tuple[str, ...]]] = set()
    for record in catalog.documents():
        if documents is not None and record.id not in documents:
            continue
        draw = random.Random(f"{seed}/{record.id}")  # noqa: S311 - reproducible, not secret
        for asked in (
            *from_definitions(catalog, record.id, draw),
            *from_tables(catalog, record.id, draw),
        ):
            key = (record.id, tuple(sorted(set(terms(asked.text)))))
            if key in seen or len(asked.text.split()) < _FEWEST_WORDS or not asked.answer.strip():
                continue
            seen.add(key)
            made.setdefault(asked.kind, []).append(asked)
        advance()
    return _mixed(made, count, mix or dict.fromkeys(made, 1.0), random.Random(seed))  # noqa: S311


def _mixed(
    made: Mapping[str, Sequence[Asked]], count: int, mix: Mapping[str, float], draw: random.Random
) -> list[Asked]:
    """Questions of each kind by its share, drawn; what a kind lacks goes to the others, in rounds."""
    pools = {
        kind: draw.sample(list(own), len(own)) for kind, own in sorted(made.items()) if mix.get(kind, 0.0) > 0
    }
    chosen: list[Asked] = []
    while pools and len(chosen) < count:
        left, total = count - len(chosen), sum(mix[kind] for kind in pools)
        for kind in sorted(pools):
            share = max(1, round(left * mix[kind] / total))
            taken, pools[kind] = pools[kind][:share], pools[kind][share:]
            chosen += taken
        pools = {kind: own for kind, own in pools.items() if own}
    return sorted(chosen[:count], key=lambda asked: asked.id)
