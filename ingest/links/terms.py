"""Terms at the places that define them: quoted or not, as entries, within a sentence, or in passing.

Leaves how far a definition reaches to ``ingest.links.definitions``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.links.places import Places

Form = Literal["entry", "sentence", "passing"]

_MAX_BRACKET = 700
_MAX_WORDS = 14

_QUOTED = re.compile(
    # A mark that is never closed ends before the verb.
    r"“\s?([A-Z][^“”\"\n\f]{0,80}?)(?=,?[ \t](?:shall[ \t]+mean|means)\b)|"
    r"“\s?([^“”\"\f]{1,120}?)\s?[”“\"]"
    r"|(?<![\w.,;!?)”])\"(?:(?=[\w$(\[\n&])| (?=[A-Z][\w &-]{0,40}\" (?:or|and|means?|shall|has)\b))"
    r"([^“”\"\f]{1,120}?)\s?[\"”]"
    r"|(?<!\w)‘([A-Z][^‘’“”\"\f]{1,80}?)’(?!\w)"
    r"|(?<=\s)”(?=\w)([^“”\"\f]{1,80}?)”"
    r"|``([^`'“”\"\f]{1,120}?)''"
)
_VERB = (
    r"(?:means?\b(?!\s+(?:of|by)\b)|meaning\b"
    r"|(?:has|have|had|having|(?:be|is|are)\s+given|bears?|takes?)\s+(?:(?:the|its|their|such|that|a)\s+)?"
    r"(?:respective\s+|same\s+|following\s+|correlative\s+|corresponding\s+|similar\s+)?meanings?\b"
    r"|(?:is|are|be)\s+(?:(?:as|used\s+as|herein|hereby|further)\s+)?defined\b"
    r"|(?:is|are)\s+(?:used|as\s+set\s+forth|as\s+specified)\b"
    r"|refers?\s+to\b|includes?\b|(?:be\s+)?deemed\s+to\s+(?:mean|include|refer)\b|be\s+deemed\s+a\s+reference\b"
    r"|denotes?\b)"
)
_ADVERBS = (
    r"(?:(?:shall|will|must|also|each|hereby|collectively|respectively|only|both|as\s+used\s+herein)"
    r"[\s,:]+){0,4}"
)
_NUMBERED = r"(?:\([a-zA-Z0-9]{1,6}\)|[a-zA-Z0-9]{1,3}[.)]|\d{1,3}(?:\.\d{1,3}){1,4}\.?|[•·▪●*-])"
_BRACKET = r"(?:\([^()]{0,160}\)[\s,]*)?"
_MEANS = re.compile(rf"[\s,:)]*{_BRACKET}{_ADVERBS}{_VERB}")
_NAME_GIVEN = r"\((?:the|this|an?)?\s?[“\"][^“”\"()]{1,40}[”\"]\s?\)"
_QUALIFIED = re.compile(
    rf"[\s,)]*{_BRACKET}(?:when|where|with|as|of|for|in|at|on|under|relating|to|by|from|if)\b"
    rf"(?:[^;:“”\"]{{0,160}}?{_NAME_GIVEN})?[^;:“”\"]{{0,260}}?[\s,]{_ADVERBS}"
    rf"(?<!by )(?<!such )(?<!other ){_VERB}"
)
_WILL_BE = re.compile(r"[\s,]*(?:shall|will)\s+be\b|\s*=\s|\s+is\s+(?:the|a|an|any)\b")
_COLON = re.compile(r"\s*(?::|[–—]|-\s|\.\s)")
_CHAIN = re.compile(
    r"[\s,]*(?:\([^()]{0,40}\)\s*)?(?:and/or|and|or|,|;|/)?[\s,]*(?:the\s+)?(?:terms?\s+|words?\s+)?"
)
_OPENS = re.compile(
    r"(?:\A|\n\s{0,200}|\f\s{0,200}|[.;:—–”\"\])]\s{1,20})"
    rf"(?:(?:{_NUMBERED}|(?:Section|SECTION|§)\s*\d[\d.]{{0,8}})\s{{0,9}}){{0,2}}"
    r"(?:(?:The|the|Each|each)\s+(?:of\s+the\s+)?(?:following\s+)?(?:capitalized\s+|defined\s+)?"
    r"(?:terms?|words?|expressions?|phrases?)\s+)?\Z"
)
_LINE_OPENS = re.compile(rf"(?:\A|\n|\f)[ \t]*(?:{_NUMBERED}\s{{1,9}}){{0,2}}\Z")
_BLANK = re.compile(r"\n[ \t\r\f\v]{0,99}\n")
_ENUMERATED = re.compile(r"[.;”\"]\s+\([a-zA-Z]{1,6}\)\s+\Z")
_GIVEN = re.compile(
    r"(?:\A|[,;(\[]|\b(?:and|or|being)\b)\s*"
    r"(?:(?:the|a|an|each|either|such|this|these|those|collectively|individually|together|jointly|severally"
    r"|hereinafter|hereafter|herein|hereunder|sometimes|also|referred\s+to|as|called|known|being|respectively|and|or"
    r"|defined|such\s+\w+|in\s+such\s+capacity|in\s+this\s+\w+|below|for\s+short|i\.e\.)[\s,:]*){1,10}\Z",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:(?:referred|refer)\s+to(?:[\s,]+(?:collectively|individually|herein|hereinafter|hereafter|together|therein"
    r"|sometimes|jointly|severally|below|in\s+this\s+\w+|each|in\s+the\s+\w+|and|or|it|them)){0,6}[\s,]+as"
    r"|(?:hereinafter|hereafter|herein|hereby|collectively|together|each|individually|jointly|defined|designated)[\s,]+"
    r"(?:(?:referred\s+to|known|called|termed|designated|defined|and|or|as|individually|collectively)[\s,]+){0,5})"
    r"[\s,:]*(?:(?:the|a|an|either|each|as|collectively|individually|together|being)[\s,]+){0,4}\Z",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(
    r"[\s,.;]*(?:[)\]\[(,;.:/]|\Z"
    r"|\b(?:and|or|as|in|which|herein|hereinafter|individually|collectively|each|hereunder|hereto|for)\b)"
)
_ELSEWHERE = re.compile(
    r"[\s,]*\(?(?:within\s+the\s+meaning|as\s+(?:such|that|those)\s+terms?|as\s+defined\s+(?:in|under|by|pursuant))"
)
_EXAMPLE = re.compile(
    r"\b(?:such\s+as|e\.g\.|including|like|other\s+than)[\s,]*\Z|\b(?:so-called|including)\s[^,]*,?\s*\Z"
)
_CALLED = re.compile(r"\b(?:terms?|words?|phrases?|expressions?)\s+\Z")
_USED = re.compile(
    r"\b(?:[Aa]s\s+used\s+(?:herein|in\s+th\w+\s+\w+)|[Ff]or\s+(?:the\s+)?purposes?\s+(?:hereof|of\s+th\w+\s+\w+))"
    r"(?:\s+\d[\d.]{0,8})?(?:\([a-z]{1,4}\)){0,3}[\s,]+(?:(?:the|an?)\s+)?\Z"
)
_DEFINED_IN_TITLE = re.compile(r"\bdefin|interpretation|glossary|terms used|certain terms", re.IGNORECASE)
_BARE = re.compile(
    rf"(?:(?<=\n)|\A)[ \t]*(?:{_NUMBERED}[ \t]+)?(?:The\s+term\s+)?"
    r"([A-Z][\w&'’/.-]{0,40}"
    r"(?:[ \n](?:[A-Z0-9(&][\w&'’/().-]{0,40}|of|and|or|the|to|for|in|on|by|with|a)){0,9})"
    r"(?:,|\s+\([^()\n]{0,80}\),?)?(?:\s+(?:(?:shall|will)\s+)?"
    r"(?:mean|means|(?:has|have)\s+the\s+(?:respective\s+)?meanings?)\b|(:)[ \t]+(?=\S))"
)
_NO_TERM = re.compile(
    r"(?:and/or|and|or|not|no|including|includes?|herein|hereof|hereto|hereunder|hereby|will|shall|may|must"
    r"|to the extent|extent|any|either|it|its|he|she|without limitation|if|from|until|through|days?|writing"
    r"|written)\Z",
    re.IGNORECASE,
)
_NO_BARE = re.compile(
    r"(?:The|This|That|These|Those|It|Which|What|Such|Each|Any|All|No|References?|Words?|If|In|For|As|By|To|From|With)"
    r"(?=\s)"
)
_NO_COLON = re.compile(
    r"(?:Section|Article|Note|Item|Source|Attention|Attn|Re|Name|Title|Date|Address|Fax|Telephone|Phone|E-?mail|Email)\b"
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Inc|Corp|Co|Ltd|No|Jr|Sr|L\.P|S\.A|N\.A|U\.S|U\.K|L\.L\.C|B\.V|N\.V)|(?:\b[A-Z]\.){1,4}[A-Z])\.\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTerm:
    """A term where it is defined: ``start`` of the definition, the term's own span, how it is printed."""

    start: int
    term_start: int
    term_end: int
    term: str
    form: Form


