"""Which files to read: folders are walked, files taken as named; sorted, so that order never varies.

Also what can be said of a file without reading its format: its size, the id of its content, whether it is
still there.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path

from rag.catalog import Catalog
from rag.errors import SourceError
from rag.fingerprints import ID_LENGTH, hash_file
from rag.types import DocumentId


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


def missing_files(catalog: Catalog, folders: Sequence[Path]) -> list[str]:
    """The paths below some folders that the catalog knows and at which there is nothing any more, sorted."""
    roots = [folder.resolve() for folder in folders if folder.is_dir()]
    known = {source for record in catalog.documents() for source in record.sources}
    known |= {failure.path for failure in catalog.failures()}
    return sorted(
        path
        for path in known
        if any(Path(path).is_relative_to(root) for root in roots) and not os.path.lexists(path)
    )


def content_id(path: Path) -> DocumentId:
    """The id a document from this file has; of no document where the file cannot be read."""
    try:
        # Reading a pipe would wait for ever; a file of any size is hashed in blocks.
        return DocumentId(hash_file(path)[:ID_LENGTH] if path.is_file() else "")
    except OSError:
        return DocumentId("")


def size_of(path: Path) -> int:
    """A file's bytes; 0 where it cannot be asked."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def is_unicode(path: Path) -> bool:
    r"""Whether a path can be stored as text.

    >>> is_unicode(Path("café.txt")), is_unicode(Path("caf\udce9.txt"))
    (True, False)
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
