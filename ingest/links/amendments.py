"""What a document says that it amends, supplements or restates: the other's title and date.

Read from its title and opening words ("First Supplemental Indenture … to the Indenture dated as of March 3,
2019"). Leaves finding that document in a library to ``rag.amended``.
"""

from __future__ import annotations

import re
from datetime import date

from rag.structure import DocumentLink, LinkKind
from rag.types import Document

_HEAD = 1500
_OPENING = 12_000
_TITLE_PAGE = 800
_NOUN = (
    r"(?:Agreement|Indenture|Prospectus|Lease|Contract|Note|Plan|Deed|Mortgage|Guarant(?:y|ee)|Trust|Statement|Instrument"
    r"|Facility|Charter|Certificate|Undertaking|prospectus)"
)
_GAP = r"(?:[ \t\xa0]{1,9}|[ \t]{0,9}\n[ \t]{0,40}(?!\n))"
_SMALL = r"(?:of|and|for|the|to|on|in|by|or)"
_TITLE = rf"(?:(?:[A-Z][\w&.’'/®™-]{{0,30}}|No\.\s*\d+|\d+|{_SMALL})[\s,]{{1,3}}){{0,12}}{_NOUN}\b"
_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = rf"(?:{'|'.join(_MONTHS)})"
_DATE = (
    rf"(?:(?P<m1>{_MONTH})\s+(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\s*,?\s*(?P<y1>\d{{4}})"
    rf"|(?:the\s+)?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:day\s+of\s+)?(?P<m2>{_MONTH}),?\s*(?P<y2>\d{{4}}))"
)
_NAMED = (
    r"\b(?:[Tt]he|[Tt]hat\s+certain|[Aa]n?|[Ii]ts|[Tt]heir|[Ss]aid|[Tt]o(?:\s+the)?)\s+(?:(?:existing|original)\s+)?"
    rf"(?P<title>{_TITLE})"
)
_WHEN = (
    r"\b(?:dated|made|entered\s+into|executed|effective|with\s+an\s+effective\s+date|with\s+an\s+Effective\s+Date)\s+"
    rf"(?:and\s+effective\s+)?(?:(?:as\s+of|on|of|effective(?:\s+as\s+of)?)\s+)?{_DATE}"
)
_DATED = re.compile(rf"{_NAMED}[\s,]{{0,4}}(?:\([^()]{{0,80}}\)[\s,]{{0,4}})?(?:(?:was|is)\s+)?{_WHEN}")
_DATED_LATER = re.compile(rf"{_NAMED}(?!\s*\()[^;]{{0,400}}?{_WHEN}")
_TO_TITLE = re.compile(
    r"(?:AMENDMENT|Amendment|SUPPLEMENT|Supplement|MODIFICATION|Modification|ADDENDUM|Addendum)"
    r"[\s\w.,#°º]{0,30}?\s(?:TO|to|OF|of)\s+"
    r"(?:(?:THE|the|THAT|that)\s+)?(?:CERTAIN\s+|certain\s+)?"
    rf"(?P<title>(?:(?:[A-Z][\w&.’'/®™-]{{0,30}}|{_SMALL}){_GAP}){{0,9}}(?:{_NOUN}|{_NOUN.upper()})\b)"
    rf"|(?P<before>(?:[A-Z][\w&.’'/®™-]{{0,30}}[ \t]+){{0,6}}?(?:{_NOUN}|{_NOUN.upper()}))\s+"
    r"(?:AMENDMENT|Amendment|ADDENDUM|Addendum)\b"
)
_OWN_TITLE = re.compile(
    r"\bamended\s+and\s+restated\s+(?P<title>(?:[\w&.’'/-]{1,30}[\s,]{1,3}){0,7}?"
    rf"{_NOUN})\b",
    re.I,
)
_KINDS: tuple[tuple[LinkKind, re.Pattern[str]], ...] = (
    (
        "supplements",
        re.compile(
            r"\bsupplemental\s+(?:\w+\s+){0,2}?indenture|\b(?:prospectus|pricing)\s+supplement"
            r"|\bsupplement\s+(?:no\.\s*\d+\s+)?to\b",
            re.I,
        ),
    ),
    (
        "amends",
        re.compile(
            r"\b(?:amendment|modification|addendum)\b(?:\s+(?:agreement|and\s+\w+|\S{1,6})){0,4}\s+(?:to|of)\b"
            r"|\b(?:first|second|third|fourth|fifth|sixth|\d{1,2}(?:st|nd|rd|th))\s+amendment\b"
            r"|\bamendment\s+(?:no\.?|number|#)\s*\w+"
            r"|\b(?:amendment|modification)\s+agreement\b|\bagreement\s+addendum\b"
            r"|\bthis\s+(?:\w+\s+)?(?:amendment|addendum)\b",
            re.I,
        ),
    ),
    ("restates", re.compile(r"\bamended\s+and\s+restated\b|\bamendment\s+and\s+restatement\b", re.I)),
)
_RESTATES = re.compile(
    r"\bamend(?:s|ing|ment)?\s+and\s+restat(?:e|es|ing|ement)\b"
    r"(?:\s+(?:and\s+supersedes?|in\s+(?:its|their)\s+entirety|in\s+full|of)){0,2}[\s,]",
    re.I,
)
_ITSELF = re.compile(r"\b[Tt]his\s+\Z|\bTHIS\s+\Z")
_AMENDMENT = re.compile(r"\b(?:Amendment|AMENDMENT|Supplement)\s+(?:(?:No\.?|#)\s*)?\w{0,8}\s*(?:to\s*)?\Z")
_PROSE = re.compile(
    r"\b(?:WHEREAS|RECITALS|TABLE\s+OF\s+CONTENTS|Table\s+of\s+Contents|T(?:his|HIS)\s+(?:[\w-]+\s+){0,4}?"
    r"(?:Agreement|Amendment|Supplement|Indenture|Modification|AGREEMENT|AMENDMENT|SUPPLEMENT|INDENTURE))\b"
)
_CONTENTS = re.compile(r"\s*table\s+of\s+contents\b", re.I)
_CHANGE = re.compile(r"\b(?:amendment|supplement|supplemental|addendum|modification)\b", re.I)


