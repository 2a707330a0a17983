"""Defined terms, as legal documents print them, and where each definition begins and ends.

Three forms: an entry of its own ("“Lien” means …", "“Lien”: …", "Lien means …"), the same within a
sentence ("for this purpose, “Lien” means …"), and a name given in passing ("(the “Notes”)").
Leaves the uses of the terms to ``ingest.links.uses``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from ingest.links.places import Places
from ingest.links.terms import FoundTerm, find_terms, in_definitions
from ingest.links.uses import find_uses
from rag.sentences import sentence_spans
from rag.structure import Definition
from rag.types import Document, Section

_MIN_LIST = 3
_MOST = 50
_MAX_SENTENCE = 1200
_LEAD_IN = 160
_ROOMY = 2500
_CONTINUES = re.compile(
    r"\(?(?:[a-z]{1,4}|[ivxlc]{1,6}|[A-Z]|\d{1,2})\)|[a-z]"
    r"|For\s+(?:the\s+)?purposes\s+of\s+th(?:is|e\s+foregoing)"
)
_PARAGRAPH = re.compile(r"\n[ \t\r\f\v]*\n\s*|\f\s*")
_TRAILING = re.compile(
    r"(?:(?<=[.;:”\"\])])|(?<=\band)|(?<=\bor)|\n[ \t\r]*(?=\n))"
    r"(?:\s{1,40}(?:\([a-zA-Z0-9]{1,6}\)|\d{1,3}(?:\.\d{1,3}){1,4}\.?|(?:Section|SECTION|Article|ARTICLE)\s+[\d.]{1,9}"
    r"|The\s+terms?|the\s+terms?|•)){1,3}\s*\Z"
)
_FULL_STOP = re.compile(r"[.!?][”\")\]]{0,3}\s*\Z")


def find_definitions(document: Document, sections: Sequence[Section]) -> tuple[Definition, ...]:
    """The defined terms of a document by start, with their uses.

    ``sections`` are those of ``ingest.sections.find_sections``. A term that is defined twice stands twice;
    no definition of it is one of its uses. Of a term defined more than ``_MOST`` times the first has them.
    A definition in passing is the sentence that gives the name; any other reaches to the next definition,
    at most to the end of its section.
    """
    places = Places(sections)
    found = find_terms(document.text, places)
    uses = _elsewhere(found, find_uses(document.text, [one.term for one in found]))
    ends = _ends(document.text, found, places)
    often = Counter(one.term for one in found)
    return tuple(
        Definition(
            document_id=document.id,
            term=one.term,
            start=start,
            end=end,
            term_start=one.term_start,
            term_end=one.term_end,
            uses=uses.pop(one.term, ()) if often[one.term] > _MOST else uses.get(one.term, ()),
        )
        for one, (start, end) in zip(found, ends, strict=True)
    )


def _elsewhere(found: Sequence[FoundTerm], uses: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """The uses of each term without the places that define it: one tuple for all definitions of a term."""
    starts = {(one.term, one.term_start) for one in found}
    return {term: tuple(at for at in offsets if (term, at) not in starts) for term, offsets in uses.items()}


def _ends(text: str, found: Sequence[FoundTerm], places: Places) -> list[tuple[int, int]]:
    """The span of each definition."""
    entries = sorted({one.start for one in found if one.form == "entry"})
    crowds = Counter(places.innermost(start).id for start in entries)
    spans: list[tuple[int, int]] = []
    for one in found:
        if one.form != "entry":
            spans.append(_sentence(text, one))
            continue
        section = places.innermost(one.start)
        position = bisect_right(entries, one.start)
        following = entries[position] if position < len(entries) else len(text)
        crowd = crowds[section.id]
        dense = crowd >= _MIN_LIST and section.end - section.start <= _ROOMY * crowd
        listed = dense or in_definitions(places, one.start)
        end = min(section.end, following)
        # The last of a list may have a chapter behind it, and so may a term that is defined on the way.
        whole = listed and following <= section.end
        spans.append((one.start, _trimmed(text, one, end if whole else _paragraphs(text, one.term_end, end))))
    return spans


def _trimmed(text: str, one: FoundTerm, end: int) -> int:
    """Without white space and the mark or lead-in of the entry that follows."""
    lead_in = _TRAILING.search(text, max(one.term_end, end - _LEAD_IN), end)
    return one.term_end + len(text[one.term_end : lead_in.start() if lead_in else end].rstrip())


def _paragraphs(text: str, start: int, end: int) -> int:
    """Where a definition ends that no other follows: with its paragraph and the list items of it."""
    position = start
    for gap in _PARAGRAPH.finditer(text, start, end):
        position = gap.start()
        finished = _FULL_STOP.search(text, max(start, gap.start() - 8), gap.start())
        if finished and not _CONTINUES.match(text, gap.end()):
            return position
    return end


def _sentence(text: str, one: FoundTerm) -> tuple[int, int]:
    """The sentence around a term, within its paragraph."""
    first = max(0, one.start - _MAX_SENTENCE)
    for gap in _PARAGRAPH.finditer(text, first, one.start):
        first = gap.end()
    gap_after = _PARAGRAPH.search(text, one.term_end, one.term_end + _MAX_SENTENCE)
    last = gap_after.start() if gap_after else min(len(text), one.term_end + _MAX_SENTENCE)
    at = one.term_start - first
    for start, end in sentence_spans(text[first:last]):
        if start <= at < end:
            return first + start, max(first + end, one.term_end)
    return one.start, one.term_end
