"""What functions on answers look at: the places an answer rests on, the words and cells there, its items.

Leaves votes to ``answers``, ``answer_standing`` and ``answers_beside``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from rag.generator.focus import focus
from rag.sentences import sentence_spans
from rag.structure import Cell, Table
from rag.types import Chunk, DocumentId, Support
from tuning.items import AnswerItem
from tuning.labeling.library.reading import QuestionReader, heading_words, stems

Tables = Callable[[DocumentId], Sequence[Table]]
_JOINTS = re.compile(r",|;|\band\b|\n")
_NEAR = 8192


def questions_of(items: Sequence[AnswerItem]) -> Iterator[list[int]]:
    """The indices of each question's items."""
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(item.question.id, []).append(index)
    yield from groups.values()


def supports_of(item: AnswerItem) -> Iterator[tuple[Support, Chunk]]:
    """Supports with their chunks, as far as these are in the evidence."""
    chunks = {one.chunk.id: one.chunk for one in item.evidence}
    for one in item.candidate.supports:
        if one.chunk_id in chunks:
            yield one, chunks[one.chunk_id]


def wanted_of(item: AnswerItem, questions: QuestionReader) -> frozenset[str]:
    """The stems that a question is about: of what it asks, and of what it puts in quotes.

    "Highlight the parts of this contract related to …" says how to answer, and is left out.
    """
    reading = questions(item.question)
    about = reading.words & (stems(focus(item.question.text)) | stems(" ".join(reading.quoted)))
    return about or reading.words


def said_around(item: AnswerItem) -> frozenset[str]:
    """The stems of the sentences or rows that an answer touches, and of what stands above them."""
    found: frozenset[str] = frozenset()
    for support, chunk in supports_of(item):
        touched = [
            chunk.text[start:end]
            for start, end in sentence_spans(chunk.text)
            if start < support.end and support.start < end
        ]
        found |= stems(" ".join(touched)) | stems(chunk.table_line) | heading_words(chunk)
    return found


def cells_of(item: AnswerItem, tables: Tables) -> Iterator[Cell]:
    """The cells that an answer stands in: printed like it, inside of what it rests on."""
    said = plain(item.candidate.text)
    for support, chunk in supports_of(item):
        start, end = chunk.start + support.start, chunk.start + support.end
        for table in tables(chunk.document_id):
            if table.start < end and start < table.end:
                for cell in table.cells:
                    if start <= cell.start and cell.end <= end and plain(cell.text) == said:
                        yield cell


def listed(text: str) -> frozenset[str]:
    """The parts of a list, as ``plain`` texts.

    >>> sorted(listed("Ann, Bob and Cy"))
    ['ann', 'bob', 'cy']
    """
    return frozenset(filter(None, map(plain, _JOINTS.split(text))))


def plain(text: str) -> str:
    """A text without regard to case, white space and signs of currency around it.

    >>> plain(" $ 900. ")
    '900'
    """
    return " ".join(text.casefold().split()).strip(" .$%")
