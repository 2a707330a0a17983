"""Index versions on disk: written aside, named by content, switched to atomically, opened read-only.

``indexes/<id>/`` holds ``manifest.json``, ``rows.npz`` (chunk and document of each row), ``lexical/`` and
``dense/``; ``indexes/current`` holds the id that is in use. Equal content has an equal id, so building the
same library twice changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.errors import EmptyIndexError, UsageError
from rag.fingerprints import fingerprint, hash_bytes
from rag.index.dense import DenseIndex
from rag.index.lexical import LEXICAL_VERSION, LexicalIndex
from rag.index.vectors import VectorStore
from rag.protocols import Embedder, Scores, Vectors
from rag.storage import new_folder, remove_leftovers, sync_folder, write_text
from rag.types import Chunk, ChunkId, DocumentId, Hit, Stage

_FORMAT = 1
_CURRENT = "current"
_KEPT_VERSIONS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an index is made of; ``id`` follows from the rest."""

    id: str
    format: int
    lexical: str
    embedder: str
    dim: int
    passages: int
    documents: int
    rows: str


@dataclass(frozen=True, slots=True)
class Index:
    """An opened version: rows in the order of (document id, ordinal).

    ``documents`` are the ids of the indexed documents, ascending.
    """

    manifest: Manifest
    chunk_ids: NDArray[np.str_]
    document_ids: NDArray[np.str_]
    documents: tuple[DocumentId, ...]
    _lexical: LexicalIndex
    _dense: DenseIndex

    @classmethod
    def open(cls, folder: Path) -> Index:
        """Open the version in use.

        Raises:
            EmptyIndexError: there is none.
            UsageError: it was written by another release, or is damaged.
        """
        version = current_version(folder)
        if version is None:
            raise EmptyIndexError("nothing is indexed in this workspace", "run: covenant ingest PATH")
        try:
            return cls._open(folder, version)
        except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:
            raise UsageError(
                f"index {version} is damaged ({type(error).__name__})",
                f"remove {folder / version} and run covenant ingest again; vectors are kept",
            ) from error

    @classmethod
    def _open(cls, folder: Path, version: str) -> Index:
        facts = json.loads((folder / version / "manifest.json").read_text(encoding="utf-8"))
        written = {"format": facts.get("format"), "lexical": facts.get("lexical")}
        if written != {"format": _FORMAT, "lexical": LEXICAL_VERSION}:
            raise UsageError(
                f"index {version} was written by another release ({written})",
                "run covenant ingest again to rebuild it; vectors are kept",
            )
        manifest = Manifest(**facts)
        with np.load(folder / version / "rows.npz", allow_pickle=False) as rows:
            chunk_ids, document_ids = rows["chunk_ids"], rows["document_ids"]
        return cls(
            manifest,
            chunk_ids,
            document_ids,
            tuple(DocumentId(str(name)) for name in np.unique(document_ids)),
            LexicalIndex.open(folder / version / "lexical", manifest.passages),
            DenseIndex.open(folder / version / "dense"),
        )

    def lexical(self, text: str, k: int, scope: NDArray[np.int64] | None = None) -> tuple[Hit, ...]:
        """The k best rows by BM25, score above 0, best first; ``scope`` limits to those rows."""
        scores = self._lexical.scores(text)
        rows = np.flatnonzero(scores > 0) if scope is None else scope[scores[scope] > 0]
        return self._hits(rows, scores[rows], k, "lexical")

    def dense(self, vector: Vectors, k: int, scope: NDArray[np.int64] | None = None) -> tuple[Hit, ...]:
        """The k nearest rows to one unit vector ``[1, dim]``, best first."""
        rows, scores = self._dense.search(vector, k, scope)
        return self._hits(rows, scores, k, "dense")

    def scope(self, documents: Sequence[DocumentId] | None) -> NDArray[np.int64] | None:
        """The rows of some documents, ascending; None for all."""
        if documents is None:
            return None
        return np.flatnonzero(np.isin(self.document_ids, np.array(sorted(documents), dtype=np.str_)))

    def _hits(self, rows: NDArray[np.int64], scores: Scores, k: int, stage: Stage) -> tuple[Hit, ...]:
        """The k best of candidate rows; equal scores in the order of their chunk ids."""
        if k <= 0:
            return ()
        if len(rows) > k:
            least = np.partition(scores, -k)[-k]
            rows, scores = rows[scores >= least], scores[scores >= least]
        order = np.lexsort((self.chunk_ids[rows], -scores))[:k]
        return tuple(
            Hit(
                chunk_id=ChunkId(str(self.chunk_ids[rows[i]])),
                document_id=DocumentId(str(self.document_ids[rows[i]])),
                score=float(scores[i]),
                stage=stage,
            )
            for i in order
        )


