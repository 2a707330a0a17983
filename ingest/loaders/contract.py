"""What loaders and PDF engines share: pages of words, the document they make, why a file cannot be read.

An engine is a module with ``read(data)``, ``title(data)``, ``bookmarks(data)``, ``draw(data, number, dpi)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.loaders.scans import Draw
from ingest.rows import Word
from rag.errors import DocumentError
from rag.fingerprints import hash_bytes
from rag.types import Bookmark, Document, DocumentId, Page

RULE_WIDTH = 3.0
MIN_RULE_LENGTH = 5.0
MAX_RULES = 2000
"""Pages with more are drawings; what follows is left out."""
MAX_BOOKMARKS = 10_000


class EncryptedFileError(Exception):
    """A password is needed."""


class UnreadableFileError(Exception):
    """The bytes cannot be parsed; the message says why in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page's size in points, its words and ruling lines; ``problem`` says why it could not be read.

    ``picture`` draws a page that is a scan; to be called before the next page is asked for.

    A rule is a rectangle (x0, y0, x1, y1) thinner than ``RULE_WIDTH``, origin top left.
    """

    width: float
    height: float
    words: tuple[Word, ...]
    rules: tuple[tuple[float, float, float, float], ...] = ()
    problem: str = ""
    picture: Draw | None = None


Pixels = NDArray[np.uint8]
"""A drawn page: ``[height, width, 3]``, red, green, blue."""


class PdfEngine(Protocol):
    """How a PDF engine is used."""

    def read(self, data: bytes) -> Iterator[PdfPage]:
        """The pages in order."""
        ...

    def title(self, data: bytes) -> str:
        """The title in the file's properties, or ''."""
        ...

    def bookmarks(self, data: bytes) -> tuple[Bookmark, ...]:
        """The file's outline in its order; empty where it has none or it cannot be read."""
        ...

    def draw(self, data: bytes, number: int, dpi: int) -> Pixels:
        """A page as it looks, 0-based.

        Raises:
            UnreadableFileError: it cannot be drawn.
        """
        ...


_REMEDIES = {
    "empty": "leave the file out or fetch it again",
    "encrypted": "save a copy without the password and ingest that",
    "broken": "open it in a viewer; if that works, save a copy and ingest that, else fetch it again",
    "unsupported": "convert it to PDF, DOCX, HTML, Markdown or text",
    "no-text": "install Tesseract and ingest it again, or run OCR on it (for example ocrmypdf)",
    "too-large": "split it, or raise ingest.max_file_mb",
    "unreadable": "check that the file exists and may be read",
}


def is_rule(x0: float, y0: float, x1: float, y1: float) -> bool:
    """Whether a rectangle is a ruling line: thin one way, long the other.

    >>> is_rule(72, 100, 300, 100.5), is_rule(72, 100, 300, 112), is_rule(72, 100, 74, 101)
    (True, False, False)
    """
    thin, long = sorted((abs(x1 - x0), abs(y1 - y0)))
    return thin < RULE_WIDTH and long >= MIN_RULE_LENGTH


def file_document(
    path: Path, data: bytes, media_type: str, *, title: str, text: str, pages: tuple[Page, ...]
) -> Document:
    """The document of a file: identified by its bytes, named by its name without the last suffix."""
    return Document(
        id=DocumentId(hash_bytes(data)),
        name=path.stem,
        media_type=media_type,
        title=title,
        text=text,
        pages=pages,
    )


def refusal(reason: str, name: str, why: str) -> DocumentError:
    """The error for a file that is not read, with the remedy that goes with the reason.

    >>> str(refusal("empty", "a.txt", "has no text"))
    'a.txt has no text; leave the file out or fetch it again'
    """
    return DocumentError(reason, f"{name} {why}", _REMEDIES[reason])
