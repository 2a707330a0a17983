"""Rows of a run that is being made, kept as they come: a run that was killed goes on after them.

A row is kept under all that decides it; what that is, ``eval.harness`` knows. Rows that failed are asked
again. The file is of the workspace's cache and goes when the run is saved, or with the next document that is
deleted.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

from eval.runs import Row, row_of
from rag.errors import StorageError
from rag.storage import appended_rows

FOLDER = "runs"


class Kept(Protocol):
    """Rows by question: those there are, and room for more."""

    def get(self, question_id: str) -> Row | None:
        """The row of a question, if it was asked before."""
        ...

    def put(self, row: Row) -> None:
        """Keep a row."""
        ...


class NothingKept:
    """Keeps nothing."""

    def get(self, question_id: str) -> Row | None:
        """None."""
        del question_id
        return None

    def put(self, row: Row) -> None:
        """Ignore."""


class RowJournal:
    """A file of rows; removed by ``finish``."""

    def __init__(self, folder: Path, key: str) -> None:
        """``folder`` is the workspace's cache, ``key`` all that decides a row (``eval.harness.rows_key``)."""
        self._path = folder / FOLDER / f"{key}.jsonl"
        self._rows: dict[str, Row] = {}
        self._file: IO[str] | None = None

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._rows = {row.question_id: row for row in _read(self._path)}
            self._file = self._path.open("a", encoding="utf-8")
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}", "check the disk"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def get(self, question_id: str) -> Row | None:
        """The row of a question, if it was asked before."""
        return self._rows.get(question_id)

    def put(self, row: Row) -> None:
        """Keep a row that did not fail.

        Raises:
            StorageError: the disk is full.
        """
        if row.outcome == "failed" or row.grader_error or self._file is None:
            return
        try:
            # A line that was cut off before ends here.
            self._file.write("\n" + json.dumps(asdict(row), ensure_ascii=False, sort_keys=True))
            self._file.flush()
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}", "free some space"
            ) from error

    def finish(self) -> None:
        """Remove the file: the run is saved."""
        self._path.unlink(missing_ok=True)


def _read(path: Path) -> list[Row]:
    """The whole rows of a file; one that was cut off is left out."""
    found = []
    for row in appended_rows(path):
        try:
            found.append(row_of(row))
        except (ValueError, KeyError, TypeError):
            continue
    return found