def build_index(
    folder: Path, chunks: Sequence[Chunk], embedder: Embedder, progress: Callable[[int], None]
) -> Manifest | None:
    """Make the version for these chunks and put it in use; returns None for no chunks (none in use).

    ``chunks`` come in the order of (document id, ordinal). Where the version in use already is this one,
    nothing is written. ``progress`` is told how many more passages are embedded.

    Raises:
        StorageError: the disk is full or not writable; the old version stays in use.
    """
    if not chunks:
        (folder / _CURRENT).unlink(missing_ok=True)
        return None
    manifest = _manifest(chunks, embedder)
    if not (folder / manifest.id).is_dir():
        remove_leftovers(folder)
        with VectorStore(folder, embedder) as store:
            vectors = store.embed([chunk.passage for chunk in chunks], progress)
        with new_folder(folder / manifest.id) as aside:
            _write(aside, manifest, chunks, vectors)
    if current_version(folder) != manifest.id:
        write_text(folder / _CURRENT, manifest.id + "\n")
        _drop_old_versions(folder, manifest.id)
    return manifest


def current_version(folder: Path) -> str | None:
    """The id of the version in use, or None."""
    try:
        return (folder / _CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def _manifest(chunks: Sequence[Chunk], embedder: Embedder) -> Manifest:
    content = hash_bytes("\n".join(f"{c.id} {hash_bytes(c.passage.encode())}" for c in chunks).encode())
    facts = {
        "format": _FORMAT,
        "lexical": LEXICAL_VERSION,
        "embedder": embedder.fingerprint,
        "dim": embedder.dim,
        "passages": len(chunks),
        "documents": len({chunk.document_id for chunk in chunks}),
        "rows": content,
    }
    return Manifest(id=fingerprint(facts), **facts)  # type: ignore[arg-type] # one literal of mixed values


def _write(folder: Path, manifest: Manifest, chunks: Sequence[Chunk], vectors: Vectors) -> None:
    for part in ("lexical", "dense"):
        (folder / part).mkdir()
    LexicalIndex.write((chunk.passage for chunk in chunks), folder / "lexical")
    DenseIndex.write(vectors, folder / "dense")
    np.savez(
        folder / "rows.npz",
        chunk_ids=np.array([chunk.id for chunk in chunks], dtype=np.str_),
        document_ids=np.array([chunk.document_id for chunk in chunks], dtype=np.str_),
    )
    (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")


def purge_versions(folder: Path, documents: Collection[DocumentId]) -> list[str]:
    """Remove every version that holds one of these documents, and what killed runs left; returns their ids.

    The version in use is removed too where it does: build one without the documents first.
    """
    if not folder.is_dir():
        return []
    remove_leftovers(folder)
    holding = [path for path in _versions(folder) if _holds(path, documents)]
    for path in holding:
        if current_version(folder) == path.name:
            (folder / _CURRENT).unlink()
        _remove_version(path)
    return sorted(path.name for path in holding)


def _versions(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _holds(version: Path, documents: Collection[DocumentId]) -> bool:
    """Whether a version has rows of the documents; one that cannot be read may have."""
    try:
        with np.load(version / "rows.npz", allow_pickle=False) as rows:
            return bool(np.isin(rows["document_ids"], np.array(sorted(documents), dtype=np.str_)).any())
    except (OSError, ValueError, KeyError):
        return True


def _remove_version(path: Path) -> None:
    """Remove a version; a run that is killed meanwhile leaves it hidden, for the next to remove."""
    hidden = path.with_name(f".{path.name}")
    path.rename(hidden)
    sync_folder(path.parent)
    shutil.rmtree(hidden)


def _drop_old_versions(folder: Path, current: str) -> None:
    """Keep the newest versions: a service may still be reading the one before."""
    versions = _versions(folder)
    versions.sort(key=lambda path: (path.name == current, path.stat().st_mtime_ns), reverse=True)
    for path in versions[_KEPT_VERSIONS:]:
        _remove_version(path)
