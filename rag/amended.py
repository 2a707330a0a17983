"""Which documents of a library amend, supplement or restate which.

A document says what it changes by title and date; here that is matched with what the others say of
themselves. Leaves reading both to ``ingest``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from rag.structure import DocumentLink, Fact, values_by_name
from rag.types import DocumentId

_WORD = re.compile(r"\w+")
_CHANGES = frozenset("amendment supplement supplemental addendum modification".split())
_FILLERS = frozenset("the a an of and to for in that certain original existing dated as".split())


class _Profile(NamedTuple):
    """What a document says of itself, in words without case."""

    named: frozenset[str]
    changes: frozenset[str]
    dates: frozenset[str]
    parties: frozenset[tuple[str, ...]]


def find_amended(
    links: Iterable[DocumentLink], facts_by_document: Mapping[DocumentId, Sequence[Fact]]
) -> dict[DocumentId, tuple[DocumentId, ...]]:
    """For each document that others change, these, by date where they have one.

    A link names the document that has the words of its title in its title or is of that kind, bears the
    link's date, and shares a party with the document that the link stands in, as far as both sides say so. No
    amendment is amended, unless the link's title says so; where several documents fit, none is.
    """
    profiles = {document: _profile(facts) for document, facts in facts_by_document.items()}
    dated: dict[str, list[DocumentId]] = defaultdict(list)
    for document, profile in profiles.items():
        for date in profile.dates or {""}:
            dated[date].append(document)
    found: dict[DocumentId, set[DocumentId]] = defaultdict(set)
    for link in links:
        own = profiles.get(link.document_id, _profile(()))
        candidates = dated[link.date] + dated[""] if link.date else list(profiles)
        fitting = {one for one in candidates if one != link.document_id and _fits(link, profiles[one], own)}
        if len(fitting) == 1:
            found[fitting.pop()].add(link.document_id)

    def when(document: DocumentId) -> tuple[str, DocumentId]:
        return min(profiles[document].dates, default="") if document in profiles else "", document

    return {document: tuple(sorted(changing, key=when)) for document, changing in found.items()}


def _fits(link: DocumentLink, other: _Profile, own: _Profile) -> bool:
    wanted = _words(link.title) - _FILLERS
    if not wanted or not wanted <= other.named or other.changes - wanted:
        return False
    if link.date and other.dates and link.date not in other.dates:
        return False
    shared = bool(other.parties & own.parties)
    # A title alone ("Credit Agreement") names no document: date or party must speak for it.
    told = shared or bool(link.date and other.dates)
    return told and (shared or not (other.parties and own.parties))


def _profile(facts: Sequence[Fact]) -> _Profile:
    said = values_by_name(facts)
    titles = _words(" ".join(said.get("title", ())))
    names = (*said.get("company", ()), *said.get("party", ()))
    return _Profile(
        named=titles | _words(" ".join(said.get("kind", ()))),
        changes=titles & _CHANGES,
        dates=frozenset(said.get("date", ())),
        parties=frozenset(tuple(_WORD.findall(name.casefold())) for name in names),
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))
