from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from rag.errors import StorageError
from rag.storage import append_row, appended_rows, new_folder, storage_errors, write_bytes, write_text


def test_write_replaces_whole(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "file"
    write_text(path, "old")
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_an_interrupted_folder_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "version"

    def interrupted() -> None:
        with new_folder(target) as aside:
            (aside / "part").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []


def test_an_existing_folder_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "version"
    for text in ("first", "second"):
        with new_folder(target) as aside:
            (aside / "file").write_text(text)
    assert (target / "file").read_text() == "first"
    assert [p.name for p in tmp_path.iterdir()] == ["version"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no room left"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot write"),
        (sqlite3.OperationalError("database or disk is full"), "no room left"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "cannot write"),
    ],
)
def test_full_and_unwritable_disks_are_one_line_with_a_remedy(error: Exception, says: str) -> None:
    with pytest.raises(StorageError, match=says) as caught, storage_errors("the index"):
        raise error
    assert "the index" in caught.value.message
    assert caught.value.remedy


def test_a_row_cut_short_by_a_kill_is_passed_over_and_the_next_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "kept" / "rows.jsonl"
    assert list(appended_rows(path)) == []
    append_row(path, {"key": "first", "said": "§ 5"})
    whole = path.read_bytes()
    append_row(path, {"key": "second", "said": "§ 6"})
    for length in range(len(whole), len(path.read_bytes()) - 2):
        path.write_bytes((whole + b'{"key": "second", "said": "\xc2\xa7 6"}')[:length])
        append_row(path, {"key": "third"})
        assert [row["key"] for row in appended_rows(path)] == ["first", "third"]


def test_other_errors_pass_through() -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), storage_errors("the index"):
        raise sqlite3.OperationalError("no such table: x")
