"""Questions whose answer is computed from cells of one table: changes, sums, averages, shares of a total."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from rag.structure import Period
from tuning.items import Place
from tuning.questions.figures import Figure, short_when, when
from tuning.questions.headings import lowered
from tuning.questions.readings import Reading
from tuning.questions.source import Source
from tuning.questions.table_cells import said_row, verb_for

MAKER = "arithmetic"
_A_TABLE = 2
SCALES = {1_000: "thousand", 1_000_000: "million", 1_000_000_000: "billion"}
_CHANGE = (
    "by how much did {r} change from {a} to {b}", "what was the change in {r} between {a} and {b}",
    "how much higher or lower {were} {r} in {b} than in {a}",
    "what was the increase or decrease in {r} from {a} to {b}",
)  # fmt: skip
_GROWTH = (
    "what was the percentage change in {r} from {a} to {b}",
    "by what percentage did {r} change between {a} and {b}",
    "how fast did {r} grow from {a} to {b}, in percent", "what was the growth rate of {r} in {b} over {a}",
)  # fmt: skip
_SUM = ("what {were} {r} in {a} and {b} together", "what is the sum of {r} for {a} and {b}")
_AVERAGE = ("what was the average of {r} over {a} and {b}", "what is the mean of {r} for {a} and {b}")
_SHARE = (
    "what percentage of {t} {were} {r} {w}", "{w}, what share of {t} did {r} make up",
    "what was {r} as a percentage of {t} {w}", "what proportion of {t} is due to {r} {w}",
)  # fmt: skip
_APART = (
    "what is the difference between the {a} and the {b} of {r}", "how far apart are {a} and {b} for {r}",
    "by how much do the {a} and the {b} of {r} differ",
)  # fmt: skip
_TOGETHER = ("what is the {c} of {a} and {b} together", "what do {a} and {b} add up to ({c})")
_ROWS_APART = (
    "what is the difference in {c} between {a} and {b}",
    "by how much do {a} and {b} differ in {c}",
)
_MANY = 40


def from_arithmetic(source: Source, draw: random.Random) -> Iterator[Reading]:
    """Of each table with figures of several times a few computed answers."""
    for own in source.figures:
        every = [one for one in own[: _MANY * 8] if source.is_plain(one)]
        found = [one for one in every if one.period and not one.column]
        made = [*_over_time(source, found, draw), *_shares(source, found, draw)]
        if not found:
            made = list(_within(source, every, draw))
        yield from draw.sample(made, min(_A_TABLE, len(made)))


def _over_time(source: Source, found: Sequence[Figure], draw: random.Random) -> Iterator[Reading]:
    rows: dict[int, list[Figure]] = defaultdict(list)
    for one in found:
        rows[one.cell.row].append(one)
    for own in list(rows.values())[:_MANY]:
        ordered = sorted(own, key=lambda one: _end(one.period))
        for old, new in pairwise(ordered):
            if not _comparable(old, new):
                continue
            made = _between(old, new, draw)
            if made is None:
                continue
            wordings, answer = made
            row = said_row(source, new.label)
            ends = {"a": _short(old.period), "b": _short(new.period)}
            question = draw.choice(wordings).format(r=row, were=verb_for(row), **ends)
            yield _reading(source, question, answer, (old, new))


def _between(old: Figure, new: Figure, draw: random.Random) -> tuple[Sequence[str], str] | None:
    """What is computed of two figures of a row: ways to ask, and the answer."""
    a, b = old.cell.value, new.cell.value
    if a is None or b is None:
        return None
    unit = new.cell.unit
    choice = draw.random()
    if unit == "percent" or choice < 0.4:
        return _CHANGE, _amount(b - a, new)
    if choice < 0.75 and a > 0:
        return _GROWTH, f"{_rounded(100 * (b - a) / a)}%"
    flow = new.period is not None and new.period.months not in (0, None)
    if not flow or unit == "per_share":
        return (_AVERAGE, _amount((a + b) / 2, new)) if not flow else None
    return (_SUM, _amount(a + b, new)) if choice < 0.9 else (_AVERAGE, _amount((a + b) / 2, new))


def _shares(source: Source, found: Sequence[Figure], draw: random.Random) -> Iterator[Reading]:
    columns: dict[int, list[Figure]] = defaultdict(list)
    for one in found:
        columns[one.cell.column].append(one)
    for own in columns.values():
        for total in (one for one in own if one.row.total and "total" in one.label.lower()):
            parts = [one for one in own if _is_part(one, total)]
            if not parts or total.period is None:
                continue
            part = draw.choice(parts)
            row, whole = said_row(source, part.label), said_row(source, total.label)
            question = draw.choice(_SHARE).format(
                r=row, t=whole, w=when(total.period, plain=True), were=verb_for(row)
            )
            share = 100 * Decimal(part.cell.value or 0) / Decimal(total.cell.value or 1)
            yield _reading(source, question, f"{_rounded(share)}%", (part, total))


def _within(source: Source, found: Sequence[Figure], draw: random.Random) -> Iterator[Reading]:
    """Of a table without times: two columns of a row, two rows of a column."""
    for one, other in pairwise(found):
        a, b = one.cell.value, other.cell.value
        alike = (
            (one.cell.unit, one.cell.scale) == (other.cell.unit, other.cell.scale)
            and one.column
            and other.column
        )
        if alike and one.cell.row == other.cell.row and a is not None and b is not None:
            words = {
                "r": said_row(source, one.label),
                "a": lowered(one.column, source),
                "b": lowered(other.column, source),
            }
            yield _reading(
                source, draw.choice(_APART).format(**words), _amount(abs(a - b), one), (one, other)
            )
    columns: dict[int, list[Figure]] = defaultdict(list)
    for one in found:
        if one.column and one.cell.unit != "percent" and not one.row.total:
            columns[one.cell.column].append(one)
    for own in columns.values():
        for one, other in pairwise(own):
            a, b = one.cell.value, other.cell.value
            if a is None or b is None or one.cell.scale != other.cell.scale:
                continue
            words = {
                "a": said_row(source, one.label),
                "b": said_row(source, other.label),
                "c": lowered(one.column, source),
            }
            add = draw.random() < 0.5
            answer = _amount(a + b if add else abs(a - b), one)
            yield _reading(
                source, draw.choice(_TOGETHER if add else _ROWS_APART).format(**words), answer, (one, other)
            )


def _is_part(one: Figure, total: Figure) -> bool:
    """Whether a total may sum a figure up: it stands before, near, is positive and no more than the total."""
    value, whole = one.cell.value, total.cell.value
    near = 0 < total.cell.row - one.cell.row <= 8
    alike = one.cell.unit == total.cell.unit and one.cell.scale == total.cell.scale and not one.row.total
    return near and alike and value is not None and whole is not None and 0 < value < whole


def _comparable(old: Figure, new: Figure) -> bool:
    same = (old.cell.unit, old.cell.scale, old.period and old.period.months) == (
        new.cell.unit, new.cell.scale, new.period and new.period.months
    )  # fmt: skip
    return same and _short(old.period) != _short(new.period)


def _reading(source: Source, question: str, answer: str, operands: Sequence[Figure]) -> Reading:
    spans = dict.fromkeys(one.span for one in operands)
    return Reading(
        question=question,
        kind="arithmetic",
        maker=MAKER,
        answer=answer,
        places=tuple(Place(document_id=source.id, start=start, end=end) for start, end in spans),
        computed=True,
    )


def _amount(value: Decimal, like: Figure) -> str:
    """A figure with unit and scale in words: "$1,200 million"."""
    text = f"{abs(value):,f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if like.cell.unit == "percent":
        text = f"{text} percentage points"
    elif like.cell.unit in ("money", "per_share") or like.cell.currency:
        text = f"${text}" if like.cell.currency in ("", "USD") else f"{like.cell.currency} {text}"
    scale = SCALES.get(like.cell.scale, "")
    return f"{'-' if value < 0 else ''}{text}{f' {scale}' if scale else ''}"


def _rounded(value: Decimal) -> str:
    return f"{value:.1f}"


def _end(period: Period | None) -> str:
    return period.end if period else ""


def _short(period: Period | None) -> str:
    return short_when(period) if period else ""
