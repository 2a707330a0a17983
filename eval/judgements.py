"""From evidence as a set states it to what counts as relevant in this index: chunks, pages, spans.

Judgements point at spans or pages of documents and are projected on the chunks of the day, so cutting
documents anew orphans none. A span makes the chunks that overlap it relevant. A page with a quote is
narrowed to the quote's span (``rag.quotes``); where the quote cannot be found, or is most of the page, every
chunk on the page is relevant and the judgement says ``by_page``.
Everything that does not fit the library is reported together, before anything runs.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from eval.metrics.ranking import PageKey
from eval.questions import Evidence, Question
from rag.catalog import Catalog
from rag.errors import CovenantError, SourceError
from rag.quotes import locate
from rag.types import ChunkId, DocumentId, Page

WHOLE_PAGE = 0.6
"""A quote with at least this share of a page's characters stands for the page."""

_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is relevant to one question, in terms of the library; empty where nothing was judged.

    ``documents`` are those the question names; ``by_page`` is true where some evidence is known by its
    page only, so that ``chunks`` holds all of that page's.
    """

    documents: tuple[DocumentId, ...] = ()
    chunks: Mapping[ChunkId, int] = field(default_factory=dict)
    pages: frozenset[PageKey] = frozenset()
    by_page: bool = False


def project(questions: Sequence[Question], catalog: Catalog) -> dict[str, Judgement]:
    """Judgements by question id.

    Raises:
        SourceError: documents that the library lacks, pages or spans outside a document, or spans whose
            text is elsewhere; all of them together.
    """
    library = _Library(catalog)
    judgements, problems = {}, dict[str, list[str]]()
    for question in questions:
        try:
            judgements[question.id] = library.judge(question)
        except _Misfits as misfits:
            for problem in misfits.problems:
                problems.setdefault(problem, []).append(question.id)
    if problems:
        shown = "; ".join(
            f"{problem} (question {ids[0]}{f' and {len(ids) - 1} more' if len(ids) > 1 else ''})"
            for problem, ids in list(problems.items())[:_SHOWN]
        )
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise SourceError(
            f"{len(problems)} judgements do not fit this workspace: {shown}{more}",
            "ingest the documents the questions were written for, or choose others with --split",
        )
    return judgements


def _letters(text: str) -> str:
    """The letters and digits of a text, which is what typesetting leaves alone."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class _Misfits(Exception):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class _Place:
    """A span of a document that carries evidence; ``whole_page`` where only the page is known."""

    document: DocumentId
    start: int
    end: int
    whole_page: bool


class _Library:
    """What projecting reads of the catalog, each part once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._ids: dict[str, DocumentId | str] = {}
        self._pages: dict[DocumentId, list[Page]] = {}
        self._spans: dict[DocumentId, list[tuple[int, int, ChunkId]]] = {}
        self._texts: dict[DocumentId, str] = {}

    def judge(self, question: Question) -> Judgement:
        problems: list[str] = []
        documents = [self._id(name, problems) for name in question.documents]
        places = [place for e in question.evidence if (place := self._place(e, problems)) is not None]
        if problems:
            raise _Misfits(list(dict.fromkeys(problems)))
        return Judgement(
            documents=tuple(d for d in documents if d is not None),
            chunks={chunk: 1 for place in places for chunk in self._overlapping(place)},
            pages=frozenset(
                (place.document, page.number)
                for place in places
                for page in self._pages_of(place.document)
                if page.start < place.end and page.end > place.start
            ),
            by_page=any(place.whole_page for place in places),
        )

    def _id(self, name: str, problems: list[str]) -> DocumentId | None:
        if name not in self._ids:
            try:
                self._ids[name] = self._catalog.resolve(name)
            except CovenantError as error:
                problems.append(error.message)
                return None
        return DocumentId(self._ids[name])

    def _place(self, evidence: Evidence, problems: list[str]) -> _Place | None:
        document = self._id(evidence.document, problems)
        if document is None:
            return None
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
        if span is None or len(_letters(evidence.text)) >= WHOLE_PAGE * len(_letters(text)):
            return _Place(document, page.start, page.end, whole_page=True)
        return _Place(document, page.start + span[0], page.start + span[1], whole_page=False)

    def _by_span(self, document: DocumentId, evidence: Evidence, problems: list[str]) -> _Place | None:
        """The span as given, or, where another loader's text was meant, the quote nearest to it."""
        start, end = evidence.start or 0, evidence.end or 0
        text = self._text(document)
        if end <= len(text) and (not evidence.text or _letters(text[start:end]) == _letters(evidence.text)):
            return _Place(document, start, end, whole_page=False)
        span = locate(text, evidence.text, near=start) if evidence.text else None
        if span is None:
            problems.append(
                f"{evidence.document!r} has {len(text)} characters, and the quote of [{start}, {end}) is not"
                " in them"
            )
            return None
        return _Place(document, *span, whole_page=False)

    def _overlapping(self, place: _Place) -> Iterable[ChunkId]:
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
