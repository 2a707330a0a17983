"""Drawing laid-out sheets as a PDF with reportlab: the same sheets give the same bytes.

Only the fonts that every PDF reader has are used (Times, Helvetica), so nothing is embedded. Layout is
left to ``layout``.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from eval.sample.blocks import Format
from eval.sample.layout import Placed, Rule, Words
from eval.sample.lines import Face, Measure
from rag.errors import MissingExtraError

Family = Literal["times", "helvetica"]

BANNER = "Synthetic sample document – not a real transaction"

_FONTS: dict[Family, dict[Face, str]] = {
    "times": {"regular": "Times-Roman", "bold": "Times-Bold", "italic": "Times-Italic"},
    "helvetica": {"regular": "Helvetica", "bold": "Helvetica-Bold", "italic": "Helvetica-Oblique"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """What stands at the head and foot of pages; ``number`` formats a 0-based page (empty: none)."""

    header: str
    footer: str
    number: Callable[[int], str]


def measurer(family: Family) -> Measure:
    """Widths in points of strings in a family's faces, cached by word.

    Raises:
        MissingExtraError: reportlab is not installed.
    """
    width = _reportlab_width()
    fonts = _FONTS[family]

    @functools.lru_cache(maxsize=200_000)
    def unit(text: str, face: Face) -> float:
        return float(width(text, fonts[face], 1.0))

    def measure(text: str, face: Face, size: float) -> float:
        return unit(text, face) * size

    return measure


def draw(placed: Placed, shape: Format, family: Family, furniture: Furniture, title: str) -> bytes:
    """The PDF file of a laid-out document.

    Raises:
        MissingExtraError: reportlab is not installed.
    """
    try:
        from reportlab.pdfgen.canvas import Canvas
    except ImportError as error:
        raise MissingExtraError("the sample library", "demo") from error
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=(shape.width, shape.height), invariant=1, pageCompression=1)
    canvas.setTitle(title)
    canvas.setSubject(BANNER)
    fonts = _FONTS[family]
    for number, sheet in enumerate(placed.sheets):
        canvas.setLineWidth(0.4)
        _draw_furniture(canvas, shape, fonts, furniture, number)
        for mark in sheet.marks:
            match mark:
                case Words():
                    _draw_words(canvas, mark, fonts)
                case Rule():
                    canvas.line(mark.x0, mark.y, mark.x1, mark.y)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _draw_words(canvas: Any, mark: Words, fonts: dict[Face, str]) -> None:  # noqa: ANN401 (reportlab is untyped)
    text = canvas.beginText(mark.x, mark.y)
    text.setWordSpace(mark.gap)  # always: the state outlives the text object
    for part, face in mark.pieces:
        text.setFont(fonts[face], mark.size)
        text.textOut(part)
    canvas.drawText(text)


def _draw_furniture(
    canvas: Any,  # noqa: ANN401 (reportlab is untyped)
    shape: Format,
    fonts: dict[Face, str],
    furniture: Furniture,
    number: int,
) -> None:
    middle = shape.width / 2
    canvas.setFont(fonts["italic"], 7.5)
    canvas.drawCentredString(middle, shape.height - 30, BANNER)
    canvas.setFont(fonts["regular"], 7.5)
    if furniture.header and number:
        canvas.drawRightString(shape.width - shape.margin, shape.height - 44, furniture.header)
    if furniture.footer and number:
        canvas.drawString(shape.margin, 28, furniture.footer)
    canvas.setFont(fonts["regular"], 9)
    label = furniture.number(number)
    if label:
        canvas.drawCentredString(middle, 40, label)


def _reportlab_width() -> Callable[[str, str, float], float]:
    try:
        from reportlab.pdfbase.pdfmetrics import stringWidth
    except ImportError as error:
        raise MissingExtraError("the sample library", "demo") from error
    return stringWidth  # type: ignore[no-any-return]
