"""The section tree of a document, from its headings.

The root (level 0) spans everything; a heading's section runs to the next heading that stands as far
out or further. Leaves finding headings to ``ingest.sections.headings``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ingest.sections.headings import find_headings
from ingest.sections.numbering import NOTE_RANK
from ingest.sections.outline import Heading
from rag.fingerprints import hash_parts
from rag.types import Document, Section, SectionId

_MAX_LEVEL = 12
_COUNTED = re.compile(r"(?:decimal|integer) (\d[\d.]*)")
_BEFORE_ROMAN = {"(i)": "(h)", "(v)": "(u)", "(x)": "(w)"}


@dataclass(slots=True)
class _Node:
    """A section whose end is not known yet."""

    heading: Heading
    rank: float
    parent: _Node | None
    level: int
    end: int = 0
    path: tuple[str, ...] = field(default=())


def find_sections(document: Document) -> tuple[Section, ...]:
    """The sections ordered by (start, level): the root first, each parent before its children.

    Section ids are hashes of document, span and level; the root's path is empty.
    """
    nodes = _nest(find_headings(document), len(document.text))
    root = Section(
        id=_id(document, 0, len(document.text), 0),
        document_id=document.id,
        parent_id=None,
        number="",
        title=document.title or document.name,
        path=(),
        level=0,
        start=0,
        end=len(document.text),
    )
    ids = {id(node): _id(document, node.heading.start, node.end, node.level) for node in nodes}
    return (
        root,
        *(
            Section(
                id=ids[id(node)],
                document_id=document.id,
                parent_id=ids[id(node.parent)] if node.parent else root.id,
                number=node.heading.number,
                title=node.heading.title,
                path=node.path,
                level=node.level,
                start=node.heading.start,
                end=node.end,
            )
            for node in nodes
        ),
    )


def _id(document: Document, start: int, end: int, level: int) -> SectionId:
    return SectionId(hash_parts(document.id, start, end, level))


def _nest(headings: list[Heading], length: int) -> list[_Node]:
    """Headings to nodes, in order, with parents, levels, paths and ends."""
    nodes: list[_Node] = []
    open_nodes: list[_Node] = []
    for heading in headings:
        rank = _rank_among(heading, open_nodes, nodes)
        depth = next((i for i, node in enumerate(open_nodes) if _counts_elsewhere(node, heading)), _MAX_LEVEL)
        while open_nodes and (open_nodes[-1].rank >= rank or len(open_nodes) > min(depth, _MAX_LEVEL - 1)):
            open_nodes.pop().end = heading.start
        parent = open_nodes[-1] if open_nodes else None
        label = f"{heading.number} {heading.title}".strip()
        node = _Node(
            heading=heading,
            rank=rank,
            parent=parent,
            level=len(open_nodes) + 1,
            path=(*(parent.path if parent else ()), label),
        )
        nodes.append(node)
        open_nodes.append(node)
    for node in open_nodes:
        node.end = length
    return nodes


def _counts_elsewhere(node: _Node, heading: Heading) -> bool:
    """Whether a number cannot stand below another: "2.1" below "1", the heading of "2" being unread."""
    outer = _COUNTED.fullmatch(node.heading.key)
    inner = _COUNTED.fullmatch(heading.key)
    if outer is None or inner is None or "." not in inner[1]:
        return False
    return not inner[1].startswith(f"{outer[1].removesuffix('.0')}.")


def _rank_among(heading: Heading, open_nodes: list[_Node], nodes: list[_Node]) -> float:
    """A heading's rank where its surroundings say more than its number.

    Inside the notes to financial statements "1." is a note, not a chapter; "(i)" after "(h)" is a letter.
    """
    if heading.number[:1].isdigit() and any(
        node.heading.title.lower().startswith("notes to") for node in open_nodes
    ):
        return max(heading.rank, NOTE_RANK)
    before = _BEFORE_ROMAN.get(heading.number)
    if before:
        letter = next((node for node in reversed(nodes) if node.heading.number == before), None)
        if letter is not None and letter in open_nodes:
            return letter.rank
    return heading.rank
