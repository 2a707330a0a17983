"""Where an offset lies: the innermost section around it, and how two places are related in the tree."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rag.types import Section, SectionId


class Places:
    """The section tree by offset. ``sections`` are ordered by (start, level) and the first spans all."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self.sections = sections
        self._starts = [section.start for section in sections]
        self._by_id = {section.id: section for section in sections}
        self._lines: dict[SectionId, tuple[SectionId, ...]] = {}

    def innermost(self, offset: int) -> Section:
        """The deepest section that holds an offset."""
        section = self.sections[max(bisect_right(self._starts, offset) - 1, 0)]
        while section.end <= offset and section.parent_id is not None:
            section = self._by_id[section.parent_id]
        return section

    def line(self, section: Section) -> tuple[SectionId, ...]:
        """The sections from the root down to this one."""
        known = self._lines.get(section.id)
        if known is None:
            above = self.line(self._by_id[section.parent_id]) if section.parent_id else ()
            known = self._lines[section.id] = (*above, section.id)
        return known

    def upward(self, section: Section) -> list[Section]:
        """This section, its parent, and so on to the root."""
        return [self._by_id[one] for one in reversed(self.line(section))]

    def shared_depth(self, one: Section, other: Section) -> int:
        """How many sections, counted from the root, hold both."""
        depth = 0
        for a, b in zip(self.line(one), self.line(other), strict=False):
            if a != b:
                break
            depth += 1
        return depth
