"""Pages of a PDF that are pictures of text: found, drawn, and read where that is possible.

A scan has next to no text and images over most of it; stamps ("Page 3 of 9") do not make it text. Both PDF
engines are served here, each by its own objects; no engine is imported. Leaves reading to
``ingest.loaders.ocr``.
"""

from __future__ import annotations

import ctypes
import logging
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ingest.loaders.ocr import OcrError, Picture, Tesseract
from ingest.rows import Word
from rag.types import PageOrigin

MOST_CHARACTERS = 120
LEAST_COVER = 0.6
DPI = 300
_MOST_PIXELS = 30_000_000
_POINTS_PER_INCH = 72.0
_MOST_OBJECTS = 5_000
_log = logging.getLogger(__name__)

Draw = Callable[[], Picture]


def read_scan(draw: Draw | None, reader: Tesseract | None) -> tuple[tuple[Word, ...] | None, PageOrigin]:
    """The words read on a page, None where its own are to be kept, and how they were come by.

    ``draw`` is what the engine gave for the page, None for a page that is no scan; to be called before the
    next page is asked of the engine.
    """
    if draw is None:
        return None, "text"
    if reader is None:
        return None, "unreadable"
    try:
        return tuple(reader.read(draw())), "ocr"
    except OcrError as error:
        _log.warning("a scanned page was not read: %s", error)
        return None, "unreadable"


def is_picture(words: Sequence[Word], cover: float) -> bool:
    """Whether a page is a scan, given its words and which share of it images cover.

    >>> is_picture([], 0.98), is_picture([], 0.2), is_picture([Word("word " * 40, 0, 0, 9, 9, 9, False)], 1.0)
    (True, False, False)
    """
    return cover >= LEAST_COVER and has_little_text(words)


def has_little_text(words: Iterable[Word]) -> bool:
    """Whether there is so little text that it is worth looking for images."""
    count = 0
    for word in words:
        count += len("".join(word.text.split()))
        if count > MOST_CHARACTERS:
            return False
    return True


def cover_of(boxes: Iterable[tuple[float, float, float, float]], width: float, height: float) -> float:
    """The share of a page that boxes cover, at most 1; where they overlap it counts twice.

    >>> cover_of([(0, 0, 100, 50), (0, 50, 100, 75), (90, 0, 500, 10)], 100, 100)
    0.76
    """
    area = 0.0
    for x0, y0, x1, y1 in boxes:
        across = min(x1, width) - max(x0, 0.0)
        down = min(y1, height) - max(y0, 0.0)
        area += max(across, 0.0) * max(down, 0.0)
    return min(area / (width * height), 1.0) if width > 0 and height > 0 else 0.0


def dots_per_inch(width: float, height: float) -> int:
    """The resolution to draw a page of that size in points at: less for posters, so that memory is bounded.

    >>> dots_per_inch(612, 792), dots_per_inch(6120, 7920)
    (300, 56)
    """
    inches = max(width, 1.0) * max(height, 1.0) / _POINTS_PER_INCH**2
    return max(min(DPI, int((_MOST_PIXELS / inches) ** 0.5)), 1)


def gray_png(pixels: bytes | memoryview, width: int, height: int, stride: int) -> bytes:
    r"""A PNG file of 8-bit gray pixels, rows ``stride`` bytes apart.

    >>> gray_png(b"\x00\xff..", 2, 1, 4)[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    return png(pixels, width, height, stride, channels=1)


def png(pixels: bytes | memoryview, width: int, height: int, stride: int, *, channels: int) -> bytes:
    """A PNG file of 8-bit pixels, gray (1 channel) or red, green, blue (3); rows ``stride`` bytes apart."""
    size = channels * width
    rows = b"".join(b"\0" + bytes(pixels[row * stride : row * stride + size]) for row in range(height))
    header = struct.pack(">2I5B", width, height, 8, {1: 0, 3: 2}[channels], 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


# PyMuPDF


def mupdf_picture(page: Any, words: Sequence[Word]) -> Draw | None:  # noqa: ANN401 - the library has no types
    """How to draw a page of PyMuPDF, if it is a scan."""
    if not has_little_text(words):
        return None
    try:
        boxes = [image["bbox"] for image in page.get_image_info()]
    except Exception as error:
        _log.warning("a page's images cannot be listed: %s", error)
        return None
    width, height = page.rect.width, page.rect.height
    if not is_picture(words, cover_of(boxes, width, height)):
        return None
    dpi = dots_per_inch(width, height)

    def draw() -> Picture:
        try:
            return Picture(page.get_pixmap(dpi=dpi, colorspace="GRAY", alpha=False).tobytes("png"), dpi)
        except Exception as error:
            raise OcrError(f"cannot be drawn: {error}") from error

    return draw


# pypdfium2


def pdfium_picture(document: Any, number: int, words: Sequence[Word]) -> Draw | None:  # noqa: ANN401
    """How to draw a page of pypdfium2, if it is a scan; the document must still be open when it is drawn."""
    if not has_little_text(words):
        return None
    page = document[number]
    try:
        width, height = page.get_size()
        if not is_picture(words, cover_of(_pdfium_images(page), width, height)):
            return None
    finally:
        page.close()
    dpi = dots_per_inch(width, height)

    def draw() -> Picture:
        page = document[number]
        try:
            bitmap = page.render(scale=dpi / _POINTS_PER_INCH, grayscale=True)
            png = gray_png(bytes(bitmap.buffer), bitmap.width, bitmap.height, bitmap.stride)
            bitmap.close()
        except Exception as error:
            raise OcrError(f"cannot be drawn: {error}") from error
        finally:
            page.close()
        return Picture(png, dpi)

    return draw


def _pdfium_images(page: Any) -> list[tuple[float, float, float, float]]:  # noqa: ANN401
    """Boxes of images from the page's corner; which way the page is turned does not change their cover."""
    import pypdfium2.raw as pdfium

    left, bottom, _, _ = page.get_bbox()
    turned = page.get_rotation() in {90, 270}
    found = []
    edges = [ctypes.c_float() for _ in range(4)]
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        item = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        # Producers wrap the picture of a page in a form.
        if kind not in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}:
            continue
        if kind == pdfium.FPDF_PAGEOBJ_FORM and not _holds_image(pdfium, item):
            continue
        if pdfium.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges)):
            x0, y0, x1, y1 = (edge.value for edge in edges)
            box = (x0 - left, y0 - bottom, x1 - left, y1 - bottom)
            found.append((box[1], box[0], box[3], box[2]) if turned else box)
    return found


def _holds_image(pdfium: Any, form: Any) -> bool:  # noqa: ANN401
    count = min(pdfium.FPDFFormObj_CountObjects(form), _MOST_OBJECTS)
    kinds = (pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(form, index)) for index in range(count))
    return any(kind in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM} for kind in kinds)
