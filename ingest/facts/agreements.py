"""Title, kind and date of a contract, from its title page or the words above its preamble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from ingest.facts.dates import DATE, iso_date
from ingest.facts.opening import Found, Opening
from rag.structure import DocumentKind

_TITLE_CHARS = 6000
_DATE_CHARS = 12_000
_LONGEST_TITLE = 24
_FAR = 500
_NEAR = 150
_LONGEST_LINE = 160
_NOUN = (
    r"(?:AGREEMENTS?|INDENTURE|CONTRACT|LEASE|AMENDMENT|ADDENDUM|GUARANTY|GUARANTEE|DEED|MODIFICATION"
    r"|UNDERTAKING|(?:PROMISSORY|SENIOR|CONVERTIBLE)\s{1,6}NOTES?|COVENANTS?|POLICY|ARRANGEMENT"
    r"|LETTER\s{1,6}OF\s{1,6}INTENT|JOINT\s{1,6}FILING\s{1,6}STATEMENT)"
)
_NUMBERED = r"(?:\s{1,6}(?:NO\.?|NUMBER|#)\s{0,6}\w{1,6})?"
_AFTER = (
    rf"{_NUMBERED}(?:\s{{1,6}}AND\s{{1,6}}PLAN\s{{1,6}}OF\s{{1,6}}\w{{1,20}}"
    rf"|\s{{1,6}}AND\s{{1,6}}(?:[A-Z]\w{{1,20}}\s{{1,6}}){{0,3}}?{_NOUN}\b{_NUMBERED})?"
)
_CAPS = r"[A-Z0-9&][A-Z0-9&,.'’“”\"/()–-]{0,30}"
_CAPITALS = re.compile(
    rf"(?<![\w$])(?:{_CAPS}\s{{1,6}}){{0,{_LONGEST_TITLE}}}?{_NOUN}\b{_AFTER}"
    rf"(?:\s{{1,6}}TO\s{{1,6}}(?:{_CAPS}\s{{1,6}}){{0,12}}?{_NOUN}\b{_AFTER})?"
)
_TITLED = r"(?:[A-Z][\w&,.'’/-]{0,30}|of|and|for|to|the|in|on|with|&|–|-)"
_TITLE_CASE = re.compile(
    rf"(?<![\w$])[A-Z][\w&,'’/-]{{0,30}}[ \t]{{1,4}}(?:{_TITLED}[ \t]{{1,4}}){{0,12}}?"
    rf"(?i:{_NOUN})\b(?i:{_AFTER})"
)
_ON_LINE = re.compile(rf"(?:\S{{1,40}}\s{{1,4}}){{0,14}}(?i:{_NOUN})\b(?i:{_AFTER})[.:]?", re.I)
_BEFORE_TITLE = re.compile(
    r"EXECUTION\s{1,4}(?:VERSION|COPY)|\bAS\s{1,4}AMENDED\.|CONFORMED\s{1,4}COPY|\b(?:THIS|DRAFT|DATED|DOCUMENT|(?:19|20)\d\d)\b"
    r"|\bEX(?:HIBITS?)?\b[-.\s]{1,4}[\d.]{1,6}[\w()*-]{0,12}|(?<!\S)[\d.]{1,12}\)?(?=\s)"
    r"|\bCONFIDENTIAL\b(?!\s{1,4}(?:DISCLOSURE|INFORMATION|AGREEMENT))|\b(?:INC|LTD|CORP|LLC|L\.L\.C|CO)\b(?!-)\.?,?"
    r"|\b(?:ARTICLE|SECTION|SCHEDULE|FORM\s{1,4}OF)\b(?:\s{1,4}[\dIVX.]{1,6}\b)?",
    re.I,
)
_SENTENCE = re.compile(
    r"\b(?:HAS|HAVE|BEEN|IS|ARE|WILL|SHALL|PURSUANT|COMMISSION|HEREBY|WHEREAS|BETWEEN|AMONG)\b", re.I
)
_CONTINUES = re.compile(r"\s*(?:TO|OF|FOR|AND|NO)\b", re.I)
_BLANK = re.compile(r"\n\s{0,20}\n\s*")
_NAMES_INSTRUMENT = re.compile(_NOUN, re.I)
_BARE = re.compile(rf"(?!INDENTURE)(?:{_NOUN})[.:]?", re.I)
_KINDS: tuple[tuple[DocumentKind, re.Pattern[str]], ...] = (
    ("merger agreement", re.compile(r"\bmerger\b|plan\s{1,6}of\s{1,6}reorgani[sz]ation", re.I)),
    ("indenture", re.compile(r"\bindenture\b", re.I)),
    ("NDA", re.compile(r"non[-‐‑–—]?\s{0,6}disclosure|\bconfidential(?:ity)?\b|\bNDA\b", re.I)),
    ("credit agreement", re.compile(r"\b(?:credit|loan|facility|facilities)\b", re.I)),
)
_AMENDS = re.compile(r"\b(?:amendment|supplement|addendum|modification|waiver)\b", re.I)
_AMENDED = re.compile(
    r"\b(?:(?:Credit|Loan|Merger|Confidentiality)(?:\s{1,4}\w{1,20}){0,4}\s{1,4}Agreement"
    r"|Indenture|Plan\s{1,4}of\s{1,4}Merger)\b"
)
_AMENDED_CHARS = 2000
_ALONE = re.compile(rf"\n\s{{0,40}}({DATE})[ \t]{{0,20}}\n", re.I)
_DATED = re.compile(
    r"\b(?:dated|date(?!\s?:)|made|entered|effective|executed|agreement\s{1,4}is|as\s{1,4}of|this)\b"
    r"(?:[\s,:]{1,10}(?:this|the|as|of|effective|on|for|reference|is|into|and|entered|made|date)){0,9}"
    rf"[\s,:]{{1,30}}({DATE})",
    re.I,
)
_ANY_DATE = re.compile(DATE, re.I)
_SIGNED = re.compile(
    r"(?:(?<!expiration )\bdated?:|\b(?:executed|signed)\b[^\n]{0,80}?\bon(?:\s{1,4}the)?)"
    rf"\s{{0,6}}({DATE})",
    re.I,
)
_OF_ANOTHER = re.compile(
    r"(?<!this )(?<![“”\"'(])\b(?:agreements?|contract|document|letter|amended)[”\")]{0,2},?\s{1,4}"
    r"(?:\w{1,6}\s{1,4}){0,2}?"
    r"(?:dated?|effective|as|on)(?:\s{1,4}(?:as|of|on|effective)){0,4}\s{1,4}$",
    re.I,
)


def find_title(opening: Opening) -> Found | None:
    """The title: the first words in capitals or on a line of their own that name an instrument, or None."""
    candidates = [*_capitals(opening), *_own_lines(opening)]
    full = [found for found in candidates if not _BARE.fullmatch(found.value)]
    first = min((found.start for found in full), default=_TITLE_CHARS)
    if first > _FAR:
        full += [found for found in _title_case(opening) if found.start < first - _FAR]
    return min(full or candidates, key=lambda found: (found.start, -found.end), default=None)


def kind_of(title: str) -> DocumentKind:
    """The kind of instrument that a title names.

    >>> kind_of("AGREEMENT AND PLAN OF MERGER"), kind_of("Mutual Non-Disclosure Agreement"), kind_of("LEASE")
    ('merger agreement', 'NDA', 'agreement')
    """
    return next((kind for kind, words in _KINDS if words.search(title)), "agreement")


def kind_of_amendment(opening: Opening, title: Found) -> DocumentKind:
    """The kind of an instrument; of an amendment whose title does not tell, that of what it amends."""
    kind = kind_of(title.value)
    if kind == "agreement" and _AMENDS.search(title.value):
        amended = _AMENDED.search(opening.text, title.end, title.end + _AMENDED_CHARS)
        return kind_of(amended.group()) if amended else kind
    return kind


def find_date(opening: Opening, title: Found) -> Found | None:
    """The date of the instrument: "dated as of …", "made this … day of …", else the first date there is."""
    begin = max(0, title.start - _TITLE_CHARS // 6)
    alone = _ALONE.search(opening.text, title.end, title.end + _FAR // 2)
    if alone and iso_date(alone[1]):
        return Found(iso_date(alone[1]), *alone.span(1))
    dates = list(_dates(_DATED, opening, begin, title.end + _DATE_CHARS))
    own = (date for date in dates if date.start < title.end + _NEAR or not _of_another(opening, date))
    plain = _dates(_ANY_DATE, opening, begin, title.end + _TITLE_CHARS // 2)
    worded = (date for date in plain if "/" not in opening.text[date.start : date.end])
    signed = reversed(list(_dates(_SIGNED, opening, title.end, len(opening.text))))
    return next(chain(own, signed, dates, worded), None)


def _of_another(opening: Opening, date: Found) -> bool:
    """Whether the words before a date say that it is another document's."""
    return _OF_ANOTHER.search(opening.text, max(0, date.start - _NEAR), date.start) is not None


