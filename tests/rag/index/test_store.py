from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.errors import EmptyIndexError, StorageError, UsageError
from rag.index.build import build_index
from rag.index.counts import Counts
from rag.index.lexical import LexicalIndex, weighted_terms
from rag.index.store import Index, current_version, purge_versions
from rag.index.vectors import VectorStore, drop_vectors, vector_key
from rag.protocols import Embedder, Told, Vectors, untold
from rag.settings import HashingEmbedderSettings
from rag.tokens import terms
from tests.library import ALDER, BIRCH, make_document, make_workspace, reindex

CHUNKS = sorted(
    make_document("alder", ALDER)[2] + make_document("birch", BIRCH)[2],
    key=lambda chunk: (chunk.document_id, chunk.ordinal),
)
HASHING = embedder.load(HashingEmbedderSettings(dim=128))


def textbook_bm25(passages: list[str], query: str) -> list[float]:
    """Robertson's formula in Lucene's form, as a double loop: k1 1.2, b 0.75."""
    bags = [Counter(terms(passage)) for passage in passages]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for term in dict.fromkeys(terms(query)):
            df = sum(1 for other in bags if term in other)
            idf = math.log(1 + (len(bags) - df + 0.5) / (df + 0.5))
            score += idf * bag[term] / (bag[term] + 1.2 * (1 - 0.75 + 0.75 * bag.total() / mean))
        scores.append(score)
    return scores


@pytest.mark.parametrize(
    "query", ["interest rate of Class B", "trustee", "$310,000,000", "unknown words", ""]
)
def test_bm25_equals_the_textbook(tmp_path: Path, query: str) -> None:
    LexicalIndex.write(Counts.of(map(weighted_terms, CHUNKS)), tmp_path)
    scores = LexicalIndex.open(tmp_path, len(CHUNKS)).scores(query)
    fields = [f"{chunk.context} {chunk.context} {chunk.text}" for chunk in CHUNKS]
    np.testing.assert_allclose(scores, textbook_bm25(fields, query), rtol=1e-5)


def test_headings_weigh_more_than_the_table_line_and_the_text() -> None:
    chunk = replace(CHUNKS[0], context="Deal > Fees | In millions", text="The fee is due.")
    assert Counter(weighted_terms(chunk)) == {"deal": 2, "fee": 3, "million": 1, "due": 1}


def test_passages_without_words(tmp_path: Path) -> None:
    LexicalIndex.write(Counts.of([[], []]), tmp_path)
    assert LexicalIndex.open(tmp_path, 2).scores("anything").tolist() == [0.0, 0.0]


def test_equal_scores_are_ordered_by_id(tmp_path: Path) -> None:
    document, _, _ = make_document("same", "Section 1.1 Same. " + "x. ")
    twins = [
        make_document(f"twin{i}", f"Section 1.1 Same. The Trustee acts.\f{' ' * i}")[2][0] for i in range(6)
    ]
    chunks = sorted(twins, key=lambda chunk: chunk.document_id)
    build_index(tmp_path, chunks, HASHING, lambda _: None)
    index = Index.open(tmp_path)
    query = HASHING.embed_queries(["trustee acts"])
    lexical = [hit.chunk_id for hit in index.lexical("trustee acts", 3)]
    assert lexical == sorted(lexical)
    dense = index.dense(query, 6)
    assert [h.chunk_id for h in dense] == [
        h.chunk_id for h in sorted(dense, key=lambda h: (-h.score, h.chunk_id))
    ]
    assert document.id not in {hit.document_id for hit in dense}


def test_building_twice_changes_nothing(tmp_path: Path) -> None:
    first = build_index(tmp_path, CHUNKS, HASHING, lambda _: None)
    assert first is not None
    files = {path: path.stat().st_mtime_ns for path in (tmp_path / first.id).rglob("*")}
    second = build_index(tmp_path, CHUNKS, HASHING, lambda _: None)
    assert first == second
    assert files == {path: path.stat().st_mtime_ns for path in (tmp_path / first.id).rglob("*")}


def test_a_new_version_is_switched_to_and_old_ones_go(tmp_path: Path) -> None:
    ids = []
    for count in (1, 2, 3, 4):
        manifest = build_index(tmp_path, CHUNKS[:count], HASHING, lambda _: None)
        assert manifest is not None
        assert current_version(tmp_path) == manifest.id
        ids.append(manifest.id)
    assert (tmp_path / ids[-1]).is_dir()
    assert not (tmp_path / ids[0]).exists()
    assert len(Index.open(tmp_path).chunk_ids) == 4


