"""The answers that were given, kept in ``service.db``: what was asked, by whom, and the whole reply.

A row is written once and never changed; it goes when a document that it rests on is deleted
(``ingest.forget_answers``, which knows the two tables). ``tuning.questions.log`` reads what was asked. Leaves
who may see which answer to ``service.history``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rag.filters import Filters
from service.answers import ASK_REPLY, Abstained, Answered
from service.callers import Caller
from service.database import create_tables, reading, writing
from service.work import Scope

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
  caller_id TEXT NOT NULL, caller TEXT NOT NULL, collections TEXT, question TEXT NOT NULL,
  documents TEXT NOT NULL, filters TEXT NOT NULL, release TEXT NOT NULL, outcome TEXT NOT NULL,
  answer TEXT, confidence REAL NOT NULL, reply TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_caller ON answers(caller_id, number);
CREATE TABLE IF NOT EXISTS answers_rest_on (
  answer_id TEXT NOT NULL, document_id TEXT NOT NULL, PRIMARY KEY (document_id, answer_id)
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer with what was asked, by whom and when (ISO 8601)."""

    id: str
    created: str
    caller_id: str
    caller: str
    question: str
    scope: Scope
    reply: Answered | Abstained


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """What a list of answers shows of one."""

    id: str
    created: str
    question: str
    outcome: str
    answer: str | None
    confidence: float
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLine:
    """A line with the collections that were searched (None: all) and the documents that it rests on."""

    line: AnswerLine
    collections: frozenset[str] | None
    documents: frozenset[str]


class AnswerStore:
    """The answers of one workspace. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        create_tables(path, _SCHEMA)

    def put(
        self, reply: Answered | Abstained, question: str, scope: Scope, *, who: Caller, created: str
    ) -> None:
        """Keep an answer."""
        collections = None if scope.collections is None else json.dumps(sorted(scope.collections))
        row = (
            *(reply.id, created, who.id, who.name, collections, question),
            *(json.dumps(scope.references), json.dumps(asdict(scope.filters))),
            *(reply.release, reply.outcome, reply.answer, reply.confidence, reply.model_dump_json()),
        )
        rests_on = {one.document_id for one in reply.evidence} | {one.document_id for one in reply.citations}
        with writing(self._path) as connection:
            connection.execute(
                "INSERT INTO answers (id, created, caller_id, caller, collections, question, documents,"
                " filters, release, outcome, answer, confidence, reply) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                row,
            )
            connection.executemany(
                "INSERT INTO answers_rest_on VALUES (?,?)", [(reply.id, one) for one in sorted(rests_on)]
            )

    def get(self, answer_id: str) -> KeptAnswer | None:
        """The answer of an id; None where there is none."""
        with reading(self._path) as connection:
            row = connection.execute("SELECT * FROM answers WHERE id = ?", (answer_id,)).fetchone()
        return None if row is None else _kept(dict(row))

    def rests_on(self, answer_id: str) -> frozenset[str]:
        """The documents whose text is in an answer's citations or evidence."""
        with reading(self._path) as connection:
            rows = connection.execute(
                "SELECT document_id FROM answers_rest_on WHERE answer_id = ?", (answer_id,)
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def recent(self, caller_id: str, *, limit: int) -> list[AnswerLine]:
        """A caller's answers, the newest first."""
        with reading(self._path) as connection:
            rows = connection.execute(
                "SELECT id, created, question, outcome, answer, confidence, release FROM answers"
                " WHERE caller_id = ? ORDER BY number DESC LIMIT ?",
                (caller_id, limit),
            ).fetchall()
        return [AnswerLine(**dict(row)) for row in rows]

    def latest(self, limit: int) -> list[KeptLine]:
        """The newest answers of all callers, newest first."""
        with reading(self._path) as connection:
            rows = connection.execute(
                "SELECT id, created, question, outcome, answer, confidence, release, collections FROM answers"
                " ORDER BY number DESC LIMIT ?",
                (limit,),
            ).fetchall()
            documents: dict[str, set[str]] = {}
            for answer_id, document in connection.execute(
                "SELECT answer_id, document_id FROM answers_rest_on WHERE answer_id IN"
                " (SELECT id FROM answers ORDER BY number DESC LIMIT ?)",
                (limit,),
            ):
                documents.setdefault(answer_id, set()).add(document)
        found = []
        for row in map(dict, rows):
            scope = row.pop("collections")
            line = AnswerLine(**row)
            collections = frozenset(json.loads(scope)) if isinstance(scope, str) else None
            rests_on = frozenset(documents.get(line.id, ()))
            found.append(KeptLine(line=line, collections=collections, documents=rests_on))
        return found


def _kept(row: Mapping[str, Any]) -> KeptAnswer:
    collections: str | None = row["collections"]
    scope = Scope(
        references=tuple(json.loads(row["documents"])),
        filters=Filters(**json.loads(row["filters"])),
        collections=None if collections is None else frozenset(json.loads(collections)),
    )
    names = ("id", "created", "caller_id", "caller", "question")
    reply = ASK_REPLY.validate_json(row["reply"])
    return KeptAnswer(**{name: row[name] for name in names}, scope=scope, reply=reply)
