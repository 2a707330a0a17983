"""PDF pages as positioned runs of words, by PyMuPDF. The default engine; AGPL or commercial licence.

One call per page for runs of one style; rows and text are made of them in ``ingest.rows``.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from typing import Any

from ingest.loaders.contract import EncryptedFileError, PdfPage, UnreadableFileError
from ingest.rows import Word

_COMPANIONS = ("pymupdf.layout", "pymupdf4llm")
_BOLD_FLAG = 16
# Some filing software sets a bold run's last letter apart behind a space that prints over it.
_STRAY_SPACE = re.compile(r"(?<=[a-z]) (?=[b-hj-z][.:]?\s*$)")
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
        content = document[number].get_text("dict", flags=flags)
    except Exception as error:
        return PdfPage(width=0.0, height=0.0, words=(), problem=_one_line(error))
    words = []
    for block in content["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                x0, y0, x1, y1 = span["bbox"]
                bold = bool(span["flags"] & _BOLD_FLAG) or bool(_NAME_BOLD.search(span["font"]))
                text = _STRAY_SPACE.sub("", span["text"]) if bold else span["text"]
                words.append(Word(text, x0, y0, x1, y1, span["size"], bold))
    return PdfPage(width=content["width"], height=content["height"], words=tuple(words))


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
