"""Which other text belongs to a piece of evidence, and which document a link names.

The definition of a term in the question, the clause that a passage refers to, the definition of a rare term
in it: spans to bring along, best first. Leaves fetching text and the room there is for it to the pipeline.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.structure import Definition, DocumentLink, Fact, Reference
from rag.types import Chunk, DocumentId

Why = Literal["asked", "referred", "used"]

LIMIT = 8
SPAN_CHARS = 1500
_LONGEST_TARGET = 8000
_WORD = re.compile(r"\w+")
_CHANGES = frozenset("amendment supplement supplemental addendum modification".split())
_FILLERS = frozenset("the a an of and to for in that certain original existing dated as".split())


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


def related_spans(
    chunks: Sequence[Chunk],
    definitions: Sequence[Definition],
    references: Sequence[Reference],
    question: str,
    limit: int = LIMIT,
) -> tuple[RelatedSpan, ...]:
    """At most ``limit`` spans worth bringing along with chunks, best first, none of them twice.

    ``chunks`` are the evidence, best first; ``definitions`` and ``references`` are those of its documents
    (the references in the chunks and in the definitions suffice). First come definitions of terms in the
    question, then what the chunks refer to, then definitions of terms in the chunks, those used least
    first. What stands in a chunk already is left out; a span is cut after ``SPAN_CHARS`` characters.
    """
    documents = {chunk.document_id for chunk in chunks}
    near = [one for one in definitions if one.document_id in documents]
    taken = [(chunk.document_id, chunk.start, chunk.end) for chunk in chunks]
    kept: list[RelatedSpan] = []
    for span in _ranked(chunks, near, references, question):
        if len(kept) >= limit:
            break
        if not any(
            span.document_id == document and start <= span.start < end for document, start, end in taken
        ):
            kept.append(span)
            taken.append((span.document_id, span.start, span.end))
    return tuple(kept)


def _ranked(
    chunks: Sequence[Chunk], definitions: Sequence[Definition], references: Sequence[Reference], question: str
) -> Iterator[RelatedSpan]:
    for one in asked_definitions(definitions, question):
        yield _defined(one, "asked")
        yield from _followed(one, references)
    for chunk in chunks:
        inside = (one for one in references if one.document_id == chunk.document_id)
        yield from _targets(one for one in inside if chunk.start <= one.start < chunk.end)
    for one in _used_definitions(chunks, definitions):
        yield _defined(one, "used")
        yield from _followed(one, references)


def asked_definitions(definitions: Iterable[Definition], question: str) -> list[Definition]:
    """The definitions of terms in a question, in its order.

    Case and plural do not count, the longest term wins. Of several definitions of a term in one document
    the longest is taken: others name it in passing.
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
                found += _fullest(terms)
                position += length - 1
                break
        position += 1
    return found


def _used_definitions(chunks: Sequence[Chunk], definitions: Sequence[Definition]) -> list[Definition]:
    """Definitions of terms used in the chunks: those used least in the document first."""
    used = [one for one in definitions if any(_uses(one, chunk) for chunk in chunks)]
    by_term: dict[str, list[Definition]] = {}
    for one in used:
        by_term.setdefault(one.term, []).append(one)
    fullest = [one for terms in by_term.values() for one in _fullest(terms)]
    return sorted(fullest, key=lambda one: (len(one.uses), one.term, one.document_id, one.start))


def _uses(one: Definition, chunk: Chunk) -> bool:
    if one.document_id != chunk.document_id:
        return False
    position = bisect_left(one.uses, chunk.start)
    return position < len(one.uses) and one.uses[position] < chunk.end


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


def _targets(references: Iterable[Reference]) -> Iterator[RelatedSpan]:
    for one in references:
        if one.target_start is None or one.target_end is None:
            continue
        if one.target_end - one.target_start <= _LONGEST_TARGET:
            yield RelatedSpan(
                document_id=one.document_id,
                start=one.target_start,
                end=min(one.target_end, one.target_start + SPAN_CHARS),
                label=one.label,
                why="referred",
            )


def _defined(one: Definition, why: Why) -> RelatedSpan:
    return RelatedSpan(
        document_id=one.document_id,
        start=one.start,
        end=min(one.end, one.start + SPAN_CHARS),
        label=one.term,
        why=why,
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


# Documents that change others


def amended_document(
    link: DocumentLink, facts_by_document: Mapping[DocumentId, Sequence[Fact]]
) -> DocumentId | None:
    """The document that a link names; None where none fits, or several do.

    It has the words of the link's title in its title or is of that kind, bears the link's date, and shares a
    party with the document that the link stands in, each as far as both sides say so. No amendment is
    amended, unless the link's title says so.
    """
    own = facts_by_document.get(link.document_id, ())
    fitting = [
        document
        for document, facts in facts_by_document.items()
        if document != link.document_id and _fits(link, facts, own)
    ]
    return fitting[0] if len(fitting) == 1 else None


def amending_documents(
    document_id: DocumentId,
    links: Iterable[DocumentLink],
    facts_by_document: Mapping[DocumentId, Sequence[Fact]],
) -> tuple[DocumentId, ...]:
    """The documents whose links name a document, by date where they have one; ``links`` are all there are."""
    found = {link.document_id for link in links if amended_document(link, facts_by_document) == document_id}
    return tuple(sorted(found, key=lambda one: (_values(facts_by_document.get(one, ()), "date"), one)))


def _fits(link: DocumentLink, facts: Sequence[Fact], own: Sequence[Fact]) -> bool:
    wanted = frozenset(_words(link.title)) - _FILLERS
    titles = _values(facts, "title")
    named = frozenset(word for title in (*titles, *_values(facts, "kind")) for word in _words(title))
    changes = frozenset(word for title in titles for word in _words(title)) & _CHANGES
    if not wanted or not wanted <= named or changes - wanted:
        return False
    dates = _values(facts, "date")
    if link.date and dates and link.date not in dates:
        return False
    parties, ours = _parties(facts), _parties(own)
    shared = not (parties and ours) or bool(parties & ours)
    # A title alone ("Credit Agreement") names no document: date or party must speak for it.
    told = bool(link.date and dates) or bool(parties & ours)
    return shared and told


def _values(facts: Sequence[Fact], name: str) -> tuple[str, ...]:
    return tuple(one.value for one in facts if one.name == name)


def _parties(facts: Sequence[Fact]) -> frozenset[tuple[str, ...]]:
    """Names of companies and parties, without marks and capitals: "ACME, Inc." is "Acme Inc"."""
    return frozenset(_words(value) for value in (*_values(facts, "company"), *_values(facts, "party")))