def test_no_chunks_leave_no_index(tmp_path: Path) -> None:
    build_index(tmp_path, CHUNKS, HASHING, lambda _: None)
    assert build_index(tmp_path, [], HASHING, lambda _: None) is None
    with pytest.raises(EmptyIndexError):
        Index.open(tmp_path)


def test_versions_that_hold_a_document_are_purged(tmp_path: Path) -> None:
    alder, birch = (make_document(name, text)[0].id for name, text in (("alder", ALDER), ("birch", BIRCH)))
    both = build_index(tmp_path, CHUNKS, HASHING, lambda _: None)
    rest = [chunk for chunk in CHUNKS if chunk.document_id == alder]
    one = build_index(tmp_path, rest, HASHING, lambda _: None)
    assert both is not None
    assert one is not None
    (tmp_path / ".half-written").mkdir()
    (tmp_path / "unreadable").mkdir()
    assert purge_versions(tmp_path, [birch]) == sorted([both.id, "unreadable"])
    assert current_version(tmp_path) == one.id
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {one.id}
    assert purge_versions(tmp_path, [alder]) == [one.id]
    with pytest.raises(EmptyIndexError):
        Index.open(tmp_path)
    assert purge_versions(tmp_path / "nowhere", [alder]) == []


def test_dropped_vectors_leave_no_bytes(tmp_path: Path) -> None:
    passages = [f"passage about matter{i} and fee{i}" for i in range(300)]
    for dim in (128, 512):
        with VectorStore(tmp_path, embedder.load(HashingEmbedderSettings(dim=dim))) as store:
            store.embed(passages, lambda _: None)
    keep = {vector_key(passage) for passage in passages[10:]}
    assert drop_vectors(tmp_path, keep) == 20
    assert drop_vectors(tmp_path, keep) == 0
    remains = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert all(key.encode() in remains for key in keep)
    assert not any(vector_key(passage).encode() in remains for passage in passages[:10])
    wide = embedder.load(HashingEmbedderSettings(dim=512)).embed_passages(passages)
    assert wide[299].tobytes() in remains
    assert wide[0].tobytes() not in remains


def test_an_index_of_another_format_is_refused(tmp_path: Path) -> None:
    manifest = build_index(tmp_path, CHUNKS, HASHING, lambda _: None)
    assert manifest is not None
    path = tmp_path / manifest.id / "manifest.json"
    path.write_text(path.read_text().replace('"format": 2', '"format": 99'))
    with pytest.raises(UsageError, match="99"):
        Index.open(tmp_path)


class Counting:
    """An embedder that counts the texts it is given, and may fail after some."""

    def __init__(self, inner: Embedder, fail_after: int | None = None) -> None:
        self.inner, self.fail_after, self.seen = inner, fail_after, 0
        self.fingerprint, self.dim = inner.fingerprint, inner.dim
        self.passage_fingerprint = inner.passage_fingerprint

    def embed_queries(self, texts: list[str]) -> Vectors:
        return self.inner.embed_queries(texts)

    def embed_passages(self, texts: list[str], told: Told = untold) -> Vectors:
        self.seen += len(texts)
        if self.fail_after is not None and self.seen > self.fail_after:
            raise StorageError("no room left on the disk", "free some space")
        return self.inner.embed_passages(texts, told)


def test_vectors_are_computed_once_and_kept_over_failures(tmp_path: Path) -> None:
    passages = [f"passage number {i} of many" for i in range(2500)]
    failing = Counting(HASHING, fail_after=1500)
    with VectorStore(tmp_path, failing) as store, pytest.raises(StorageError):  # type: ignore[arg-type]
        store.embed(passages, lambda _: None)
    again = Counting(HASHING)
    done: list[int] = []
    with VectorStore(tmp_path, again) as store:  # type: ignore[arg-type]
        vectors = store.embed(passages, done.append)
    assert again.seen == 2500 - 1024
    assert sum(done) == 2500
    np.testing.assert_array_equal(vectors, HASHING.embed_passages(passages))


def test_reindexing_gives_identical_rankings(tmp_path: Path) -> None:
    rankings = []
    for name in ("one", "two"):
        workspace = make_workspace(tmp_path / name)
        reindex(workspace)
        index = Index.open(workspace.indexes)
        vector = embedder.load(HashingEmbedderSettings(dim=256)).embed_queries(["class b interest"])
        rankings.append((index.lexical("class b interest", 10), index.dense(vector, 10)))
    assert rankings[0] == rankings[1]
