"""From evidence as a set states it to what counts as relevant in this index: chunks, pages, spans.

Judgements point at spans or pages of documents and are projected on the chunks of the day, so cutting
documents anew orphans none. A span makes the chunks that overlap it relevant. A page with a quote is
narrowed to the quote's span (``rag.quotes``); where the quote cannot be found, or is most of the page, every
chunk on the page is relevant and the judgement says ``by_page``. A set that is judged by pieces of its own
(paragraphs, clauses) brings them as ``eval.units``: then those, not chunks, are relevant.
Everything that does not fit the library is reported together, before anything runs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from eval.metrics.ranking import PageKey
from eval.questions import Evidence, Question, QuestionSet, too_many
from eval.units import Units
from rag.catalog import Catalog
from rag.errors import CovenantError
from rag.quotes import locate
from rag.types import ChunkId, DocumentId, Page

WHOLE_PAGE = 0.6
"""A quote with at least this share of a page's characters stands for the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSpan:
    """A span ``[start, end)`` that carries evidence; ``whole_page`` where only the page is known.

    ``grade`` is how relevant it is, from 1.
    """

    document: DocumentId
    start: int
    end: int
    whole_page: bool = False
    grade: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is relevant to one question, in terms of the library; empty where nothing was judged.

    ``documents`` are those the question names, ``pool`` those judged for a question that names none,
    ``spans`` where its evidence stands, in the order of the set.
    ``relevant`` has the grades of the chunks they touch, or of a set's own units. ``by_page`` is true where
    some evidence is known by its page only, so that ``relevant`` holds all of that page's chunks.
    """

    documents: tuple[DocumentId, ...] = ()
    pool: tuple[DocumentId, ...] = ()
    spans: tuple[JudgedSpan, ...] = ()
    relevant: Mapping[str, int] = field(default_factory=dict)
    pages: frozenset[PageKey] = frozenset()
    by_page: bool = False


def project(
    questions: QuestionSet, catalog: Catalog, units: Mapping[str, Units] | None = None
) -> dict[str, Judgement]:
    """Judgements by question id; ``units`` are the pieces, by document, that the set is judged by.

    Raises:
        SourceError: malformed lines of the file, documents that the library lacks, pages or spans outside a
            document, or spans whose text is elsewhere; all of them together.
    """
    library = _Library(catalog, units)
    judgements, problems = {}, dict[str, list[str]]()
    for question in questions.questions:
        try:
            judgements[question.id] = library.judge(question)
        except _Misfits as misfits:
            for problem in misfits.problems:
                problems.setdefault(problem, []).append(question.id)
    misfits_shown = [
        f"{problem} (question {ids[0]}{f' and {len(ids) - 1} more' if len(ids) > 1 else ''})"
        for problem, ids in problems.items()
    ]
    found = [*questions.problems, *misfits_shown]
    if found:
        remedy = "correct the lines named, ingest the missing documents, or choose questions with --split"
        raise too_many(found, remedy)
    return judgements


def document_names(catalog: Catalog) -> dict[str, DocumentId]:
    """The library's documents by name and by the names of their files without suffix, where these are unique.

    For sets that name thousands of documents; ``Catalog.resolve`` knows more ways to name one, at a time.
    """
    found: dict[str, set[DocumentId]] = {}
    for record in catalog.documents():
        for name in {record.name, *(Path(source).stem for source in record.sources)}:
            found.setdefault(name, set()).add(record.id)
    return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}


def _letters(text: str) -> str:
    """The letters and digits of a text, which is what typesetting leaves alone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class _Misfits(Exception):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class _Library:
    """What projecting reads of the catalog, each part once."""

    def __init__(self, catalog: Catalog, units: Mapping[str, Units] | None) -> None:
        self._catalog = catalog
        self._units = units
        self._ids: dict[str, DocumentId] = dict(document_names(catalog))
        self._pages: dict[DocumentId, list[Page]] = {}
        self._spans: dict[DocumentId, list[tuple[int, int, ChunkId]]] = {}
        self._texts: dict[DocumentId, str] = {}

    def judge(self, question: Question) -> Judgement:
        problems: list[str] = []
        documents = [self._id(name, problems) for name in question.documents]
        pool = [self._id(name, problems) for name in question.pool]
        spans = [span for e in question.evidence if (span := self._span(e, problems)) is not None]
        if problems:
            raise _Misfits(list(dict.fromkeys(problems)))
        relevant: dict[str, int] = {}
        for span in spans:
            for name in self._overlapping(span):
                relevant[name] = max(span.grade, relevant.get(name, 0))
        return Judgement(
            documents=tuple(d for d in documents if d is not None),
            pool=tuple(dict.fromkeys(d for d in pool if d is not None)),
            spans=tuple(spans),
            relevant=relevant,
            pages=frozenset(
                (span.document, page.number)
                for span in spans
                for page in self._pages_of(span.document)
                if page.start < span.end and page.end > span.start
            ),
            by_page=any(span.whole_page for span in spans),
        )

    def _id(self, name: str, problems: list[str]) -> DocumentId | None:
        if name not in self._ids:
            try:
                self._ids[name] = self._catalog.resolve(name)
            except CovenantError as error:
                problems.append(error.message)
                return None
        return self._ids[name]

    def _span(self, evidence: Evidence, problems: list[str]) -> JudgedSpan | None:
        document = self._id(evidence.document, problems)
        if document is None:
            return None
        if evidence.unit is not None:
            return self._unit(document, evidence, problems)
        if evidence.start is not None and evidence.end is not None:
            return self._by_span(document, evidence, problems)
        pages = self._pages_of(document)
        number = evidence.page or 0
        if number >= len(pages):
            problems.append(f"{evidence.document!r} has {len(pages)} pages, no page {number} (from 0)")
            return None
        page = pages[number]
        text = self._text(document)[page.start : page.end]
        span = locate(text, evidence.text)
        grade = evidence.grade
        if span is None or len(_letters(evidence.text)) >= WHOLE_PAGE * len(_letters(text)):
            return JudgedSpan(document=document, start=page.start, end=page.end, whole_page=True, grade=grade)
        start, end = page.start + span[0], page.start + span[1]
        return JudgedSpan(document=document, start=start, end=end, grade=grade)

    def _unit(self, document: DocumentId, evidence: Evidence, problems: list[str]) -> JudgedSpan | None:
        """The set's own piece with that number; a piece without text in the document cannot be evidence."""
        units, number = (self._units or {}).get(document), evidence.unit or 0
        if units is None or number >= len(units.spans):
            problems.append(f"{evidence.document!r} has no piece {number}")
            return None
        start, end = units.spans[number]
        return JudgedSpan(document=document, start=start, end=max(end, start + 1), grade=evidence.grade)

    def _by_span(self, document: DocumentId, evidence: Evidence, problems: list[str]) -> JudgedSpan | None:
        """The span as given, or, where another loader's text was meant, the quote nearest to it."""
        start, end = evidence.start or 0, evidence.end or 0
        text = self._text(document)
        if end <= len(text) and (not evidence.text or _letters(text[start:end]) == _letters(evidence.text)):
            return JudgedSpan(document=document, start=start, end=end, grade=evidence.grade)
        span = locate(text, evidence.text, near=start) if evidence.text else None
        if span is None:
            problems.append(
                f"{evidence.document!r} has {len(text)} characters, and the quote of [{start}, {end}) is not"
                " in them"
            )
            return None
        return JudgedSpan(document=document, start=span[0], end=span[1], grade=evidence.grade)

    def _overlapping(self, place: JudgedSpan) -> Iterable[str]:
        """The chunks that a span touches, or the units that it has its larger part in."""
        if self._units is not None:
            return self._units[place.document].touched(place.start, place.end)
        if place.document not in self._spans:
            self._spans[place.document] = [
                (chunk.start, chunk.end, chunk.id) for chunk in self._catalog.iter_chunks(place.document)
            ]
        return (i for start, end, i in self._spans[place.document] if start < place.end and end > place.start)

    def _pages_of(self, document: DocumentId) -> list[Page]:
        if document not in self._pages:
            self._pages[document] = self._catalog.pages(document)
        return self._pages[document]

    def _text(self, document: DocumentId) -> str:
        if document not in self._texts:
            # Questions come grouped by document; keeping every text of a large set would fill memory.
            self._texts.clear()
            self._texts[document] = self._catalog.text(document)
        return self._texts[document]
