"""What people said of answers: kept in ``service.db``, and row by row in ``judgements.jsonl`` beside it.

The file is how tuning learns of them without knowing the service: one judgement a line, lines are only added.
A judgement that the file lacks, because the service was killed in between, is added when it is opened.
Leaves forgetting judgements of deleted documents to ``ingest.forget_judgements``, which knows table and file.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rag.storage import storage_errors, write_text
from service.database import create_tables, reading, writing

Verdict = Literal["right", "wrong", "partly"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS judgements (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, answer_id TEXT NOT NULL,
  document_id TEXT, annotator_id TEXT NOT NULL, row TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS judgements_answer ON judgements(answer_id);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One person's judgement of one answer, as it is on a line of the file.

    ``document_id``, ``page`` (0-based) and ``quote`` are where the right answer stands, by who judged;
    ``evidence_ids`` the chunks that bear it, known where the answer was right. ``documents`` are those that
    all of it speaks of, ``collections`` those that were searched (None: all): who sees these may see the
    judgement.
    """

    id: str
    created: str
    annotator: str
    release: str
    question: str
    verdict: Verdict
    answer: str | None
    better_answer: str | None
    document_id: str | None
    page: int | None
    quote: str | None
    evidence_ids: tuple[str, ...]
    tags: tuple[str, ...]
    comment: str
    answer_id: str
    documents: tuple[str, ...]
    collections: tuple[str, ...] | None


class Judgements:
    """The judgements of one workspace. Safe to share between threads of one process."""

    def __init__(self, path: Path, exported: Path) -> None:
        self._path = path
        self._exported = exported
        self._turn = threading.Lock()
        create_tables(path, _SCHEMA)
        self._complete()

    def add(self, judgement: Judgement, annotator_id: str) -> None:
        """Keep a judgement; it is in the database before it is in the file.

        Raises:
            StorageError: the disk is full or not writable.
        """
        row = json.dumps(asdict(judgement), ensure_ascii=False)
        with self._turn:
            with writing(self._path) as connection:
                connection.execute(
                    "INSERT INTO judgements (id, answer_id, document_id, annotator_id, row)"
                    " VALUES (?,?,?,?,?)",
                    (judgement.id, judgement.answer_id, judgement.document_id, annotator_id, row),
                )
            self._append([row])

    def latest(self, limit: int) -> list[Judgement]:
        """The newest judgements, newest first."""
        with reading(self._path) as connection:
            rows = connection.execute("SELECT row FROM judgements ORDER BY number DESC LIMIT ?", (limit,))
            return [_judgement(json.loads(row[0])) for row in rows]

    def verdicts(self) -> dict[str, str]:
        """What was last said of each answer that was judged, by the answer's id."""
        with reading(self._path) as connection:
            rows = connection.execute("SELECT answer_id, row FROM judgements ORDER BY rowid").fetchall()
        return {answer_id: json.loads(row)["verdict"] for answer_id, row in rows}

    def _complete(self) -> None:
        """Add to the file what it lacks; a line that was written in part is written anew."""
        with self._turn, storage_errors(str(self._exported)):
            text = self._exported.read_text(encoding="utf-8") if self._exported.exists() else ""
            whole = text[: text.rfind("\n") + 1]
            if whole != text:
                write_text(self._exported, whole)
            known = {json.loads(line)["id"] for line in whole.splitlines() if line.strip()}
            with reading(self._path) as connection:
                rows = connection.execute("SELECT id, row FROM judgements ORDER BY number").fetchall()
            self._append([row for judgement_id, row in rows if judgement_id not in known])

    def _append(self, rows: Sequence[str]) -> None:
        if not rows:
            return
        with storage_errors(str(self._exported)), self._exported.open("a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))
            file.flush()
            os.fsync(file.fileno())


def _judgement(row: Mapping[str, Any]) -> Judgement:
    lists = {name: tuple(row[name]) for name in ("evidence_ids", "tags", "documents")}
    collections = None if row["collections"] is None else tuple(row["collections"])
    return Judgement(**{**row, **lists, "collections": collections})
