"""Questions whose right answer a person has given: what every later release is measured on.

Kept in ``service.db`` and, whenever they change, written to the workspace's ``questions.jsonl`` in the form
of evaluation sets. Of one question about the same documents the newest right answer counts.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.fingerprints import hash_parts
from rag.storage import write_text
from service.database import create_tables, reading, writing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS regression_questions (
  id TEXT PRIMARY KEY, created TEXT NOT NULL, author TEXT NOT NULL, judgement_id TEXT, question TEXT NOT NULL,
  answer TEXT, documents TEXT NOT NULL, evidence TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a right answer stands: a document, and as far as known its page (0-based) and words."""

    document_id: str
    page: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegressionQuestion:
    """A question with its right answer; None: the documents do not tell. No ``documents`` means all."""

    question: str
    answer: str | None
    documents: tuple[str, ...] = ()
    evidence: tuple[Place, ...] = ()
    created: str = ""
    author: str = ""
    judgement_id: str | None = None

    @property
    def id(self) -> str:
        """The same for the same question about the same documents."""
        return hash_parts(" ".join(self.question.casefold().split()), *sorted(self.documents))

    @property
    def speaks_of(self) -> frozenset[str]:
        """The documents that its text comes from."""
        return frozenset({*self.documents, *(place.document_id for place in self.evidence)})


class RegressionQuestions:
    """The regression questions of one workspace. Safe to share between threads of one process."""

    def __init__(self, path: Path, exported: Path) -> None:
        self._path = path
        self._exported = exported
        self._turn = threading.Lock()
        create_tables(path, _SCHEMA)

    def put(self, one: RegressionQuestion) -> None:
        """Keep a question, in place of the one with the same id.

        Raises:
            StorageError: the disk is full or not writable.
        """
        evidence = [{"doc_id": p.document_id, "page": p.page, "text": p.text} for p in one.evidence]
        row = (one.id, one.created, one.author, one.judgement_id, one.question, one.answer)
        with self._turn:
            with writing(self._path) as connection:
                connection.execute(
                    "INSERT OR REPLACE INTO regression_questions VALUES (?,?,?,?,?,?,?,?)",
                    (*row, json.dumps(one.documents), json.dumps(evidence, ensure_ascii=False)),
                )
            write_text(self._exported, "".join(f"{_line(kept)}\n" for kept in self.all()))

    def all(self) -> list[RegressionQuestion]:
        """All of them, oldest first."""
        with reading(self._path) as connection:
            rows = connection.execute("SELECT * FROM regression_questions ORDER BY created, id").fetchall()
        return [
            RegressionQuestion(
                question=row["question"],
                answer=row["answer"],
                documents=tuple(json.loads(row["documents"])),
                evidence=tuple(
                    Place(document_id=place["doc_id"], page=place["page"], text=place["text"])
                    for place in json.loads(row["evidence"])
                ),
                created=row["created"],
                author=row["author"],
                judgement_id=row["judgement_id"],
            )
            for row in rows
        ]


def _line(one: RegressionQuestion) -> str:
    """A line of an evaluation set; see ``eval.questions``."""
    places: Sequence[dict[str, object]] = [
        {
            "doc_id": place.document_id,
            **({"page": place.page} if place.page is not None else {}),
            **({"text": place.text} if place.text else {}),
        }
        for place in one.evidence
    ]
    row = {
        "id": one.id,
        "question": one.question,
        "doc_ids": list(one.documents) or None,
        "answer": one.answer or "",
        "evidence": places,
        **({"answer_type": "none"} if one.answer is None else {}),
        "category": "feedback",
        "split": "regression",
    }
    return json.dumps(row, ensure_ascii=False)
