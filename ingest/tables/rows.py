"""Rows of a table: labels that were wrapped joined again, and the headings that each row stands under.

A row's path follows indentation first; where rows are not indented, boldness, a closing colon and totals
tell where a group of rows begins and ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.tables.columns import Band
from ingest.tables.periods import is_period
from ingest.tables.strips import Strip
from ingest.tables.units import read_units

_TOTAL = re.compile(r"\W{0,2}(?:sub-?\s?totals?|totals?)\b", re.I)
_GOES_ON = re.compile(
    r"\b(?:and|or|of|to|for|the|in|by|from|with|on|at|net|including|less|excluding|per|than)\W?$|[,–—(&-]$",
    re.I,
)
_STARTS_LOW = re.compile(r"[a-z(&$\d]")
_COUNTED = re.compile(r"\d,\d{3}")
_WHOLE = re.compile(r"\W{0,2}total (?:assets|liabilities (?:and|&))\b", re.I)
"""What sums a whole side of a balance sheet stands under no heading of a part of it."""
_ENTRY = re.compile(r"^[^:]{3,80}:$")
_MARK = re.compile(r"\((?:\d{1,2}|[a-z])\)|[*†‡]{1,3}")
_MARKS = re.compile(r"(?<=[^\s,])\s?(?:\((?:\d{1,2}|[a-z])\)[, ]{0,2}|[*†‡]{1,3}\s?){1,4}$")
_INDENT = 2.0
_LONGEST_LABEL = 400


@dataclass(slots=True)
class Label:
    """A row's label: the words before its figures, and how it is set."""

    text: str
    x0: float
    bold: bool
    start: int
    end: int
    data: bool
    strip: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A row of figures: the number of its strip, its path of labels, its span, whether it is a total.

    ``notes`` are the footnote marks that its own label ends with; they are no part of the path.
    """

    strip: int
    path: tuple[str, ...]
    start: int
    end: int
    total: bool
    notes: tuple[str, ...] = ()


def label_rows(
    strips: Sequence[Strip], bands: Sequence[Band], header: Sequence[Strip] = ()
) -> list[LabelledRow]:
    """The rows with figures of a table's body, labelled; ``bands`` keep pieces by strip number.

    The first heading may stand beside the last line of the ``header``.
    """
    beside = [_beside(strip) for strip in header[-1:] if strip.pieces[0].text.endswith(":")]
    labels = _join_wrapped(beside + [_label(number, strip, bands) for number, strip in enumerate(strips)])
    for label in labels:
        label.text, label.notes = _cut_marks(label.text)
    rows: list[LabelledRow] = []
    open_headings: list[_Heading] = []
    for label in labels:
        if not label.data:
            _close(open_headings, label)
            if label.text and not _COUNTED.search(label.text) and read_units(label.text) is None:
                open_headings.append(_heading(label))
            continue
        total = bool(_TOTAL.match(label.text))
        _close(open_headings, label)
        path = [heading.text for heading in open_headings]
        below = [*(heading.x0 for heading in open_headings[1:]), label.x0]
        for heading, x0 in zip(open_headings, below, strict=False):
            heading.indented = heading.indented or x0 > heading.x0 + _INDENT
            heading.used = True
        rows.append(
            LabelledRow(
                strip=label.strip,
                path=(*path, label.text) if label.text else tuple(path),
                start=label.start,
                end=label.end,
                total=total,
                notes=label.notes,
            )
        )
        if total:
            _end_group(open_headings, label)
        elif _ENTRY.match(label.text):
            # A heading may have figures of its own: "Equity securities: 60 %".
            open_headings.append(_heading(label))
    return rows


def _cut_marks(text: str) -> tuple[str, tuple[str, ...]]:
    """A label without the footnote marks at its end, and these.

    >>> _cut_marks("Dividend yield (1)"), _cut_marks("Revenues by: (a)(2)"), _cut_marks("(1)")
    (('Dividend yield', ('(1)',)), ('Revenues by:', ('(a)', '(2)')), ('(1)', ()))
    """
    match = _MARKS.search(text)
    if match is None or not text[: match.start()].strip():
        return text, ()
    return text[: match.start()], tuple(_MARK.findall(match.group()))


@dataclass(slots=True)
class _Heading:
    """A heading that rows may stand under; ``owns`` is whether it has figures of its own."""

    text: str
    x0: float
    bold: bool
    colon: bool
    time: bool
    owns: bool = False
    indented: bool = False
    used: bool = False


def _heading(label: Label) -> _Heading:
    return _Heading(
        label.text,
        label.x0,
        label.bold,
        colon=label.text.endswith(":"),
        time=is_period(label.text),
        owns=label.data,
    )


def _label(number: int, strip: Strip, bands: Sequence[Band]) -> Label:
    cells = [band.pieces[number] for band in bands if number in band.pieces]
    first = min((cell.start for cell in cells), default=strip.line.end)
    words = [
        piece
        for at, piece in enumerate(strip.pieces)
        if (at == 0 or piece.start < first) and not any(piece is cell for cell in cells)
    ]
    text = " ".join(piece.text for piece in words)[:_LONGEST_LABEL]
    return Label(
        text=text,
        x0=words[0].x0 if words else strip.x0,
        bold=strip.line.bold,
        start=strip.line.start,
        end=strip.line.end,
        data=bool(cells),
        strip=number,
    )


def _beside(strip: Strip) -> Label:
    """The heading of rows that stands beside the header of their columns, as "Numerator:"."""
    piece, line = strip.pieces[0], strip.line
    return Label(piece.text, piece.x0, bold=line.bold, start=line.start, end=line.end, data=False, strip=-1)


def _join_wrapped(labels: Sequence[Label]) -> list[Label]:
    """Labels of several lines made one: with the row below if the figures stand there, else above."""
    joined: list[Label] = []
    for label in labels:
        before = joined[-1] if joined else None
        if before is None or not _continues(before, label):
            joined.append(label)
            continue
        before.text = f"{before.text} {label.text}".strip()[:_LONGEST_LABEL]
        before.end = label.end
        if label.data:
            before.data, before.strip = True, label.strip
            before.bold = label.bold
    return joined


def _continues(before: Label, label: Label) -> bool:
    """Whether a label goes on from the line before."""
    if not label.text or not before.text or before.text.endswith(":") or (before.data and label.data):
        return False
    if label.x0 < before.x0 - _INDENT:
        return False
    if label.text[0].islower() or (_STARTS_LOW.match(label.text) and label.x0 > before.x0 + _INDENT):
        return True
    return bool(_GOES_ON.search(before.text)) and not before.data and before.bold == label.bold


def _close(headings: list[_Heading], label: Label) -> None:
    """Drop the headings that a label no longer stands under."""
    while headings and not _under(label, headings[-1]):
        headings.pop()


def _under(label: Label, heading: _Heading) -> bool:
    if _WHOLE.match(label.text) and not heading.time:
        return False
    if label.x0 > heading.x0 + _INDENT:
        return True
    if label.x0 < heading.x0 - _INDENT:
        # A heading may be centred; then what follows stands left of it.
        return not heading.used and label.data and not heading.owns
    if heading.owns:
        return False
    if heading.time:
        # What "June 30, 2015" heads goes on below other headings and totals, to the next date.
        return label.data or not is_period(label.text)
    if label.data:
        return not heading.indented or bool(_TOTAL.match(label.text)) or (heading.bold and not label.bold)
    if heading.bold != label.bold:
        return heading.bold
    # One heading right below another one stands under it, as "Debt securities:" below "Assets:".
    return heading.colon and not heading.used


def _end_group(headings: list[_Heading], total: Label) -> None:
    """A total ends the group that it sums: the innermost heading at its own indentation or deeper."""
    if headings and headings[-1].time:
        return
    if headings and (headings[-1].x0 >= total.x0 - _INDENT or _shares_word(headings[-1].text, total.text)):
        headings.pop()


def _shares_word(heading: str, total: str) -> bool:
    words = set(re.findall(r"[a-z]{4,}", heading.lower()))
    return bool(words) and words <= set(re.findall(r"[a-z]{4,}", total.lower()))
