"""Questions made from what stands in documents by rules: defined terms, references, table cells, parties.

Each maker yields questions of one document in the order of its text, with the place and the answer that were
read there. Wordings are drawn from a few; the document is named in forms that people use, or left out where
the question is asked of that document only. Leaves choosing and mixing to ``tuning.questions``.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence

from rag.catalog import Catalog
from rag.generator.values import ValueKind, values
from rag.structure import Cell, Definition, Fact, Table, values_by_name
from rag.types import DocumentId
from tuning.items import Asked, Place

_VALUED: tuple[ValueKind, ...] = ("percent", "amount", "date")
"""Kinds of value that a definition may consist of."""
_SHORT = 400
"""Characters of a definition that says one thing."""
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


def from_definitions(catalog: Catalog, document: DocumentId, draw: random.Random) -> Iterator[Asked]:
    """Of each defined term: its value, its party, the section it points to, or its meaning."""
    text, name = catalog.text(document), title_of(catalog, document)
    for definition in catalog.definitions(document):
        words = text[definition.start : definition.end]
        if not 0 < len(words) <= _SHORT * 4 or len(definition.term) > 60:
            continue
        found = _read(words, definition)
        if found is None:
            continue
        lead, kind, answer, start = found
        yield _asked(
            draw, lead, kind, document, name, {"x": definition.term},
            answer=answer, place=Place(
                document_id=document, start=definition.start + start,
                end=definition.start + start + max(len(answer), 1),
            ), maker="definitions",
        )  # fmt: skip


def from_tables(catalog: Catalog, document: DocumentId, draw: random.Random) -> Iterator[Asked]:
    """Of each table a few cells, by the names of their row and column."""
    name = title_of(catalog, document)
    for table in catalog.tables(document):
        cells = [cell for cell in table.cells if cell.value is not None and _names(table, cell)]
        for cell in draw.sample(cells, min(3, len(cells))):
            row, column = _names(table, cell)
            parts = {"r": row, "c": column}
            yield _asked(
                draw, "cell" if column else "row", "table_cell", document, name, parts,
                answer=cell.text, place=Place(document_id=document, start=cell.start, end=cell.end),
                maker="tables",
            )  # fmt: skip


def title_of(catalog: Catalog, document: DocumentId) -> str:
    """What people call a document: its company and kind, else its name."""
    said = values_by_name(catalog.all_facts().get(document, list[Fact]()))
    who = [*said.get("company", []), *said.get("party", [])][:1]
    kind = said.get("kind", ["other"])[0]
    if not who:
        return catalog.name(document)
    short = re.sub(r",? (?:Ltd|LLC|Inc|Corp|L\.P|Limited|plc|N\.A)\.?$", "", who[0])
    return f"the {short} {kind}" if kind not in ("other", "agreement") else short


def _read(words: str, definition: Definition) -> tuple[str, str, str, int] | None:
    """Wordings, kind, answer and its offset in a definition's words."""
    points = _POINTS.search(words)
    if points:
        return "place", "cross_reference", points[1], points.start(1)
    if _ROLE.search(definition.term):
        party = _PARTY.search(words)
        return ("who", "fact", party[1].strip(" ,"), party.start(1)) if party else None
    body = words[definition.term_end - definition.start :]
    shift = len(words) - len(body)
    found = [(kind, span) for kind in _VALUED for span in values(body, kind)]
    if len(words) <= _SHORT and len(found) == 1:
        (_, (start, end)) = found[0]
        return "value", "value", body[start:end], shift + start
    if len(words) <= _SHORT and not found:
        after = re.search(r"means:?\s+", words)
        if after and len(words) - after.end() > 20:
            return "meaning", "definition", " ".join(words[after.end() :].split()), after.end()
    return None


def _names(table: Table, cell: Cell) -> tuple[str, str]:
    """Row and column of a cell in words; empty where it has no name of its own."""
    row = " ".join(table.rows[cell.row].path[-1:]).strip() if cell.row < len(table.rows) else ""
    header = table.columns[cell.column].header if cell.column < len(table.columns) else ()
    words = re.search(r"[A-Za-z]{3,}", row)
    return (row, " ".join(header)) if words and len(row) <= 80 else ("", "")


def _asked(
    draw: random.Random, lead: str, kind: str, document: DocumentId, name: str, parts: Mapping[str, str],
    *, answer: str, place: Place, maker: str,
) -> Asked:  # fmt: skip
    question = draw.choice(_LEADS[lead]).format(d=name, **parts).rstrip("?.") + "?"
    named = draw.choice(_NAMED)
    if name in question or named == "{q}":
        text = question
    else:
        text = named.format(d=name[:1].upper() + name[1:] if named[0] == "{" else name,
                            q=question[:1].lower() + question[1:])  # fmt: skip
    return Asked(
        text=text, kind=kind, origin="documents", maker=maker, document_ids=(document,), places=(place,),
        answer=answer,
    )  # fmt: skip
