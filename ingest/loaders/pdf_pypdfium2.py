"""PDF pages as positioned words, by pypdfium2 (BSD/Apache licence). The permissive engine.

PDFium knows characters; words are the runs between its spaces, placed by their first and last character.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from ingest.loaders.composer import clean
from ingest.loaders.contract import (
    MAX_BOOKMARKS,
    MAX_RULES,
    EncryptedFileError,
    PdfPage,
    Pixels,
    UnreadableFileError,
    is_rule,
)
from ingest.loaders.scans import pdfium_picture
from ingest.rows import Word
from rag.types import Bookmark

# A hyphen that PDFium joins over a line end ends a word: what follows stands on another line.
_WORD = re.compile(r"[^\s\x02\ufffe]*[\x02\ufffe]|\S+?(?=[\s\x02\ufffe]|$)")
# PDFium marks a hyphen at a line's end with one of these; ligatures are spelt out as PyMuPDF does.
_SPELLING = str.maketrans(
    {
        "\x02": "-",
        "\ufffe": "-",
        "ﬀ": "ff",
        "ﬁ": "fi",
        "ﬂ": "fl",
        "ﬃ": "ffi",
        "ﬄ": "ffl",
        "ﬅ": "ft",
        "ﬆ": "st",
    }
)
_BOLD_NAME = re.compile(rb"bold|black|heavy|semibold|demi", re.IGNORECASE)
_BOLD_WEIGHT = 600
_NAME_BYTES = 128
_UNPRINTED = re.compile(r"[\x00\ufffe\uffff]")


def read(data: bytes) -> Iterator[PdfPage]:
    """The pages of a PDF in order; a page that cannot be read is delivered without words.

    Raises:
        EncryptedFileError: a password is needed.
        UnreadableFileError: it is not a PDF that can be repaired.
    """
    document = _open(data)
    try:
        if len(document) < 1:
            raise UnreadableFileError("it has no pages")
        for number in range(len(document)):
            yield _page(document, number)
    finally:
        document.close()


def title(data: bytes) -> str:
    """The title in the file's properties, or an empty string."""
    try:
        document = _open(data)
    except (EncryptedFileError, UnreadableFileError):
        return ""
    try:
        return str(document.get_metadata_value("Title") or "")
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return ""
    finally:
        document.close()


def bookmarks(data: bytes) -> tuple[Bookmark, ...]:
    """The file's outline in its order; empty where it has none or it cannot be read."""
    try:
        document = _open(data)
    except (EncryptedFileError, UnreadableFileError):
        return ()
    try:
        return tuple(_bookmarks(document))
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return ()
    finally:
        document.close()


def _bookmarks(document: Any) -> Iterator[Bookmark]:  # noqa: ANN401
    for entry in islice(document.get_toc(), MAX_BOOKMARKS):
        target = entry.get_dest()
        page = None if target is None else target.get_index()
        title = clean(entry.get_title()).strip()
        if page is None or not title:
            continue
        view, place = target.get_view()
        top = None
        if view == pdfium.PDFDEST_VIEW_XYZ and len(place) > 1 and place[1]:
            top = round(document.get_page_size(page)[1] - place[1], 1)
        yield Bookmark(level=entry.level + 1, title=title, page=page, top=top)


def _open(data: bytes) -> Any:  # noqa: ANN401 - the library has no types
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD:
            raise EncryptedFileError from error
        raise UnreadableFileError(" ".join(str(error).split())[:200]) from error


def draw(data: bytes, number: int, dpi: int) -> Pixels:
    """A page as it looks.

    Raises:
        UnreadableFileError: it cannot be drawn.
    """
    try:
        document = _open(data)
        try:
            bitmap = document[number].render(scale=dpi / 72, rev_byteorder=True, may_draw_forms=False)
            pixels: Pixels = bitmap.to_numpy()
            return np.ascontiguousarray(pixels[:, :, :3])
        finally:
            document.close()
    except (pypdfium2.PdfiumError, EncryptedFileError, IndexError) as error:
        raise UnreadableFileError(" ".join(str(error).split())[:200]) from error


