"""An answer as text for people, for those who get nothing but text: chat clients and language models.

The answer comes first, with numbered marks; below it stands each source with its quote. Leaves the fields
that programs read to ``service.answers``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from service.answers import Abstained, Answered, CitationOut, DerivationOut

_QUOTE_CHARS = 400
_NAMES = 8
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Prose:
    """``paragraphs`` joined by blank lines are the text; ``marks`` are the spans of its ``[n]``, in order."""

    paragraphs: tuple[str, ...]
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def text(self) -> str:
        """All of it."""
        return "\n\n".join(self.paragraphs)


def prose_of(reply: Answered | Abstained) -> Prose:
    """The text of a reply; there is a mark for each of its citations."""
    notices = tuple(f"Note: {notice}" for notice in reply.notices)
    if isinstance(reply, Abstained):
        return Prose((f"Not in these documents ({reply.reason}). {_searched(reply)}", *notices))
    answer, marks = reply.answer, []
    for number in range(1, len(reply.citations) + 1):
        start = len(answer) + 1
        answer = f"{answer} [{number}]"
        marks.append((start, len(answer)))
    computed = (_computed(reply.derivation),) if reply.derivation else ()
    sources = tuple(_source(number, one) for number, one in enumerate(reply.citations, start=1))
    return Prose((answer, *computed, *sources, *notices), tuple(marks))


def page_name(page: int, label: str) -> str:
    """How people call a page that is counted from 0 and may bear a printed number.

    >>> page_name(41, "38"), page_name(0, "1"), page_name(2, "")
    ('page 42 (printed 38)', 'page 1', 'page 3')
    """
    counted = str(page + 1)
    return f"page {counted} (printed {label})" if label and label != counted else f"page {counted}"


def _source(number: int, citation: CitationOut) -> str:
    quote = _SPACE.sub(" ", citation.quote).strip()
    if len(quote) > _QUOTE_CHARS:
        quote = quote[: _QUOTE_CHARS - 1].rstrip() + "…"
    where = f"{citation.document}, {page_name(citation.page, citation.page_label)}"
    changed = f" (changed by {', '.join(citation.amended_by)})" if citation.amended_by else ""
    return f"[{number}] {where}{changed}: “{quote}”"


def _computed(derivation: DerivationOut) -> str:
    operands = "; ".join(
        f"{one.name} = {one.text}, {one.label}{f' ({one.period})' if one.period else ''}"
        for one in derivation.operands
    )
    return f"{derivation.name} = {derivation.formula}, where {operands}"


def _searched(reply: Abstained) -> str:
    names = [one.name for one in reply.searched]
    if not names:
        return "No document was searched."
    more = f" and {len(names) - _NAMES} more" if len(names) > _NAMES else ""
    return f"Searched: {', '.join(names[:_NAMES])}{more}."
