"""Documents to chunks: whole blocks packed up to a budget of word pieces, inside one section each.

Every non-space character of the document lies in exactly one chunk. A block (paragraph, list item, run of
table rows) is cut only where it is larger than the budget: at sentence ends and rows, then between words. A
table stands with its title in chunks of its own. Leaves sections to ``ingest.sections``, tables to
``ingest.tables``, the context line to ``ingest.context``.

The budget is counted in estimated word pieces of the uncased WordPiece vocabulary that MiniLM and its
kin share (Devlin et al., 2019): see ``rag.pieces``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.context import TableFinder, document_label, section_context, table_start, with_table
from rag.fingerprints import hash_parts
from rag.pieces import estimate_pieces
from rag.sentences import sentence_spans
from rag.structure import Structure, Table
from rag.types import Chunk, ChunkId, Document, Section, SectionId

TABLE_CONTEXT_PIECES = 24
"""Left free in the chunks of a table for what their context line says of it."""
_NO_STRUCTURE = Structure()
_LEAD_SHARE = 0.25
_LEAD_PIECES = 25
"""A region with less is a heading or a stub."""
_BREAK = re.compile(r"(?:[ \t\r\f\v]*\n){2,}|\f")
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Span:
    """A piece of text that stays whole: ``[start, end)`` without outer white space, its size in pieces."""

    start: int
    end: int
    pieces: float


def cut_chunks(
    document: Document,
    sections: Sequence[Section],
    max_tokens: int,
    structure: Structure = _NO_STRUCTURE,
) -> tuple[Chunk, ...]:
    """The chunks of a document in order.

    ``sections`` are those of ``find_sections``; ``max_tokens`` counts estimated word pieces of the text, of
    which the chunks of a table leave some to its longer context line.
    """
    page_starts = [page.start for page in document.pages]
    packer = _Packer(document.text, page_starts, max_tokens)
    label = document_label(document, structure.facts)
    tables = TableFinder(structure.tables)
    chunks: list[Chunk] = []
    for outer, section, start, end in _with_leads(document.text, sections):
        context = section_context(label, section)
        for first, last in packer.pack_region(start, end, tables.between(start, end)):
            text = document.text[first:last]
            holder = section if first >= section.start else outer
            table = tables.covering(first, last)
            chunks.append(
                Chunk(
                    id=ChunkId(hash_parts(document.id, first, last, text)),
                    document_id=document.id,
                    section_id=holder.id,
                    ordinal=len(chunks),
                    start=first,
                    end=last,
                    first_page=bisect_right(page_starts, first) - 1,
                    last_page=bisect_right(page_starts, last - 1) - 1,
                    text=text,
                    context=context if table is None else with_table(context, table, first, last),
                )
            )
    return tuple(chunks)


def regions(sections: Sequence[Section]) -> Iterator[tuple[Section, int, int]]:
    """The leaf regions of a section tree: each section with its own text before its first child.

    ``sections`` are ordered by (start, level) and the first spans all; the regions partition it.
    """
    for position, section in enumerate(sections):
        following = sections[position + 1] if position + 1 < len(sections) else None
        end = section.end if following is None else min(section.end, following.start)
        if end > section.start:
            yield section, section.start, end


def _with_leads(text: str, sections: Sequence[Section]) -> Iterator[tuple[Section, Section, int, int]]:
    """The leaf regions, each taking along short ones right above it that are hardly more than a heading.

    "ARTICLE II THE NOTES" alone says nothing: it goes with the first section below it, as a clause of a few
    words goes with the next one. Gives the section that holds both, the region's own, and the span.
    """
    by_id = {section.id: section for section in sections}
    outer: Section | None = None
    begin = 0
    found = list(regions(sections))
    for position, (section, start, end) in enumerate(found):
        if outer is None:
            outer, begin = section, start
        following = found[position + 1][0] if position + 1 < len(found) else None
        lead = following is not None and estimate_pieces(text[begin : min(end, begin + 400)]) < _LEAD_PIECES
        holder = _holder(outer, following, by_id) if following is not None and lead else None
        if holder is not None:
            outer = holder
            continue
        yield outer, section, begin, end
        outer = None


def _holder(outer: Section, following: Section, by_id: Mapping[SectionId, Section]) -> Section | None:
    """The section that holds both, the outer one or that around two neighbours; None for strangers."""
    if outer.level and outer.start <= following.start and following.end <= outer.end:
        return outer
    parent = by_id.get(outer.parent_id) if outer.parent_id else None
    return parent if parent is not None and parent.level and following.parent_id == parent.id else None


class _Packer:
    """Packs the blocks of a region greedily; knows where pages begin."""

    def __init__(self, text: str, page_starts: Sequence[int], budget: int) -> None:
        self._text = text
        self._page_starts = page_starts
        self._budget = budget

    def pack_region(self, start: int, end: int, tables: Sequence[Table]) -> Iterator[tuple[int, int]]:
        """Spans of chunks between two offsets, in order; larger ``tables`` are kept apart from prose."""
        position = start
        for table in tables:
            first, last = max(table_start(table), position), min(table.end, end)
            if last <= first or self._pieces(first, last) < _LEAD_SHARE * self._budget:
                continue
            if self._pieces(position, first) >= _LEAD_SHARE * self._budget:
                yield from self._pack(position, first, self._budget)
                position = first
            yield from self._pack(position, last, self._budget - TABLE_CONTEXT_PIECES)
            position = last
        yield from self._pack(position, end, self._budget)

    def _pieces(self, start: int, end: int) -> float:
        """Estimated pieces; not counted beyond what decides."""
        return estimate_pieces(self._text[start : min(end, start + 40 * self._budget)])

    def _pack(self, start: int, end: int, budget: int) -> Iterator[tuple[int, int]]:
        chunk: list[_Span] = []
        size = 0.0
        for span in self._spans(start, end, budget):
            full = size + span.pieces > budget
            if chunk and (full or (size >= budget / 2 and self._turns_page(chunk[-1], span))):
                yield chunk[0].start, chunk[-1].end
                chunk, size = [], 0.0
            chunk.append(span)
            size += span.pieces
        if chunk:
            yield chunk[0].start, chunk[-1].end

    def _turns_page(self, before: _Span, after: _Span) -> bool:
        return bisect_right(self._page_starts, before.start) != bisect_right(self._page_starts, after.start)

    def _spans(self, start: int, end: int, budget: int) -> Iterator[_Span]:
        """The blocks between two offsets; what would not fit is cut finer where that is needed."""
        size = 0.0
        for block in self._blocks(start, end):
            whole = size + block.pieces <= budget
            if whole:
                yield block
                size += block.pieces
            elif block.pieces > budget or size < _LEAD_SHARE * budget:
                # A heading or lead-in takes the beginning of the block that follows with it.
                for span in self._cut(block, budget):
                    yield span
                    size = span.pieces if size + span.pieces > budget else size + span.pieces
            else:
                yield block
                size = block.pieces

    def _blocks(self, start: int, end: int) -> Iterator[_Span]:
        position = start
        for match in _BREAK.finditer(self._text, start, end):
            yield from self._span(position, match.start())
            position = match.end()
        yield from self._span(position, end)

    def _span(self, start: int, end: int) -> Iterator[_Span]:
        piece = self._text[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + len(piece) - len(piece.lstrip())
            yield _Span(first, first + len(stripped), estimate_pieces(stripped))

    def _cut(self, block: _Span, budget: int) -> Iterator[_Span]:
        """A block's sentences and rows; those above the budget by words."""
        for start, end in self._units(block):
            for span in self._span(start, end):
                if span.pieces <= budget:
                    yield span
                else:
                    yield from self._cut_words(span, budget)

    def _units(self, block: _Span) -> Iterator[tuple[int, int]]:
        """Sentences and rows that together cover the block: each runs to where the next one starts."""
        text = self._text[block.start : block.end]
        starts = [start for start, _ in sentence_spans(text)] or [0]
        starts[0] = 0
        for first, last in zip(starts, [*starts[1:], len(text)], strict=True):
            yield block.start + first, block.start + last

    def _cut_words(self, span: _Span, budget: int) -> Iterator[_Span]:
        start, size, last = span.start, 0.0, span.start
        for match in _WORD.finditer(self._text, span.start, span.end):
            pieces = estimate_pieces(match.group())
            if size and size + pieces > budget:
                yield _Span(start, last, size)
                start, size = match.start(), 0.0
            size += pieces
            last = match.end()
        if size:
            yield _Span(start, last, size)
