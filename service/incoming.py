"""A file that comes in over HTTP: what it is called, what it is, and where it is put.

Nothing that a client sends becomes a path: the folder is an id of ours, the name is cut down to plain
characters, the suffix is that of what the bytes are. Leaves reading it to ``service.librarian``.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from pathlib import Path
from typing import BinaryIO

from ingest.loaders import START_BYTES, suffix_of
from rag.fingerprints import ID_LENGTH
from rag.storage import new_folder
from rag.workspace import Workspace
from service.errors import TooLargeError

_BLOCK = 1 << 20
_MIB = 1 << 20
_MOST_NAME_BYTES = 150
_SUFFIXES = frozenset("pdf docx doc html htm xhtml txt text md markdown".split())
_REFUSED = re.compile(r'[<>:"|?*\\/]')


def safe_name(given: str, suffix: str) -> str:
    r"""A file name made of what a client calls its file: no folders, nothing that is not printed.

    >>> safe_name("../../etc/passwd", ".txt"), safe_name("C:\\deals\\Al\u0000der 7.PDF", ".pdf")
    ('passwd.txt', 'Al der 7.pdf')
    >>> safe_name("...", ".md"), safe_name("indenture.v2.html", ".html")
    ('document.md', 'indenture.v2.html')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(char if char.isprintable() else " " for char in last)
    stem, dot, end = shown.rpartition(".")
    if dot and end.casefold() in _SUFFIXES:
        shown = stem
    plain = " ".join(_REFUSED.sub(" ", shown).split()).strip(". ")
    short = plain.encode("utf-8", "ignore")[:_MOST_NAME_BYTES].decode("utf-8", "ignore").strip(". ")
    return f"{short or 'document'}{suffix}"


def store(workspace: Workspace, stream: BinaryIO, given_name: str, most_mb: int) -> tuple[str, Path]:
    """Put a file into the workspace's uploads; its id and its path there.

    Raises:
        DocumentError: it is of no format that can be read.
        TooLargeError: it has more than ``most_mb`` MiB.
        StorageError: the disk is full or not writable.
    """
    start = stream.read(START_BYTES)
    suffix = suffix_of(start, safe_name(given_name, "") or "the file")
    upload_id = secrets.token_hex(ID_LENGTH // 2)
    name = safe_name(given_name, suffix)
    folder = workspace.uploads / upload_id
    with new_folder(folder) as aside, (aside / name).open("wb") as target:
        size, block = 0, start
        while block:
            size += len(block)
            if size > most_mb * _MIB:
                raise TooLargeError(
                    f"the file has more than {most_mb} MiB", "split it, or raise service.max_upload_mb"
                )
            target.write(block)
            block = stream.read(_BLOCK)
    return upload_id, folder / name


def discard(path: Path) -> None:
    """Take a file that was put there away again."""
    path.unlink(missing_ok=True)
    path.parent.rmdir()
