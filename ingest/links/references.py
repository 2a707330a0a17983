"""References in a document and what they name in it.

A heading is no reference to itself, nor is an entry of a table of contents. A number of another document is a
reference without a target. Leaves reading the printed forms to ``ingest.links.mentions``, whose number it is
to ``ingest.links.others``, numbers and clauses to ``ingest.links.targets``.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from ingest.links.amendments import find_links
from ingest.links.mentions import Mention, find_mentions
from ingest.links.others import Own, other_document, whole_documents
from ingest.links.places import Places
from ingest.links.targets import ATTACHMENTS, Span, Target, Targets
from rag.structure import Definition, Reference
from rag.types import Document, Section

_OF = re.compile(
    r"[\s,]{1,4}(?:of|to|in|under|from|set\s+forth\s+in|contained\s+in)\s+(?:(?:the|such|said)\s+)?"
)
_DEFINITION = re.compile(
    r"(?:the\s+)?definition\s+of\s+(?:the\s+term\s+)?[“\"]\s?([^“”\"]{1,120}?)[,.]?\s?[”\"]"
)
_LOCAL = re.compile(
    r"[\s,]{1,4}(?:of|to|in|under)\s+(?:this|the\s+foregoing)\s+(?:[Ss]ection|[Aa]rticle|[Ss]ub|[Pp]ara|[Cc]lause)"
)
_PROSE = re.compile(r"[a-z,(]\s*\Z|[^\s\d] \d+\s*\Z")
_RUNS_ON = re.compile(r"(?:[,(]|\b(?:in|on|to|of|or|by|and|the|this|that|see|with|under|from|as|per))\s*\Z")
_DASHED = re.compile(r"\s?(?:[–—]|--?)[ \t]")
_ATTACHED = re.compile(
    r"(?<=\n\n)[ \t]*(?:Exhibit|Schedule|Annex|Appendix|Attachment)[ \t]+[\w.-]{1,8}[ \t]+"
    r"to[ \t]+(?:the[ \t]+)?[A-Z\d][^,;:\n]{0,80}\n"
)
_ENTRY_GAP = re.compile(
    r"[:.]?(?:[ \t\xa0]{2,}|\t)(?=\S)|[:.]?[ \t]*(?:\n|\f|\Z)|\s?(?:[:.–—]|--?)[ \t]|[ \t\xa0](?=[A-Z“(\[])"
)
_LISTED_GAP = re.compile(r"[:.]?(?: {2,}|\t)(?=[A-Z“\[])")
_STRETCH = 10_000
_DEFINED = re.compile(r"(?:the\s+)?definition\s+of\s+(?:the\s+term\s+)?(?=[A-Z])")
_MAX_TERM_WORDS = 8
_CHANGES = re.compile(
    r"(?:[\s,]*\([^()]{0,80}\))?[\s,]{0,3}\s(?:is|are|shall\s+be)\s+(?:hereby\s+)?(?:further\s+)?"
    r"(?:amended|deleted|replaced|supplemented|modified|restated)\b"
)
_THIS = re.compile(r"\b(?:this|This)\s+\Z")


def find_references(
    document: Document, sections: Sequence[Section], definitions: Sequence[Definition] = ()
) -> tuple[Reference, ...]:
    """The references of a document by start.

    ``sections`` are those of ``ingest.sections.find_sections``; ``definitions`` those of
    ``ingest.links.definitions.find_definitions``, for "clause (b) of the definition of …". Where a clause
    cannot be found, the target is as much of the way to it as can.
    """
    return _Finder(document, sections, definitions).find()


class _Finder:
    """Resolves the references of one document."""

    def __init__(
        self, document: Document, sections: Sequence[Section], definitions: Sequence[Definition]
    ) -> None:
        self._document = document
        self._text = document.text
        self._places = Places(sections)
        self._own = Own(document.text)
        self._changed = next((one.title for one in find_links(document) if one.kind != "restates"), "")
        names = {
            offset
            for one in definitions
            if any(char.isdigit() for char in one.term)
            for offset in (one.term_start, *one.uses)
        }
        # In "Section 102 Trustee", a defined term, no section is referred to.
        self._mentions = [
            one
            for one in find_mentions(document.text)
            if one.word_start not in names
            or other_document(document.text, one.word_start, one.scope_end, self._own)
        ]
        # Sorted and apart: a list goes on behind a bracket that holds another reference.
        firsts = {one.word_start: one.start for one in reversed(self._mentions)}
        spans = [
            (one.word_start if firsts[one.word_start] == one.start else one.start, one.end)
            for one in self._mentions
        ]
        self._targets = Targets(document.text, self._places, spans)
        self._entries = [
            one for one in definitions if one.start == one.term_start - 1 or one.start == one.term_start
        ]
        self._entry_starts = [one.start for one in self._entries]
        self._by_term = {one.term: one for one in reversed(self._entries)}
        self._next: dict[int, tuple[Mention, Target | None, str]] = {}

    def find(self) -> tuple[Reference, ...]:
        """All references by start."""
        found: list[Reference] = []
        # Backwards, because "clause (b) of Section 7.2" is found in what the later one names.
        heading = {one.start: self._is_heading(one) for one in self._mentions}
        self._targets.add_heads(
            [
                (one.kind, one.label, one.start)
                for one in self._mentions
                if heading[one.start] and one.kind in ATTACHMENTS
            ]
        )
        for mention in reversed(self._mentions):
            if heading[mention.start]:
                continue
            other = self._other(mention)
            target = None if other else self._target(mention)
            self._next[mention.word_start] = (mention, target, other)
            found.append(self._reference(mention, target, other))
        found += [
            Reference(
                document_id=self._document.id,
                kind="document",
                label=name,
                start=start,
                end=end,
                document=name,
            )
            for start, end, name in whole_documents(self._text, self._own)
        ]
        return tuple(sorted(found, key=lambda one: (one.start, one.end)))

    def _reference(self, mention: Mention, target: Target | None, other: str) -> Reference:
        return Reference(
            document_id=self._document.id,
            kind=mention.kind,
            label=mention.label,
            start=mention.start,
            end=mention.end,
            document=other,
            section_id=target.section_id if target else None,
            target_start=target.start if target else None,
            target_end=target.end if target else None,
        )

    # Headings

    def _is_heading(self, mention: Mention) -> bool:
        """Whether a number heads its own text, or stands in a list of headings."""
        if mention.start != mention.word_start or (mention.steps and mention.kind != "schedule"):
            return False
        text, start, end = self._text, mention.word_start, mention.end
        if _LISTED_GAP.match(text, end):
            return True
        section = self._places.innermost(start)
        lead = text[section.start : start] if section.number else ""
        if section.number and not lead.replace(section.number, "", 1).strip(" \t\xa0.:–—-"):
            return True
        line = text.rfind("\n", 0, start) + 1
        if mention.kind in ATTACHMENTS and _ATTACHED.match(text, line):
            return True
        if text[line:start].strip() or not _ENTRY_GAP.match(text, end):
            return text[end - 1] != ")" and self._run_in(start, end)
        before = text[max(0, line - 120) : line].rstrip(" \t")
        blank = before.endswith(("\n\n", "\f", "\f\n")) or not before.strip()
        prose = _RUNS_ON if _DASHED.match(text, end) else _PROSE
        return blank or text[start : start + 4].isupper() or not prose.search(before)

    def _run_in(self, start: int, end: int) -> bool:
        """A heading within a line: "… is owed. Section 7.2 Liens. The …"."""
        before = self._text[max(0, start - 3) : start].rstrip()
        behind = re.match(r"\.?[ \t]{1,3}[A-Z“\[]", self._text[end : end + 6])
        # A digit before it is the page number of the entry before in contents that run on.
        ended = (before[-1:] in {".", ";", "”"} or before[-1:].isdigit()) and self._text[start] != "§"
        return ended and behind is not None

    # Whose number it is, and where it stands

    def _other(self, mention: Mention) -> str:
        following = self._following(mention)
        if following is not None:
            return following[2]
        if mention.side:
            return ""
        other = other_document(self._text, mention.word_start, mention.scope_end, self._own)
        # An amendment that says "Section 1.1 is hereby amended" means the other's.
        return self._changed if self._changed and not other and self._is_changed(mention) else other

    def _is_changed(self, mention: Mention) -> bool:
        own = _THIS.search(self._text, max(0, mention.word_start - 6), mention.word_start)
        return not own and _CHANGES.match(self._text, mention.scope_end) is not None

    def _following(self, mention: Mention) -> tuple[Mention, Target | None, str] | None:
        """The reference that this one is said to be of: "Section 7.2" behind "clause (b) of"."""
        of = _OF.match(self._text, mention.scope_end)
        return self._next.get(of.end()) if of else None

    def _target(self, mention: Mention) -> Target | None:
        following = self._following(mention)
        scope = following[1] if following else None
        if following is not None and scope is None:
            return None
        if not mention.base:
            return self._clause(mention, scope)
        if mention.kind in ATTACHMENTS:
            return self._attachment(mention, scope)
        label = mention.base
        target = self._targets.find(mention.kind, label, mention.start, scope)
        if target is None and scope is not None:
            target = self._targets.find(mention.kind, label, mention.start)
        return self._targets.clause(target, mention.steps) if target and mention.steps else target

    def _attachment(self, mention: Mention, scope: Target | None) -> Target | None:
        """An exhibit: "Schedule 7.16(vii)" may be the name of one, or a clause of "Schedule 7.16"."""
        whole = self._targets.find(mention.kind, mention.label, mention.start, scope)
        if whole is not None or not mention.steps:
            return whole
        target = self._targets.find(mention.kind, mention.base, mention.start, scope)
        return self._targets.clause(target, mention.steps) if target else None

    def _clause(self, mention: Mention, scope: Target | None) -> Target | None:
        if scope is not None:
            found = self._targets.clause(scope, mention.steps)
            if found != scope:
                return found
            return self._targets.near(scope.start, mention.steps, "", [(scope.start, scope.end)])
        of = _OF.match(self._text, mention.scope_end)
        term = self._defined(of.end()) if of else None
        if term is not None:
            entry = self._by_term.get(term)
            if entry is None:
                return None
            return self._targets.near(entry.start, mention.steps, "", [(entry.start, entry.end)])
        spans = self._around(mention.start, bool(_LOCAL.match(self._text, mention.end)))
        own = _THIS.search(self._text, max(0, mention.word_start - 6), mention.word_start) is not None
        side = "above" if own else mention.side
        return self._targets.near(mention.start, mention.steps, side, spans)

    def _defined(self, at: int) -> str | None:
        """The term in "the definition of …" at an offset, in quotes or a known one; None for other words."""
        quoted = _DEFINITION.match(self._text, at)
        if quoted is not None:
            return " ".join(quoted[1].split())
        bare = _DEFINED.match(self._text, at)
        words = self._text[bare.end() : bare.end() + 120].split()[:_MAX_TERM_WORDS] if bare else []
        terms = (" ".join(words[:length]).rstrip(".,;:)") for length in range(len(words), 0, -1))
        return next((term for term in terms if term in self._by_term), None)

    def _around(self, at: int, whole: bool) -> list[Span]:
        """Where a clause without a section is looked for: the definition, then the sections from inside out.

        ``whole``: the text says "of this Section".
        """
        spans: list[Span] = []
        position = bisect_right(self._entry_starts, at) - 1
        if position >= 0 and not whole and self._entries[position].end > at:
            spans.append((self._entries[position].start, self._entries[position].end))
        for section in self._places.upward(self._places.innermost(at)):
            lettered = section.number.startswith("(")
            if section.level and not (whole and lettered):
                spans.append((section.start, section.end))
            if section.level and not lettered and section.number:
                break
        # Without sections, stretches of text that overlap, so that few of them are read for clauses.
        first = max(0, at // _STRETCH - 1) * _STRETCH
        return spans or [(first, min(len(self._text), first + 3 * _STRETCH))]
