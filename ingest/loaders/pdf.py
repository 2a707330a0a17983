"""PDF files to documents: the engine's words to rows, rows to lines with boxes, one page each.

Leaves parsing to the engine that the settings name; only that one is imported.
"""

from __future__ import annotations

import importlib
import logging
from dataclasses import replace
from pathlib import Path
from typing import cast

from ingest.furniture import find_furniture
from ingest.loaders import titles
from ingest.loaders.composer import Composer, clean
from ingest.loaders.contract import (
    EncryptedFileError,
    PdfEngine,
    PdfPage,
    UnreadableFileError,
    file_document,
    refusal,
)
from ingest.loaders.ocr import installed
from ingest.loaders.scans import read_scan
from ingest.rows import Row, group_rows
from rag.settings import IngestSettings
from rag.types import Box, Document, Line, Page, PageOrigin

MEDIA_TYPE = "application/pdf"
_log = logging.getLogger(__name__)


def engine(name: str) -> PdfEngine:
    """The engine of that name ("pymupdf" or "pypdfium2")."""
    return cast("PdfEngine", importlib.import_module(f"ingest.loaders.pdf_{name}"))


def load(path: Path, data: bytes, settings: IngestSettings, cache: Path | None = None) -> Document:
    """A PDF's document; ``cache`` is a folder for what is read from its scanned pages, or None.

    Raises:
        DocumentError: encrypted, broken or without any text.
    """
    pdf = engine(settings.pdf_parser)
    composer = Composer()
    problems: list[str] = []
    printed: list[list[Row]] = []
    heights: list[float] = []
    try:
        for page in pdf.read(data):
            if page.problem:
                problems.append(page.problem)
            reader = installed(settings.ocr_language) if page.picture else None
            words, origin = read_scan(page.picture, reader and replace(reader, cache=cache))
            printed.append(_compose(composer, page if words is None else replace(page, words=words), origin))
            heights.append(page.height)
    except EncryptedFileError:
        raise refusal("encrypted", path.name, "is protected by a password") from None
    except UnreadableFileError as error:
        raise refusal("broken", path.name, f"cannot be parsed as a PDF: {error}") from error
    text, pages = composer.finish(find_furniture(printed, heights))
    if len(problems) == len(pages):
        raise refusal("broken", path.name, f"has no page that can be read: {problems[0]}")
    if problems:
        _log.warning(
            "%s: %d of %d pages cannot be read and are left empty (%s)",
            path.name,
            len(problems),
            len(pages),
            problems[0],
        )
    if not any(character.isalnum() for character in text):
        raise refusal("no-text", path.name, f"has no text on its {len(pages)} pages (a scan?)")
    title = titles.sensible(clean(pdf.title(data))) or titles.prominent(text, pages[0])
    document = file_document(path, data, MEDIA_TYPE, title=title, text=text, pages=pages)
    return replace(document, bookmarks=pdf.bookmarks(data))


def _compose(composer: Composer, page: PdfPage, origin: PageOrigin) -> list[Row]:
    """Compose a page; returns its rows."""
    number = composer.page_number
    words = (word._replace(text=clean(word.text)) for word in page.words)
    rows = [row for row in group_rows(words) if row.text]
    for row in rows:
        if row.spaced:
            composer.blank()
        box = Box(page=number, x0=row.x0, y0=row.y0, x1=row.x1, y1=row.y1)
        composer.line(
            row.text,
            Line(start=0, end=0, box=box, font_size=row.size, bold=row.bold, places=row.places),
        )
    rules = tuple(Box(page=number, x0=x0, y0=y0, x1=x1, y1=y1) for x0, y0, x1, y1 in page.rules)
    composer.page(
        Page(number=number, start=0, end=0, width=page.width, height=page.height, rules=rules, origin=origin)
    )
    return rows
