"""PDF pages as positioned words, by PyMuPDF. The default engine; AGPL or commercial licence.

One pass over a page gives words without a style and runs of one style without words; both are laid over
each other here. Rows and text are made of them in ``ingest.rows``.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

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
from ingest.loaders.scans import mupdf_picture
from ingest.rows import Word
from rag.types import Bookmark

_COMPANIONS = ("pymupdf.layout", "pymupdf4llm")
_BOLD_FLAG = 16
# Some filing software sets a bold run's last letter apart behind a space that prints over it.
_STRAY_SPACE = re.compile(r"(?<=[a-z]) (?=[b-hj-z][.:]?\s*$)")
_NO_MEMORY = re.compile(r"\b[mc]alloc|\brealloc|out of memory", re.IGNORECASE)
# What MuPDF parts words at.
_WORD = re.compile(r"[^ \u00a0\t\n\r]+")
_NAME_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)


def read(data: bytes) -> Iterator[PdfPage]:
    """The pages of a PDF in order; a page that cannot be read is delivered without words.

    Raises:
        EncryptedFileError: a password is needed.
        UnreadableFileError: it is not a PDF that can be repaired.
    """
    pymupdf = _engine()
    try:
        document = pymupdf.open(stream=data, filetype="pdf")
    except Exception as error:
        raise UnreadableFileError(_one_line(error)) from error
    with document:
        if document.needs_pass:
            raise EncryptedFileError
        count = _page_count(document)
        if count < 1:
            raise UnreadableFileError("it has no pages")
        for number in range(count):
            yield _page(pymupdf, document, number)


def _page_count(document: Any) -> int:  # noqa: ANN401
    # A file may state a number of pages that its tree belies.
    try:
        return int(document.page_count)
    except Exception as error:
        raise UnreadableFileError(_one_line(error)) from error


def title(data: bytes) -> str:
    """The title in the file's properties, or an empty string."""
    try:
        with _engine().open(stream=data, filetype="pdf") as document:
            return str((document.metadata or {}).get("title") or "")
    except Exception:
        return ""


def bookmarks(data: bytes) -> tuple[Bookmark, ...]:
    """The file's outline in its order; empty where it has none or it cannot be read."""
    try:
        with _engine().open(stream=data, filetype="pdf") as document:
            entries = document.get_toc(simple=False)[:MAX_BOOKMARKS]
    except Exception:
        return ()
    return tuple(
        Bookmark(level=level, title=clean(title).strip(), page=page - 1, top=_top(target))
        for level, title, page, target in entries
        if page > 0 and title.strip()
    )


def draw(data: bytes, number: int, dpi: int) -> Pixels:
    """A page as it looks.

    Raises:
        UnreadableFileError: it cannot be drawn.
    """
    try:
        with _engine().open(stream=data, filetype="pdf") as document:
            drawn = document[number].get_pixmap(dpi=dpi, colorspace="RGB", alpha=False)
            rows = np.frombuffer(drawn.samples, dtype=np.uint8).reshape(drawn.height, drawn.stride)
            return rows[:, : 3 * drawn.width].reshape(drawn.height, drawn.width, 3).copy()
    except Exception as error:
        raise UnreadableFileError(_one_line(error)) from error


def _top(target: dict[str, Any]) -> float | None:
    point = target.get("to")
    return None if point is None else round(float(point.y), 1)


def _engine() -> Any:  # noqa: ANN401 - the module has no types
    """The library, silent."""
    pymupdf = sys.modules.get("pymupdf") or _import_alone()
    pymupdf.TOOLS.mupdf_display_errors(False)
    pymupdf.TOOLS.mupdf_display_warnings(False)
    return pymupdf


def _import_alone() -> Any:  # noqa: ANN401
    """Import it without the layout model and the inference runtime that its companions bring along.

    They are optional to it and take most of a second; we use neither.
    """
    hidden = [name for name in _COMPANIONS if name not in sys.modules]
    # An entry of None makes the import of that name fail.
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        return importlib.import_module("pymupdf")
    finally:
        for name in hidden:
            del sys.modules[name]


def _page(pymupdf: Any, document: Any, number: int) -> PdfPage:  # noqa: ANN401
    flags = (
        pymupdf.TEXT_PRESERVE_WHITESPACE
        | pymupdf.TEXT_MEDIABOX_CLIP
        | pymupdf.TEXT_USE_CID_FOR_UNKNOWN_UNICODE
    )
    try:
        page = document[number]
        text_page = page.get_textpage(flags=flags)
        content = text_page.extractDICT()
        parted = text_page.extractWORDS()
        rules = _rules(page)
    except MemoryError:
        raise
    except Exception as error:
        if _NO_MEMORY.search(str(error)):
            # A page left out silently would be worse than a file reported.
            raise MemoryError(_one_line(error)) from error
        return PdfPage(width=0.0, height=0.0, words=(), problem=_one_line(error))
    placed: dict[tuple[int, int], list[tuple[Any, ...]]] = {}
    for word in parted:
        placed.setdefault((word[5], word[6]), []).append(word)
    words: list[Word] = []
    for block in content["blocks"]:
        for index, line in enumerate(block.get("lines", ())):
            words += _words(line["spans"], placed.get((block["number"], index), []))
    picture = mupdf_picture(page, words)
    return PdfPage(
        width=content["width"], height=content["height"], words=tuple(words), rules=rules, picture=picture
    )


def _words(spans: Sequence[dict[str, Any]], placed: Sequence[tuple[Any, ...]]) -> Iterator[Word]:
    """The words of one line: places from ``placed``, looks from the runs of which they are part."""
    looks = [(span, bool(span["flags"] & _BOLD_FLAG or _NAME_BOLD.search(span["font"]))) for span in spans]
    found = list(_WORD.finditer("".join(span["text"] for span in spans)))
    stray = any(bold and _STRAY_SPACE.search(span["text"]) for span, bold in looks)
    if stray or [match.group() for match in found] != [word[4] for word in placed]:
        # The two disagree about what a word is: then a run is a word, and is parted where rows are made.
        for span, bold in looks:
            text = _STRAY_SPACE.sub("", span["text"]) if bold else span["text"]
            x0, y0, x1, y1 = span["bbox"]
            yield Word(text, x0, y0, x1, y1, span["size"], bold)
        return
    ends = list(accumulate(len(span["text"]) for span in spans))
    last = len(found) - 1
    at = 0
    for index, (match, (x0, y0, x1, y1, text, *_)) in enumerate(zip(found, placed, strict=True)):
        while ends[at] <= match.start():
            at += 1
        span, bold = looks[at]
        size = span["size"]
        if index < last:
            # The space behind a word is part of its box, as in a run.
            yield Word(text + " ", x0, y0, x1 + 0.25 * size, y1, size, bold)
        else:
            yield Word(text, x0, y0, x1, y1, size, bold)


def _rules(page: Any) -> tuple[tuple[float, float, float, float], ...]:  # noqa: ANN401
    """Ruling lines: lines drawn, and rectangles too thin to be anything else."""
    rules: list[tuple[float, float, float, float]] = []
    for drawing in page.get_cdrawings():
        for item in drawing["items"]:
            if item[0] == "l":
                (x0, y0), (x1, y1) = item[1], item[2]
            elif item[0] == "re":
                x0, y0, x1, y1 = item[1]
            else:
                continue
            if is_rule(x0, y0, x1, y1):
                rules.append((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
        if len(rules) >= MAX_RULES:
            break
    return tuple(rules[:MAX_RULES])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