def find_terms(text: str, places: Places) -> list[FoundTerm]:
    """The terms of a text where they are defined, by start."""
    found = [*_quoted(text, places), *_unquoted(text, places)]
    return sorted(found, key=lambda one: (one.start, one.term_start))


def in_definitions(places: Places, offset: int) -> bool:
    """Whether an offset lies in a section that is called after definitions."""
    return any(_DEFINED_IN_TITLE.search(title) for title in places.innermost(offset).path[-2:])


# Quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quote:
    """Words in quotation marks: the span with the marks, and that of the words."""

    start: int
    end: int
    first: int
    last: int


def _quoted(text: str, places: Places) -> Iterator[FoundTerm]:
    """Quoted words that are defined; "“A”, “B” and “C” mean" defines three at once."""
    before: _Quote | None = None
    named = False
    for group in _groups(text, _quotes(text)):
        form = _form(text, group, places)
        for quote in group:
            if form is not None:
                yield _term(text, quote, form, group[0].start)
                named = form != "entry"
            else:
                named = _in_passing(text, quote, before, named)
                if named:
                    yield _term(text, quote, "passing", quote.start)
            before = quote


def _groups(text: str, quotes: Iterable[_Quote]) -> Iterator[list[_Quote]]:
    """Quotes with nothing but "and", "or" and commas between them."""
    group: list[_Quote] = []
    for quote in quotes:
        if group and (_ended(text, group[-1]) or not _CHAIN.fullmatch(text, group[-1].end, quote.start)):
            yield group
            group = []
        group.append(quote)
    if group:
        yield group