def find_links(document: Document) -> tuple[DocumentLink, ...]:
    """What a document changes; empty where it does not say so in its title.

    The span holds the words that name the other document.
    """
    text = document.text
    head = " ".join((document.title, " ".join(text[:_HEAD].split())))
    kind = next((kind for kind, pattern in _KINDS if pattern.search(_title_words(document, head))), None)
    if kind is None:
        return ()
    found = _restated(text) if kind == "restates" else _changed(text)
    if found is None:
        return ()
    title, day, start, end = found
    return (
        DocumentLink(
            document_id=document.id, kind=kind, title=" ".join(title.split()), date=day, start=start, end=end
        ),
    )


def _title_words(document: Document, head: str) -> str:
    """The words of the title page: the title, and the opening up to where its prose begins."""
    first = len(document.title)
    contents = _CONTENTS.match(head, first)
    prose = _PROSE.search(head, contents.end() if contents else first)
    return head[: min(prose.start() if prose else first + _TITLE_PAGE, first + _TITLE_PAGE) + 120]


def _changed(text: str) -> tuple[str, str, int, int] | None:
    """Title, date and span of the document changed; the title's own words tell which of those named it is.

    A date right behind the title comes before one that stands behind the parties.
    """
    wanted = _TO_TITLE.search(text[:_HEAD])
    own = (wanted["title"] or wanted["before"]) if wanted else ""
    noun = own.split()[-1].casefold() if own else ""
    named = [
        match
        for pattern in (_DATED, _DATED_LATER)
        for match in pattern.finditer(text[:_OPENING])
        if not _CHANGE.search(match["title"])
        and not _ITSELF.search(text, max(0, match.start() - 6), match.start())
        and (not noun or match["title"].split()[-1].casefold() == noun)
    ]
    # "Amendment No. 1 to Credit Agreement, dated …" bears the amendment's date.
    match = next((one for one in named if not _AMENDMENT.search(text[: one.start()][-32:])), None) or next(
        iter(named), None
    )
    if match is not None:
        # "the Agreement dated …" is called in full in the title alone.
        bare = len(match["title"].split()) == 1
        return own.title() if bare and own else match["title"], _iso(match), match.start("title"), match.end()
    return (own.title(), "", *wanted.span("title" if wanted["title"] else "before")) if wanted else None


def _restated(text: str) -> tuple[str, str, int, int] | None:
    """The document that is said to be amended and restated by this one."""
    for lead in _RESTATES.finditer(text[: 3 * _OPENING]):
        match = _DATED.match(text, lead.end()) or _DATED_LATER.match(text, lead.end(), lead.end() + 700)
        if match is not None:
            return match["title"], _iso(match), match.start("title"), match.end()
    return _namesake(text)


def _namesake(text: str) -> tuple[str, str, int, int] | None:
    """The earlier document of the same name: "that certain Credit Agreement dated as of June 29, 1999"."""
    own = _OWN_TITLE.search(text[:_HEAD])
    if own is None:
        return None
    words = own["title"].casefold().replace(",", "").split()
    for pattern in (_DATED, _DATED_LATER):
        for match in pattern.finditer(text[: 3 * _OPENING]):
            named = match["title"].casefold().replace(",", "").split()
            this = _ITSELF.search(text, max(0, match.start() - 6), match.start())
            if named[-len(words) :] == words and not this:
                return match["title"], _iso(match), match.start("title"), match.end()
    return None


def _iso(match: re.Match[str]) -> str:
    """The date of a match as ISO 8601, or "" where there is no such day."""
    month = match["m1"] or match["m2"]
    try:
        day = date(int(match["y1"] or match["y2"]), _MONTHS.index(month) + 1, int(match["d1"] or match["d2"]))
    except ValueError:
        return ""
    return day.isoformat()