def _page(document: Any, number: int) -> PdfPage:  # noqa: ANN401
    try:
        page = document[number]
        width, height = page.get_size()
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        return PdfPage(width=0.0, height=0.0, words=(), problem=" ".join(str(error).split())[:200])
    try:
        turn = _Turn(page)
        words = tuple(_words(text_page, turn))
        rules = tuple(islice(_rules(page, turn), MAX_RULES))
    finally:
        text_page.close()
        page.close()
    picture = pdfium_picture(document, number, words)
    return PdfPage(width=width, height=height, words=words, rules=rules, picture=picture)


def _rules(page: Any, turn: _Turn) -> Iterator[tuple[float, float, float, float]]:  # noqa: ANN401
    """Paths so thin that they are ruling lines; lines drawn as one path with others are not told apart."""
    raw = page.raw
    edges = [ctypes.c_float() for _ in range(4)]
    places = [ctypes.byref(edge) for edge in edges]
    for index in range(pdfium.FPDFPage_CountObjects(raw)):
        item = pdfium.FPDFPage_GetObject(raw, index)
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_PATH:
            continue
        if pdfium.FPDFPageObj_GetBounds(item, *places):
            box = turn.box(*(edge.value for edge in edges))
            if is_rule(*box):
                yield box


class _Turn:
    """From PDF space (origin bottom left, unrotated) to the page as shown (origin top left)."""

    def __init__(self, page: Any) -> None:  # noqa: ANN401
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._rotation = page.get_rotation()

    def box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """The shown box of a box in PDF space."""
        if self._rotation == 90:
            return y0 - self._bottom, x0 - self._left, y1 - self._bottom, x1 - self._left
        if self._rotation == 180:
            return self._right - x1, y0 - self._bottom, self._right - x0, y1 - self._bottom
        if self._rotation == 270:
            return self._top - y1, self._right - x1, self._top - y0, self._right - x0
        return x0 - self._left, self._top - y1, x1 - self._left, self._top - y0


def _words(text_page: Any, turn: _Turn) -> Iterator[Word]:  # noqa: ANN401
    raw = text_page.raw
    looks = _Looks(raw)
    rectangle = pdfium.FS_RECTF()
    place = ctypes.byref(rectangle)
    for match in _WORD.finditer(_characters(text_page)):
        first, last = match.start(), match.end() - 1
        if not pdfium.FPDFText_GetLooseCharBox(raw, first, place):
            continue
        x0, y0, x1, y1 = rectangle.left, rectangle.bottom, rectangle.right, rectangle.top
        if last > first and pdfium.FPDFText_GetLooseCharBox(raw, last, place):
            x0, y0 = min(x0, rectangle.left), min(y0, rectangle.bottom)
            x1, y1 = max(x1, rectangle.right), max(y1, rectangle.top)
        left, top, right, bottom = turn.box(x0, y0, x1, y1)
        size, bold = looks.of(first)
        yield Word(match.group().translate(_SPELLING), left, top, right, bottom, size, bold)


def _characters(text_page: Any) -> str:  # noqa: ANN401
    """The page's characters such that position i is PDFium's character i."""
    count = text_page.count_chars()
    if count <= 0:
        return ""
    text = str(text_page.get_text_range())
    if len(text) == count:
        return text
    # The whole-page text leaves out or doubles some characters; ask for each.
    codes = (pdfium.FPDFText_GetUnicode(text_page.raw, index) for index in range(count))
    return "".join(chr(code) if 0 < code <= 0x10FFFF else " " for code in codes)


class _Looks:
    """Font size and boldness of characters, the font's name looked at once per font."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401
        self._raw = raw
        self._matrix = pdfium.FS_MATRIX()
        self._name = ctypes.create_string_buffer(_NAME_BYTES)
        self._flags = ctypes.c_int()

    def of(self, index: int) -> tuple[float, bool]:
        """Size in points and whether the character is bold."""
        size = pdfium.FPDFText_GetFontSize(self._raw, index)
        if pdfium.FPDFText_GetMatrix(self._raw, index, ctypes.byref(self._matrix)):
            scale = (self._matrix.c**2 + self._matrix.d**2) ** 0.5
            size = size * scale if scale > 0 else size
        pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, _NAME_BYTES, ctypes.byref(self._flags))
        bold = bool(_BOLD_NAME.search(self._name.value))
        return size, bold or pdfium.FPDFText_GetFontWeight(self._raw, index) >= _BOLD_WEIGHT
