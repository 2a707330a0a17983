"""Index versions over an external vector store: what is sent, found and deleted, and what fails how."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from pydantic import JsonValue

from rag.errors import DamagedIndexError, SettingsError, VectorStoreError
from rag.index.collection import Collection, as_names, new_names
from rag.index.dense import make_dense, open_dense
from rag.index.external import ExternalIndex
from rag.index.ledger import LEDGER, sweep
from rag.index.store import Index, Manifest, current_version, purge_versions
from rag.settings import IndexSettings, Settings
from tests import stores
from tests.contracts.test_dense_index import as_scores, clustered
from tests.rag.index.test_build import HASHING, build, chunks_of


def settings_of(kind: str, **options: JsonValue) -> IndexSettings:
    return IndexSettings(
        vector_store=f"tests.stores:{kind}", vector_store_options={"name": uuid4().hex, **options}
    )


def held(settings: IndexSettings) -> int:
    """How many nodes the store has."""
    store = Collection(settings.vector_store, settings.vector_store_options).open()
    assert isinstance(store, stores.Shared | stores.LocalQdrant)
    return store.held()


def ranking(folder: Path, query: str = "fee", k: int = 3) -> dict[str, float]:
    """The k nearest of the version in use, fewer than it has: so that the store is asked."""
    version = current_version(folder)
    assert version is not None
    rows, scores = open_dense(folder / version / "dense").search(HASHING.embed_queries([query]), k)
    named = Index.open(folder).chunk_ids[rows[0]].tolist()
    return dict(zip(named, scores[0].tolist(), strict=True))


@pytest.mark.parametrize("kind", ["Shared", "LocalQdrant", "Rude"])
def test_through_a_store_all_is_found_that_is_without(kind: str, tmp_path: Path) -> None:
    vectors, queries = clustered(1, 600), clustered(2, 20)
    make_dense(np.arange(600), vectors, settings_of(kind)).save(tmp_path)
    found, scores = open_dense(tmp_path).search(queries, 10)
    exact = make_dense(np.arange(600), vectors, IndexSettings()).search(queries, 10)
    np.testing.assert_array_equal(found, exact[0])
    np.testing.assert_allclose(scores, exact[1], atol=1e-6)


def test_a_store_that_has_lost_some_costs_time_not_hits(tmp_path: Path) -> None:
    settings = settings_of("Shared")
    vectors, queries = clustered(3, 200), clustered(4, 5)
    make_dense(np.arange(200), vectors, settings).save(tmp_path)
    names = np.load(tmp_path / "names.npy")
    collection = Collection(settings.vector_store, settings.vector_store_options)
    collection.delete(names[:195])
    exact = make_dense(np.arange(200), vectors, IndexSettings()).search(queries, 10)
    assert as_scores(*open_dense(tmp_path).search(queries, 10)) == as_scores(*exact)
    collection.delete(names)
    with pytest.raises(DamagedIndexError, match=r"has none of its vectors.*ingest again"):
        open_dense(tmp_path).search(queries, 10)


@pytest.mark.parametrize("kind", ["Shared", "LocalQdrant", "Rude", "Insistent"])
def test_versions_share_nodes_and_leave_none_behind(kind: str, tmp_path: Path) -> None:
    settings = settings_of(kind)
    each = len(chunks_of("a"))
    # "a", then "b", comes back while an older version still has it.
    steps = ["ab", "b", "abc", "ad", "bd"]
    # The nodes of this version and the one before.
    expected = [2, 2, 3, 4, 3]
    for names, count in zip(steps, expected, strict=True):
        build(tmp_path / "i", chunks_of(*names), settings)
        build(tmp_path / "flat", chunks_of(*names))
        assert ranking(tmp_path / "i") == pytest.approx(ranking(tmp_path / "flat"), abs=1e-5)
        assert held(settings) == count * each
    gone = chunks_of("d")[0].document_id
    build(tmp_path / "i", chunks_of("a", "b"), settings)
    assert current_version(tmp_path / "i") not in purge_versions(tmp_path / "i", [gone])
    assert held(settings) == 2 * each


def test_the_version_in_use_is_not_disturbed_by_the_next(tmp_path: Path) -> None:
    settings = settings_of("LocalQdrant")
    build(tmp_path, chunks_of("a", "b"), settings)
    opened = open_dense(tmp_path / str(current_version(tmp_path)) / "dense")
    before = as_scores(*opened.search(HASHING.embed_queries(["fee"]), 3))
    build(tmp_path, chunks_of("b", "c", "d", "e"), settings)
    assert as_scores(*opened.search(HASHING.embed_queries(["fee"]), 3)) == before


def test_a_version_is_named_by_content_and_store(tmp_path: Path) -> None:
    settings, other = settings_of("Shared"), settings_of("Shared")
    first = build(tmp_path / "1", chunks_of("a"), settings)
    assert isinstance(first, Manifest)
    assert (
        first
        == build(tmp_path / "2", chunks_of("a"), settings)
        != build(tmp_path / "3", chunks_of("a"), other)
    )
    assert first == build(tmp_path / "1", chunks_of("a"), settings)
    # Two workspaces in one collection do not get in each other's way.
    build(tmp_path / "2", chunks_of("b"), settings)
    build(tmp_path / "2", chunks_of("c"), settings)
    assert held(settings) == 3 * len(chunks_of("a"))
    assert len(ranking(tmp_path / "1")) == 3


def test_leaving_a_store_empties_it(tmp_path: Path) -> None:
    settings, other = settings_of("Shared"), settings_of("LocalQdrant")
    for kind in (settings, other, IndexSettings()):
        build(tmp_path, chunks_of("a", "b"), kind)
        assert ranking(tmp_path)
    assert (held(settings), held(other)) == (0, len(chunks_of("a", "b")))
    build(tmp_path, chunks_of("a"))
    assert held(other) == 0
    assert sweep(tmp_path) == 0


def test_a_store_that_is_down_is_one_line_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORE_KEY", "hunter2-abc")
    switch, folder = tmp_path / "down", tmp_path / "i"
    settings = settings_of("Down", path=str(switch), api_key="env:STORE_KEY")
    before = build(folder, chunks_of("a", "b"), settings)
    switch.touch()
    with pytest.raises(
        VectorStoreError, match=r"refused \(key \*\*\*\).*run the same command again"
    ) as error:
        build(folder, chunks_of("a", "c"), settings)
    assert "\n" not in str(error.value)
    assert before is not None
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [before.id]
    with pytest.raises(VectorStoreError, match="searching"):
        ranking(folder)
    assert Index.open(folder).lexical("section", 3)
    assert b"hunter2" not in b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    switch.unlink()
    build(folder, chunks_of("a", "c"), settings)
    assert held(settings) == len(chunks_of("a", "b", "c"))
    switch.touch()
    gone = [chunk.document_id for chunk in chunks_of("b")]
    for _ in range(2):
        with pytest.raises(VectorStoreError, match="deleting"):
            purge_versions(folder, gone)
    switch.unlink()
    purge_versions(folder, gone)
    assert held(settings) == len(chunks_of("a", "c"))


def test_what_a_killed_run_sent_is_deleted_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of("Insistent")
    before = build(tmp_path, chunks_of("a"), settings)
    with monkeypatch.context() as patch:
        patch.setattr("rag.index.external.hash_file", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, chunks_of("a", "b"), settings)
    assert before is not None
    assert current_version(tmp_path) == before.id
    assert held(settings) == len(chunks_of("a", "b"))
    build(tmp_path, chunks_of("a"), settings)
    assert held(settings) == len(chunks_of("a"))


def test_a_store_with_ids_of_its_own_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(VectorStoreError, match="does not return the ids"):
        build(tmp_path, chunks_of("a"), settings_of("Numbering"))
    assert current_version(tmp_path) is None


def test_a_file_is_a_store_too(tmp_path: Path) -> None:
    made_by, options = "tests.stores:Filed", {"path": str(tmp_path / "nodes.json")}
    settings = IndexSettings(vector_store=made_by, vector_store_options={**options})
    build(tmp_path / "i", chunks_of("a", "b"), settings)
    build(tmp_path / "flat", chunks_of("a", "b"))
    assert ranking(tmp_path / "i") == pytest.approx(ranking(tmp_path / "flat"), abs=1e-5)


@pytest.mark.parametrize("broken", ["cut", "missing", "unlisted", "other"])
def test_damaged_names_are_one_clear_error(tmp_path: Path, broken: str) -> None:
    make_dense(np.arange(50), clustered(5, 50), settings_of("Shared")).save(tmp_path)
    names, facts = tmp_path / "names.npy", json.loads((tmp_path / "dense.json").read_text())
    match broken:
        case "cut":
            names.write_bytes(names.read_bytes()[:-32])
        case "missing":
            names.unlink()
        case "unlisted":
            del facts["files"]["names.npy"]
        case "other":
            np.save(names, new_names(50))
    (tmp_path / "dense.json").write_text(json.dumps(facts))
    for writable in (False, True):
        with pytest.raises(DamagedIndexError, match="ingest again"):
            open_dense(tmp_path, writable=writable)


@pytest.mark.parametrize(
    ("made_by", "options", "says"),
    [
        ("llama_index.vector_stores.nosuch:Store", {}, "pip install llama-index-vector-stores-nosuch"),
        ("nosuch.module:Store", {}, "install its package"),
        ("tests.stores:Nothing", {}, "Nothing"),
        ("pathlib:Path", {}, "no LlamaIndex vector store"),
        ("tests.stores:Shared.model_json_schema", {}, "no LlamaIndex vector store"),
        ("tests.stores:Shared", {"name": "env:NO_SUCH_VARIABLE"}, "NO_SUCH_VARIABLE"),
    ],
)
def test_what_is_no_store_is_one_line(made_by: str, options: dict[str, JsonValue], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as error:
        Collection(made_by, options).open()
    assert "\n" not in str(error.value)


def test_wrong_arguments_are_the_stores_word() -> None:
    with pytest.raises(VectorStoreError, match=r"failed at opening it \(TypeError"):
        Collection("tests.stores:Shared", {"nme": "x"}).open()


def test_a_constructor_can_be_named() -> None:
    made_by = "llama_index.core.vector_stores.simple:SimpleVectorStore.from_dict"
    names = new_names(3)
    collection = Collection(made_by, {"data": {}})
    collection.put(names, clustered(6, 3))
    assert sorted(collection.nearest(clustered(6, 3)[0], 5)) == sorted(names)


@pytest.mark.parametrize(
    "options",
    ['{"api_key": "sk-123456"}', '{"url": "postgres://me:sk-123456@db"}', '{"a": {"password": "sk-123456"}}'],
)
def test_a_secret_is_not_taken_in_the_clear(options: str) -> None:
    with pytest.raises(SettingsError, match="env:NAME") as error:
        Settings.load(None, environ={}, overrides=[f"index.vector_store_options={options}"])
    assert "sk-123456" not in str(error.value)


def test_names_are_found_however_a_store_writes_them() -> None:
    names = new_names(4)
    assert len(set(names.tolist())) == 4
    assert as_names([name.decode().upper() for name in names]).tolist() == names.tolist()
    assert as_names(["é" * 32, ""]).tolist()[1] == b""


def test_the_usual_index_needs_no_llama_index(tmp_path: Path) -> None:
    code = (
        "import sys, numpy as np\n"
        "from pathlib import Path\n"
        "from rag.index.build import build_index\n"
        "from rag.index.dense import make_dense, open_dense\n"
        "from rag.settings import IndexSettings\n"
        "make_dense(np.arange(3), np.eye(3, 8, dtype=np.float32), IndexSettings()).save(Path(sys.argv[1]))\n"
        "open_dense(Path(sys.argv[1])).search(np.eye(1, 8, dtype=np.float32), 2)\n"
        "assert not [name for name in sys.modules if name.startswith('llama_index')]\n"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert not (tmp_path / LEDGER).exists()
    assert not isinstance(open_dense(tmp_path), ExternalIndex)
