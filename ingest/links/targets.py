"""What numbers name: the section, article, exhibit or clause of this document, as spans of its text.

Numbers are compared by value: "Section 7.2", "7.2", "SECTION 7.02" and "§ 7.2" are one. Sections that the
tree lacks are looked for in the text ("… the Closing. 7.2 Liens. The Company …"). Leaves reading the printed
references to ``ingest.links.mentions``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.links.clauses import Clause, Clauses, find_clauses, roman_value
from ingest.links.places import Places
from rag.structure import ReferenceKind
from rag.types import Section, SectionId

Key = tuple[str, tuple[str, ...]]
Span = tuple[int, int]

ATTACHMENTS = frozenset({"exhibit", "schedule", "annex", "appendix"})
_FAMILIES = {
    "sec": "section", "section": "section", "clause": "section", "§": "section", "article": "article",
    "item": "item", "note": "note",
    "part": "part", "exhibit": "exhibit", "schedule": "schedule", "annex": "annex", "appendix": "appendix",
    "attachment": "appendix", "addendum": "appendix",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:(?:([A-Za-z]{3,10})\.?\s+|(§)\s?))?[“\"]?([A-Z\d][\w.-]*(?:\([a-z0-9]+\))*)[”\"]?\Z"
)
# Headings whose number is read as part of their title: "Clause 2.10", "2 CONFIDENTIAL INFORMATION".
_TITLED = re.compile(r"(?:([A-Za-z]{4,8})\s+|(§)\s?)?(\d{1,3}(?:\.\d{1,3}){0,3})[.:]?(?=\s+[A-Z“]|\Z)")
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_ANCHOR = re.compile(
    r"(?:(?<=\n)|(?<=[.;:”)\]] )|(?<=\d )(?=ARTICLE|SECTION)|(?<=\s\s)|(?<=[A-Z]{2} ))[ \t]{0,20}"
    r"(?:(?<=\n)\d{1,3} (?=\d{1,3}\.\d))?(?:(?:Section|SECTION|§)\s{1,3})?(?:"
    r"(\d{1,3}(?:\.\d{1,3}){1,4}|(?<=[nN] )\d{1,3}(?=\.)|(?<=\n)\d{1,2}(?=\.))\.?\s{1,12}(?=[A-Z“\"\[])"
    r"|(?<=\n)(\d{1,3}(?:\.\d{1,3}){1,3}|\d{1,2}(?=\.))\.?(?=[A-Z][a-z])"
    r"|ARTICLE\s([IVXLC]{1,7}|\d{1,2})[ \t\n.:–—-]{1,4}(?=[A-Z]{3}))"
)
_ANCHOR_WORD = re.compile(r"Section|SECTION|ARTICLE|§")
_CONTENTS = re.compile(
    r"[^.\n]{2,110}?[ \t]\d{1,3}"
    r"(?=[ \t]{2}|\s*\n|\s+(?:ARTICLE|Section|\d{1,2}\.\d|Schedule|Annex|Exhibit)\b)"
)
_REMNANT = 0.1
_LISTED = 160
_DOTTED = 2
_MIN_PARTS = 2
_PARTS_GAP = 3000
_ENTRY_CHARS = 80


@dataclass(frozen=True, slots=True)
class Target:
    """The text named, and the section that is named or that holds it."""

    section_id: SectionId
    start: int
    end: int


def number_key(kind: str, label: str) -> Key:
    """A number by value.

    >>> number_key("section", "7.02") == number_key("section", "7.2"), number_key("article", "VII")
    (True, ('number', ('7',)))
    """
    if kind in ATTACHMENTS:
        return kind, tuple(part.lstrip("0") or "0" for part in re.split(r"[.-]", label.upper()))
    family = "number" if kind in {"section", "article"} else kind
    low = label.lower()
    if low in _WORDS:
        return family, (str(_WORDS.index(low) + 1),)
    parts = [part.lstrip("0") or "0" for part in re.split(r"[.-]", label.upper())]
    if kind != "item" and parts[0] and not parts[0].strip("IVXL"):
        parts[0] = str(roman_value(parts[0].lower()))
    if len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return family, tuple(parts)


class Targets:
    """Finds what is named. ``references`` are the spans of all printed references, sorted."""

    def __init__(self, text: str, places: Places, references: Sequence[Span]) -> None:
        self._text = text
        self._places = places
        self._references = references
        self._starts = [start for start, _ in references]
        self._sections: dict[tuple[str, Key], list[Section]] = defaultdict(list)
        self._children: dict[tuple[str, ...], list[Section]] = defaultdict(list)
        self._clauses: dict[Span, Clauses] = {}
        self._anchors: dict[Key, list[Span]] | None = None
        self._heads: dict[Key, list[Span]] = defaultdict(list)
        self._attachment: dict[SectionId, SectionId | None] = {}
        for section in places.sections:
            self._enter(section)

    def _enter(self, section: Section) -> None:
        match = _NUMBER.match(section.number) or _TITLED.match(section.title)
        word = _FAMILIES.get((match[1] or match[2] or "section").lower()) if match else None
        above = self._attachment.get(section.parent_id) if section.parent_id else None
        self._attachment[section.id] = section.id if word in ATTACHMENTS else above
        if match and word:
            key = number_key(word, match[3])
            self._sections[word, key].append(section)
            if word == "section" and len(key[1]) == _DOTTED:
                self._children[key[1][:1]].append(section)

    def attachment(self, offset: int) -> SectionId | None:
        """The exhibit, schedule or annex that an offset lies in."""
        return self._attachment[self._places.innermost(offset).id]

    def find(self, kind: ReferenceKind, label: str, at: int, scope: Target | None = None) -> Target | None:
        """The section of a number, seen from an offset; within ``scope`` where one is named."""
        key = number_key(kind, label)
        kinds = {"section": ("section", "article"), "article": ("article", "section")}.get(kind, (kind,))
        # "Article IV" is no section 4, but "Article 4" of some contracts is.
        for word in kinds if label[:1].isdigit() or kind != "article" else kinds[:1]:
            best = self._best(self._sections.get((word, key), []), kind, at, scope)
            parts = self._parts(key, at) if word == "section" and scope is None else None
            if best is not None and (parts is None or self._rather(best, parts, at)):
                return Target(best.id, best.start, best.end)
            if parts is not None:
                return parts
        if kind == "note":
            return self._note(key, at)
        if kind in ATTACHMENTS:
            return self._headed(key, at)
        if kind not in {"section", "clause", "article"}:
            return None
        return self._anchored(key, at, scope, kind == "article" and not label[:1].isdigit())

    def _best(self, sections: Sequence[Section], kind: str, at: int, scope: Target | None) -> Section | None:
        if scope is not None:
            inside = [one for one in sections if scope.start <= one.start < scope.end]
            return max(inside, key=lambda one: one.end - one.start, default=None)
        here = self.attachment(at)
        if kind not in ATTACHMENTS:
            sections = [one for one in sections if self._attachment[one.id] in {here, None}]
        longest = max((one.end - one.start for one in sections), default=0)
        own = self._places.innermost(at)
        return max(
            (one for one in sections if one.end - one.start >= _REMNANT * longest),
            key=lambda one: (
                self._attachment[one.id] == here,
                self._places.shared_depth(own, one),
                one.end - one.start,
                -one.start,
            ),
            default=None,
        )

    def _parts(self, key: Key, at: int) -> Target | None:
        """Of "Section 16", where its heading is lost, what reaches from 16.1 to the last of its sections."""
        here = self.attachment(at)
        own = [one for one in self._children.get(key[1], []) if self._attachment[one.id] == here]
        if len(own) < _MIN_PARTS:
            return None
        start, end = own[0].start, own[0].end
        for one in own[1:]:
            if one.start - end > _PARTS_GAP:
                break
            end = max(end, one.end)
        return Target(self._places.innermost(start).id, start, end)

    def _rather(self, section: Section, parts: Target, at: int) -> bool:
        """Whether a section is meant and not what bears its number before the dot."""
        own, first = self._places.innermost(at), self._places.innermost(parts.start)
        nearer = self._places.shared_depth(own, section) > self._places.shared_depth(own, first)
        return nearer or section.start <= parts.start < section.end

    def _note(self, key: Key, at: int) -> Target | None:
        """A note that is headed by its number alone, among the notes to the statements."""
        numbered = [
            one
            for one in self._sections.get(("section", ("number", key[1])), [])
            if any("notes to" in title.lower() for title in one.path[:-1])
        ]
        best = self._best(numbered, "note", at, None)
        return Target(best.id, best.start, best.end) if best else None

    # Sections that stand in the text alone

    def _anchored(self, key: Key, at: int, scope: Target | None, roman: bool = False) -> Target | None:
        if self._anchors is None:
            self._anchors = self._read_anchors()
        here = self.attachment(at)
        spans = [
            span
            for span in self._anchors.get(key, [])
            if (scope.start <= span[0] < scope.end if scope else self.attachment(span[0]) in {here, None})
            and (not roman or self._text.startswith("ARTICLE", span[0]))
        ]
        if not spans:
            return None
        start, end = max(
            spans, key=lambda span: (self.attachment(span[0]) == here, span[1] - span[0], -span[0])
        )
        return Target(self._places.innermost(start).id, start, end)

    def _read_anchors(self) -> dict[Key, list[Span]]:
        """Numbers that begin a sentence and are followed by words of a title, each to the next as far out."""
        found = []
        for match in _ANCHOR.finditer(self._text):
            group = match.lastindex or 1
            word = _ANCHOR_WORD.search(match[0])
            start = match.start() + word.start() if word else match.start(group)
            listed = _CONTENTS.match(self._text, match.end())
            if not listed and not self._is_cited(start, match.start(group)):
                found.append((number_key("section", match[group]), start))
        spans: dict[Key, list[Span]] = defaultdict(list)
        after: dict[int, int] = {}
        for key, start in reversed(found):
            depth = len(key[1])
            around = self._places.upward(self._places.innermost(start))
            end = min((after[one] for one in after if one <= depth), default=len(self._text))
            article = self._text.startswith("ARTICLE", start)
            outer = next((one for one in around if one.number[:1].isalpha() and not article), around[-1])
            if min(end, outer.end) - start >= _ENTRY_CHARS:
                spans[key].append((start, min(end, outer.end)))
            after[depth] = start
        return spans

    def _is_cited(self, start: int, number: int) -> bool:
        """Whether a number is part of a reference in prose; what begins a sentence or paragraph is none."""
        before = bisect_right(self._starts, number) - 1
        if before < 0 or self._references[before][1] <= number:
            return False
        lead = self._text[max(0, start - 3) : start]
        last = lead.rstrip()[-1:]
        opens = "\n\n" in lead or last in {"", ".", ";", ":", "”", ")"} or last.isdigit()
        return self._references[before][0] != start or start == number or not opens

    def add_heads(self, heads: Sequence[tuple[ReferenceKind, str, int]]) -> None:
        """Take lines that head an exhibit or the like: kind, label, offset; for those that the tree lacks.

        They ascend. Each reaches to the next; those that follow each other closely are a list of them.
        """
        for position, (kind, label, start) in enumerate(heads):
            end = heads[position + 1][2] if position + 1 < len(heads) else len(self._text)
            alone = position == 0 or start - heads[position - 1][2] > _LISTED
            if alone and end - start > _LISTED:
                self._heads[number_key(kind, label)].append((start, end))

    def _headed(self, key: Key, at: int) -> Target | None:
        spans = [span for span in self._heads.get(key, []) if not span[0] <= at < span[1]]
        if not spans:
            return None
        start, end = max(spans, key=lambda span: (span[1] - span[0], -span[0]))
        return Target(self._places.innermost(start).id, start, end)

    # Clauses

    def clause(self, outer: Target, steps: Sequence[str]) -> Target:
        """The clause of a section; as much of the way as can be found, at least the section itself."""
        clauses = self._within((outer.start, outer.end))
        # A clause's own marks stand at the head of its text.
        lead = clauses.head(outer.start)
        for length in range(len(steps), 0, -1):
            found = clauses.at((*lead, *steps[:length])) or clauses.at(tuple(steps[:length]))
            if found is not None:
                return self._target(found)
        return outer

    def near(self, at: int, steps: Sequence[str], side: str, spans: Sequence[Span]) -> Target | None:
        """The clause named from within: the nearest in the smallest of ``spans`` that has one.

        Those that share more of the marks around the offset come first.
        """
        for span in spans:
            found = self._within(span).near(at, tuple(steps), side)
            if found is not None:
                return self._target(found)
        return None

    def _within(self, span: Span) -> Clauses:
        if span not in self._clauses:
            first = bisect_right(self._starts, span[0])
            last = bisect_right(self._starts, span[1])
            references = self._references[max(first - 1, 0) : last]
            self._clauses[span] = Clauses(find_clauses(self._text, *span, references))
        return self._clauses[span]

    def _target(self, clause: Clause) -> Target:
        return Target(self._places.innermost(clause.start).id, clause.start, clause.end)
