"""Making index versions: what the version in use has is taken over, only what is new is embedded and counted.

A version made from the one before is the same, to the byte where vectors are compared one by one, as one
made from nothing. Leaves what a version is, and opening it, to ``rag.index.store``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from rag.errors import DamagedIndexError, UsageError
from rag.fingerprints import fingerprint
from rag.index.counts import Counts
from rag.index.dense import DenseIndex, foreseen_identity, make_dense, open_dense, outgrown
from rag.index.ledger import note, try_to_sweep
from rag.index.lexical import LEXICAL_VERSION, LexicalIndex, weighted_terms
from rag.index.store import (
    CURRENT,
    FORMAT,
    MANIFEST,
    Manifest,
    Rows,
    current_version,
    drop_old_versions,
    manifest_in_use,
    read_manifest,
    remove_version,
    use_version,
    version_for,
)
from rag.index.vectors import VectorStore
from rag.protocols import Embedder, Vectors
from rag.settings import IndexSettings
from rag.storage import new_folder, remove_leftovers
from rag.types import Chunk, ChunkId, DocumentId

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The version in use, as far as a new one can be made from it."""

    rows: Rows
    counts: Counts
    dense: DenseIndex

    def places(self, rows: Rows) -> NDArray[np.int64]:
        """``[n]`` where each row stands here, -1 where it is new."""
        here = {
            pair: place
            for place, pair in enumerate(
                zip(self.rows.chunks.tolist(), self.rows.passages.tolist(), strict=True)
            )
        }
        pairs = zip(rows.chunks.tolist(), rows.passages.tolist(), strict=True)
        return np.array([here.get(pair, -1) for pair in pairs], dtype=np.int64)


def build_index(
    folder: Path,
    chunks: Sequence[Chunk],
    embedder: Embedder,
    progress: Progress,
    settings: IndexSettings = IndexSettings(),  # noqa: B008 - frozen
    keep: Collection[str] = (),
) -> Manifest | None:
    """Make the version for these chunks and put it in use; returns None for no chunks (none in use).

    ``chunks`` come in the order of (document id, ordinal). Where the version in use already is this one,
    nothing is written. ``progress`` is told how many more passages have their vectors. Versions of ``keep``
    stay, however old.

    Raises:
        StorageError: the disk is full or not writable; the old version stays in use.
        VectorStoreError: an external vector store fails; the old version stays in use.
    """
    if not chunks:
        (folder / CURRENT).unlink(missing_ok=True)
        return None
    earlier = _open_earlier(folder, embedder.passage_fingerprint, embedder.dim)
    making = _Making(embedder, chunks, progress, settings, keep)
    return _put_in_use(folder, Rows.of(chunks), earlier, making)


def build_aside(
    folder: Path,
    chunks: Sequence[Chunk],
    embedder: Embedder,
    progress: Progress,
    settings: IndexSettings = IndexSettings(),  # noqa: B008 - frozen
) -> Manifest | None:
    """Make the version for these chunks beside the one in use, which stays in use; None for no chunks.

    The caller must be the only one who makes versions there.

    Raises:
        StorageError: the disk is full or not writable.
        VectorStoreError: an external vector store fails.
    """
    if not chunks:
        return None
    earlier = _open_earlier(folder, embedder.passage_fingerprint, embedder.dim)
    return _made(folder, Rows.of(chunks), earlier, _Making(embedder, chunks, progress, settings))


def shrink_index(
    folder: Path,
    left: Sequence[tuple[ChunkId, DocumentId]],
    settings: IndexSettings,
    keep: Collection[str] = (),
) -> Manifest | None:
    """Put a version of some rows of the version in use in its place, reading no text and no vectors.

    ``left`` come in the order of (document id, ordinal). None, and nothing is changed, where there is no
    version that this release can read, or it lacks one of them.

    Raises:
        StorageError: the disk is full or not writable; the old version stays in use.
    """
    manifest = manifest_in_use(folder)
    earlier = None if manifest is None else _open_earlier(folder, manifest.embedder, manifest.dim)
    if manifest is None or earlier is None or outgrown(earlier.dense, len(left), settings) or not left:
        return None
    known = {chunk: place for place, chunk in enumerate(earlier.rows.chunks.tolist())}
    places = [known.get(chunk.encode(), -1) for chunk, _ in left]
    if min(places) < 0:
        return None
    rows = Rows(
        earlier.rows.chunks[places],
        np.array([document.encode() for _, document in left]),
        earlier.rows.passages[places],
    )
    nothing = _Making(_Recorded(manifest.embedder, manifest.dim), (), lambda _: None, settings, keep)
    return _put_in_use(folder, rows, earlier, nothing)


class Identity(Protocol):
    """What a version says of its embedder."""

    @property
    def passage_fingerprint(self) -> str:
        """Identity of what shapes passage vectors."""
        ...

    @property
    def dim(self) -> int:
        """Number of columns."""
        ...


@dataclass(frozen=True, slots=True)
class _Recorded:
    """The embedder of a version, not loaded."""

    passage_fingerprint: str
    dim: int


