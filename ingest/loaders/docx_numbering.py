"""The numbers that Word prints before paragraphs and does not store: "ARTICLE IV", "Section 2.1", "(a)".

Counts the levels of every list as Word does: a level begins anew below a higher one, lists that share an
abstract list go on from each other, a start may be overridden. Leaves to ``ingest.loaders.docx`` which
paragraph is in which list (ECMA-376 part 1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from ingest.loaders.docx_package import W
from ingest.loaders.docx_styles import VAL, ParagraphLook, is_on, number, value

LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_ROMAN = list(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "M CM D CD C XC L XL X IX V IV I".split(),
        strict=True,
    )
)
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth"}
_ORDINALS |= {"nine": "ninth", "twelve": "twelfth"}
_BULLET = "•"
_MAX_TEXT = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a list: ``text`` with ``%1`` to ``%9`` for counts; ``restart`` as stored."""

    start: int = 0
    format: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False
    joined: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _List:
    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """The lists of a document and how far they have been counted."""

    def __init__(self, root: etree._Element | None, style_lists: dict[str, str] | None = None) -> None:
        """Read the lists; ``style_lists`` says which list a numbering style stands for."""
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._read(root, style_lists or {})

    def next(self, look: ParagraphLook) -> str:
        """The label of the next paragraph of that look, with the space after it; '' outside of lists."""
        listed = self._lists.get(look.list_id or "")
        if listed is None:
            return ""
        linked = (at for at, level in listed.levels.items() if look.style and level.style == look.style)
        at = look.list_level if look.list_level is not None else next(linked, 0)
        level = listed.levels.get(at)
        if level is None:
            return ""
        counts = self._count(look.list_id or "", listed, at)
        label = _label(listed, counts, level)
        return f"{label} " if label and not level.joined else label

    def _count(self, list_id: str, listed: _List, at: int) -> dict[int, int]:
        counts = self._counts.setdefault(listed.abstract, {})
        for higher in range(at):
            # A level that was passed over counts as begun.
            counts.setdefault(higher, listed.levels.get(higher, Level()).start)
        if at in listed.starts and (list_id, at) not in self._begun:
            counts[at] = listed.starts[at]
        else:
            counts[at] = counts[at] + 1 if at in counts else listed.levels[at].start
        self._begun.add((list_id, at))
        for deeper in [key for key in counts if key > at]:
            level = listed.levels.get(deeper, Level())
            # 0 never begins anew; n begins anew below level n (counted from 1) and what is above it.
            if level.restart is None or at < level.restart:
                del counts[deeper]
        return counts

    def _read(self, root: etree._Element, style_lists: dict[str, str]) -> None:
        abstracts = {
            element.get(f"{W}abstractNumId", ""): element for element in root.iterchildren(f"{W}abstractNum")
        }
        numbers = {element.get(f"{W}numId", ""): element for element in root.iterchildren(f"{W}num")}
        for identity, element in numbers.items():
            key = value(element, "abstractNumId")
            abstract = abstracts.get(key)
            if abstract is not None and (style := value(abstract, "numStyleLink")):
                # The levels stand with the list of the style that is named.
                other = numbers.get(style_lists.get(style, ""))
                key = key if other is None else value(other, "abstractNumId")
                abstract = abstracts.get(key)
            if abstract is None:
                continue
            levels = _levels(abstract)
            starts: dict[int, int] = {}
            for override in element.iterchildren(f"{W}lvlOverride"):
                at = number(override.get(f"{W}ilvl", "")) or 0
                levels |= _levels(override)
                start = number(value(override, "startOverride"))
                if start is not None and at in levels:
                    starts[at] = start
            self._lists[identity] = _List(abstract=key, levels=levels, starts=starts)


def _levels(element: etree._Element) -> dict[int, Level]:
    levels: dict[int, Level] = {}
    for child in element.iterchildren(f"{W}lvl"):
        at = number(child.get(f"{W}ilvl", ""))
        if at is None or not 0 <= at < LEVELS:
            continue
        legal = child.find(f"{W}isLgl")
        levels[at] = Level(
            start=number(value(child, "start")) or 0,
            format=value(child, "numFmt") or "decimal",
            text=value(child, "lvlText")[:_MAX_TEXT],
            restart=number(value(child, "lvlRestart")),
            legal=legal is not None and is_on(legal.get(VAL, "1")),
            joined=value(child, "suff") == "nothing",
            style=value(child, "pStyle"),
        )
    return levels


def _label(listed: _List, counts: dict[int, int], level: Level) -> str:
    if level.format == "bullet":
        return _bullet(level.text)

    def count(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        other = listed.levels.get(at, Level())
        form = "decimal" if level.legal and other.format != "none" else other.format
        return written(counts.get(at, other.start), form)

    return _PLACEHOLDER.sub(count, level.text)


def _bullet(text: str) -> str:
    # Symbol fonts keep their marks in the private use area, or draw a ring for an "o" and a square for a "§".
    mark = text.strip()
    return _BULLET if not mark or mark in {"o", "§", "Ø", "ü"} or "\ue000" <= mark[0] <= "\uf8ff" else mark


def written(count: int, form: str) -> str:
    """A count in one of Word's number formats; in digits where the format cannot say it.

    >>> [written(4, form) for form in ("decimal", "lowerRoman", "upperLetter", "ordinal", "ordinalText")]
    ['4', 'iv', 'D', '4th', 'Fourth']
    >>> written(28, "lowerLetter"), written(28, "cardinalText"), written(7, "decimalZero"), written(5, "none")
    ('bb', 'Twenty-eight', '07', '')
    """
    if form == "none":
        return ""
    if form == "decimalZero":
        return f"{count:02}"
    if form == "ordinal":
        return f"{count}{_suffix(count)}"
    if form in {"lowerRoman", "upperRoman"} and 0 < count < 4000:
        roman = _roman(count)
        return roman.lower() if form == "lowerRoman" else roman
    if form in {"lowerLetter", "upperLetter"} and 0 < count <= 26 * 30:
        letters = chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in {"cardinalText", "ordinalText"} and 0 < count < 100:
        return _words(count, ordinal=form == "ordinalText").capitalize()
    return str(count)


def _suffix(count: int) -> str:
    return "th" if count // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")


def _roman(count: int) -> str:
    parts = []
    for worth, letters in _ROMAN:
        parts.append(letters * (count // worth))
        count %= worth
    return "".join(parts)


def _words(count: int, *, ordinal: bool) -> str:
    tens, ones = divmod(count, 10)
    if count < 20:
        first, last = "", _ONES[count]
    elif ones:
        first, last = f"{_TENS[tens - 2]}-", _ONES[ones]
    else:
        first, last = "", _TENS[tens - 2]
    if ordinal:
        last = _ORDINALS.get(last) or (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")
    return first + last
