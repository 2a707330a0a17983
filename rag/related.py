"""Which other text belongs to a piece of evidence.

The definition of a term in the question, the clause that a passage refers to, the definition of a rare term
in it: spans to bring along, best first. Leaves fetching text and the room there is for it to the pipeline.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.structure import Definition, Reference
from rag.types import Chunk, DocumentId, Section

Why = Literal["asked", "referred", "used"]
"""Those of ``rag.types.EvidenceReason`` that a span can have."""

LIMIT = 8
SPAN_CHARS = 1500
_LONGEST_TARGET = 8000
_WHOLE_SECTION = 60_000
_FEW = 12
_EVERYWHERE = 40
_TOLD = 3
# What speaks for a span: its term is in the question, is rare, stands in a good chunk; a reference; a long
# target speaks against it.
_ALIKE, _SELDOM, _RANKED, _CITED, _LONG = 1.0, 1.0, 0.5, 0.55, 0.3
_NUMBERED = frozenset({"section", "article", "clause"})
_PLACE = re.compile(
    r"\b(?:Sections?|Clauses?|Articles?|Paragraphs?|§)\s*"
    r"(\d{1,3}(?:\.\d{1,3}){0,3}(?:\s?\([A-Za-z0-9]{1,5}\)){0,4})",
    re.I,
)
_WORD_BEFORE = re.compile(r"\A(?:[A-Za-z]+|§)\.?\s*")
_STEP = re.compile(r"\([A-Za-z0-9]{1,5}\)")
_ZEROS = re.compile(r"\s|(?<=\.)0+(?=\d)")
_WORD = re.compile(r"\w+")
_COMMON = frozenset("the a an of and to for in on at by or any each other what which".split())


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedSpan:
    """A span ``[start, end)`` of a document to bring along, and why.

    ``why``: a term in the question is defined there, a chunk refers to it, or a term that a chunk uses is
    defined there. ``label`` is the term or the number referred to.
    """

    document_id: DocumentId
    start: int
    end: int
    label: str
    why: Why


_Weighed = tuple[float, int, RelatedSpan, Definition | None]


def related_spans(
    chunks: Sequence[Chunk],
    definitions: Sequence[Definition],
    references: Sequence[Reference],
    question: str,
    limit: int = LIMIT,
    sections: Sequence[Section] = (),
) -> tuple[RelatedSpan, ...]:
    """At most ``limit`` spans worth bringing along with chunks, best first, none of them twice.

    ``chunks`` are the evidence, best first; ``definitions`` and ``references`` are those of its documents
    (all of them; with those in the chunks alone a "Section 9.2(b)" in the question is found by ``sections``
    at best). First come definitions of terms in the question, the places that it names by number and
    definitions of rare terms in those definitions; then what the chunks refer to and define elsewhere, by
    weight. What stands in a chunk already is left out; a span is cut after ``SPAN_CHARS`` characters.
    """
    documents = {chunk.document_id for chunk in chunks}
    near = [one for one in definitions if one.document_id in documents]
    taken = [(chunk.document_id, chunk.start, chunk.end) for chunk in chunks]
    kept: list[RelatedSpan] = []
    places = asked_places(references, sections, question)
    for span in _in_order(chunks, near, references, question, places):
        if len(kept) >= limit:
            break
        if not any(
            span.document_id == document and start <= span.start < end for document, start, end in taken
        ):
            kept.append(span)
            taken.append((span.document_id, span.start, span.end))
    return tuple(kept)


def _in_order(
    chunks: Sequence[Chunk],
    definitions: Sequence[Definition],
    references: Sequence[Reference],
    question: str,
    places: Sequence[RelatedSpan],
) -> Iterator[RelatedSpan]:
    """Everything that could be brought along, best first."""
    said = asked_definitions(definitions, question)
    # "under the indenture" asks for no definition of it.
    asked = [one for one in said if " " in one.term or len(one.uses) <= _EVERYWHERE or one.term in question]
    for one in asked:
        yield _defined(one, "asked")
        yield from _followed(one, references)
    yield from places
    for one in _hops(asked, definitions):
        yield _defined(one, "used")
        yield from _followed(one, references)
    common = [(-_ALIKE, one.start, _defined(one, "asked"), one) for one in said if one not in asked]
    terms = _weighed_terms(chunks, definitions, question)
    weighed = [*common, *terms, *_weighed_references(chunks, references)]
    for _, _, span, definition in sorted(weighed, key=lambda entry: entry[:2]):
        yield span
        if definition is not None:
            yield from _followed(definition, references)


def asked_definitions(definitions: Iterable[Definition], question: str) -> list[Definition]:
    """The definitions of terms in a question, in its order.

    Case and plural do not count, the longest term wins. Of a term that is defined more than once the fullest
    comes first: others name it in passing or say where it is defined.
    """
    by_words: dict[tuple[str, ...], list[Definition]] = {}
    for one in definitions:
        by_words.setdefault(_words(one.term), []).append(one)
    longest = max(map(len, by_words), default=0)
    asked = _words(question)
    found: list[Definition] = []
    position = 0
    while position < len(asked):
        for length in range(min(longest, len(asked) - position), 0, -1):
            terms = by_words.get(asked[position : position + length])
            if terms:
                found += sorted(terms, key=_fuller)[:_TOLD]
                position += length - 1
                break
        position += 1
    return found


def _fuller(one: Definition) -> tuple[int, DocumentId, int]:
    return one.start - one.end, one.document_id, one.start


def asked_places(
    references: Iterable[Reference], sections: Sequence[Section], question: str
) -> list[RelatedSpan]:
    """What the numbers in a question name ("the notice that Section 9.2(b) requires"), in its order.

    They are looked up among the references, whose targets are known, then among the sections: the section
    of that number, and within it the clause where the tree has it.
    """
    wanted = {_number(match[1]): None for match in _PLACE.finditer(question)}
    found: dict[tuple[str, DocumentId], RelatedSpan] = {}
    for one in references:
        key = (_number(one.label), one.document_id)
        if key[0] in wanted and key not in found and one.kind in _NUMBERED and not one.document:
            for span in _targets([one], _WHOLE_SECTION, "asked"):
                found[key] = span
    for span in _numbered(sections, wanted) if wanted else ():
        found.setdefault((span.label, span.document_id), span)
    return [span for number in wanted for (own, _), span in sorted(found.items()) if own == number]


def _numbered(sections: Sequence[Section], wanted: Collection[str]) -> Iterator[RelatedSpan]:
    """The sections of numbers, and as far as the tree reaches the clauses in them."""
    inside = {(one.parent_id, one.number): one for one in sections}
    for one in sections:
        plain = _number(_WORD_BEFORE.sub("", one.number or one.title))
        for number in wanted:
            if plain and plain == number.partition("(")[0]:
                inner = one
                for step in _STEP.findall(number):
                    inner = inside.get((inner.id, step), inner)
                yield _span(one.document_id, inner.start, inner.end, number, "asked")


def _number(label: str) -> str:
    """A number by value: "9.02(b)" and "9.2(b)" are one.

    >>> _number("9.02(b)"), _number("10.1")
    ('9.2(b)', '10.1')
    """
    return _ZEROS.sub("", label)


def _hops(asked: Sequence[Definition], definitions: Sequence[Definition]) -> list[Definition]:
    """Definitions of terms that the definitions asked for use, the rare ones first."""
    used = [
        one
        for one in definitions
        if len(one.uses) <= _FEW
        and any(
            one.document_id == outer.document_id and _within(one, outer.start, outer.end) for outer in asked
        )
    ]
    return sorted(used, key=lambda one: (len(one.uses), one.term, one.document_id, one.start))


def _weighed_terms(
    chunks: Sequence[Chunk], definitions: Sequence[Definition], question: str
) -> Iterator[_Weighed]:
    """Definitions of terms used in the chunks, by what the question speaks of, by rarity and by chunk."""
    words = frozenset(_words(question)) - _COMMON
    by_term: dict[tuple[DocumentId, str], tuple[int, list[Definition]]] = {}
    for one in definitions:
        rank = next((rank for rank, chunk in enumerate(chunks) if _uses(one, chunk)), None)
        if rank is not None:
            by_term.setdefault((one.document_id, one.term), (rank, []))[1].append(one)
    for rank, terms in by_term.values():
        for one in _fullest(terms):
            own = frozenset(_words(one.term)) - _COMMON
            alike = len(own & words) / len(own) if own else 0.0
            weight = _ALIKE * alike + _SELDOM / (1 + math.log2(1 + len(one.uses))) + _RANKED / (1 + rank)
            yield -weight, one.start, _defined(one, "used"), one


def _weighed_references(chunks: Sequence[Chunk], references: Sequence[Reference]) -> Iterator[_Weighed]:
    """What the chunks refer to: what a better chunk does, what is short."""
    for rank, chunk in enumerate(chunks):
        inside = [
            one
            for one in references
            if one.document_id == chunk.document_id and chunk.start <= one.start < chunk.end
        ]
        for span in _targets(inside):
            weight = _CITED + _RANKED / (1 + rank) - (_LONG if span.end - span.start >= SPAN_CHARS else 0.0)
            yield -weight, span.start, span, None


def _uses(one: Definition, chunk: Chunk) -> bool:
    return one.document_id == chunk.document_id and _within(one, chunk.start, chunk.end)


def _within(one: Definition, start: int, end: int) -> bool:
    """Whether a term is used in a span of its document."""
    position = bisect_left(one.uses, start)
    return position < len(one.uses) and one.uses[position] < end


def _fullest(definitions: Iterable[Definition]) -> list[Definition]:
    """One definition for each document."""
    best: dict[DocumentId, Definition] = {}
    for one in definitions:
        known = best.get(one.document_id)
        if known is None or one.end - one.start > known.end - known.start:
            best[one.document_id] = one
    return [best[document] for document in sorted(best)]


def _followed(one: Definition, references: Sequence[Reference]) -> Iterator[RelatedSpan]:
    """What a definition by reference ("has the meaning given in Section 2.1") refers to."""
    if one.end - one.start <= len(one.term) + 120:
        inside = (other for other in references if other.document_id == one.document_id)
        yield from _targets(other for other in inside if one.start <= other.start < one.end)


def _targets(
    references: Iterable[Reference], longest: int = _LONGEST_TARGET, why: Why = "referred"
) -> Iterator[RelatedSpan]:
    for one in references:
        if one.target_start is None or one.target_end is None:
            continue
        if one.target_end - one.target_start <= longest:
            yield _span(one.document_id, one.target_start, one.target_end, one.label, why)


def _defined(one: Definition, why: Why) -> RelatedSpan:
    return _span(one.document_id, one.start, one.end, one.term, why)


def _span(document_id: DocumentId, start: int, end: int, label: str, why: Why) -> RelatedSpan:
    """A span cut after ``SPAN_CHARS`` characters."""
    return RelatedSpan(
        document_id=document_id, start=start, end=min(end, start + SPAN_CHARS), label=label, why=why
    )


def _words(text: str) -> tuple[str, ...]:
    """Words in small letters without the plural.

    >>> _words("Permitted Liens of the Subsidiaries")
    ('permitted', 'lien', 'of', 'the', 'subsidiary')
    """
    return tuple(_singular(word) for word in _WORD.findall(text.casefold()))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
