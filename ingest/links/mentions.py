"""Printed references as they are written: "Sections 2.1 and 3.4(b) of the Indenture", "clause (iii) above".

One ``Mention`` for each number; what follows ("above", "of this Section") says where to look.
Leaves finding what is named to ``ingest.links.references``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.structure import ReferenceKind

Side = Literal["", "above", "below", "this"]

_KINDS: dict[str, ReferenceKind] = {
    "sec": "section", "§": "section", "§§": "section", "section": "section", "article": "article",
    "clause": "clause", "subclause": "clause", "paragraph": "clause", "subparagraph": "clause",
    "subsection": "clause", "exhibit": "exhibit", "schedule": "schedule", "annex": "annex", "annexe": "annex",
    "appendix": "appendix", "appendice": "appendix", "attachment": "appendix", "note": "note", "item": "item",
    "part": "part",
}  # fmt: skip
_STEP = r"\((?:[A-Za-z]{1,2}|[ivxl]{3,6}|[IVXL]{3,6}|(?:aaa|bbb|ccc|ddd|eee|fff)|\d{1,5})(?:-\d)?\)"
_STEPS = rf"(?:(?:\s|\.(?=\())?{_STEP})"
_DECIMAL = rf"\d{{1,4}}[a-z]{{0,3}}(?:\.\d{{1,4}}){{0,4}}[A-Z]?(?:-\d{{1,4}}[A-Z]?)?{_STEPS}{{0,6}}"
_LABELS = {
    "section": rf"(?:{_DECIMAL}|(?:[IVXLC]{{1,6}}|[A-Z])(?:\.\d{{1,3}}){{0,3}}\b{_STEPS}{{0,6}}"
    rf"|{_STEP}{_STEPS}{{0,6}})",
    "article": rf"(?:[IVXLC]{{1,7}}\b|\d{{1,3}}(?:\.\d{{1,3}}){{0,4}}[a-z]{{0,3}}\b{_STEPS}{{0,6}}"
    r"|(?:ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE|TEN|ELEVEN|TWELVE"
    r"|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve)\b)",
    "clause": rf"(?:{_STEP}{_STEPS}{{0,6}}|{_DECIMAL}|[A-Z]\b)",
    "attachment": r"[“\"]?(?:[A-Z][A-Z]?(?:-?\d{1,2})?(?:[-.][A-Z\d]{1,2})?\b|[IVX]{1,5}(?:-[A-Z\d]{1,2})?\b"
    rf"|\d{{1,3}}(?:[.-]\d{{1,3}}){{0,3}}[A-Z]?\b{_STEPS}{{0,3}})[”\"]?",
    "note": r"\d{1,2}[A-Z]?\b",
    "item": rf"\d{{1,4}}(?:\.\d{{2}})?[A-C]?\b{_STEPS}{{0,4}}",
    "part": r"(?:[IVX]{1,5}\b|\d{1,3}[A-Z]?\b|[A-Z]\b)",
}
_WORDS = (
    r"(?P<section>[Ss]ections?|SECTIONS?|[Ss]ecs?\.|§§?)"
    r"|(?P<article>[Aa]rticles?|ARTICLES?)"
    r"|(?P<clause>(?:[Ss]ub-?\s?)?(?:[Cc]lauses?|[Pp]aragraphs?)|(?:[Ss]ub-?)[Ss]ections?|CLAUSES?|PARAGRAPHS?)"
    r"|(?P<attachment>Exhibits?|EXHIBITS?|Schedules?|SCHEDULES?|Annex(?:es)?|ANNEX(?:ES)?"
    r"|Appendi(?:x|ces)|APPENDIX|Attachments?|ATTACHMENTS?)"
    r"|(?P<note>Notes?|NOTES?)|(?P<item>Items?|ITEMS?)|(?P<part>Parts?|PARTS?)"
)
_WORD = re.compile(rf"(?<![\w-])(?:{_WORDS})(?=[\s(“\"\d])")
_FIRST = {kind: re.compile(rf"\s{{0,4}}({label})") for kind, label in _LABELS.items()}
_JOINT = (
    r"(?:(?:\.(?=,|\s(?:and|or)\s\d))?\s*"
    r"(?:,\s*(?:and/or|and|or|through|to)?|(?:through|to)(?:\s+and\s+including)?|and/or|and|or|&|[-–—])\s*)"
)
# In "Sections 2.19 (other than clause (b)), 2.20 and 2.21" the list goes on behind the bracket.
_ASIDE = (
    r"(?:\s*\((?:other|subject|except|excluding|including|solely|only|but|to\s+the|with|as)\b"
    r"[^()]{0,160}(?:\([a-zA-Z0-9]{1,4}\)[^()]{0,60}){0,3}\)(?=,|\s+(?:and|or)\b))?"
)
_MORE = {kind: re.compile(rf"{_ASIDE}{_JOINT}({label})") for kind, label in _LABELS.items()}
_MORE_STEPS = re.compile(rf"{_JOINT}(?:\(|\d)")
_JOINED = re.compile(rf"{_JOINT}(?:(?:the|in|with|of|to|under|by)\s+){{0,2}}")
_COUNTED = re.compile(
    r"\s*(?:%|percent|per\s+cent|days?|months?|years?|hours?|times|basis|Business|calendar|consecutive|or\s+more|million"
    r"|billion|shares)|[,.]\d"
)
_ITEM_WORD = re.compile(r"\s+(?:an?|any|each|if|such|to\s+the\s+extent)\s")
_SEC_FORMS = re.compile(r"(?:1[34][A-Z](?:-\d)?|TO|K-1)\Z")
_TITLE = re.compile(r"\s*\([^()]{3,90}\)")
_SIDE = re.compile(
    r",?\s+(?:(above|below)|(?:immediately\s+|next\s+|set\s+forth\s+|described\s+){1,2}(above|below|preceding|following)"
    r"|(hereof|hereto|hereunder|herein|of\s+this|to\s+this|in\s+this|of\s+the\s+(?:foregoing|preceding)))\b"
)
# "in (i) above" needs no word; "(i) above the sum" is an item.
_BARE = re.compile(
    rf"(?<![\w)\]])(?!\(\d{{3}})({_STEP}{_STEPS}{{0,3}})(?=(?:(?:,\s+|,?\s+(?:and|or|through|to)\s+){_STEP}{_STEPS}{{0,3}}){{0,5}}"
    r",?\s+(?:immediately\s+)?(?P<side>above|below)(?:\s*[.,;:)\]”]|\s+(?:and|or|but|shall|may|will|is|are|was|were|has|have|by"
    r"|if|unless|when|for|with|as|in|to|on|of|at|from|which|that)\b))"
)
_HIGH = re.compile(r"\d{3}")
_STEP_WORD = re.compile(_STEP)
_DISCLOSED = re.compile(r"\s+of\s+the\s+(?:[A-Z]\w{1,20}\s+){0,3}Disclosure\s+(?:Letter|Schedule)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A number referred to: ``base`` is the section's ("7.8", empty for a clause), ``steps`` the clause's.

    ``side`` is where the text says it stands, ``scope_end`` the offset behind number and title, where an
    "of …" would follow. ``word_start`` is where the word ("Section") begins that the number belongs to.
    """

    kind: ReferenceKind
    base: str
    steps: tuple[str, ...]
    start: int
    end: int
    word_start: int
    side: Side = ""
    scope_end: int = 0

    @property
    def label(self) -> str:
        """The number as it would be printed alone: "7.8(b)"; of a clause without brackets "iii"."""
        if self.base or len(self.steps) != 1:
            return self.base + "".join(f"({step})" for step in self.steps)
        return self.steps[0]


