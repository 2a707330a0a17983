from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.scan import find_files
from rag.errors import SourceError

SUFFIXES = {".pdf", ".txt"}
NOBODY = 65534


@contextmanager
def without_privileges() -> Iterator[None]:
    """Root may list and reach everything; become somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


def test_folders_are_walked_in_order_and_files_taken_as_named(tmp_path: Path) -> None:
    for name in ("b/two.txt", "b/ONE.PDF", "a/three.txt", "b/.hidden.txt", ".git/four.txt", "b/five.doc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    named = tmp_path / "b" / "five.doc"
    found = find_files([tmp_path, named, tmp_path / "b"], SUFFIXES)
    assert [path.relative_to(tmp_path.resolve()).as_posix() for path in found] == [
        "a/three.txt", "b/ONE.PDF", "b/five.doc", "b/two.txt",
    ]  # fmt: skip


def test_links_to_folders_are_not_followed_and_links_to_themselves_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "loop").symlink_to(tmp_path)
    (tmp_path / "folder" / "one.txt").symlink_to("one.txt")
    assert [path.name for path in find_files([tmp_path], SUFFIXES)] == ["one.txt"]
    with pytest.raises(SourceError, match="does not exist"):
        find_files([tmp_path / "folder" / "one.txt"], SUFFIXES)


def test_what_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere does not exist"):
        find_files([tmp_path / "nowhere"], SUFFIXES)


def test_what_may_not_be_listed_or_reached_is_named() -> None:
    with tempfile.TemporaryDirectory() as name:
        closed = Path(name)
        (closed / "inner").mkdir()
        closed.chmod(0)
        try:
            with without_privileges():
                with pytest.raises(SourceError, match="cannot be listed"):
                    find_files([closed], SUFFIXES)
                with pytest.raises(SourceError, match="cannot be reached"):
                    find_files([closed / "inner"], SUFFIXES)
        finally:
            closed.chmod(0o700)
