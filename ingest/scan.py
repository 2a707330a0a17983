"""Which files to read: folders are walked, files taken as named; sorted, so that order never varies."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from rag.errors import SourceError


def find_files(sources: Sequence[Path], suffixes: Collection[str]) -> list[Path]:
    """Absolute paths, sorted, without duplicates.

    A file that is named is taken whatever its suffix (it may then be reported as unreadable); in a folder
    only known suffixes are, hidden files and folders are left out, and links to folders are not followed.

    Raises:
        SourceError: a source does not exist, or a folder cannot be listed.
    """
    found: set[Path] = set()
    for source in sources:
        try:
            is_folder, exists = source.is_dir(), source.exists()
        except OSError as error:
            raise SourceError(
                f"{source} cannot be reached: {error.strerror}", "check the path and its permissions"
            ) from error
        if not exists:
            raise SourceError(f"{source} does not exist", "check the path")
        found.update(_walk(source.resolve(), suffixes) if is_folder else [source.resolve()])
    return sorted(found)


def _walk(folder: Path, suffixes: Collection[str]) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise SourceError(
            f"{error.filename} cannot be listed: {error.strerror}", "check its permissions"
        ) from error

    found = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(parent) / name
            for name in names
            if not name.startswith(".") and Path(name).suffix.lower() in suffixes
        ]
    return found
