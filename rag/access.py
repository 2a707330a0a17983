"""The pipeline as a caller may ask it: over the documents of some collections, as if there were no others.

What a question names, what amends what, what a filter fits: all of it is made of these documents alone, so
that no word of another reaches an answer, a name or an error. What is found of a question is limited where
it is searched, in the state of the library that the answer is made of: a document that is moved elsewhere is
out of reach from the next question on. Only frequencies of words (BM25) are those of the whole library.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from itertools import chain

from rag.amended import find_amended
from rag.catalog import Catalog
from rag.pipeline import Pipeline
from rag.scope import ScopeIndex
from rag.types import DocumentId

_KEPT = 16
"""Sets of collections whose names are kept ready."""


def read_scopes(catalog: Catalog, collections: frozenset[str] | None = None) -> ScopeIndex:
    """What questions may name in the library, or in some collections of it."""
    names = {record.id: record.name for record in catalog.documents(collections)}
    return ScopeIndex.build(catalog.all_facts(collections), names)


def read_amended(
    catalog: Catalog, collections: frozenset[str] | None = None
) -> dict[DocumentId, tuple[DocumentId, ...]]:
    """Which documents of the library, or of some collections of it, change which."""
    links = chain.from_iterable(catalog.all_links(collections).values())
    return find_amended(links, catalog.all_facts(collections))


class Views:
    """One pipeline, seen by callers of different collections. One thread at a time, as the pipeline."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.whole = pipeline
        self._kept: OrderedDict[frozenset[str], tuple[frozenset[DocumentId], Pipeline]] = OrderedDict()

    def of(self, collections: frozenset[str] | None) -> Pipeline:
        """The pipeline over the documents of some collections, or over all where it is None."""
        if collections is None:
            return self.whole
        catalog = self.whole.catalog
        with catalog.snapshot():
            seen = catalog.active_ids(collections)
            kept = self._kept.get(collections)
            if kept is None or kept[0] != seen:
                view = replace(
                    self.whole,
                    scopes=read_scopes(catalog, collections),
                    amended=read_amended(catalog, collections),
                    collections=collections,
                )
                kept = self._kept[collections] = (seen, view)
        self._kept.move_to_end(collections)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return kept[1]
