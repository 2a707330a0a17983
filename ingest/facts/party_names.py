"""The names in a list of parties, without roles and addresses.

A name is taken where the list of parties can have one: behind "between" or "among", "and", a semicolon,
an enumerator, at the start of a line; or wherever it ends like a company's ("…, Inc."). What stands in
brackets, addresses and descriptions ("a Delaware corporation with …") are passed over. Leaves to
``ingest.facts.parties`` where lists begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.facts.opening import Found, Opening

_LIST_CHARS = 3500
_MOST = 30
_END = re.compile(
    r"\b(?i:whereas|recitals?|background|preliminary\s{1,4}statement|table\s{1,4}of\s{1,4}contents|contents|dated"
    r"|now,?\s{1,4}therefore|in\s{1,4}consideration|terms\s{1,4}and\s{1,4}conditions|relating\s{1,4}to)\b"
    r"|\bW\s?I\s?T\s?N\s?E\s?S\s?S|\bR\s?E\s?C\s?I\s?T\s?A\s?L|\b(?:hereby|desires?|agree|shall|are|is\s{1,4}made)\b"
    r"|\b(?i:article|section)\s{1,4}(?:\d|I\b|ONE)|\bTh(?:is|e\s{1,4}parties)\b|\bTHIS\b|\b[Cc]ollectively\b|\n\s{0,4}1\.\s"
    r"|[)”\"]\.\s|\b[a-z]{4,20}\.\s{1,4}(?=[A-Z])|\b\d{4,6}\.\s|\bto\s{1,4}the\s{1,4}[Ii]ndenture\b"
)
_FORMS = (
    r"(?:(?i:Inc(?:orporated)?|Corp(?:oration)?|Co(?:mpany)?|L\.?\s?L\.?\s?C|Ltd|Limited|L\.\s?P|L\.?L\.?P|plc|P\.L\.C"
    r"|N\.\s?A|National\s{1,4}Association|N\.V|B\.V|S\.A|S\.p\.A|S\.\s?R\.L|GmbH|S\.?[àa]\.?\s?r\.?l|Aktiengesellschaft|Pty)"
    r"|LP|NA|NV|BV|SA|SpA|SRL|AG|SE|A/S|AB|KK|K\.K)(?!\w)\.?"
)
_KINDS_OF_HOUSE = (
    r"(?i:Trust|Fund|Bank|Partners(?:hip)?|Association|University|Institute|Foundation|Authority|Group)(?!\w)"
)
_SUFFIX = rf"(?:{_FORMS}|{_KINDS_OF_HOUSE})"
_JOINED = (
    r"(?i:company|co\.|sons|brothers|trust|savings|loan|gas|light|coke|electric|power|sales|marketing"
    r"|technolog(?:y|ies)|sciences?|research|environmental|development|commerce|industry|trading|telegraph|telephone"
    r"|associates|annuity)\b"
)
_AND_OF_NAME = rf"and(?=\s{{1,4}}{_JOINED})"
_WORD = (
    rf"(?:(?!(?i:as|with)\b)(?:[a-z]{{1,2}}(?=[A-Z]))?(?!(?i:and)\b(?!\s{{1,4}}{_JOINED}))"
    r"[A-Z0-9][\w.&'’/!-]{0,30}|[&/]|[a-z]{1,14}(?:[\d-][\w.-]{0,20}|\.[\w.-]{1,20}))"
)
_JOIN = rf"(?:\s{{1,6}}(?:of|de|la|du|del|van|von|der|for|the|{_AND_OF_NAME})){{0,2}}"
_IN_BRACKETS = r"\s{1,4}\([A-Z][\w. ]{2,24}\)(?=\s{1,4}[A-Z])"
_NAME = re.compile(
    rf"(?![&/]){_WORD}(?:{_JOIN}\s{{1,6}}{_WORD}|,\s{{1,6}}{_FORMS}|\s{{1,4}}plc\b|{_IN_BRACKETS}){{0,14}}"
)
_NAMED = re.compile(rf"(?!{_SUFFIX}$)(?=.{{0,80}}(?:[A-Za-zÀ-ÿ]{{3}}|[A-Z][A-Z&.\d]|\d[A-Z]))", re.S)
_LAWFUL = re.compile(rf"(?<!\w){_SUFFIX}")
_START = re.compile(
    r"\s*(?:(?:and|AND|And)\b\s*|by\b\s*|the\s|\(\s?(?:\d|[a-z]|[ivx]{1,4})\s?\)\s*"
    r"|(?:\d|[a-z]|[ivx]{1,4})[.)]\s{1,4}|:\s*|(?!Source)[A-Z]\w{2,14}:\s{1,4}|[-–—“\"]\s{0,80})*"
)
_AND = re.compile(r"\band\b|[(\d][.)]", re.I)
_BREAK = re.compile(r"[;\n●•]|\b(?<!England\s)(?:and|AND|And|in\s{1,4}favou?r\s{1,4}of)\b(?!/)|,")
_NEVER = re.compile(
    r"\b(?:part(?:y|ies)|hereto|herein|hereby|agreement|undersigned|exhibits?|each|certain|individually|named|listed"
    r"|provisions)\b",
    re.I,
)
_NOT_A_PARTY = re.compile(
    r"\b(?:part(?:y|ies)|hereto|herein|lenders?|banks|listed|named|signator(?:y|ies)|purchasers?|guarantors?"
    r"|subsidiaries|affiliates?|agreement|exhibits?|undersigned|source|page|version|individually|certain|each"
    r"|other|institutions|investors|time|schedules?|statements?|approvals|applicable|bookrunners?|arrangers?"
    r"|effective|terms|covenants|provisions)\b",
    re.I,
)
_ROLE = re.compile(
    r"(?:the\s{1,4})?(?:co-?)?(?:issuers?|borrowers?|company|bank|(?:administrative )?agent|trustee|lender"
    r"|seller|buyer|purchaser|parent|guarantor|employee|consultant|licensor|licensee|landlord|tenant|client|customer"
    r"|supplier|distributor|contractor|executive|recipient|discloser|corporation|trust|fund|as|by|to|for|its"
    r"|service (?:provider|recipient)|sponsor|owner|operator|manager|developer|holding company|limited"
    r"|united states|u\.?s\.?a?\.?|agreements?|dated?|delaware|new york|nevada|california|and"
    r"|(?:[\w.]+ )?[a-z]{2,13} \d{5})",
    re.I,
)
_NUMBERED = re.compile(r"\d{1,3}\.\d{0,3}\s")
_PLACE = re.compile(
    r"\b[A-Z]{2}\s\d{5}\b|\b[A-Z][a-z]+\s\d{5}\b|,\s(?!LP$|SA$|SE$|AG$|AB$|BV$)[A-Z]{2}$"
    r"|^(?:(?i:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*)\s\d"
)
_PASSED_OVER = re.compile(
    r"\b(?:(?<!favor )(?<!favour )of|under|c/o|with|to|in|as|from|at|d/b/a|dba|for|formerly|through)"
    r"\s{1,4}(?:the\s{1,4})?$",
    re.I,
)
_TERM = re.compile(r"\s{0,4},?\s{0,4}\((?:(?:the|The|hereinafter|collectively)\b[^()]{0,40})?[“\"]")
_LEADERS = re.compile(r"\.{6}|(?:\s\.){5}")
_DESCRIBED = re.compile(
    r",?\s{1,4}an?\s{1,4}(?:[\w-]{2,20}\s{1,4}){0,4}?"
    r"(?:corporation|company|partnership|trust|bank|association|individual)\b"
)
_FORM = re.compile(rf"(?<![\w&]){_FORMS}")
_NEXT_FORM = re.compile(rf"\)?,?\s{{0,4}}{_FORMS}|\s{{1,4}}(?:of|OF|\()\s{{0,4}}")
_ABBREVIATED = re.compile(r"(?i:\b(?:inc|corp|co|ltd|jr|sr|bros|l\.c))\.$|\.\s?[A-Za-z]\.$")
_MID_NAME = re.compile(r"(?:company|co)$", re.I)
_ADDRESS = re.compile(r"\s(?:of\s|at\s)?\d|\n\s*\n")
_BEHIND = re.compile(r"[”\"]\s?\)?\s{0,3},\s{0,3}$")
_ARTICLE = re.compile(r"\bthe\s{1,4}$")
_AFTER_ITEM = re.compile(r"\s{0,6}(?:[(,;“\"]|$|\n|and\b|AND\b|as\b|\[)|\s{7,60}(?=[A-Z(])")


def names_of_list(opening: Opening, begin: int, *, lawful: bool = False) -> list[Found]:
    """The names of the list that begins at a place, each once; ``lawful``: only those of companies.

    A table of contents is no list of parties.
    """
    end = _end_of_list(opening.text, begin)
    return [] if _LEADERS.search(opening.text, begin, end) else _names(opening, begin, end, lawful=lawful)


def _end_of_list(text: str, start: int) -> int:
    """Where a list of parties is over: at words that follow one, outside of brackets."""
    depth, at = 0, start
    for end in _END.finditer(text, start, start + _LIST_CHARS):
        depth += text.count("(", at, end.start()) - text.count(")", at, end.start())
        at = end.start()
        if depth <= 0:
            return end.start()
    return min(start + _LIST_CHARS, len(text))


def _names(opening: Opening, start: int, stop: int, *, lawful: bool) -> list[Found]:
    """The names of a list, each once."""
    names: list[Found] = []
    text, at, opens = opening.text, start, True
    while at < stop and len(names) < _MOST:
        lead = _START.match(text, at, stop)
        begin = lead.end() if lead else at
        opens = opens or bool(_AND.search(text, at, begin))
        found, end = name_at(opening, begin, stop, opens=opens and not lawful)
        if found:
            names.append(found)
        at, opens = _next_item(text, end, stop)
    return distinct(names)


def name_at(opening: Opening, begin: int, stop: int, *, opens: bool) -> tuple[Found | None, int]:
    """The party whose name begins at a place, and where to read on."""
    text = opening.text
    match = _NAME.match(text, begin, stop)
    if match is None:
        return None, begin
    end = begin + len(_whole(match.group()))
    words = opening.words(begin, end)
    lawful = bool(_LAWFUL.search(words.value.partition(" ")[2]))
    if not _may_be_a_party(words.value, lawful) or _PASSED_OVER.search(text, max(0, begin - 40), begin):
        return None, end
    defined = bool(_TERM.match(text, end) or _DESCRIBED.match(text, end))
    if _ARTICLE.search(text, max(0, begin - 8), begin) and not defined:
        return None, end
    if lawful:
        return words, end
    if opens and " " in words.value and _AFTER_ITEM.match(text, end):
        return words, end
    begins_item = opens or _BEHIND.search(text, max(0, begin - 8), begin)
    return (words if begins_item and defined else None), end


def _may_be_a_party(words: str, lawful: bool) -> bool:
    role = _ROLE.fullmatch(words.partition(" and ")[0].rstrip("."))
    other = (_NEVER if lawful else _NOT_A_PARTY).search(words)
    return bool(_NAMED.match(words)) and not (role or other or _NUMBERED.match(words) or _PLACE.search(words))


def distinct(names: Iterable[Found]) -> list[Found]:
    """Names, each once, at its first place."""
    first: dict[str, Found] = {}
    for name in names:
        first.setdefault(name.value.casefold().rstrip("."), name)
    return list(first.values())


def _next_item(text: str, at: int, stop: int) -> tuple[int, bool]:
    """The next place where a name may begin, and whether one without a company's ending may."""
    depth = 0
    while at < stop:
        character = text[at]
        if character in "([":
            depth += 1
        elif character in ")]":
            depth = max(0, depth - 1)
        elif not depth:
            match = _BREAK.match(text, at)
            if match:
                return match.end(), character != ","
        at += 1
    return stop, False


def _whole(name: str) -> str:
    """A name up to its legal form; without one, up to an address or a blank line."""
    for form in _FORM.finditer(name):
        if form.start() and not _MID_NAME.match(form[0]) and not _NEXT_FORM.match(name, form.end()):
            return _without_stop(name[: form.end()])
    return _without_stop(_ADDRESS.split(name, maxsplit=1)[0])


def _without_stop(name: str) -> str:
    """A name without the full stop of the sentence it ends."""
    return name if _ABBREVIATED.search(name) else name.rstrip(".")
