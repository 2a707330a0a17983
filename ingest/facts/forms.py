"""Facts from the cover page of a form filed with the SEC: kind, registrant, symbol, period, report date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.facts.dates import DATE, iso_date
from ingest.facts.opening import Found, Opening
from rag.structure import DocumentKind

_COVER_CHARS = 9000
_HEAD = re.compile(
    r"securities\s{1,4}and\s{1,4}exchange\s{1,4}commission.{0,60}?washington,?\s{1,4}d\.?\s?c", re.I | re.S
)
_FORM = re.compile(r"\bform\s{1,8}(10-?[KQ]|8-?K|20-?F)(?:SB|405|T)?(?:/A)?\b", re.I)
_KINDS: dict[str, DocumentKind] = {"10K": "10-K", "10Q": "10-Q", "8K": "8-K", "20F": "20-F"}
_BEFORE_HEAD = 400
_REGISTRANT = re.compile(
    r"\(?\s{0,4}exact\s{1,4}name\s{1,4}of\s{1,4}(?:the\s{1,4})?[a-z\s]{0,30}(?:registrant|issuer|company)",
    re.I,
)
_FILE_NUMBER = re.compile(r"commission\s{1,4}file\s{1,4}(?:number|no\b)[^\n]{0,60}", re.I)
_PERIOD = re.compile(
    r"\bfor\s{1,4}the\s{1,4}(?:fiscal\s{1,4}|quarterly\s{1,4}|annual\s{1,4}|transition\s{1,4}){0,2}(?:year|period|quarter)"
    rf"\s{{1,4}}ended\s{{0,4}}:?\s{{0,8}}({DATE})",
    re.I,
)
_REPORTED = re.compile(rf"\bdate\s{{1,4}}of\s{{1,4}}(?:earliest\s|report).{{0,80}}?({DATE})", re.I | re.S)
_SYMBOLS = re.compile(r"trading\s{1,4}symbol", re.I)
_SYMBOL = re.compile(
    r"(?:\s|\|)([A-Z]{1,5}(?:[.-][A-Z])?)[\s|]{1,20}(?:The\s{1,4})?(?:New York Stock|NYSE|N(?:ASDAQ|asdaq))"
)
_SYMBOL_CHARS = 2500
_LABEL_BELOW = 250
_LETTERS = re.compile(r"[A-Za-z]{2}|\d[A-Z]")
_NO_NAME = re.compile(r"commission|form\s{1,4}\d|\bfile\s|period|\bended\b|act of|washington, d", re.I)
_TAIL = re.compile(r"(?:and|of|&|,)$|^(?:and|of|&|inc|llc|ltd|l\.p|corp|company)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """A cover page: its kind, the words "Form 10-K" on it, and its span."""

    kind: DocumentKind
    form: Found
    start: int
    end: int


def find_cover(opening: Opening) -> Cover | None:
    """The first cover page among the first pages, or None."""
    for head in _HEAD.finditer(opening.text):
        begin = max(0, head.start() - _BEFORE_HEAD)
        form = _FORM.search(opening.text, head.end(), head.end() + _COVER_CHARS // 6) or _FORM.search(
            opening.text, begin, head.start()
        )
        if form:
            return Cover(
                kind=_KINDS[form[1].upper().replace("-", "")],
                form=opening.words(form.start(), form.end()),
                start=min(form.start(), head.start()),
                end=min(head.end() + _COVER_CHARS, len(opening.text)),
            )
    return None


def find_registrant(opening: Opening, cover: Cover) -> Found | None:
    """The name above "(Exact name of registrant …)", else the line below the commission file number."""
    label = _REGISTRANT.search(opening.text, cover.start, cover.end)
    if label:
        named = [
            span for span in opening.lines(cover.start, label.start()) if _is_name(opening.text[slice(*span)])
        ]
        if named:
            first, last = named[-1]
            if len(named) > 1 and _runs_on(opening.text, named[-2], named[-1]):
                first = named[-2][0]
            return opening.words(first, last)
    number = _FILE_NUMBER.search(opening.text, cover.start, cover.end)
    if number:
        for first, last in opening.lines(number.end(), cover.end):
            if _is_name(opening.text[first:last]):
                return opening.words(first, last)
    return None


def find_symbol(opening: Opening, cover: Cover) -> Found | None:
    """The trading symbol of the first class of securities on the cover."""
    title = _SYMBOLS.search(opening.text, cover.start, cover.end)
    if title is None:
        return None
    begin, end = title.end(), min(cover.end, title.end() + _SYMBOL_CHARS)
    row = _SYMBOL.search(opening.text, max(cover.start, begin - _LABEL_BELOW), begin)
    row = row or _SYMBOL.search(opening.text, begin, end)
    return opening.words(*row.span(1)) if row else None


def find_period(opening: Opening, cover: Cover) -> Found | None:
    """The end of the year or quarter reported on."""
    return _date(_PERIOD, opening, cover)


def find_report_date(opening: Opening, cover: Cover) -> Found | None:
    """The date of report of a current report."""
    return _date(_REPORTED, opening, cover)


def _date(pattern: re.Pattern[str], opening: Opening, cover: Cover) -> Found | None:
    for match in pattern.finditer(opening.text, cover.start, cover.end):
        value = iso_date(match[1])
        if value:
            return Found(value, *match.span(1))
    return None


def _is_name(line: str) -> bool:
    return bool(_LETTERS.search(line)) and len(line) <= 120 and not _NO_NAME.search(line)


def _runs_on(text: str, above: tuple[int, int], below: tuple[int, int]) -> bool:
    """Whether a name began on the line above."""
    together = text.count("\n", above[1], below[0]) == 1
    return together and bool(_TAIL.search(text[slice(*above)]) or _TAIL.search(text[slice(*below)]))
