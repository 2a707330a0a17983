r"""Plain text and Markdown: the text exactly as decoded, cut into pages and lines by spans alone.

A form feed ends a page; a line ``<PAGE>`` (SEC filings of the 1990s) begins one. Nothing is changed,
so that offsets made elsewhere on the same file hold. Leaves HTML to its own loader.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ingest.loaders import titles
from ingest.loaders.contract import file_document, refusal
from rag.types import Document, Line, Page

PLAIN = "text/plain"
MARKDOWN = "text/markdown"
_BOMS = (
    # The mark stays in the text of UTF-8, as other readers count it; UTF-16 and 32 do not deliver it.
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_PAGE_BREAK = re.compile(r"\f(?:\r?\n)?|^[ \t]*<PAGE>", re.MULTILINE)
_LINE = re.compile(r"[^\r\n\f\ufeff]+")
_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]+|$)")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_MOST_CONTROLS = 0.02
_SAMPLE = 65_536


def load(path: Path, data: bytes, media_type: str) -> Document:
    """A text or Markdown file's document.

    Raises:
        DocumentError: it is not text, or there is nothing in it.
    """
    text = decode(data)
    if text is None:
        raise refusal("unsupported", path.name, "is not text (binary data)")
    if not text.strip():
        raise refusal("empty", path.name, "holds nothing but white space")
    levels = _heading_levels(text) if media_type == MARKDOWN else {}
    pages = tuple(_pages(text, levels))
    return file_document(path, data, media_type, title=_title(text, pages[0], levels), text=text, pages=pages)


def decode(data: bytes) -> str | None:
    r"""The text of bytes: by byte order mark, else UTF-8, else Windows-1252; None for binary data.

    >>> decode("naïve".encode("utf-16")), decode("naïve".encode("cp1252")), decode(b"\x00\x01\x02\xff")
    ('naïve', 'naïve', None)
    """
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "")
    try:
        return _printable(data.decode(marked or "utf-8"), lost=0)
    except UnicodeDecodeError:
        text = data.decode(marked or "cp1252", errors="replace")
        return _printable(text, lost=text[:_SAMPLE].count("\ufffd"))


def _printable(text: str, *, lost: int) -> str | None:
    """The text, or None where too many of its first characters are controls or could not be decoded.

    ``lost`` is how many could not be: a U+FFFD that its writer wrote is a character like any other.
    """
    sample = text[:_SAMPLE]
    odd = lost + sum(character < " " and character not in "\t\n\r\f\v" for character in sample)
    odd += sum("\x7f" <= character <= "\x9f" for character in sample)
    if odd > _MOST_CONTROLS * len(sample):
        return None
    # A lone surrogate cannot be stored; the replacement has the same length.
    return re.sub("[\ud800-\udfff]", "\ufffd", text).replace("\x00", " ")


def _pages(text: str, levels: dict[int, int]) -> list[Page]:
    cuts = [0]
    for match in _PAGE_BREAK.finditer(text):
        cut = match.end() if match.group().startswith("\f") else match.start()
        if text[cuts[-1] : cut].strip() and text[cut:].strip():
            cuts.append(cut)
    return [
        Page(number=number, start=start, end=end, lines=tuple(_lines(text, start, end, levels)))
        for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], len(text)], strict=True))
    ]


def _lines(text: str, start: int, end: int, levels: dict[int, int]) -> list[Line]:
    lines = []
    for match in _LINE.finditer(text, start, end):
        words = match.group()
        stripped = words.strip()
        if stripped:
            at = match.start() + len(words) - len(words.lstrip())
            lines.append(Line(start=at, end=at + len(stripped), heading_level=levels.get(at, 0)))
    return lines


def _heading_levels(text: str) -> dict[int, int]:
    """Heading levels by the offset of the heading line's first character."""
    levels: dict[int, int] = {}
    fence = ""
    before = ""
    before_at = 0
    for match in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|$)", text):
        line = match.group().rstrip("\r\n")
        at = match.start() + len(line) - len(line.lstrip())
        if mark := _FENCE.match(line):
            fence = "" if fence == mark[1] else fence or mark[1]
        elif fence:
            pass
        elif mark := _ATX.match(line):
            levels[at] = len(mark[1])
        elif (mark := _SETEXT.match(line)) and before.strip() and not before.lstrip().startswith(("#", "|")):
            levels[before_at] = 1 if mark[1][0] == "=" else 2
        before, before_at = line, at
    return levels


def _title(text: str, page: Page, levels: dict[int, int]) -> str:
    if levels:
        first = min(levels.items(), key=lambda item: (item[1], item[0]))[0]
        line = text[first:].splitlines()[0]
        return titles.sensible(line.strip("# \t"))
    return titles.prominent(text, page)