def _ended(text: str, quote: _Quote) -> bool:
    """Whether a sentence ends within the quotation marks: "… the definition of “Facility.”"."""
    return text[quote.last : quote.last + 1] == "."


def _quotes(text: str) -> Iterator[_Quote]:
    for match in _QUOTED.finditer(text):
        group = match.lastindex or 1
        first, last = match.span(group)
        words = text[first:last].rstrip()
        stripped = words if _ABBREVIATED.search(words) else words.rstrip(".,;: ")
        last = first + len(stripped)
        few = len(stripped.split()) <= _MAX_WORDS and "\n\n" not in stripped
        if few and re.search(r"[\w$&%]", stripped) and not _NO_TERM.match(stripped):
            yield _Quote(start=match.start(), end=match.end(), first=first, last=last)


def _term(text: str, quote: _Quote, form: Form, start: int) -> FoundTerm:
    words = " ".join(text[quote.first : quote.last].split())
    return FoundTerm(start=start, term_start=quote.first, term_end=quote.last, term=words, form=form)


def _opens(text: str, start: int) -> bool:
    """Whether an entry may begin here: a line, a sentence or a list item does."""
    mark = _OPENS.search(text, max(0, start - 90), start)
    if mark is None or text[mark.start() : mark.start() + 1] != "\n":
        return mark is not None
    return _BLANK.match(text, mark.start()) is not None or _after_prose(text, mark.start() + 1)


