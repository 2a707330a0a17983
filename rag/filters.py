"""Documents chosen by what they say of themselves: company or party, kind, fiscal year.

Filters are what a user sets by hand; what a question's own words mean is ``rag.scope``'s.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.errors import UsageError
from rag.structure import Fact
from rag.types import DocumentId

_WORD = re.compile(r"\w+")
_LEGAL_FORMS = frozenset(
    "the inc incorporated corp corporation co company companies ltd limited plc llc lp llp na ag sa nv bv se"
    " gmbh and".split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a document must say of itself; an empty filter asks for nothing.

    ``company`` may be any part of the name of a company or party in whole words, legal forms apart;
    ``kind`` is a ``DocumentKind`` in any case; ``year`` the fiscal year, for a document without one that of
    its period or date.
    """

    company: str = ""
    kind: str = ""
    year: str = ""

    @classmethod
    def read(cls, conditions: Sequence[str]) -> Filters:
        """Filters from "company=3M", "kind=10-K", "year=2018".

        Raises:
            UsageError: a condition is none of these.
        """
        found: dict[str, str] = {}
        for condition in conditions:
            name, _, value = condition.partition("=")
            if name.strip() not in cls.__dataclass_fields__ or not value.strip():
                raise UsageError(f"{condition!r} is no condition", "write company=…, kind=… or year=…")
            found[name.strip()] = value.strip()
        return cls(**found)

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.company or self.kind or self.year)


NO_FILTERS = Filters()


def matching(filters: Filters, facts: Mapping[DocumentId, Sequence[Fact]]) -> tuple[DocumentId, ...]:
    """The documents that every filter fits, in the order of the mapping.

    >>> def fact(name, value):
    ...     return Fact(document_id=DocumentId("a"), name=name, value=value, start=0, end=1)
    >>> said = {DocumentId("a"): [fact("company", "Adobe Inc."), fact("fiscal_year", "2018")]}
    >>> matching(Filters(company="ADOBE, Inc", year="2018"), said), matching(Filters(kind="10-Q"), said)
    (('a',), ())
    """
    return tuple(document_id for document_id, found in facts.items() if _fits(filters, found))


def _fits(filters: Filters, facts: Sequence[Fact]) -> bool:
    named = [_words(fact.value) for fact in facts if fact.name in ("company", "party", "ticker")]
    wanted = _words(filters.company)
    kinds = {fact.value.casefold() for fact in facts if fact.name == "kind"}
    return (
        (not filters.company or any(wanted and _runs_in(wanted, words) for words in named))
        and (not filters.kind or filters.kind.strip().casefold() in kinds)
        and (not filters.year or filters.year.strip() == _year(facts))
    )


def _words(name: str) -> list[str]:
    """The words of a name that tell it from others; all of them where none does."""
    words = _WORD.findall(name.casefold())
    return [word for word in words if word not in _LEGAL_FORMS] or words


def _runs_in(wanted: Sequence[str], words: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(words[at : at + size]) == list(wanted) for at in range(len(words) - size + 1))


def _year(facts: Sequence[Fact]) -> str:
    """The fiscal year a document covers, else the year of its period's end, else of its date."""
    said = {fact.name: fact.value for fact in reversed(facts)}
    return next((said[name][:4] for name in ("fiscal_year", "period_end", "date") if name in said), "")
