"""Questions that compare two documents of a kind: the same row of their tables, the same term's value.

Documents are read one after another; what is kept of each is the values that may be compared. Leaves values
of one document to the other makers.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rag.types import DocumentId
from tuning.items import Place
from tuning.questions.arithmetic import SCALES
from tuning.questions.definitions import is_term, value_of
from tuning.questions.figures import short_when
from tuning.questions.measures import MeasureKind
from tuning.questions.readings import Reading
from tuning.questions.source import Source
from tuning.questions.table_cells import said_row, verb_for

MAKER = "comparisons"
_TERMS, _ROWS, _PAIRS = 60, 60, 4
"""Terms and rows kept of a document; pairs of documents compared by one of them."""
_HIGHER: dict[MeasureKind, tuple[str, ...]] = {
    "share": ("which has the higher {x}, {a} or {b}", "is the {x} higher in {a} or in {b}"),
    "sum": ("which has the larger {x}, {a} or {b}", "is the {x} larger in {a} or in {b}"),
    "period": ("which has the longer {x}, {a} or {b}", "is the {x} longer in {a} or in {b}"),
    "date": (),
}
_BOTH = (
    "what is the {x} in {a} and in {b}",
    "compare the {x} of {a} with that of {b}",
    "how does the {x} differ between {a} and {b}",
)
_ROW = (
    "{w}, {were} {r} higher at {a} or at {b}", "who had the higher {r} {w}, {a} or {b}",
    "compare {r} of {a} and {b} {w}", "what {were} {r} of {a} and of {b} {w}",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A value that another document may have too: what it is of, as said and to be matched, and its size."""

    document: DocumentId
    called: str
    key: str
    said: str
    kind: MeasureKind
    size: Decimal
    text: str
    place: Place
    time: str = ""


def values_of(source: Source) -> Iterator[Value]:
    """The values of a document that may be compared; none of one that nobody can name."""
    if not source.parties:
        return
    called = source.parties[0]
    yield from (_rows if source.is_report else _terms)(source, called)


def compared(
    values: Iterable[Value], draw: random.Random, count: int
) -> Iterator[tuple[Reading, tuple[DocumentId, ...]]]:
    """Up to ``count`` questions about pairs of documents, drawn, with the documents they are about."""
    groups: dict[tuple[str, str], list[Value]] = defaultdict(list)
    for one in values:
        groups[one.key, one.time].append(one)
    shared = [own for _, own in sorted(groups.items()) if len({one.called for one in own}) > 1]
    for own in draw.sample(shared, min(count, len(shared))):
        for first in draw.sample(own, min(_PAIRS, len(own))):
            others = [one for one in own if one.called != first.called]
            yield _reading(first, draw.choice(others), draw)


def _reading(a: Value, b: Value, draw: random.Random) -> tuple[Reading, tuple[DocumentId, ...]]:
    words = {
        "a": a.called,
        "b": b.called,
        "x": a.said,
        "r": a.said,
        "w": f"in {a.time}",
        "were": verb_for(a.said),
    }
    ask_which = draw.random() < 0.5 and a.size != b.size and min(a.size, b.size) >= 0
    if a.time:
        wordings: Sequence[str] = _ROW[:2] if ask_which else _ROW[2:]
    else:
        wordings = _HIGHER[a.kind] if ask_which and _HIGHER[a.kind] else _BOTH
    which = wordings is not _BOTH and ask_which
    larger = a if a.size > b.size else b
    reading = Reading(
        question=draw.choice(wordings).format(**words),
        kind="comparison",
        maker=MAKER,
        answer=larger.called if which else f"{a.called}: {a.text}; {b.called}: {b.text}",
        places=(a.place, b.place),
        computed=True,
        names=True,
    )
    return reading, (a.document, b.document)


def _terms(source: Source, called: str) -> Iterator[Value]:
    kept = 0
    for definition in source.definitions:
        value = value_of(source, definition) if is_term(definition.term) else None
        if value is None or kept >= _TERMS:
            continue
        text = source.said(value.start, value.end)
        size = _size(text)
        if size is not None:
            kept += 1
            place = Place(document_id=source.id, start=definition.start, end=definition.end)
            yield Value(
                document=source.id, called=called,
                key=f"{source.kind} {definition.term.lower()} {value.unit.lower()}",
                said=definition.term, kind=value.kind, size=size, text=text, place=place,
            )  # fmt: skip


def _rows(source: Source, called: str) -> Iterator[Value]:
    kept = 0
    for figures in source.figures:
        if not figures or not figures[0].table.statement or kept >= _ROWS:
            continue
        for one in figures:
            amount = one.cell.amount
            own = one.period is not None and str(one.period.year) == source.year and not one.column
            if own and amount is not None and one.period is not None:
                kept += 1
                start, end = one.span
                yield Value(
                    document=source.id, called=called, key=f"row {one.label.lower()}",
                    said=said_row(source, one.label),
                    kind="sum", size=amount, text=f"{one.cell.text} {SCALES.get(one.cell.scale, '')}".strip(),
                    time=short_when(one.period)[-4:],
                    place=Place(document_id=source.id, start=start, end=end),
                )  # fmt: skip


def _size(text: str) -> Decimal | None:
    """The number in a value: of "ten (10) days" 10; None of a date or words."""
    found = re.findall(r"\d[\d,]*(?:\.\d+)?", text)
    if len(found) != 1:
        return None
    try:
        return Decimal(found[0].replace(",", ""))
    except InvalidOperation:
        return None