def find_mentions(text: str) -> list[Mention]:
    """All printed references by start; headings and entries of a table of contents are among them.

    >>> [(m.kind, m.label) for m in find_mentions("Sections 2.1(a), (b) and 3.4; clause (iii) above.")]
    [('section', '2.1(a)'), ('section', '2.1(b)'), ('section', '3.4'), ('clause', 'iii')]
    """
    found: list[Mention] = []
    listed: list[Mention] = []
    for word in _WORD.finditer(text):
        # A word between the numbers of a list stands in a bracket there.
        if not any(one.start <= word.start() < one.end for one in listed):
            mentions = _listed(text, word)
            found += mentions
            listed = mentions if not listed or not mentions or mentions[-1].end > listed[-1].end else listed
    found += _bare(text, found)
    return _shared(text, sorted(found, key=lambda one: one.start))


def _bare(text: str, found: Sequence[Mention]) -> list[Mention]:
    """Clauses without a word, said to stand above or below: "as in (a) or (b) above"."""
    by_start = sorted(found, key=lambda one: (one.start, one.end))
    starts = [one.start for one in by_start]
    bare: list[Mention] = []
    for match in _BARE.finditer(text):
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or by_start[before].end <= match.start():
            side: Side = "above" if match["side"] == "above" else "below"
            mention = _mention("clause", match, match.start(), match.start(), None)
            bare.append(replace(mention, side=side))
    return bare


