"""Words read from the picture of a page by Tesseract, where that program is installed.

Reading takes seconds a page, so what was read can be kept in a folder, by content: a run that was
interrupted goes on. Leaves to ``ingest.loaders.scans`` which pages are pictures.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import NamedTuple

from ingest.rows import Word
from rag.fingerprints import fingerprint, hash_bytes
from rag.storage import write_bytes

PAGE_TIMEOUT_S = 90.0
_ASK_TIMEOUT_S = 20.0
_POINTS_PER_INCH = 72.0
_WORD_LEVEL = "5"
_COLUMNS = 12
_LETTER_HEIGHT = 0.9
"""The tallest word of a line, from ascender to descender, in font sizes."""
_NOISE = 1.35
"""How far the height of a line's letters may be from the page's usual one by which letters it has."""
_MAX_WORDS = 20_000
_WORDS_TELL = 5
"""A line of fewer words does not tell how askew the paper lies."""
_LEVEL, _STEEP = 0.002, 0.1
_log = logging.getLogger(__name__)


class OcrError(Exception):
    """A page could not be read; the message says why in one line."""


class Picture(NamedTuple):
    """A page as a PNG file with so many dots an inch."""

    png: bytes
    dpi: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tesseract:
    """An installed Tesseract: ``cache`` is the folder that keeps what was read, or None for none."""

    program: str
    version: str
    language: str
    cache: Path | None = None

    @classmethod
    def find(cls, language: str, cache: Path | None = None) -> Tesseract | None:
        """The program on the PATH, able to read ``language`` ("eng+deu"); None where there is none."""
        program = shutil.which("tesseract")
        if program is None:
            return None
        try:
            version = _ask(program, "--version").partition("\n")[0].strip()
            languages = set(_ask(program, "--list-langs").split())
        except OcrError as error:
            _log.warning("Tesseract does not run, scanned pages are not read: %s", error)
            return None
        missing = [name for name in language.split("+") if name not in languages]
        if missing:
            _log.warning("Tesseract lacks %s, scanned pages are not read", ", ".join(missing))
            return None
        return cls(program=program, version=version, language=language, cache=cache)

    @property
    def fingerprint(self) -> str:
        """Identity of what reads, for the key of what was read."""
        return fingerprint({"version": self.version, "language": self.language})

    def read(self, picture: Picture) -> list[Word]:
        """The words of a page with their boxes in points, in the order in which they were read.

        Raises:
            OcrError: the program failed or took longer than ``PAGE_TIMEOUT_S``.
            StorageError: the cache cannot be written.
        """
        if self.cache is None:
            return list(parse(self._run(picture), picture.dpi))
        key = hash_bytes(f"{self.fingerprint} {picture.dpi} ".encode() + picture.png)
        kept = self.cache / key[:2] / f"{key}.tsv"
        try:
            table = kept.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            table = self._run(picture)
            write_bytes(kept, table.encode("utf-8"))
        return list(parse(table, picture.dpi))

    def _run(self, picture: Picture) -> str:
        options = ("stdin", "stdout", "-l", self.language, "--dpi", str(picture.dpi), "tsv")
        return _ask(self.program, *options, given=picture.png, timeout_s=PAGE_TIMEOUT_S)


@cache
def installed(language: str) -> Tesseract | None:
    """``Tesseract.find`` without a cache, asked once a process."""
    return Tesseract.find(language)


def _ask(program: str, *options: str, given: bytes = b"", timeout_s: float = _ASK_TIMEOUT_S) -> str:
    # Files are read in as many processes as there are processors: more threads would only be in the way.
    environment = os.environ | {"OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the options are ours
            [program, *options],
            input=given,
            capture_output=True,
            timeout=timeout_s,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise OcrError(f"not read within {timeout_s:g} s") from error
    except OSError as error:
        raise OcrError(f"{program} cannot be run: {error.strerror or error}") from error
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[:200]
        raise OcrError(f"Tesseract ended with {done.returncode}: {said}")
    return done.stdout.decode("utf-8", "replace")


def parse(table: str, dpi: int) -> Iterator[Word]:
    r"""Tesseract's table of words to words in points.

    >>> row = "5\t1\t1\t1\t1\t1\t300\t600\t150\t40\t96.1\tRevenue"
    >>> [(word.text, word.x0, word.y0, word.x1, word.y1) for word in parse(row, 300)]
    [('Revenue', 72.0, 144.0, 108.0, 153.6)]
    """
    rows = (line.rstrip("\r").split("\t", _COLUMNS - 1) for line in table.split("\n"))
    kept = [row for row in rows if len(row) == _COLUMNS and row[0] == _WORD_LEVEL and _is_boxed(row)][
        :_MAX_WORDS
    ]
    scale = _POINTS_PER_INCH / dpi
    sizes: list[float] = []
    for _, group in groupby(kept, key=lambda row: row[1:5]):
        line = [int(row[9]) * scale / _LETTER_HEIGHT for row in group]
        sizes += [max(line)] * len(line)
    usual = median(sizes) if sizes else 0.0
    slope = _slope(kept)
    middle = (min(int(row[6]) for row in kept) + max(int(row[6]) for row in kept)) / 2 * scale if kept else 0
    for row, size in zip(kept, sizes, strict=True):
        left, top, width, height = (int(edge) * scale for edge in row[6:10])
        # Rows are told by height on the page: on paper that lies askew lines would run into each other.
        top -= slope * (left + width / 2 - middle)
        alike = usual / _NOISE < size < usual * _NOISE
        yield Word(
            row[-1].strip(),
            left,
            top,
            left + width,
            top + height,
            round(usual if alike else size, 1),
            bold=False,
        )


def _slope(rows: Iterable[Sequence[str]]) -> float:
    """How far lines fall over the page, as a share of their width; 0 where they are about level."""
    slopes = []
    for _, group in groupby(rows, key=lambda row: row[1:5]):
        line = [tuple(int(edge) for edge in row[6:10]) for row in group]
        first, last = line[0], line[-1]
        across = last[0] - first[0]
        if len(line) >= _WORDS_TELL and across > 0:
            slopes.append((last[1] + last[3] / 2 - first[1] - first[3] / 2) / across)
    slope = median(slopes) if slopes else 0.0
    return slope if _LEVEL < abs(slope) < _STEEP else 0.0


def _is_boxed(row: list[str]) -> bool:
    return bool(row[-1].strip()) and all(
        edge.isascii() and edge.isdigit() and len(edge) < 8 for edge in row[6:10]
    )
