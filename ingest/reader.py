"""One file to everything that is stored of it: document, sections, chunks. Runs in worker processes.

Leaves walking folders, the catalog and the index to ``ingest.build``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from ingest.chunking import cut_chunks
from ingest.loaders import load
from ingest.loaders.contract import refusal
from ingest.loaders.ocr import installed
from ingest.sections import find_sections
from ingest.structure import find_structure
from rag.errors import DocumentError
from rag.fingerprints import fingerprint, hash_bytes
from rag.settings import IngestSettings
from rag.structure import Structure
from rag.types import Chunk, Document, Section

SUFFIXES = frozenset({".pdf", ".docx", ".htm", ".html", ".txt", ".md", ".markdown"})
"""What is taken when a folder is walked; a file named directly may have any suffix."""

READER_VERSION = 7
"""Raised whenever loaders, sections or chunks come out differently for the same file."""

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A file as read. Can be sent between processes."""

    document: Document
    sections: tuple[Section, ...]
    chunks: tuple[Chunk, ...]
    structure: Structure


def read_file(path: Path, settings: IngestSettings, cache: Path | None = None) -> ReadDocument:
    """Read a file; ``cache`` is a folder for what is read of scans, by document, or None for none.

    Raises:
        DocumentError: it cannot be read; ``reason`` is one of empty, encrypted, broken, unsupported,
            no-text, too-large, too-many-pages, unreadable.
    """
    data = _bytes(path, settings.max_file_mb)
    try:
        kept = cache / "ocr" / hash_bytes(data) if cache else None
        document = load(path, data, settings, kept)
        _check_pages(path, document, settings.max_pages)
        sections = find_sections(document)
        structure = find_structure(document, sections)
        chunks = cut_chunks(document, sections, settings.chunk_tokens, structure)
    except DocumentError:
        raise
    except Exception as error:
        # Hostile bytes find gaps in parsers, whose errors have no common type; one file must not end the run.
        why = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise refusal("broken", path.name, f"cannot be read ({why})") from error
    return ReadDocument(document=document, sections=sections, chunks=chunks, structure=structure)


def _check_pages(path: Path, document: Document, most: int) -> None:
    if len(document.pages) > most:
        raise DocumentError(
            "too-many-pages",
            f"{path.name} has {len(document.pages)} pages, more than {most}",
            "split it, or raise ingest.max_pages",
        )


def reader_fingerprint(settings: IngestSettings) -> str:
    """Identity of what turns bytes into chunks: readers, parser libraries and the settings that matter.

    Either HTML, text or PDF of a folder may change with it, so one value covers all formats.
    """
    scans = installed(settings.ocr_language)
    return fingerprint(
        {
            "reader": READER_VERSION,
            "scans": scans.fingerprint if scans else "not read",
            "pdf": f"{settings.pdf_parser} {version(settings.pdf_parser)}",
            "html": f"lxml {version('lxml')}",
            "chunk_tokens": settings.chunk_tokens,
        }
    )


def _bytes(path: Path, max_mb: int) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise refusal("unreadable", path.name, "is a pipe or a device, not a file")
        size = path.stat().st_size
        if size > max_mb * _MIB:
            raise refusal("too-large", path.name, f"has {size / _MIB:.0f} MiB, more than {max_mb} MiB")
        return path.read_bytes()
    except OSError as error:
        raise refusal("unreadable", path.name, f"cannot be opened: {error.strerror or error}") from error