def _listed(text: str, word: re.Match[str]) -> list[Mention]:
    """The numbers that stand behind one word."""
    group = str(word.lastgroup)
    printed = word.group().lower().rstrip(".").replace("-", "").replace(" ", "")
    kind = _KINDS.get(printed) or _KINDS[printed.rstrip("s")]
    plural = printed.endswith(("s", "§§", "ces")) and printed != "§"
    match = _FIRST[group].match(text, word.end())
    if match is None or not _fits(text, word, match, group):
        return []
    mentions = [_mention(kind, match, word.start(), word.start(), None)]
    while (more := _MORE[group].match(text, mentions[-1].end)) is not None and _goes_on(
        text, more, plural, mentions[-1]
    ):
        if not _fits(text, word, more, group):
            break
        mentions.append(_mention(kind, more, more.start(1), word.start(), mentions[-1]))
    if group == "note" and plural and len(mentions) == 1:
        return []
    return _sided(text, mentions)


def _fits(text: str, word: re.Match[str], match: re.Match[str], group: str) -> bool:
    """Whether what follows a word is a number of its kind and no other word or figure."""
    label, small = match[1].strip('“”"'), word.group()[:1].islower()
    gap = text[match.start() : match.start(1)]
    if (
        label.isalnum()
        and match.start() == word.end()
        and ("\n\n" in gap or (group == "clause" and len(gap) > 1))
    ):
        return False
    if (match[1][-1] != ")" and text[match.end(1) : match.end(1) + 1].isalnum()) or match[1].startswith(
        "(s)"
    ):
        return False
    if small and group in {"section", "article"} and not (label[0].isdigit() or label[0] == "("):
        return group == "article" and len(label) > 1
    if group == "clause":
        return label[0] == "(" or not label[0].isalpha() or word.group()[0].isupper()
    if group == "attachment":
        two = len(label) == 2 and label.isalpha() and label[0] != label[1] and not _is_roman(label)
        return not two and not _SEC_FORMS.match(label)
    if group in {"note", "item", "part"}:
        return not _COUNTED.match(text, match.end(1))
    return True


def _goes_on(text: str, more: re.Match[str], plural: bool, before: Mention) -> bool:
    """Whether a further number belongs to the list: "2.1 and 3.4" does, "2.1 and 30 days" does not."""
    label = more[1]
    if _COUNTED.match(text, more.end()):
        return False
    if label[0] == "(":
        return _continues(text, more, before.steps)
    # Statutes are cited by high numbers: "Section 302 or 906 of the Act".
    high = _HIGH.match(label) is not None and before.base[:3].isdigit()
    return plural or "(" in label or "." in label or high


