"""Questions that people asked the service, from the answers that it keeps, to learn from.

Whoever tunes sees the questions of the whole workspace, and what is tuned answers all its users: words of a
question may come back in what is learned (house words, examples of labels). So a question is learned from
only where every key in use sees all that whoever asked it saw. Where teams have keys for collections of their
own, that is hardly any: what they want to share they give in a file.

Of what was asked of some documents these are asked again, by their ids; where one is gone or goes by another
name now the question is left out, since asked of others it is another question. So is what somebody who sees
a part of the library asked of all of that. Whether the documents answered does not matter: labels decide.

Knows of ``service.db`` only the columns of ``answers`` and ``keys`` that are read here. Leaves questions that
measure to ``tuning.questions.measuring``.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rag.catalog import Catalog
from rag.errors import SourceError, UnknownDocumentError
from rag.filters import NO_FILTERS, Filters, matching
from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.filters import words_of

_BUSY_S = 10.0
_FEWEST_WORDS, _MOST_WORDS, _MOST_CHARS = 2, 100, 1000
"""People ask shorter and longer than makers do; a word alone, or a page, is no question."""
_OURS = {"answers", "audit", "jobs", "judgements", "keys", "regression_questions", "uploads"}
"""Tables of the service, each of which is made when it is first needed."""

Collections = frozenset[str] | None
"""What a key sees; None for the whole library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """Questions, the one asked last first, and how many were left out, by reason."""

    asked: tuple[Asked, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """What was asked, of what, by somebody who sees what."""

    question: str
    references: tuple[str, ...]
    filters: Filters
    sees: Collections


def read_log(
    path: Path,
    catalog: Catalog,
    *,
    limit: int,
    measuring: Collection[tuple[str, ...]] = (),
    documents: Collection[DocumentId] | None = None,
) -> Log:
    """Up to ``limit`` questions of the service's database, each once; none where there is no file.

    Questions with the same words are one, in the wording that was used first, so that its labels are found
    again however often it is asked. Left out are those with the words (``filters.words_of``) of questions
    that are ``measuring``, and those not asked of ``documents`` alone, where given. The service may run.

    Raises:
        SourceError: the file is damaged, or no database of the service.
    """
    if not limit or not path.is_file():
        return Log()
    library = _Library(catalog)
    found: dict[tuple[object, ...], Asked] = {}
    left_out: dict[str, set[tuple[str, ...]]] = {}
    try:
        with closing(_opened(path)) as database:
            keys = _keys(database, path)
            for row in _rows(database, path):
                asked, fault = _asked(row, library, keys, measuring)
                if asked is None:
                    left_out.setdefault(fault, set()).add(words_of(row.question))
                elif _within(asked, documents):
                    key = asked.document_ids, words_of(asked.text)
                    if key in found or len(found) < limit:
                        # At the place of the last time, in the words of the first.
                        found[key] = asked
    except sqlite3.Error as error:
        raise _damaged(path, error) from error
    return Log(asked=tuple(found.values()), left_out={fault: len(own) for fault, own in left_out.items()})


def _asked(
    row: _Row, library: _Library, keys: Collection[Collections], measuring: Collection[tuple[str, ...]]
) -> tuple[Asked | None, str]:
    """The question, or why it is not learned from."""
    text = " ".join(row.question.split())
    if not _FEWEST_WORDS <= len(text.split()) <= _MOST_WORDS or len(text) > _MOST_CHARS:
        return None, "of no usual length"
    if words_of(text) in measuring:
        return None, "that measure"
    seen = library.seen(row.sees)
    if not all(seen <= library.seen(one) for one in keys):
        return None, "that not every key may see"
    ids = library.meant(row)
    if ids == ():
        return None, "of documents that are gone or renamed"
    if ids is None and seen != library.seen(None):
        return None, "of a part of the library"
    return Asked(text=text, kind="asked", origin="log", document_ids=ids), ""


def _within(asked: Asked, documents: Collection[DocumentId] | None) -> bool:
    if documents is None:
        return True
    return asked.document_ids is not None and set(asked.document_ids) <= set(documents)


class _Library:
    """The documents that questions were asked of, as the library has them now."""

    def __init__(self, catalog: Catalog) -> None:
        self._holding = frozenset(record.collection for record in catalog.documents())

        @cache
        def resolve(reference: str, sees: Collections) -> DocumentId | None:
            try:
                return catalog.resolve(reference, collections=sees)
            except UnknownDocumentError:
                return None

        @cache
        def fitting(filters: Filters, sees: Collections) -> frozenset[DocumentId]:
            return frozenset(matching(filters, catalog.all_facts(sees)))

        self._resolve, self._fitting = resolve, fitting

    def seen(self, sees: Collections) -> frozenset[str]:
        """The collections with documents in them that somebody sees."""
        return self._holding if sees is None else self._holding & sees

    def meant(self, row: _Row) -> tuple[DocumentId, ...] | None:
        """The documents that were named and that the filters fit, by id; () where they are gone.

        None where neither was given: all.
        """
        named = {self._resolve(one, row.sees) for one in row.references}
        found = frozenset(one for one in named if one is not None)
        if None in named:
            return ()
        if row.filters:
            fitting = self._fitting(row.filters, row.sees)
            found = found & fitting if row.references else fitting
        elif not row.references:
            return None
        return tuple(sorted(found))


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_BUSY_S)


def _keys(database: sqlite3.Connection, path: Path) -> set[Collections]:
    """What each key in use sees.

    Raises:
        SourceError: the database is another's.
    """
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if tables and not tables & _OURS:
        raise _damaged(path, f"its tables are {', '.join(sorted(tables))[:80]}")
    if "keys" not in tables:
        return set()
    rows = database.execute("SELECT DISTINCT collections FROM keys WHERE revoked IS NULL").fetchall()
    return {_sees(path, row[0]) for row in rows}


def _rows(database: sqlite3.Connection, path: Path) -> Iterator[_Row]:
    """What was asked, the latest first."""
    if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'answers'").fetchone():
        return
    for question, documents, filters, collections in database.execute(
        "SELECT question, documents, filters, collections FROM answers ORDER BY number DESC"
    ):
        try:
            row = _Row(
                question=str(question),
                references=tuple(map(str, json.loads(documents))),
                filters=Filters(**json.loads(filters)) if filters else NO_FILTERS,
                sees=_sees(path, collections),
            )
        except (ValueError, TypeError) as error:
            raise _damaged(path, error) from error
        yield row


def _sees(path: Path, collections: str | None) -> Collections:
    try:
        return None if collections is None else frozenset(map(str, json.loads(collections)))
    except (ValueError, TypeError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: object) -> SourceError:
    return SourceError(
        f"the service's questions in {path} cannot be read: {error}",
        "restore it from a backup, or leave it out with --logged 0",
    )
