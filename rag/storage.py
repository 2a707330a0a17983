"""Writing that is whole or absent: beside the target, fsync, rename; a full disk gets a clear error.

Files of rows grow instead: a row that a kill cut short is passed over when they are read.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rag.errors import StorageError

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO}


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn a full or unwritable disk, met while writing ``what``, into a StorageError.

    Raises:
        StorageError: the disk is full, or the place cannot be written.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise _no_room(what) from error
        if error.errno in _NOT_WRITABLE:
            raise StorageError(
                f"cannot write {what}: {error.strerror}", "check the folder's permissions"
            ) from error
        raise
    except sqlite3.OperationalError as error:
        # SQLite tells a full disk from a broken one only where the system call does.
        if "disk is full" in str(error) or "disk I/O error" in str(error):
            raise _no_room(what) from error
        if "readonly" in str(error) or "unable to open" in str(error):
            raise StorageError(f"cannot write {what}: {error}", "check the folder's permissions") from error
        raise


def _no_room(what: str) -> StorageError:
    return StorageError(
        f"no room left on the disk for {what}, or it cannot be written",
        "free some space and run the same command again: it goes on where it stopped",
    )


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        StorageError: the disk is full or not writable.
    """
    with storage_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """``write_bytes`` for UTF-8 text."""
    write_bytes(path, text.encode("utf-8"))


def append_row(path: Path, row: Mapping[str, Any]) -> None:
    """Add a row to a file of JSON objects, one a line; its folder is made.

    Raises:
        OSError: the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        # A line that a kill cut short is ended, so that this one begins on its own.
        lines.write(f"\n{json.dumps(row, ensure_ascii=False)}\n")


def appended_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The whole rows of a file that ``append_row`` wrote, in their order; none where there is no file."""
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    for line in text.split("\n"):
        try:
            row = json.loads(line)
        except ValueError:
            continue  # empty, or cut short by a kill
        if isinstance(row, dict):
            yield row


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """A folder that appears under its name only when the block ends well.

    The block fills the yielded path; an interrupted one leaves ``target`` as it was. An existing
    ``target`` is left alone and what the block wrote is dropped: equal names mean equal content.

    Raises:
        StorageError: the disk is full or not writable.
    """
    with storage_errors(str(target)):
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            yield aside
            for path in sorted(aside.rglob("*")):
                if path.is_file():
                    with path.open("rb") as stream:
                        os.fsync(stream.fileno())
            aside.chmod(0o700)
            if not target.exists():
                aside.rename(target)
                sync_folder(target.parent)
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left beside their targets; the caller must be the only writer there."""
    for leftover in folder.glob(".*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames inside a folder durable (a no-op where folders cannot be opened)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