def _form(text: str, group: Sequence[_Quote], places: Places) -> Form | None:
    """How the words after quotes define them; None if they do not."""
    start, end = group[0].start, group[-1].end
    opens = _opens(text, start)
    limit = end + 420
    if _MEANS.match(text, end, limit):
        return "entry" if opens else "sentence"
    if not opens:
        called = any(one.search(text, max(0, start - 90), start) for one in (_CALLED, _USED))
        return "sentence" if called and _QUALIFIED.match(text, end, limit) else None
    if _QUALIFIED.match(text, end, limit) or _WILL_BE.match(text, end):
        return "entry"
    line = _LINE_OPENS.search(text, max(0, start - 20), start) is not None
    listed = line or _ENUMERATED.search(text, max(0, start - 12), start) is not None
    if (line and _COLON.match(text, end)) or (listed and in_definitions(places, start)):
        return "entry"
    return None


def _in_passing(text: str, quote: _Quote, before: _Quote | None, named: bool) -> bool:
    """Whether a quote names what stands before it: "(the “Notes”)", "hereinafter called “Notes”".

    ``named`` says whether the quote before it did.
    """
    ended = text[quote.last : quote.last + 1] in ".,;"
    if not (ended or _AFTER_NAME.match(text, quote.end, quote.end + 40)):
        return False
    if _ELSEWHERE.match(text, quote.end, quote.end + 40):
        return False
    if _NAMED.search(text, max(0, quote.start - 120), quote.start):
        return True
    opening = _open_bracket(text, quote.start)
    if opening is None:
        return False
    inside = before is not None and before.end > opening
    lead = text[before.end if inside and before else opening + 1 : quote.start]
    first = text[quote.first : quote.last].split(maxsplit=1)[0]
    upper = not first[0].islower() or first != first.lower()
    if inside and _CHAIN.fullmatch(lead):
        return named
    if not inside and upper and (not lead.strip() or _closes_alone(text, quote, lead)):
        return True
    return _GIVEN.search(lead) is not None and not _EXAMPLE.search(lead)


def _closes_alone(text: str, quote: _Quote, lead: str) -> bool:
    """Whether a bracket ends with a comma and the quote: "(such amount in Dollars, “Cost”)"."""
    closes = text[quote.end : quote.end + 2].strip()[:1] == ")"
    return closes and lead.rstrip().endswith(",") and not _EXAMPLE.search(lead)


def _open_bracket(text: str, end: int) -> int | None:
    """The innermost bracket that is open at an offset, at most ``_MAX_BRACKET`` characters before it."""
    depth = 0
    for offset in range(end - 1, max(-1, end - _MAX_BRACKET), -1):
        char = text[offset]
        if char in ")]":
            depth += 1
        elif char in "([":
            if depth == 0:
                return offset
            depth -= 1
        elif char == "\n" and text[offset - 2 : offset] in {".\n", ";\n", ":\n"}:
            return None
    return None


# Unquoted


def _unquoted(text: str, places: Places) -> Iterator[FoundTerm]:
    """Entries without quotation marks: "Lien means …", and in a definitions section "Lien: …"."""
    for match in _BARE.finditer(text):
        start, end = match.span(1)
        if _NO_BARE.match(text, start) or not _after_prose(text, match.start()):
            continue
        if match[2] and (_NO_COLON.match(text, start) or not in_definitions(places, start)):
            continue
        words = " ".join(match[1].split())
        yield FoundTerm(start=start, term_start=start, term_end=end, term=words, form="entry")


def _after_prose(text: str, start: int) -> bool:
    """Whether what stands before a line is finished, so that the line begins something."""
    before = text[max(0, start - 200) : start].rstrip(" \t\r")
    if before.endswith("\n\n") or not before.strip():
        return True
    return before.rstrip()[-1:] in '.;:”")—' or before.endswith("\f")
