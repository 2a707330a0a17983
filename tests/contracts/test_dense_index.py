"""What every dense index promises; all kinds run the whole suite, against exact search in float32."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import numpy as np
import pymupdf  # noqa: F401 - its SWIG types and those of FAISS get in each other's way
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from rag.errors import DamagedIndexError
from rag.index.dense import DenseIndex, make_dense, open_dense
from rag.index.external import ExternalIndex
from rag.protocols import Vectors
from rag.settings import IndexSettings

DIM = 32
ERROR = 0.02
"""How far an inner product of 8-bit codes of 32 columns may be from the exact one."""
KINDS = {
    "flat": IndexSettings(),
    "inverted": IndexSettings(flat_up_to=0),
    # All lists are read: as exact as the flat one.
    "inverted-all": IndexSettings(flat_up_to=0, probed=1.0),
    # Stores of the user's own, by LlamaIndex's integrations.
    "external": IndexSettings(vector_store="tests.stores:Shared"),
    "external-qdrant": IndexSettings(vector_store="tests.stores:LocalQdrant"),
    "external-rude": IndexSettings(vector_store="tests.stores:Rude"),
}

Ids = NDArray[np.int64]
Make = Callable[[Ids, Vectors], DenseIndex]


def sent(index: DenseIndex) -> DenseIndex:
    """An index over an external store, which has all of it."""
    if isinstance(index, ExternalIndex):
        with tempfile.TemporaryDirectory() as folder:
            index.save(Path(folder))
    return index


def own(kind: IndexSettings) -> IndexSettings:
    """The kind over a collection that no other test has."""
    if not kind.vector_store:
        return kind
    return kind.model_copy(update={"vector_store_options": {"name": uuid4().hex}})


@pytest.fixture(params=list(KINDS))
def make(request: pytest.FixtureRequest) -> Make:
    kind = own(KINDS[request.param])
    return lambda ids, vectors: sent(make_dense(ids, vectors, kind))


def clustered(seed: int, size: int, dim: int = DIM) -> Vectors:
    """Unit rows around a few directions, as passages are around subjects."""
    random = np.random.default_rng(seed)
    centres = random.normal(size=(max(1, size // 40), dim))
    rows = centres[random.integers(len(centres), size=size)] + 0.7 * random.normal(size=(size, dim))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def nearest(ids: Ids, vectors: Vectors, query: Vectors, k: int) -> list[list[int]]:
    """The exact answer."""
    scores = query @ vectors.T
    return [[int(ids[i]) for i in np.lexsort((ids, -row))[:k]] for row in scores]


def recall(found: Ids, exact: list[list[int]]) -> float:
    """Share of the exact k that were found, mean over queries."""
    return float(
        np.mean([len({*row.tolist()} & {*best}) / len(best) for row, best in zip(found, exact, strict=True)])
    )


def as_scores(found: Ids, scores: NDArray[np.float32]) -> list[dict[int, float]]:
    return [
        dict(zip(row.tolist(), np.round(values.astype(float), 5).tolist(), strict=True))
        for row, values in zip(found, scores, strict=True)
    ]


def test_recall_and_scores_against_exact_search(make: Make) -> None:
    vectors, queries = clustered(1, 4000, 128), clustered(1, 4200, 128)[4000:4050]
    ids = np.arange(4000) * 7
    index = make(ids, vectors)
    found, scores = index.search(queries, 10)
    assert found.shape == scores.shape == (50, 10)
    assert recall(found, nearest(ids, vectors, queries, 10)) >= 0.9
    exact = np.take_along_axis(queries @ vectors.T, found // 7, axis=1)
    np.testing.assert_allclose(scores, exact, atol=ERROR)
    assert (np.diff(scores, axis=1) <= 0).all()


def test_among_allowed_ids_nothing_is_missed(make: Make) -> None:
    vectors, query = clustered(2, 2000), clustered(3, 20)
    ids = np.arange(2000)[::-1].copy()
    index = make(ids, vectors)
    for count in (0, 1, 5, 300):
        allowed = np.random.default_rng(count).choice(2000, size=count, replace=False)
        found, scores = index.search(query, 10, allowed)
        assert found.shape == (20, min(10, count))
        rows = 1999 - allowed
        best = np.sort(query @ vectors[rows].T, axis=1)[:, ::-1][:, :10]
        np.testing.assert_allclose(scores, best, atol=ERROR)
    found, _ = index.search(query, 10, np.array([3, 999_999, -1]))
    assert found.tolist() == [[3]] * 20


def test_no_vectors_no_queries_no_hits(make: Make) -> None:
    index = make(np.arange(50), clustered(4, 50))
    assert index.search(np.zeros((0, DIM), dtype=np.float32), 5)[0].shape == (0, 5)
    assert index.search(clustered(5, 2), 0)[0].shape == (2, 0)
    assert index.search(clustered(5, 2), 80)[0].shape == (2, 50)
    assert index.remove(np.arange(60)) == 50
    assert len(index) == 0
    for allowed in (None, np.arange(3)):
        assert index.search(clustered(5, 2), 5, allowed)[0].shape == (2, 0)
    index.add(np.array([8]), clustered(6, 1))
    assert index.search(clustered(5, 2), 5)[0].tolist() == [[8], [8]]


def test_an_empty_index_is_saved_and_filled(tmp_path: Path) -> None:
    make_dense(np.zeros(0, dtype=np.int64), np.zeros((0, DIM), dtype=np.float32), IndexSettings()).save(
        tmp_path
    )
    assert open_dense(tmp_path).search(clustered(5, 2), 5)[0].shape == (2, 0)
    index = open_dense(tmp_path, writable=True)
    index.add(np.arange(9), clustered(1, 9))
    assert index.search(clustered(1, 9), 1)[0][:, 0].tolist() == list(range(9))


@settings(max_examples=20, deadline=None)
@given(data=st.data(), kind=st.sampled_from(["flat", "inverted-all", "external"]))
def test_changes_lead_where_a_fresh_build_does(data: st.DataObject, kind: str) -> None:
    start = data.draw(st.integers(1, 60))
    pool = clustered(data.draw(st.integers(0, 99)), 400, 16)
    state = {i: i for i in range(start)}
    index = sent(make_dense(np.arange(start), pool[:start], own(KINDS[kind])))
    for step in range(data.draw(st.integers(1, 5))):
        ids = data.draw(st.lists(st.integers(0, 80), unique=True, max_size=30))
        if data.draw(st.booleans()):
            assert index.remove(np.array(ids, dtype=np.int64)) == len(state.keys() & {*ids})
            state = {i: row for i, row in state.items() if i not in ids}
        else:
            rows = [60 * (step + 1) + n for n in range(len(ids))]
            index.add(np.array(ids, dtype=np.int64), pool[rows])
            state |= dict(zip(ids, rows, strict=True))
        if data.draw(st.booleans()):
            sent(index)
    assert sorted(index.ids.tolist()) == sorted(state)
    assert len(index) == len(state)
    if not state:
        return
    fresh = make_dense(np.array(list(state), dtype=np.int64), pool[list(state.values())], own(KINDS[kind]))
    for allowed in (None, np.array(sorted(state)[::2], dtype=np.int64)):
        assert as_scores(*index.search(pool[:5], 400, allowed)) == as_scores(
            *fresh.search(pool[:5], 400, allowed)
        )


def test_renumbered_ids_are_found_under_their_new_names(make: Make) -> None:
    vectors = clustered(7, 300)
    index = make(np.arange(300), vectors)
    index.remove(np.arange(0, 300, 3))
    new = np.full(300, -1)
    new[index.ids] = np.random.default_rng(0).permutation(200)
    index.renumber(new)
    kept = np.flatnonzero(new >= 0)
    found, _ = index.search(vectors[kept], 1, np.arange(200))
    assert found[:, 0].tolist() == new[kept].tolist()
    index.remove(new[kept[:1]])
    assert sorted(index.ids.tolist()) == sorted({*range(200)} - {int(new[kept[0]])})


def test_saved_and_opened_both_ways(make: Make, tmp_path: Path) -> None:
    vectors, queries = clustered(8, 500), clustered(9, 10)
    index = make(np.random.default_rng(1).permutation(500), vectors)
    index.save(tmp_path)
    expected = as_scores(*index.search(queries, 20))
    for writable in (False, True):
        opened = open_dense(tmp_path, writable=writable)
        assert (opened.identity, opened.dim, len(opened)) == (index.identity, DIM, 500)
        assert as_scores(*opened.search(queries, 20)) == expected
        allowed = np.arange(100)
        assert as_scores(*opened.search(queries, 5, allowed)) == as_scores(*index.search(queries, 5, allowed))
    changed = open_dense(tmp_path, writable=True)
    changed.remove(np.arange(250))
    changed.add(np.array([1000]), vectors[:1])
    assert len(changed) == 251
    assert as_scores(*open_dense(tmp_path).search(queries, 20)) == expected


def test_equal_content_is_equal_to_the_byte_in_a_flat_index(tmp_path: Path) -> None:
    vectors = clustered(10, 120)
    folders = [tmp_path / name for name in ("fresh", "grown")]
    fresh = make_dense(np.arange(120), vectors, IndexSettings())
    grown = make_dense(np.arange(60, 130), np.concatenate([vectors[60:], vectors[:10]]), IndexSettings())
    grown.remove(np.arange(120, 130))
    grown.add(np.arange(60), vectors[:60])
    for folder, index in zip(folders, (fresh, grown), strict=True):
        folder.mkdir()
        index.save(folder)
    for path in folders[0].iterdir():
        assert path.read_bytes() == (folders[1] / path.name).read_bytes()


@pytest.mark.parametrize("kind", ["cut", "flipped", "missing", "facts", "codes", "list", "path", "size"])
def test_a_damaged_index_is_one_clear_error(make: Make, tmp_path: Path, kind: str) -> None:
    make(np.arange(200), clustered(11, 200)).save(tmp_path)
    file, facts_file = tmp_path / "vectors.faiss", tmp_path / "dense.json"
    data, facts = file.read_bytes(), json.loads(facts_file.read_text())
    match kind:
        case "cut":
            file.write_bytes(data[: len(data) // 2])
        case "flipped":
            file.write_bytes(data[:40] + bytes([data[40] ^ 255]) + data[41:])
        case "missing":
            file.unlink()
        case "facts":
            facts_file.write_text("{")
        case "codes":
            facts_file.write_text(json.dumps({**facts, "codes": "older"}))
        case "list":
            facts_file.write_text(json.dumps({**facts, "files": {}}))
        case "path":
            facts_file.write_text(json.dumps({**facts, "files": {**facts["files"], "../x": "0"}}))
        case "size":
            facts_file.write_text(json.dumps({**facts, "size": 10**9}))
    for writable in (False, True):
        with pytest.raises(DamagedIndexError, match="ingest again"):
            open_dense(tmp_path, writable=writable)


def test_what_cannot_be_added(make: Make) -> None:
    index = make(np.arange(50), clustered(12, 50))
    good = clustered(13, 2)
    for ids, vectors in (
        ([1, 1], good),
        ([-1, 2], good),
        ([1], good),
        ([1, 2], clustered(13, 2, DIM + 1)),
        ([1, 2], np.full((2, DIM), np.nan, dtype=np.float32)),
    ):
        with pytest.raises(ValueError, match=r"ids|shape|finite"):
            index.add(np.array(ids), vectors)
    assert len(index) == 50