def _continues(text: str, more: re.Match[str], before: Sequence[str]) -> bool:
    """Whether "(ii)" behind a number is of its list; in "of Section 2.23 or (ii) a Lender" it is not."""
    if not before:
        return False
    step = more[1][1 : more[1].index(")")]
    own, known = _style(step), {_style(one) for one in before}
    # A lone "i" or "v" may be a letter.
    if own not in known and (len(step) > 1 or not {own, *known} <= {"alpha", "roman"}):
        return False
    if own == _style(before[-1]) == "alpha" and (len(step), step) <= (len(before[-1]), before[-1]):
        return False
    joint = text[more.start() : more.start(1)].strip()
    if joint == "," and own != _style(before[-1]) and not _MORE_STEPS.match(text, more.end()):
        return False
    return joint.strip(" ,").startswith(("through", "to")) or not _ITEM_WORD.match(text, more.end())


def _mention(
    kind: ReferenceKind, match: re.Match[str], start: int, word_start: int, before: Mention | None
) -> Mention:
    """One number; "(b)" behind "2.1(a)" is 2.1(b)."""
    label = match[1].strip('“”"')
    steps = tuple(step.group()[1:-1] for step in _STEP_WORD.finditer(label))
    base = label.partition("(")[0].strip(" .")
    if not base and before is not None:
        base, steps = before.base, _continued(before.steps, steps)
    if not base and kind == "section":
        kind = "clause"
    if kind == "clause" and base and base[0].isdigit():
        kind = "section"
    return Mention(
        kind=kind, base=base, steps=steps, start=start, end=match.end(1), word_start=word_start,
        scope_end=match.end(1),
    )  # fmt: skip


def _continued(before: Sequence[str], steps: tuple[str, ...]) -> tuple[str, ...]:
    """Steps that take the place of the last one of their style: (a)(i), (ii) is (a)(i), (a)(ii).

    >>> _continued(("a", "i"), ("ii",)), _continued(("a", "i"), ("b",)), _continued((), ("b",))
    (('a', 'ii'), ('b',), ('b',))
    """
    styles = [_style(step) for step in before]
    own = _style(steps[0])
    if own == "roman" and "roman" not in styles:
        own = "alpha"
    for position in reversed(range(len(before))):
        if styles[position] == own:
            return (*before[:position], *steps)
    if own == "alpha" and "roman" in styles and len(before) == 1:
        return steps
    return (*before[:-1], *steps) if len(before) > 1 else steps


def _style(step: str) -> str:
    if step.isdigit():
        return "digit"
    if step.isupper():
        return "upper"
    return "roman" if not step.strip("ivx") else "alpha"


def _is_roman(label: str) -> bool:
    return bool(label) and not label.strip("IVXLC")


def _sided(text: str, mentions: list[Mention]) -> list[Mention]:
    """With where the words behind the last number say that they stand."""
    end = mentions[-1].end
    title = _TITLE.match(text, end)
    behind = title.end() if title and mentions[-1].kind in {"section", "article"} else end
    side = _SIDE.match(text, behind)
    where: Side = ""
    if side is not None:
        if side[1] or side[2]:
            where = "above" if (side[1] or side[2]) in {"above", "preceding"} else "below"
        else:
            where = "above" if "ing" in side[3] else "this"
    return [replace(mention, side=where, scope_end=behind) for mention in mentions]


def _shared(text: str, found: list[Mention]) -> list[Mention]:
    """Of "Section 2.1 and Section 2.2 of the Indenture" both are of the Indenture."""
    result = list(found)
    for position in reversed(range(len(found) - 1)):
        one, following = result[position], result[position + 1]
        if one.side or one.scope_end != one.end or one.kind != following.kind:
            continue
        if (
            following.word_start > one.end
            and _JOINED.fullmatch(text, one.end, following.word_start)
            and not _mirrored(text, one, following)
        ):
            result[position] = replace(one, side=following.side, scope_end=following.scope_end)
    return result


def _mirrored(text: str, one: Mention, following: Mention) -> bool:
    """Whether only the latter is of a disclosure letter: its numbers are those of the agreement.

    "Section 3.2(a) or Section 3.2(b) of the Disclosure Letter" are both of it; of "Section 2.11 or Section
    3.18(g) of the Disclosure Letter" the first is what the agreement says.
    """
    return one.base != following.base and _DISCLOSED.match(text, following.scope_end) is not None
