"""HTML, as EDGAR serves filings: the visible text by blocks, table rows on one line, printed pages.

Only what a reader takes in is kept: no scripts, hidden elements, struck-out words or hidden XBRL facts.
Bold print, font sizes in points, ``h1``…``h6`` and forced page breaks are noted. There are no boxes.
"""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from ingest.loaders import titles
from ingest.loaders.composer import clean
from ingest.loaders.contract import file_document, refusal
from ingest.loaders.html_flow import MAX_COLUMNS, Flow, Look
from ingest.loaders.text import decode
from rag.types import Document, Page

MEDIA_TYPE = "text/html"
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_WRAPPER = re.compile(r"\A\s*<(?:SEC-)?(?:DOCUMENT|HEADER|TYPE)>.*?(?=<html[\s>]|<body[\s>])", re.I | re.S)
# Never closed, it would nest a filing's pages in each other.
_PAGE_TAG = re.compile(r"</?page>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")
_UNSEEN = re.compile(r"<(script|style|head)\b.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_DROPPED = frozenset(
    "script style head template noscript iframe object svg math select option button input textarea"
    " ix:header ix:hidden audio video canvas s strike del".split()
)
_BLOCKS = frozenset(
    "p div h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre section article header footer main aside nav"
    " center form fieldset address figure body html hr page".split()
)
_LINES = frozenset("li dt dd tr caption br legend figcaption".split())
# Struck-out words of a marked amendment are no longer part of the text that is in force.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|text-decoration[\w-]*\s*:[^;]*line-through", re.IGNORECASE
)
_BREAK_BEFORE = re.compile(r"(?:page-)?break-before\s*:\s*(?:always|page|left|right)", re.IGNORECASE)
_BREAK_AFTER = re.compile(r"(?:page-)?break-after\s*:\s*(?:always|page|left|right)", re.IGNORECASE)
_STYLE_CHARS = 2000
"""Longer styles are no one's; the patterns below would take the square of their length."""
_WEIGHT = re.compile(r"font-weight\s*:\s*(\w+)|\bfont\s*:[^;]*\b(bold)\b", re.IGNORECASE)
_SIZE = re.compile(r"font(?:-size)?\s*:\s*[^;]*?(\d+(?:\.\d+)?)\s*(pt|px)\b", re.IGNORECASE)
_BOLD_TAGS = frozenset({"b", "strong", "th"})
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CELLS = frozenset({"td", "th"})
_LOOKS = _BOLD_TAGS | _HEADINGS.keys() | {"pre"}
_INDENT = re.compile(
    r"(?<![\w-])(padding|margin|text-indent|padding-left|margin-left)\s*:\s*([^;]{1,60})", re.IGNORECASE
)
_LENGTH = re.compile(r"(-?\d{1,5}(?:\.\d{1,6})?)(pt|px|em|in)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "px": 0.75, "em": 10.0, "in": 72.0}
_SEMIBOLD = 600
# Character references to Windows-1252 codes are an error that every browser forgives.
_WINDOWS = {
    code: bytes([code]).decode("cp1252")
    for code in range(0x80, 0xA0)
    if code not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}


def load(path: Path, data: bytes) -> Document:
    """An HTML file's document.

    Raises:
        DocumentError: it is not text, or nothing in it is visible.
    """
    source = _decode(data)
    if source is None:
        raise refusal("unsupported", path.name, "is not HTML (binary data)")
    root = _parse(source)
    if root is None:
        raise refusal("empty", path.name, "has no visible text")
    text, pages = _Walk().render(root)
    if not text.strip():
        raise refusal("empty", path.name, "has no visible text")
    named = root.findtext(".//title") or ""
    title = titles.sensible(clean(named)) or next(
        (found for page in pages[:2] if (found := titles.prominent(text, page))), ""
    )
    return file_document(path, data, MEDIA_TYPE, title=title, text=text, pages=pages)


def _decode(data: bytes) -> str | None:
    declared = _CHARSET.search(data[:4096])
    if declared is not None:
        name = declared[1].decode("ascii", "ignore").lower()
        # Browsers read Latin-1 as Windows-1252, and so do the filings that say so.
        if name not in {"utf-8", "utf8", "iso-8859-1", "latin-1", "us-ascii", "ascii", "windows-1252"}:
            try:
                return data.decode(name)
            except (LookupError, UnicodeError):
                pass
    return decode(data)


def _parse(source: str) -> etree._Element | None:
    source = _WRAPPER.sub("", _DECLARATION.sub("", source))
    source = _PAGE_TAG.sub('<hr style="page-break-before: always">', source)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, recover=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
        if any("depth" in entry.message.lower() for entry in parser.error_log):
            # The parser leaves out what is nested too deep; without marks inside, nothing is.
            bare = f"<pre>{_TAGS.sub(' ', _UNSEEN.sub(' ', source))}</pre>"
            root = etree.fromstring(bare.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    return root


class _Walk:
    """One pass over the tree, without recursion: deep nesting must not exhaust the stack."""

    def __init__(self) -> None:
        self._flow = Flow()
        self._looks = [Look()]
        self._layout_cells: set[etree._Element] = set()

    def render(self, root: etree._Element) -> tuple[str, tuple[Page, ...]]:
        """The document's text and pages."""
        self._layout_cells = _layout_cells(root)
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, element in walker:
            if event == "start":
                if not self._enter(element):
                    walker.skip_subtree()
                continue
            if event == "end":
                self._leave(element)
            if element is not root and element.tail:
                self._flow.text(_readable(element.tail), self._looks[-1])
        return self._flow.finish()

    def _enter(self, element: etree._Element) -> bool:
        """Open an element; False where neither it nor what is in it is shown."""
        tag = _tag(element)
        style = (element.get("style") or "")[:_STYLE_CHARS]
        outer = self._looks[-1]
        self._looks.append(_look(tag, style, outer))
        if tag in _DROPPED or _HIDDEN.search(style) or "hidden" in element.attrib:
            return False
        if _BREAK_BEFORE.search(style) or (tag == "hr" and _BREAK_AFTER.search(style)):
            self._flow.page()
        self._open(tag, element)
        if element.text:
            self._flow.text(_readable(element.text), self._looks[-1])
        return True

    def _open(self, tag: str, element: etree._Element) -> None:
        if tag == "tr":
            self._flow.open_row()
        elif tag in _CELLS:
            self._flow.open_cell(
                layout=element in self._layout_cells,
                columns=_count(element.get("colspan")),
                rows=_count(element.get("rowspan")),
            )
        elif tag in _BLOCKS:
            self._flow.blank()
            if tag == "table":
                self._flow.open_table()
        elif tag in _LINES:
            self._flow.newline()

    def _leave(self, element: etree._Element) -> None:
        tag = _tag(element)
        self._looks.pop()
        if tag == "tr":
            self._flow.close_row()
        elif tag in _CELLS:
            self._flow.close_cell()
        elif tag in _BLOCKS:
            if tag == "table":
                self._flow.close_table()
            self._flow.blank()
        elif tag in _LINES and tag != "br":
            self._flow.newline()
        if _BREAK_AFTER.search((element.get("style") or "")[:_STYLE_CHARS]):
            self._flow.page()


def _tag(element: etree._Element) -> str:
    return str(element.tag).lower()


def _count(span: str | None) -> int:
    """What ``colspan`` or ``rowspan`` says, as a browser reads it.

    >>> _count("3"), _count(None), _count("0"), _count("9999999")
    (3, 1, 1, 600)
    """
    digits = (span or "").strip()[:6]
    return min(max(int(digits), 1), MAX_COLUMNS) if digits.isascii() and digits.isdigit() else 1


def _readable(text: str) -> str:
    return text.translate(_WINDOWS)


def _look(tag: str, style: str, outer: Look) -> Look:
    """How text inside an element looks, given how it looks outside."""
    if not style and tag not in _LOOKS:
        return outer
    bold = outer.bold or tag in _BOLD_TAGS or tag in _HEADINGS
    size = outer.size
    indent = 0.0 if tag in _CELLS else outer.indent
    if style:
        indent += _indent(style)
        if weight := _WEIGHT.search(style):
            word = (weight[1] or weight[2]).lower()
            bold = word in {"bold", "bolder"} or (word.isdigit() and int(word[:4]) >= _SEMIBOLD)
        if points := _SIZE.search(style):
            size = min(float(points[1][:6]) * _POINTS[points[2].lower()], 200.0)
    return Look(
        bold=bold,
        size=size,
        level=_HEADINGS.get(tag, outer.level),
        pre=outer.pre or tag == "pre",
        indent=indent,
    )


def _indent(style: str) -> float:
    """Points by which a style moves text to the right; a hanging indent moves it back."""
    total = 0.0
    for match in _INDENT.finditer(style):
        shorthand = match[2].split()
        # Of "padding: top right bottom left" the last is left; of two, the second is left and right.
        length = (
            _LENGTH.fullmatch(shorthand[{1: 0, 2: 1, 3: 1}.get(len(shorthand), 3)]) if shorthand else None
        )
        if length is not None:
            total += float(length[1]) * _POINTS[length[2].lower()]
    return min(max(total, 0.0), 200.0)


def _layout_cells(root: etree._Element) -> set[etree._Element]:
    """Cells that hold tables of their own: they arrange blocks and are not figures of a row."""
    found: set[etree._Element] = set()
    for table in root.iter("table"):
        for cell in table.iterancestors("td", "th"):
            if cell in found:
                break
            found.add(cell)
    return found
