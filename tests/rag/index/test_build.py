"""Versions made from the one before, against versions made from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag import embedder
from rag.errors import DamagedIndexError
from rag.index.build import build_index, shrink_index
from rag.index.counts import Counts
from rag.index.store import Index, Manifest, current_version, manifest_in_use, passage_keys
from rag.index.vectors import vector_key
from rag.protocols import Told, Vectors, untold
from rag.settings import HashingEmbedderSettings, IndexSettings
from rag.types import Chunk, ChunkId
from tests.library import make_document

HASHING = embedder.load(HashingEmbedderSettings(dim=64))
DEFAULT = IndexSettings()
WORDS = ("fee", "trustee", "notes", "5.10%", "lien", "—", "class b", "payment date")


class Counting:
    """The hashing embedder, taking down what it is given."""

    fingerprint = passage_fingerprint = HASHING.fingerprint
    dim = HASHING.dim

    def __init__(self) -> None:
        self.seen: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return HASHING.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str], told: Told = untold) -> Vectors:
        self.seen += texts
        return HASHING.embed_passages(texts, told)


def chunks_of(*names: str) -> list[Chunk]:
    """The chunks of made-up documents; a name fixes the text."""
    found: list[Chunk] = []
    for name in names:
        random = np.random.default_rng([ord(c) for c in name])
        sections = [f"Section {n}.1 {name}. " + " ".join(random.choice(WORDS, size=12)) for n in range(1, 5)]
        found += make_document(name, "\f".join(sections))[2]
    return sorted(found, key=lambda chunk: (chunk.document_id, chunk.ordinal))


def build(folder: Path, chunks: Sequence[Chunk], kind: IndexSettings = DEFAULT) -> Manifest | None:
    return build_index(folder, chunks, HASHING, lambda _: None, kind)


def files_of(folder: Path) -> dict[str, bytes]:
    version = current_version(folder)
    assert version is not None
    top = folder / version
    # An archive holds the time at which it was written.
    return {
        str(path.relative_to(top)): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file() and path.suffix != ".npz"
    }


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(st.sets(st.sampled_from("abcdefg"), min_size=1), min_size=1, max_size=4))
def test_a_version_made_from_another_is_the_one_made_from_nothing(
    tmp_path_factory: pytest.TempPathFactory, steps: list[set[str]]
) -> None:
    grown, fresh = (tmp_path_factory.mktemp(name) for name in ("grown", "fresh"))
    after = [build(grown, chunks_of(*sorted(names))) for names in steps]
    assert after[-1] == build(fresh, chunks_of(*sorted(steps[-1])))
    assert files_of(grown) == files_of(fresh)
    one, other = (Counts.load(folder / str(current_version(folder)) / "lexical") for folder in (grown, fresh))
    assert one.vocabulary.tolist() == other.vocabulary.tolist()
    assert (one.table != other.table).nnz == 0


@pytest.mark.parametrize("kind", [IndexSettings(), IndexSettings(flat_up_to=3, probed=1.0)])
def test_changes_are_found_and_only_they_are_embedded(tmp_path: Path, kind: IndexSettings) -> None:
    build(tmp_path / "i", chunks_of("a", "b", "c"), kind)
    model, told = Counting(), list[int]()
    # "b" is read anew as "bb", "c" goes, "d" comes.
    now = chunks_of("a", "bb", "d")
    build_index(tmp_path / "i", now, model, told.append, kind)
    assert sorted(model.seen) == sorted(chunk.passage for chunk in chunks_of("bb", "d"))
    assert sum(told) == len(now)
    index = Index.open(tmp_path / "i")
    for chunk in now:
        hits = index.dense(HASHING.embed_queries([chunk.passage]), 3)
        assert hits[0].score == pytest.approx(1.0, abs=0.02)
        assert chunk.passage in {c.passage for c in now if c.id in {hit.chunk_id for hit in hits}}
    gone = {chunk.id for chunk in chunks_of("b", "c")}
    everything = index.dense(HASHING.embed_queries(["fee"]), 100)
    assert len(everything) == len(now)
    assert not gone & {hit.chunk_id for hit in everything}
    only = index.scope([now[0].document_id])
    assert {hit.document_id for hit in index.dense(HASHING.embed_queries(["fee"]), 3, only)} == {
        now[0].document_id
    }


def test_the_kind_follows_the_size(tmp_path: Path) -> None:
    small, large = chunks_of("a"), chunks_of("a", "b", "c", "d")
    kind = IndexSettings(flat_up_to=6)
    seen = []
    for chunks in (small, large, chunks_of("a", "b"), small):
        manifest = build(tmp_path, chunks, kind)
        assert manifest is not None
        assert manifest_in_use(tmp_path) == manifest
        seen.append(manifest.dense.partition("-")[0])
        assert len(Index.open(tmp_path).dense(HASHING.embed_queries(["fee"]), 99)) == len(chunks)
    # Lists stay until half the size: a library at the border does not waver.
    assert seen == ["flat", "inverted", "inverted", "inverted"]
    build(tmp_path, chunks_of("a")[:3], kind)
    assert "flat-" in str(manifest_in_use(tmp_path))


@pytest.mark.parametrize("kind", [IndexSettings(), IndexSettings(flat_up_to=3, probed=1.0)])
def test_a_version_shrinks_without_a_model(tmp_path: Path, kind: IndexSettings) -> None:
    left = chunks_of("a", "c")
    build(tmp_path / "i", chunks_of("a", "b", "c"), kind)
    named = [(chunk.id, chunk.document_id) for chunk in left]
    manifest = shrink_index(tmp_path / "i", named, kind)
    assert manifest == manifest_in_use(tmp_path / "i")
    assert manifest == build(tmp_path / "i", left, kind)
    index = Index.open(tmp_path / "i")
    assert {hit.chunk_id for hit in index.dense(HASHING.embed_queries(["fee"]), 99)} == {c.id for c in left}
    assert index.lexical("section", 99)
    for none in ([], [*named, (ChunkId("other"), named[0][1])]):
        assert shrink_index(tmp_path / "i", none, kind) is None
    assert shrink_index(tmp_path / "nowhere", named, kind) is None
    assert manifest_in_use(tmp_path / "i") == manifest


def test_words_of_a_removed_document_are_in_no_file(tmp_path: Path) -> None:
    own = make_document("secret", "Section 1.1 Secret. The quillfeather clause.")[2]
    chunks = chunks_of("a", "b")
    build(tmp_path, sorted([*chunks, *own], key=lambda chunk: (chunk.document_id, chunk.ordinal)))
    build(tmp_path, chunks)
    assert not any(b"quillfeather" in data for data in files_of(tmp_path).values())
    version = tmp_path / str(current_version(tmp_path))
    assert "quillfeather" not in Counts.load(version / "lexical").vocabulary
    assert passage_keys(tmp_path) == {vector_key(chunk.passage) for chunk in chunks}


@pytest.mark.parametrize(
    "name", ["rows.npz", "manifest.json", "dense/vectors.faiss", "dense/dense.json", "dense/ids.npy"]
)
def test_a_damaged_version_is_told_and_made_anew(tmp_path: Path, name: str) -> None:
    chunks = chunks_of("a", "b")
    manifest = build(tmp_path, chunks)
    assert manifest is not None
    path = tmp_path / manifest.id / name
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedIndexError, match="run covenant ingest again"):
        Index.open(tmp_path)
    assert build(tmp_path, chunks) == manifest
    assert len(Index.open(tmp_path).chunk_ids) == len(chunks)


def test_counts_that_were_cut_off_are_counted_again(tmp_path: Path) -> None:
    manifest = build(tmp_path, chunks_of("a", "b"))
    assert manifest is not None
    path = tmp_path / manifest.id / "lexical" / "counts.npz"
    path.write_bytes(path.read_bytes()[:500])
    build(tmp_path, chunks_of("a", "c"))
    index = Index.open(tmp_path)
    assert {hit.chunk_id for hit in index.lexical("section c", 9)} >= {c.id for c in chunks_of("c")}


def test_an_older_format_is_built_anew_from_kept_vectors(tmp_path: Path) -> None:
    chunks = chunks_of("a", "b")
    manifest = build(tmp_path, chunks)
    assert manifest is not None
    path = tmp_path / manifest.id / "manifest.json"
    path.write_text(path.read_text().replace('"format": 2', '"format": 1'))
    path.parent.rename(tmp_path / "older")
    (tmp_path / "current").write_text("older\n")
    model = Counting()
    assert build_index(tmp_path, chunks, model, lambda _: None) == manifest
    assert not model.seen
    assert len(Index.open(tmp_path).chunk_ids) == len(chunks)
