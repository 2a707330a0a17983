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
    "sec": "section", "section": "section", "clause": "section", "§": "section", "article": "article", "item": "item",
    "note": "note",
    "part": "part", "exhibit": "exhibit", "schedule": "schedule", "annex": "annex", "appendix": "appendix",
    "attachment": "appendix", "addendum": "appendix",
}  # fmt: skip
_NUMBER = re.compile(
    r"(?:(?:([A-Za-z]{3,10})\.?\s+|(§)\s?))?[“\"]?([A-Z\d][\w.-]*(?:\([a-z0-9]+\))*)[”\"]?\Z"
)
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_ANCHOR = re.compile(
    r"(?:(?<=\n)|(?<=[.;:”)\]] )|(?<=\s\s)|(?<=[A-Z]{2} ))[ \t]{0,20}(?:(?:Section|SECTION|§)\s{1,3})?(?:"
    r"(\d{1,3}(?:\.\d{1,3}){1,4}|(?<=[nN] )\d{1,3}(?=\.)|(?<=\n)\d{1,2}(?=\.))\.?\s{1,4}(?=[A-Z“\"\[])"
    r"|(?<=\n)(\d{1,3}(?:\.\d{1,3}){1,3}|\d{1,2}(?=\.))\.?(?=[A-Z][a-z]))"
)
_CONTENTS = re.compile(
    r"[^.\n]{2,110}?[ \t]\d{1,3}"
    r"(?=[ \t]{2}|\s*\n|\s+(?:ARTICLE|Section|\d{1,2}\.\d|Schedule|Annex|Exhibit)\b)"
)
_REMNANT = 0.1
_LISTED = 160
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
        self._clauses: dict[Span, Clauses] = {}
        self._anchors: dict[Key, list[Span]] | None = None
        self._heads: dict[Key, list[Span]] = defaultdict(list)
        self._attachment: dict[SectionId, SectionId | None] = {}
        for section in places.sections:
            self._enter(section)

    def _enter(self, section: Section) -> None:
        match = _NUMBER.match(section.number)
        word = _FAMILIES.get((match[1] or match[2] or "section").lower()) if match else None
        above = self._attachment.get(section.parent_id) if section.parent_id else None
        self._attachment[section.id] = section.id if word in ATTACHMENTS else above
        if match and word:
            self._sections[word, number_key(word, match[3])].append(section)

    def attachment(self, offset: int) -> SectionId | None:
        """The exhibit, schedule or annex that an offset lies in."""
        return self._attachment[self._places.innermost(offset).id]

    def find(self, kind: ReferenceKind, label: str, at: int, scope: Target | None = None) -> Target | None:
        """The section of a number, seen from an offset; within ``scope`` where one is named."""
        key = number_key(kind, label)
        kinds = (
            ("section", "article")
            if kind == "section"
            else ("article", "section")
            if kind == "article"
            else (kind,)
        )
        for word in kinds:
            best = self._best(self._sections.get((word, key), []), kind, at, scope)
            if best is not None:
                return Target(best.id, best.start, best.end)
        if kind == "note":
            return self._note(key, at)
        if kind in ATTACHMENTS:
            return self._headed(key, at)
        return self._anchored(key, at, scope) if kind in {"section", "clause"} else None

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

    def _anchored(self, key: Key, at: int, scope: Target | None) -> Target | None:
        if self._anchors is None:
            self._anchors = self._read_anchors()
        here = self.attachment(at)
        spans = [
            span
            for span in self._anchors.get(key, [])
            if (scope.start <= span[0] < scope.end if scope else self.attachment(span[0]) in {here, None})
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
            listed = _CONTENTS.match(self._text, match.end())
            if not listed and not self.is_reference(match.start(group)):
                found.append((number_key("section", match[group]), match.end() - len(match[0].lstrip())))
        spans: dict[Key, list[Span]] = defaultdict(list)
        after: dict[int, int] = {}
        for key, start in reversed(found):
            depth = len(key[1])
            around = self._places.upward(self._places.innermost(start))
            end = min((after[one] for one in after if one <= depth), default=len(self._text))
            outer = next((one for one in around if one.number[:1].isalpha()), around[-1])
            if min(end, outer.end) - start >= _ENTRY_CHARS:
                spans[key].append((start, min(end, outer.end)))
            after[depth] = start
        return spans

    def is_reference(self, offset: int) -> bool:
        """Whether an offset lies inside of a printed reference."""
        before = bisect_right(self._starts, offset) - 1
        return before >= 0 and self._references[before][1] > offset

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
