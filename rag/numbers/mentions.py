"""Every figure at hand as a mention: its amount, the words and years it stands under, its place.

Figures of tables come with their rows, headers and titles, figures of sentences with the words around them.
Leaves which of them a question is after to ``matching``, the scale that a table does not print to ``scales``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rag.numbers.ontology import naming, words_of, years_among
from rag.numbers.scales import scale_of
from rag.numbers.sentence_figures import SentenceFigure, sentence_figures
from rag.prompt import Prompt, TableParts
from rag.sentences import sentence_spans
from rag.structure import Cell, Row, Unit
from rag.types import Chunk, Support

_TWICE = re.compile(
    r"^\(?\s*(?P<sign>-?)\s*(?P<figure>\d[\d,]*(?:\.\d+)?)\s*(?P<percent>%?)\s*\(\s*(?P<again>[\d,.]+)\s*%?\s*\)\s*\)?$"
)
"""A figure printed twice, with a minus and in an accountant's parentheses: "-395 ( 395 )"."""
_ASIDE = re.compile(r"\([^()]*\)")
_STEM = 6
_BASE = 100
_MONTH = re.compile(
    r"\b(january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_MOST_IN_SENTENCE = 14
"""A sentence with more figures is a table in disguise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A figure: ``value`` as printed with its sign, in ``scale``; a percentage of 12 is 12.

    ``own`` are the stems of its row's label, or of the words beside it in a sentence; ``header`` those of its
    column, ``above`` those of the labels and title above, or of the whole sentence. ``label`` are the stems
    of the label in their order, what stands in parentheses aside. ``source`` numbers tables from 0 up,
    sentences from -1 down; ``row`` and ``column`` are places in a table, in a sentence its ordinal twice.
    ``years`` and ``months`` are those it speaks of. ``total`` marks sums, ``indexed`` figures of a row that
    has 100, ``last`` the last of a row.
    """

    text: str
    value: Decimal
    scale: int
    unit: Unit
    currency: str
    own: frozenset[str]
    header: frozenset[str]
    above: frozenset[str]
    label: tuple[str, ...]
    years: frozenset[int]
    source: int
    row: int
    column: int
    months: frozenset[str]
    total: bool
    indexed: bool
    last: bool
    printed: str
    period: str
    support: Support

    @property
    def amount(self) -> Decimal:
        """In units of one; per cent stay per cent."""
        return self.value * self.scale

    @property
    def in_table(self) -> bool:
        """Whether it is a table's."""
        return self.source >= 0


def mentions_of(prompt: Prompt) -> list[Mention]:
    """All figures of a prompt's tables, then those of its sentences, in their order."""
    prose = prose_of(prompt)
    found = [
        mention for number, parts in enumerate(prompt.tables) for mention in _of_table(number, parts, prose)
    ]
    spans = [(table.document_id, table.start, table.end) for table, _ in prompt.tables]
    source = 0
    for one in prompt.evidence:
        chunk = one.chunk
        inside = [(a, b) for name, a, b in spans if name == chunk.document_id]
        for start, end in sentence_spans(chunk.text):
            at = chunk.start + start
            if any(a <= at < b for a, b in inside):
                continue
            source -= 1
            found += _of_sentence(source, chunk, start, end)
    return found


def prose_of(prompt: Prompt) -> str:
    """The text of the evidence that is not of tables."""
    return " ".join(one.chunk.text for one in prompt.evidence if not one.chunk.table_line)


def stems(text: str) -> tuple[str, ...]:
    """Index terms cut to six letters, so that "operations" and "operating" are one; no numbers, no times.

    >>> stems("Operating expenses (in thousands), 2019")
    ('operat', 'expens')
    """
    return tuple(word[:_STEM] for word in naming(words_of(text)))


def months_in(text: str) -> frozenset[str]:
    """The months that a text names.

    >>> sorted(months_in("Quarter ended September 30, from July 1"))
    ['july', 'september']
    """
    return frozenset(match[1].lower() for match in _MONTH.finditer(text))


def _of_table(number: int, parts: TableParts, prose: str) -> Iterator[Mention]:
    table, chunks = parts
    scale = scale_of(table, chunks, prose)
    columns = [" ".join(column.header) for column in table.columns]
    titles = stems(table.title)
    ends = {cell.row: cell.column for cell in table.cells}
    based = {cell.row for cell in table.cells if cell.value == _BASE}
    for cell in map(_read_twice, table.cells):
        row = table.rows[cell.row]
        support = _support(cell, row, chunks)
        if cell.value is None or support is None:
            continue
        label = row.path[-1] if row.path else ""
        header = columns[cell.column] if cell.column < len(columns) else ""
        plain = table.scale == 1 and cell.scale == 1 and cell.unit in {"", "money"}
        words = stems(label)
        core = stems(_ASIDE.sub(" ", label)) or words
        yield Mention(
            text=cell.text,
            value=cell.value,
            scale=scale if plain else cell.scale,
            unit=cell.unit,
            currency=cell.currency,
            own=frozenset(words),
            header=frozenset(stems(header)),
            above=frozenset((*titles, *(w for one in row.path[:-1] for w in stems(one)))),
            label=core,
            years=_years(cell, label, header),
            months=months_in(f"{label} {header}"),
            source=number,
            row=cell.row,
            column=cell.column,
            total=row.total or "total" in f"{label} {header}".lower(),
            indexed=cell.row in based,
            last=cell.column == ends[cell.row],
            printed=" > ".join(row.path) or header,
            period=cell.period.end if cell.period else "",
            support=support,
        )


def _of_sentence(source: int, chunk: Chunk, start: int, end: int) -> Iterator[Mention]:
    text = chunk.text[start:end]
    figures: Sequence[SentenceFigure] = sentence_figures(text)
    if len(figures) > _MOST_IN_SENTENCE:
        return
    whole = frozenset(stems(text))
    for place, figure in enumerate(figures):
        words = stems(figure.around)
        yield Mention(
            text=figure.text,
            value=figure.value,
            scale=figure.scale,
            unit=figure.unit,
            currency=figure.currency,
            own=frozenset(words),
            header=frozenset(),
            above=whole,
            label=words,
            years=frozenset() if figure.year is None else frozenset({figure.year}),
            source=source,
            row=place,
            column=place,
            months=months_in(figure.around),
            total="total" in figure.around.lower(),
            indexed=False,
            last=place == len(figures) - 1,
            printed=" ".join(figure.around.split()),
            period="" if figure.year is None else str(figure.year),
            support=Support(chunk_id=chunk.id, start=start, end=end),
        )


def _read_twice(cell: Cell) -> Cell:
    """The cell with its value, where a figure was printed twice."""
    if cell.value is not None:
        return cell
    match = _TWICE.match(cell.text.replace("$", " ").strip())
    if match is None or match["figure"] != match["again"]:
        return cell
    value = Decimal(match["figure"].replace(",", ""))
    return replace(
        cell, value=-value if match["sign"] else value, unit="percent" if match["percent"] else "money"
    )


def _support(cell: Cell, row: Row, chunks: Sequence[Chunk]) -> Support | None:
    """The row of a cell, or the cell alone where its row was cut apart."""
    for start, end in ((min(row.start, cell.start), max(row.end, cell.end)), (cell.start, cell.end)):
        for chunk in chunks:
            if chunk.start <= start and end <= chunk.end:
                return Support(chunk_id=chunk.id, start=start - chunk.start, end=end - chunk.start)
    return None


def _years(cell: Cell, label: str, header: str) -> frozenset[int]:
    printed = years_among((*words_of(label), *words_of(header)))
    return printed or (frozenset({cell.period.year}) if cell.period else frozenset())
