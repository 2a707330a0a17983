"""Small documents that tests make for themselves, and what must hold of every document."""

from __future__ import annotations

import io
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from rag.types import Document, Line, Page

WIDTH, HEIGHT = 612, 792


@dataclass(frozen=True, slots=True)
class Print:
    """Text at a place: points from the left and from the top to the baseline."""

    x: float
    y: float
    text: str
    size: float = 10
    bold: bool = False


def pdf(*pages: list[Print], title: str | None = None, password: str | None = None) -> bytes:
    """A PDF file of the pages given."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, encrypt=password)
    if title is not None:
        canvas.setTitle(title)
    for page in pages:
        for mark in page:
            canvas.setFont("Times-Bold" if mark.bold else "Times-Roman", mark.size)
            canvas.drawString(mark.x, HEIGHT - mark.y, mark.text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def paragraph(x: float, y: float, *lines: str) -> list[Print]:
    """Lines of body text below each other."""
    return [Print(x, y + 12 * number, line) for number, line in enumerate(lines)]


def lines_of(document: Document) -> list[str]:
    """The text of each line."""
    return [document.text[line.start : line.end] for page in document.pages for line in page.lines]


def document_of(text: str, *, name: str = "paper", title: str = "") -> Document:
    """A plain one-page document with the lines of a text."""
    lines, at = [], 0
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            start = at + line.index(stripped)
            lines.append(Line(start=start, end=start + len(stripped)))
        at += len(line)
    page = Page(number=0, start=0, end=len(text), lines=tuple(lines))
    return Document(
        id="d" * 20,  # type: ignore[arg-type]
        name=name,
        media_type="text/plain",
        title=title,
        text=text,
        pages=(page,),
    )


def check_document(document: Document) -> None:
    """Pages cover the text without gap or overlap; lines lie in their page, in order, apart."""
    position = 0
    for number, page in enumerate(document.pages):
        assert page.number == number
        assert page.start == position <= page.end
        position = page.end
        before = page.start
        for line in page.lines:
            assert before <= line.start < line.end <= page.end
            assert document.text[line.start : line.end].strip() == document.text[line.start : line.end]
            before = line.end
            if line.box is not None:
                assert line.box.page == number
                assert line.box.x0 <= line.box.x1
                assert line.box.y0 <= line.box.y1
    assert position == len(document.text)
    document.text.encode("utf-8")
