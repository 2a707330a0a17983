"""Questions for one figure of a table, by the words of its row and its column or its time."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rag.structure import Table
from tuning.items import Place
from tuning.questions.figures import Figure, when
from tuning.questions.headings import is_topic, lowered
from tuning.questions.readings import Reading
from tuning.questions.source import Source

MAKER = "table_cells"
_LETTERS = 3
_TAIL = re.compile(
    r"(?:,|\s(?:of|from|on|to|for|in|by|related|held|and|with|used|provided|under|before|after)\b).*$"
)
_A_TABLE = 4
"""Questions about a table, at most."""
_TELLING, _PLACED = 3, 0.25
"""Words of a row from which on it tells enough; share of other questions that name the table all the same."""
_STATEMENTS = {
    "income": "the income statement",
    "comprehensive_income": "the statement of comprehensive income",
    "balance_sheet": "the balance sheet",
    "cash_flow": "the cash flow statement",
    "equity": "the statement of equity",
}
_OF_TIME = (
    "what was {r} {w}", "what {were} {r} {w}", "how much {were} {r} {w}", "what {were} {r} reported {w}",
    "what figure is given for {r} {w}", "{w}, what {were} {r}", "how high {were} {r} {w}",
)  # fmt: skip
_OF_COLUMN = (
    "what is the {c} for {r}", "what is the {c} of {r}", "how much is the {c} of {r}",
    "what does the table give as {c} for {r}", "{r}: what is the {c}",
)  # fmt: skip
_OF_BOTH = ("what was the {c} for {r} {w}", "what was {r} ({c}) {w}", "{w}, what was the {c} of {r}")


def from_tables(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each table a few cells."""
    for found in source.figures:
        asked = [one for one in found if _tells(source, one)]
        for figure in sorted(draw.sample(asked, min(_A_TABLE, len(asked))), key=lambda one: one.cell.start):
            start, end = figure.span
            yield Reading(
                question=_question(source, figure, draw),
                kind="table_cell",
                maker=MAKER,
                answer=figure.cell.text,
                places=(Place(document_id=source.id, start=start, end=end),),
            )


def _tells(source: Source, figure: Figure) -> bool:
    """Whether a question by row and column, or with the table's name beside, can mean this figure only."""
    return source.is_plain(figure) or bool(within(figure.table, source))


def _question(source: Source, figure: Figure, draw: random.Random) -> str:
    row, column = said_row(source, figure.label), lowered(figure.column, source)
    time = when(figure.period, plain=draw.random() < 0.6) if figure.period else ""
    wordings = _OF_BOTH if column and time else _OF_COLUMN if column else _OF_TIME
    words = {"r": row, "c": column.removeprefix("the "), "w": time, "were": verb_for(row)}
    where = within(figure.table, source)
    needed = not source.is_plain(figure) or (not figure.table.statement and len(row.split()) < _TELLING)
    if where and (needed or draw.random() < _PLACED):
        return f"{draw.choice(wordings).format(**words)} {where}"
    return draw.choice(wordings).format(**words)


def said_row(source: Source, label: str) -> str:
    """A row's label within a sentence: in small letters, but for a class letter, names and defined terms."""
    if len(label) <= _LETTERS and label.isupper():
        return f"class {label}"
    names = [word for word in re.findall(r"[A-Z][a-z]+", label) if word.lower() not in source.small_words]
    return label if len(names) > 1 else lowered(label, source)


def verb_for(words: str) -> str:
    """Was or were, by the plural of the first part of some words.

    >>> verb_for("total current assets"), verb_for("loss on sale of assets"), verb_for("net sales")
    ('were', 'was', 'were')
    """
    head = _TAIL.sub("", words).split()[-1:]
    return "were" if head and head[0].endswith("s") and not head[0].endswith(("ss", "is", "us")) else "was"


def within(table: Table, source: Source) -> str:
    """Where a figure stands, as people say it: "on the balance sheet"; empty where the table has no name."""
    if table.statement:
        return f"{'on' if table.statement == 'balance_sheet' else 'in'} {_STATEMENTS[table.statement]}"
    title = re.sub(r"^[\dIVX]+\.?\s", "", " ".join(table.title.split())).strip(" .:")
    return f"in the table of {lowered(title, source)}" if is_topic(title) else ""