@dataclass(frozen=True, slots=True)
class _Making:
    """What new rows are made from, and whom to tell; without an embedder there must be none."""

    embedder: Embedder | _Recorded
    chunks: Sequence[Chunk]
    progress: Progress
    settings: IndexSettings
    keep: Collection[str] = ()

    def vectors(self, folder: Path, chunks: Sequence[Chunk]) -> Vectors:
        """``[n, dim]``, stored or computed."""
        if isinstance(self.embedder, _Recorded):
            raise TypeError("rows cannot be added without an embedder")
        with VectorStore(folder, self.embedder) as store:
            return store.embed([chunk.passage for chunk in chunks], self.progress)


def _put_in_use(folder: Path, rows: Rows, earlier: _Earlier | None, making: _Making) -> Manifest:
    manifest = _made(folder, rows, earlier, making)
    if current_version(folder) != manifest.id:
        use_version(folder, manifest.id)
        drop_old_versions(folder, manifest.id, making.keep)
    try_to_sweep(folder)
    return manifest


def _made(folder: Path, rows: Rows, earlier: _Earlier | None, making: _Making) -> Manifest:
    """The version of these rows, made where it is not there."""
    if earlier is not None and outgrown(earlier.dense, len(rows.chunks), making.settings):
        earlier = None
    manifest = _foreseen(rows, making.embedder, earlier, making.settings)
    if manifest is None or not (folder / manifest.id).is_dir():
        remove_leftovers(folder)
        return _make(folder, rows, earlier, making)
    return manifest


def _open_earlier(folder: Path, embedder: str, dim: int) -> _Earlier | None:
    """What is indexed now, where there is a version of this format and embedder; a damaged one is removed."""
    version = version_for(folder, embedder) or current_version(folder)
    if version is None:
        return None
    path = folder / version
    try:
        manifest = read_manifest(path)
        if (manifest.embedder, manifest.dim) != (embedder, dim):
            return None
        rows = Rows.load(path, manifest)
        dense = open_dense(path / "dense", writable=True)
        counts = _counts(path / "lexical")
        if not len(dense) == counts.table.shape[0] == len(rows.chunks):
            raise DamagedIndexError.of(path, ValueError("parts do not belong together"))
    except DamagedIndexError:
        if path.is_dir():
            remove_version(path)
        return None
    except UsageError:
        return None
    return _Earlier(rows, counts, dense)


def _counts(folder: Path) -> Counts:
    try:
        return Counts.load(folder)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DamagedIndexError.of(folder, error) from error


def _foreseen(
    rows: Rows, embedder: Identity, earlier: _Earlier | None, settings: IndexSettings
) -> Manifest | None:
    """The manifest, where it is known before anything is made: not where lists must be trained."""
    if earlier is not None:
        return _manifest(rows, embedder, earlier.dense.identity)
    dense = foreseen_identity(len(rows.chunks), embedder.dim, settings)
    return None if dense is None else _manifest(rows, embedder, dense)


def _manifest(rows: Rows, embedder: Identity, dense: str) -> Manifest:
    facts = {
        "format": FORMAT,
        "lexical": LEXICAL_VERSION,
        "dense": dense,
        "embedder": embedder.passage_fingerprint,
        "dim": embedder.dim,
        "passages": len(rows.chunks),
        "documents": len(np.unique(rows.documents)),
        "rows": rows.hash,
    }
    return Manifest(id=fingerprint(facts), **facts)  # type: ignore[arg-type] # one literal of mixed values


def _make(folder: Path, rows: Rows, earlier: _Earlier | None, making: _Making) -> Manifest:
    """Write the version beside the one in use."""
    places = np.full(len(rows.chunks), -1, dtype=np.int64) if earlier is None else earlier.places(rows)
    new = np.flatnonzero(places < 0)
    chunks = [making.chunks[row] for row in new.tolist()]
    counts = Counts.of(map(weighted_terms, chunks))
    if earlier is None:
        dense = make_dense(new, making.vectors(folder, chunks), making.settings)
    else:
        dense = _taken_over(earlier.dense, places, making)
        if chunks:
            dense.add(new, making.vectors(folder, chunks))
        behind = np.cumsum(places < 0) - 1 + len(earlier.rows.chunks)
        counts = earlier.counts.rearranged(counts, np.where(places < 0, behind, places))
    manifest = _manifest(rows, making.embedder, dense.identity)
    with new_folder(folder / manifest.id) as aside:
        for part in ("lexical", "dense"):
            (aside / part).mkdir()
        LexicalIndex.write(counts, aside / "lexical")
        note(folder, dense)
        dense.save(aside / "dense")
        rows.save(aside)
        (aside / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n", encoding="utf-8")
    return manifest


def _taken_over(dense: DenseIndex, places: NDArray[np.int64], making: _Making) -> DenseIndex:
    """The earlier index with the rows that stay, under their new numbers; ``places`` is -1 for new rows."""
    kept = np.flatnonzero(places >= 0)
    names = np.full(len(dense), -1, dtype=np.int64)
    names[places[kept]] = kept
    dense.remove(np.flatnonzero(names < 0))
    dense.renumber(names)
    making.progress(len(kept))
    return dense
