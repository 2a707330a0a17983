"""Passages that labeling functions find, beside those that searches find, as items to vote on.

Where a question uses a word that stands in no document, no search finds the right passage, and functions can
only choose among what is proposed. Functions that are declared with ``proposes=True`` are run over every
passage of the documents that a question is asked of; what they vote for is proposed too. Leaves searching to
``tuning.questions.candidates``, votes that are kept to ``tuning.labeling.applier``.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from rag.catalog import Catalog
from rag.types import Chunk, DocumentId
from tuning.items import Asked, PassageItem
from tuning.labeling.functions import RELEVANT, LabelingFunction
from tuning.labeling.resources import Resources

_LOG = logging.getLogger(__name__)
_MOST = 20
"""Passages that functions add to those of a question, at most."""
_DOCUMENTS = 8
"""A question that is asked of more documents gets none: too many passages to run functions over."""
_KEPT = 32
"""Documents whose passages are held in memory."""


class Proposing:
    """The functions that propose, with their resources; ``raised`` counts the passages one raised on."""

    def __init__(self, functions: Sequence[LabelingFunction], resources: Resources) -> None:
        self._given: list[tuple[LabelingFunction, dict[str, Any]]] = [
            (one, resources.of(one.name, one.resources)) for one in functions if one.proposes
        ]
        self.raised: Counter[str] = Counter()

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._given)

    def votes(self, item: PassageItem) -> int:
        """How many of them call a passage relevant; one that raises does not."""
        return sum(self._votes(function, item, given) for function, given in self._given)

    def _votes(self, function: LabelingFunction, item: PassageItem, given: dict[str, Any]) -> bool:
        if not function.votes_on(item):
            return False
        try:
            return bool(function.call(item, **given) == RELEVANT)
        except Exception:
            self.raised[function.name] += 1
            return False


def with_proposed(
    items: Sequence[PassageItem],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    catalog: Catalog,
    *,
    limit: int = _MOST,
) -> list[PassageItem]:
    """The items, those of a question together, with the ones that functions propose behind its own.

    Questions made from documents know their places and get none. Proposed first is what most functions vote
    for, then what stands first in a document. The log says on how many passages a function raised.
    """
    proposing = Proposing(functions, resources)
    if not proposing:
        return list(items)

    @lru_cache(maxsize=_KEPT)
    def passages(document: DocumentId) -> tuple[Chunk, ...]:
        return tuple(catalog.iter_chunks(document))

    by_question: dict[str, list[PassageItem]] = {}
    for item in items:
        by_question.setdefault(item.question.id, []).append(item)
    found: list[PassageItem] = []
    for own in by_question.values():
        found += own
        question, known = own[0].question, {item.chunk.id for item in own}
        chunks = (chunk for document in _documents(question) for chunk in passages(document))
        others = (PassageItem(question=question, chunk=chunk) for chunk in chunks if chunk.id not in known)
        voted = [(proposing.votes(item), item) for item in others]
        wanted = sorted((one for one in voted if one[0]), key=lambda one: -one[0])
        found += [item for _, item in wanted[:limit]]
    for name, count in sorted(proposing.raised.items()):
        _LOG.warning("labeling function %s raised on %d passages that it might have proposed", name, count)
    return found


def _documents(question: Asked) -> Iterator[DocumentId]:
    asked = question.document_ids or ()
    if not question.from_documents and len(asked) <= _DOCUMENTS:
        yield from asked
