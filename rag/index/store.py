"""Index versions on disk: written aside, named by content, switched to atomically, opened read-only.

``indexes/<id>/`` holds ``manifest.json``, ``rows.npz`` (chunk, document and passage of each row),
``lexical/`` and ``dense/``; ``indexes/current`` holds the id that is in use. Equal content has an equal id,
so building the same library twice changes nothing. Leaves making a version to ``rag.index.build``.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.errors import DamagedIndexError, EmptyIndexError, UsageError
from rag.fingerprints import hash_bytes, hash_parts
from rag.index.dense import DenseIndex, open_dense
from rag.index.ledger import sweep
from rag.index.lexical import LEXICAL_VERSION, LexicalIndex
from rag.index.vectors import vector_key
from rag.protocols import Scores, Vectors
from rag.storage import remove_leftovers, sync_folder, write_text
from rag.types import Chunk, ChunkId, DocumentId, Hit, Stage

FORMAT = 2
CURRENT = "current"
_TIE_MARGIN = 32
"""Fetched beyond what is asked for, so that equal scores can be put in the order of ids."""
_KEPT_VERSIONS = 2
_ROWS = "rows.npz"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an index is made of; ``id`` follows from the rest."""

    id: str
    format: int
    lexical: str
    dense: str
    embedder: str
    dim: int
    passages: int
    documents: int
    rows: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What each row is: ``[n]`` ids of chunks and documents and keys of passages, as bytes."""

    chunks: NDArray[np.bytes_]
    documents: NDArray[np.bytes_]
    passages: NDArray[np.bytes_]

    @classmethod
    def of(cls, chunks: Sequence[Chunk]) -> Rows:
        """The rows of chunks, in their order."""
        return cls(
            np.array([chunk.id.encode() for chunk in chunks]),
            np.array([chunk.document_id.encode() for chunk in chunks]),
            np.array([vector_key(chunk.passage).encode() for chunk in chunks]),
        )

    @classmethod
    def load(cls, version: Path, manifest: Manifest) -> Rows:
        """Read what ``save`` left.

        Raises:
            DamagedIndexError: it is missing, or is not what the manifest says.
        """
        try:
            with (version / _ROWS).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                rows = cls(stored["chunks"], stored["documents"], stored["passages"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile) as error:
            raise DamagedIndexError.of(version, error) from error
        if rows.hash != manifest.rows or len(rows.chunks) != manifest.passages:
            raise DamagedIndexError.of(version, ValueError("rows are not what was written"))
        return rows

    @property
    def hash(self) -> str:
        """Identity of the content, order included."""
        return hash_parts(
            *(hash_bytes(part.tobytes()) for part in (self.chunks, self.documents, self.passages))
        )

    def save(self, version: Path) -> None:
        """Write the rows into an existing folder.

        Raises:
            OSError: the folder cannot be written.
        """
        np.savez(version / _ROWS, chunks=self.chunks, documents=self.documents, passages=self.passages)


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
    def open(cls, folder: Path, version: str | None = None) -> Index:
        """Open a version, the one in use for None.

        Raises:
            EmptyIndexError: there is none.
            UsageError: it was written by another release.
            DamagedIndexError: a file of it is missing or was changed.
        """
        version = version or current_version(folder)
        if version is None:
            raise EmptyIndexError("nothing is indexed in this workspace", "run: covenant ingest PATH")
        path = folder / version
        manifest = read_manifest(path)
        rows = Rows.load(path, manifest)
        try:
            lexical = LexicalIndex.open(path / "lexical", manifest.passages)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DamagedIndexError.of(path, error) from error
        return cls(
            manifest,
            rows.chunks.astype(np.str_),
            rows.documents.astype(np.str_),
            tuple(DocumentId(name) for name in np.unique(rows.documents).astype(np.str_).tolist()),
            lexical,
            open_dense(path / "dense"),
        )

    def lexical(self, text: str, k: int, scope: NDArray[np.int64] | None = None) -> tuple[Hit, ...]:
        """The k best rows by BM25, score above 0, best first; ``scope`` limits to those rows."""
        scores = self._lexical.scores(text)
        rows = np.flatnonzero(scores > 0) if scope is None else scope[scores[scope] > 0]
        return self._hits(rows, scores[rows], k, "lexical")

    def dense(self, vector: Vectors, k: int, scope: NDArray[np.int64] | None = None) -> tuple[Hit, ...]:
        """The k nearest rows to one unit vector ``[1, dim]``, best first."""
        rows, scores = self._dense.search(vector, k + _TIE_MARGIN, scope)
        return self._hits(rows[0], scores[0], k, "dense")

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


def current_version(folder: Path) -> str | None:
    """The id of the version in use, or None."""
    try:
        return (folder / CURRENT).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None


def manifest_in_use(folder: Path) -> Manifest | None:
    """The manifest of the version in use, or None where there is none that this release can read."""
    version = current_version(folder)
    try:
        return None if version is None else read_manifest(folder / version)
    except UsageError:
        return None


def version_for(folder: Path, embedder: str) -> str | None:
    """The version with an embedder's vectors over what is indexed now, or None.

    That is the version in use, or one of the same rows that was built beside it.
    """
    manifest = manifest_in_use(folder)
    if manifest is None or manifest.embedder == embedder:
        return None if manifest is None else manifest.id
    for path in sorted(_versions(folder)):
        with suppress(UsageError):
            other = read_manifest(path)
            if (other.embedder, other.rows) == (embedder, manifest.rows):
                return other.id
    return None


def use_version(folder: Path, version: str) -> None:
    """Put a version in use.

    Raises:
        StorageError: the disk is full or not writable; the one in use stays in use.
    """
    write_text(folder / CURRENT, version + "\n")


def passage_keys(folder: Path) -> set[str]:
    """The keys of all passages of the version in use; none where there is no version.

    Raises:
        UsageError: it cannot be read.
    """
    version = current_version(folder)
    if version is None:
        return set()
    rows = Rows.load(folder / version, read_manifest(folder / version))
    return set(rows.passages.astype(np.str_).tolist())


def read_manifest(version: Path) -> Manifest:
    """What a version's folder says it is.

    Raises:
        UsageError: it was written by another release.
        DamagedIndexError: it is missing or malformed.
    """
    try:
        facts = json.loads((version / MANIFEST).read_text(encoding="utf-8"))
        written = {"format": facts.get("format"), "lexical": facts.get("lexical")}
        manifest = Manifest(**facts) if written == {"format": FORMAT, "lexical": LEXICAL_VERSION} else None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DamagedIndexError.of(version, error) from error
    if manifest is None:
        raise UsageError(
            f"index {version.name} was written by another release ({written})",
            "run covenant ingest again to rebuild it; vectors are kept",
        )
    return manifest


def purge_versions(folder: Path, documents: Collection[DocumentId]) -> list[str]:
    """Remove every version that holds one of these documents, and what killed runs left; returns their ids.

    The version in use is removed too where it does: build one without the documents first. What no version
    has any more is deleted from external vector stores.

    Raises:
        VectorStoreError: such a store fails; the versions are removed, and the next call deletes the rest.
    """
    if not folder.is_dir():
        return []
    remove_leftovers(folder)
    holding = [path for path in _versions(folder) if _holds(path, documents)]
    for path in holding:
        if current_version(folder) == path.name:
            (folder / CURRENT).unlink()
        remove_version(path)
    sweep(folder)
    return sorted(path.name for path in holding)


def _versions(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")]


def _holds(version: Path, documents: Collection[DocumentId]) -> bool:
    """Whether a version has rows of the documents; one that cannot be read may have."""
    try:
        with (version / _ROWS).open("rb") as file, np.load(file, allow_pickle=False) as rows:
            return bool(np.isin(rows["documents"], [document.encode() for document in documents]).any())
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return True


def remove_version(path: Path) -> None:
    """Remove a version; a run that is killed meanwhile leaves it hidden, for the next to remove."""
    hidden = path.with_name(f".{path.name}")
    path.rename(hidden)
    sync_folder(path.parent)
    shutil.rmtree(hidden)


def drop_old_versions(folder: Path, current: str, keep: Collection[str] = ()) -> None:
    """Keep the newest versions, for a service may still be reading the one before, and those to keep."""
    versions = _versions(folder)
    versions.sort(key=lambda path: (path.name == current, path.stat().st_mtime_ns), reverse=True)
    for path in versions[_KEPT_VERSIONS:]:
        if path.name not in keep:
            remove_version(path)
