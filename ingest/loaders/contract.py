"""What loaders and PDF engines share: pages of words, the document they make, why a file cannot be read.

An engine is a module with ``read(data)`` and ``title(data)``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ingest.rows import Word
from rag.errors import DocumentError
from rag.fingerprints import hash_bytes
from rag.types import Document, DocumentId, Page


class EncryptedFileError(Exception):
    """A password is needed."""


class UnreadableFileError(Exception):
    """The bytes cannot be parsed; the message says why in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfPage:
    """A page's size in points and its words; ``problem`` says why a page could not be read, else ''."""

    width: float
    height: float
    words: tuple[Word, ...]
    problem: str = ""


class PdfEngine(Protocol):
    """How a PDF engine is used."""

    def read(self, data: bytes) -> Iterator[PdfPage]:
        """The pages in order."""
        ...

    def title(self, data: bytes) -> str:
        """The title in the file's properties, or ''."""
        ...


_REMEDIES = {
    "empty": "leave the file out or fetch it again",
    "encrypted": "save a copy without the password and ingest that",
    "broken": "open it in a viewer; if that works, save a copy and ingest that, else fetch it again",
    "unsupported": "convert it to PDF, HTML, Markdown or text",
    "no-text": "run OCR on it (for example ocrmypdf) and ingest the result",
    "too-large": "split it, or raise ingest.max_file_mb",
    "unreadable": "check that the file exists and may be read",
}


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
