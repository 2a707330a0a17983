"""Which sentences labeling functions point at."""

from __future__ import annotations

from pathlib import Path

from rag.catalog import Catalog
from rag.types import ChunkId
from tests.tuning.tuned_library import make_library
from tuning.items import Asked, Labelled, PassageItem
from tuning.labeling import ABSTAIN, RELEVANT, Vote, labeling_function
from tuning.labeling.resources import Resources
from tuning.narrowing import pointing, sentences


@labeling_function(on="passage", kind="pattern", proposes=True)
def interest(item: PassageItem) -> Vote:
    """Where notes bear interest."""
    return RELEVANT if "bear interest" in item.chunk.text else ABSTAIN


@labeling_function(on="passage", kind="pattern", proposes=True)
def whole(item: PassageItem) -> Vote:
    """Only where two sentences stand together."""
    return RELEVANT if "Interest" in item.chunk.text and "Liens" in item.chunk.text else ABSTAIN


def test_sentences_with_votes_or_the_whole(tmp_path: Path) -> None:
    with Catalog(make_library(tmp_path, ("alder",)).catalog_file) as catalog:
        chunks = {chunk.id: chunk for chunk in catalog.iter_chunks()}
        resources = Resources(catalog, reader="r")
        chunk = next(one for one in chunks.values() if "bear interest" in one.text)
        label = Labelled(
            item="i", question=Asked(text="?", kind="log", origin="log"), chunk_id=ChunkId(chunk.id),
            document=chunk.document_id, passage=chunk.passage, probability=0.9, label_model="m",
        )  # fmt: skip
        found = pointing([interest, whole], resources, chunks)(label)
        assert found == [one for one in sentences(chunk) if "bear interest" in one.text]
        assert pointing([whole], resources, chunks)(label) == [chunk]
        assert pointing([], resources, chunks)(label) == [chunk]
    for one in sentences(chunk):
        assert chunk.text[one.start - chunk.start : one.end - chunk.start] == one.text
