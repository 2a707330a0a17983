"""Whose number a reference means: this document's or another's ("Section 12(b) of the Exchange Act").

Also the references to other documents as a whole ("as defined in the Credit Agreement"). Leaves numbers to
``ingest.links.mentions``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_NOUN = (
    r"(?:Act|Code|Agreement|Indenture|Regulations?(?:\s+[A-Z](?:-[A-Z]{1,2})?)?|Rules?|Laws?|Statutes?|Plan|Lease|Letter|Treaty|Order|Guarant(?:y|ee)"
    r"|Contract|Charter|By-?[Ll]aws|Certificate|Policy|Deed|Convention|Reports?|Form(?:\s+\d{1,2}-[A-Z])?|Supplement|Ordinance"
    r"|Constitution|Circular|Memorandum|Mortgage|Note|Notes|Statements?|Amendment|Instrument|Prospectus|Protocol|Warrants?"
    r"|Debentures?|Declaration|Resolution|Standards?|Manual|Guidelines?|Directive|Rulebook|Undertaking|Commitment"
    r"|Merger|Incorporation|Association|Formation|Designation|Documents?|Schedules?|U\.S\.C\.?|C\.F\.R\.?|S-[KX]"
    r"|[A-Z]{2,6}\d?|[A-Z])"
)
_NAME_WORD = r"(?:(?:[A-Z]\.){1,4}|[A-Z][\w&’'/-]{0,30},?|\d{1,4}(?:-\w{1,3})?|of|and|for|the|on|to|in|by)"
_NAME = rf"(?:{_NAME_WORD}(?!\s?\n\s?\n)\s{{1,3}}){{0,9}}?{_NOUN}(?![\w’'])"
_OF = re.compile(
    r"(?:,?\s+(?:respectively|et\.?\s+seq\.?|as\s+amended)(?=[\s,]))?"
    r"[\s,]{1,4}(?:of|to|in|under|from|set\s+forth\s+in|contained\s+in)\s+(?:(?P<own>this|these)\s+"
    r"|(?:the|that\s+certain|its|such|each|any|applicable|said|our|their|an?|such\s+other|any\s+other)\s+){0,2}"
    rf"(?P<name>{_NAME})"
)
_GREEDY = re.compile(rf"(?:{_NAME_WORD}(?!\s?\n\s?\n)\s{{1,3}}){{0,9}}{_NOUN}(?![\w’'])(?:\s+of\s+\d{{4}})?")
_BEFORE = re.compile(
    r"((?:[A-Z][\w.&’'-]{0,30}\s+){0,5}(?:Treas\.\s+Reg\.|Regulations?|Code|Act|U\.\s?S\.\s?C\.{0,2}(?:A\.?)?|USC|C\.\s?F\.\s?R\.?|CFR"
    r"|ERISA|DGCL|TBOC|UCC|Stat(?:utes?|\.)|Laws?|Ordinance|Reg\.|ASC|SFAS|FAS))[\s,]+(?:Title\s+\d+[\s,]+)?\Z"
)
_THAT = re.compile(r"\s+(thereof|thereto|therein|thereunder)\b")
_THIS = re.compile(r"\b[Tt]h(?:is|e\s+present)\s+((?:[A-Z][\w-]{0,20}\s+){0,4}[A-Z][\w-]{2,20})")
_OWN_NOUNS = re.compile(
    r"(?:Agreement|Indenture|Plan|Lease|Report|Contract|Guarant(?:y|ee)|Note|Prospectus|Supplement|Amendment|Deed|Letter"
    r"|Policy|Certificate|Statement|Form|Mortgage|Order|10-K|10-Q|Addendum|Instrument)\Z"
)
_WHOLE = re.compile(
    r"\b(?:(?:as\s+|so\s+)?defined|(?:meanings?|terms?)\s+(?:respectively\s+)?(?:given|assigned|ascribed|specified|set\s+forth|provided"
    r"|attributed|defined)[^.;:“”\"]{0,70}?)\s+(?:in|by|under)\s+(?:the|that\s+certain|such|said)\s+"
)
_OWN_PART = re.compile(
    r"Notes?\s+to|(?:Consolidated\s+)?(?:Financial\s+)?Statements?\b|Sections?\b|Articles?\s+[IVX\d]|Exhibits?\b"
    r"|Schedules?\b|Annex|Appendix|Part\b|Item\b|Clause|Paragraph|Note\s+\d|[A-Z]\Z"
)
_CUT = re.compile(
    rf"\b{_NOUN}(?=,|\s+(?:and|in|by|for|on)\s+(?:the|any|such|each|its|Sections?|Rules?|Articles?|[A-Z]{{2,5}})\b)"
)


class Own:
    """The names by which a document speaks of itself: "this Agreement" makes "the Agreement" its own."""

    def __init__(self, text: str) -> None:
        counts = Counter(" ".join(match[1].split()) for match in _THIS.finditer(text))
        names = {name: count for name, count in counts.items() if _OWN_NOUNS.search(name)}
        most = max(names.values(), default=0)
        self._names = frozenset(name for name, count in names.items() if count >= max(2, 0.1 * most))

    def includes(self, name: str) -> bool:
        """Whether a name, as printed after "the", is one of its own."""
        return " ".join(name.split()) in self._names


def other_document(text: str, word_start: int, end: int, own: Own) -> str:
    """The other document whose number stands at a place, or "": that behind it, else that before it.

    ``word_start`` is where the reference's word begins, ``end`` where "of …" may follow.

    >>> text = "under Section 12(b) of the Exchange Act"
    >>> other_document(text, 6, 19, Own(text))
    'Exchange Act'
    """
    behind = _OF.match(text, end, end + 260)
    if behind is not None:
        if behind["own"]:
            return ""
        name = _whole_name(text, behind.start("name"))
        return "" if own.includes(name) or _is_own_part(name) else name
    that = _THAT.match(text, end)
    if that is not None:
        return that[1]
    before = _BEFORE.search(text, max(0, word_start - 90), word_start)
    return " ".join(before[1].split()) if before else ""


def whole_documents(text: str, own: Own) -> Iterator[tuple[int, int, str]]:
    """Span and name of documents that definitions are said to stand in: "as defined in the Indenture"."""
    for match in _WHOLE.finditer(text):
        name = _GREEDY.match(text, match.end(), match.end() + 160)
        if name is None:
            continue
        words = " ".join(_cut(name[0]).split())
        if not own.includes(words) and not _is_own_part(words) and len(words) > 2:
            yield match.end(), match.end() + len(_cut(name[0])), words


def _whole_name(text: str, start: int) -> str:
    match = _GREEDY.match(text, start, start + 160)
    return " ".join(_cut(match[0]).split()) if match else ""


def _cut(name: str) -> str:
    """A name up to the first noun that another name may follow: "Exchange Act and the Code".

    >>> _cut("Exchange Act and the Code"), _cut("Guarantee and Collateral Agreement")
    ('Exchange Act', 'Guarantee and Collateral Agreement')
    """
    match = _CUT.search(name)
    return name[: match.end()] if match and len(name[: match.end()]) > 3 else name


def _is_own_part(name: str) -> bool:
    """Whether a name is that of a part of the same document: its statements, notes, articles, exhibits."""
    return _OWN_PART.match(name) is not None
