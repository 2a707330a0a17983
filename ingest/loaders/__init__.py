"""Files to documents: one module per format behind ``load``; what a file is, its content decides.

The suffix only tells Markdown from text. Leaves sections and chunks to others.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ingest.loaders.contract import refusal
from rag.settings import IngestSettings
from rag.types import Document

_MARKDOWN_SUFFIXES = frozenset({".md", ".markdown"})
_HTML_SUFFIXES = frozenset({".htm", ".html", ".xhtml"})
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_SEC_WRAPPER = re.compile(rb"\s*<(?:DOCUMENT|SEC-DOCUMENT|SEC-HEADER|TYPE)>", re.IGNORECASE)
_HTML_INSIDE = re.compile(rb"<(?:html|body)[\s>]", re.IGNORECASE)
START_BYTES = 4096
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
"""Text that may hold zero bytes."""
_SAID = {".pdf": "PDF", ".docx": "Word file"}
_OTHERS = (
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "a PostScript file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
)


def load(path: Path, data: bytes, settings: IngestSettings, cache: Path | None = None) -> Document:
    """The document in a file's bytes; ``path`` gives its name and, for text, the suffix.

    ``cache`` is a folder for what takes long and may be interrupted, or None.

    Raises:
        DocumentError: the bytes are not a document that can be read; the reason says why.
    """
    suffix = path.suffix.lower()
    if not data.strip(b"\x00 \t\r\n\f\v"):
        raise refusal("empty", path.name, "is empty" if not data else "holds nothing but white space")
    start = data[:START_BYTES]
    if data.startswith(_ZIP):
        from ingest.loaders import docx

        return docx.load(path, data)
    if b"%PDF-" in start[:1024]:
        from ingest.loaders import pdf

        return pdf.load(path, data, settings, cache)
    if data.startswith(_COMPOUND):
        from ingest.loaders import docx_package

        raise docx_package.compound_refusal(path.name, data)
    for mark, what in _OTHERS:
        if data.startswith(mark):
            raise refusal("unsupported", path.name, f"is {what}")
    if suffix in _SAID and not _is_html(start):
        raise refusal("broken", path.name, f"is named {suffix} and is no {_SAID[suffix]} inside")
    if suffix in _HTML_SUFFIXES or (suffix not in _MARKDOWN_SUFFIXES and _is_html(start)):
        from ingest.loaders import html

        return html.load(path, data)
    from ingest.loaders import text

    return text.load(path, data, text.MARKDOWN if suffix in _MARKDOWN_SUFFIXES else text.PLAIN)


def suffix_of(start: bytes, name: str) -> str:
    """The suffix that a file should have by its first bytes, ``START_BYTES`` of them, whatever it is called.

    Only Markdown is told from text by the name.

    Raises:
        DocumentError: it is of no format that can be read.
    """
    if not start.strip(b"\x00 \t\r\n\f\v"):
        raise refusal("empty", name, "is empty" if not start else "holds nothing but white space")
    if start.startswith(_ZIP):
        return ".docx"
    if b"%PDF-" in start[:1024]:
        return ".pdf"
    for mark, what in ((_COMPOUND, "an old Office file"), *_OTHERS):
        if start.startswith(mark):
            raise refusal("unsupported", name, f"is {what}")
    if _is_html(start):
        return ".html"
    if b"\x00" in start and not start.startswith(_WIDE):
        raise refusal("unsupported", name, "is no text and of no format that is known")
    return ".md" if Path(name).suffix.lower() in _MARKDOWN_SUFFIXES else ".txt"


def _is_html(start: bytes) -> bool:
    bare = start.removeprefix(b"\xef\xbb\xbf")
    if _HTML_START.match(bare):
        return True
    return bool(_SEC_WRAPPER.match(bare) and _HTML_INSIDE.search(bare))