def _dates(pattern: re.Pattern[str], opening: Opening, begin: int, end: int) -> Iterator[Found]:
    for match in pattern.finditer(opening.text, begin, end):
        span = match.span(match.lastindex or 0)
        value = iso_date(opening.text[slice(*span)])
        if value:
            yield Found(value, *span)


def _capitals(opening: Opening) -> Iterator[Found]:
    for match in _CAPITALS.finditer(opening.text, 0, _TITLE_CHARS):
        yield from _trimmed(opening, *match.span())


def _own_lines(opening: Opening) -> Iterator[Found]:
    for start, end in opening.lines(0, min(_TITLE_CHARS // 2, len(opening.text))):
        line = opening.text[start:end]
        if len(line) <= _LONGEST_LINE and line[0].isupper() and _ON_LINE.fullmatch(line):
            yield from _trimmed(opening, start, end)


def _title_case(opening: Opening) -> Iterator[Found]:
    for match in _TITLE_CASE.finditer(opening.text, 0, _TITLE_CHARS):
        yield from _trimmed(opening, *match.span())


def _trimmed(opening: Opening, start: int, end: int) -> Iterator[Found]:
    """A title without what stands above it; nothing if it is a sentence."""
    text = opening.text[start:end]
    noun = next(match.start() for match in _NAMES_INSTRUMENT.finditer(text))
    begin = max((match.end() for match in _BEFORE_TITLE.finditer(text, 0, noun)), default=0)
    for gap in _BLANK.finditer(text, begin, noun):
        if not _CONTINUES.match(text, gap.end()) and not _BARE.fullmatch(text[gap.end() :].strip()):
            begin = gap.end()
    begin += len(text[begin:]) - len(text[begin:].lstrip(" \n\t\r.,:;)]”\"'-–/&"))
    title = text[begin:].rstrip(" .:")
    if title and not _SENTENCE.search(title) and len(title.split()) <= _LONGEST_TITLE:
        yield opening.words(start + begin, start + begin + len(title))
