"""Questions made from what stands in documents by rules: defined terms, references, table cells, parties.

Each maker yields questions of one document in the order of its text, with the place and the answer that were
read there. Wordings are drawn from a few; the document is named in forms that people use, or left out where
the question is asked of that document only. Leaves choosing and mixing to ``tuning.questions``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from rag.catalog import Catalog
from rag.generator.values import ValueKind, values
from rag.structure import Cell, Definition, Table, values_by_name
from rag.types import DocumentId
from tuning.items import Asked, Place

_VALUED: tuple[ValueKind, ...] = ("percent", "amount", "date")
"""Kinds of value that a definition may consist of."""
_SHORT, _LONGEST = 400, 1600
"""Characters of a definition that says one thing, and of one that is looked at."""
_LONGEST_TERM, _LONGEST_ROW, _SAYS_SOMETHING = 60, 80, 20
_CELLS = 3
"""Questions about a table."""
_POINTS = re.compile(
    r"(?:has|have) the (?:respective )?meanings? (?:\w+ )?(?:specified|assigned|given|set forth|ascribed)"
    r"[^.]{0,30}? in ((?:Section|Article|Clause|Schedule|Exhibit|Annex)\s[\w.]*\w(?:\(\w+\))*)"
)
_PARTY = re.compile(r"means (?:the )?((?:[A-Z][\w.&'’-]*,? ?(?:(?:of|and|&) )?){2,9})")
_ROLE = re.compile(
    r"(?:trustee|agent|manager|administrator|bank|issuer|borrower|lender|servicer|sponsor|guarantor|custodian"
    r"|intermediary|purchaser|company|seller|buyer|licensor|licensee|landlord|tenant)$",
    re.IGNORECASE,
)
_LEADS: Mapping[str, Sequence[str]] = {
    "value": ("What is the {x}?", "What is the {x}", "How is the {x} set", "What does {d} give for the {x}?"),
    "who": ("Who is the {x}?", "Who acts as {x}?", "Name the {x}."),
    "place": ("Which section defines “{x}”?", "Where is the meaning of “{x}” found?",
              "In which section is {x} defined?"),
    "meaning": ("What does “{x}” mean?", "How is “{x}” defined?", "What is meant by {x}?"),
    "cell": ("What is the {c} of {r}?", "What is {r} under {c}?", "What does the table give as {c} for {r}?"),
    "row": ("What is {r}?", "How much is {r}?"),
}  # fmt: skip
_NAMED = ("In {d}, {q}", "For {d}: {q}", "{d}: {q}", "{q}")


class _Reading(NamedTuple):
    """What was read in a document: how it is asked for, its words, the answer at a span of the text."""

    lead: str
    kind: str
    words: Mapping[str, str]
    answer: str
    start: int
    end: int


def from_definitions(catalog: Catalog, document: DocumentId, draw: random.Random) -> Iterator[Asked]:
    """Of each defined term: its value, its party, the section it points to, or its meaning."""
    text, name = catalog.text(document), title_of(catalog, document)
    for definition in catalog.definitions(document):
        words = text[definition.start : definition.end]
        if 0 < len(words) <= _LONGEST and len(definition.term) <= _LONGEST_TERM:
            found = _read(words, definition)
            if found is not None:
                yield _asked(found, document, name, draw, "definitions")


def from_tables(catalog: Catalog, document: DocumentId, draw: random.Random) -> Iterator[Asked]:
    """Of each table a few cells, by the names of their row and column."""
    name = title_of(catalog, document)
    for table in catalog.tables(document):
        cells = [cell for cell in table.cells if cell.value is not None and _names(table, cell)[0]]
        for cell in draw.sample(cells, min(_CELLS, len(cells))):
            row, column = _names(table, cell)
            lead = "cell" if column else "row"
            words = {"r": row, "c": column}
            found = _Reading(lead, "table_cell", words, cell.text, cell.start, cell.end)
            yield _asked(found, document, name, draw, "tables")


def title_of(catalog: Catalog, document: DocumentId) -> str:
    """What people call a document: its company and kind, else its name."""
    said = values_by_name(catalog.all_facts().get(document, []))
    who = [*said.get("company", []), *said.get("party", [])][:1]
    kind = said.get("kind", ["other"])[0]
    if not who:
        return catalog.name(document)
    short = re.sub(r",? (?:Ltd|LLC|Inc|Corp|L\.P|Limited|plc|N\.A)\.?$", "", who[0])
    return short if kind in ("other", "agreement") else f"the {short} {kind}"


def _read(words: str, definition: Definition) -> _Reading | None:
    """What a definition's words give for an answer; None where nothing short."""
    asked = {"x": definition.term}

    def reading(lead: str, kind: str, start: int, end: int) -> _Reading:
        at = definition.start
        return _Reading(lead, kind, asked, " ".join(words[start:end].split()), at + start, at + end)

    points = _POINTS.search(words)
    if points:
        return reading("place", "cross_reference", *points.span(1))
    if _ROLE.search(definition.term):
        party = _PARTY.search(words)
        return reading("who", "fact", party.start(1), party.end(1) - _trailing(party[1])) if party else None
    if len(words) > _SHORT:
        return None
    first = definition.term_end - definition.start
    found = [span for kind in _VALUED for span in values(words[first:], kind)]
    if len(found) == 1 and words[first + found[0][0] - 1] != "/":  # of "66 2/3%" but a part
        ((start, end),) = found
        return reading("value", "value", first + start, first + end)
    means = re.search(r"means:?\s+", words)
    if not found and means and len(words) - means.end() > _SAYS_SOMETHING:
        return reading("meaning", "definition", means.end(), len(words))
    return None


def _trailing(name: str) -> int:
    return len(name) - len(name.rstrip(" ,"))


def _names(table: Table, cell: Cell) -> tuple[str, str]:
    """Row and column of a cell in words; the row empty where it has no name of its own."""
    row = " ".join(table.rows[cell.row].path[-1:]).strip() if cell.row < len(table.rows) else ""
    header = table.columns[cell.column].header if cell.column < len(table.columns) else ()
    words = re.search(r"[A-Za-z]{3,}", row)
    return (row, " ".join(header)) if words and len(row) <= _LONGEST_ROW else ("", "")


def _asked(found: _Reading, document: DocumentId, name: str, draw: random.Random, maker: str) -> Asked:
    question = draw.choice(_LEADS[found.lead]).format(d=name, **found.words).rstrip("?.") + "?"
    named = draw.choice(_NAMED)
    text = question
    if name not in question and named != "{q}":
        opening = name[:1].upper() + name[1:] if named.startswith("{") else name
        text = named.format(d=opening, q=question[:1].lower() + question[1:])
    return Asked(
        text=text,
        kind=found.kind,
        origin="documents",
        maker=maker,
        document_ids=(document,),
        places=(Place(document_id=document, start=found.start, end=found.end),),
        answer=found.answer,
    )
