"""The body of a Word file, block by block and run by run: what is in force and printed goes to the flow.

Leaves looks, numbers and lines to ``docx_styles``, ``docx_numbering`` and ``docx_flow``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from ingest.loaders.composer import clean
from ingest.loaders.docx_flow import Flow, Written
from ingest.loaders.docx_numbering import Numbering
from ingest.loaders.docx_package import W
from ingest.loaders.docx_styles import VAL, ParagraphLook, RunLook, Styles, number, value

_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_GONE = frozenset(f"{W}{tag}" for tag in ("del", "moveFrom", "rPr", "pPr", "instrText", "delText", "sdtPr"))
_BODY_PAGE = frozenset({"continuous", "nextColumn"})
_CHARACTERS = {f"{W}tab": "\t", f"{W}ptab": "\t", f"{W}cr": "\n", f"{W}noBreakHyphen": "-"}
_BOXES = {0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0xFE: "☒", 0xFD: "☒", 0x78: "☒", 0x52: "☑"}
_CALLS = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_TWIPS = 20.0
_MAX_SPAN = 200


class Walk:
    """One pass over the body, block by block and run by run."""

    def __init__(
        self,
        styles: Styles,
        numbering: Numbering,
        notes: dict[str, dict[str, etree._Element]],
        *,
        keep_struck: bool = False,
    ) -> None:
        self.title = ""
        self.flow = Flow()
        self.shown_chars = self.struck_chars = 0
        self._keep_struck = keep_struck
        self._styles = styles
        self._numbering = numbering
        self._notes = {kind: dict(by_id) for kind, by_id in notes.items()}
        self._tables = 0
        self._calls = {"footnote": 0, "endnote": 0}
        self._in_notes = 0
        self._endnotes: list[Written] = []
        self._breaks: list[bool] = []
        # Of each field that is open: whether its result has begun, before which stand instructions.
        self._fields: list[bool] = []
        self._unshown = 0
        self._written = Written()
        self._style = ""
        # Of the paragraph being written, until it has its label.
        self._look: ParagraphLook | None = None
        self._boxes: list[etree._Element] = []

    def render(self, body: etree._Element) -> None:
        """Write the whole body into ``flow``, endnotes last."""
        kinds = [value(section, "type") for section in _sections(body)]
        # How a section begins is said by its own properties, which stand at its end.
        self._breaks = [kind not in _BODY_PAGE for kind in kinds[:0:-1]]
        self._blocks(body)
        self._end_paragraph()
        for note in self._endnotes:
            self.flow.paragraph(note)

    # Blocks

    def _blocks(self, parent: etree._Element) -> None:
        for element in parent:
            tag = element.tag
            if tag == f"{W}p":
                self._paragraph(element)
            elif tag == f"{W}tbl":
                self._table(element)
            elif tag == _ALTERNATIVES:
                self._blocks(_chosen(element))
            elif tag not in _GONE:
                self._blocks(element)

    def _paragraph(self, element: etree._Element) -> None:
        properties = element.find(f"{W}pPr")
        look = self._styles.paragraph(properties)
        if look.breaks:
            self.flow.page()
        self._style = look.style
        self._look = look
        self._inline(element)
        # A field whose result never begins must not swallow the document.
        if self._unshown:
            self._fields = [True for shown in self._fields if shown]
            self._unshown = 0
        if _mark(properties, "del") or _mark(properties, "moveFrom"):
            # Its end is deleted: what follows is part of the same paragraph.
            return
        if not (_mark(properties, "vanish") and not self._written.lines()):
            self._number()
        self._end_paragraph()
        ends = properties is not None and properties.find(f"{W}sectPr") is not None
        if ends and self._breaks and self._breaks.pop():
            self.flow.page()

    def _number(self) -> None:
        """Put the paragraph's label before what is written of it, once, and note what kind it is."""
        look, self._look = self._look, None
        if look is None:
            return
        if not self.title and self._styles.name(look.style) == "title":
            self.title = clean(" ".join(self._written.lines()))
        self._written.level = look.heading_level
        self._written.indent = (look.indent or 0) / _TWIPS
        label = self._numbering.next(look)
        if label and (self._written.lines() or any(character.isalnum() for character in label)):
            first = self._written.pieces[0] if self._written.pieces else ("", False, 0.0)
            self._written.pieces.insert(0, (label, first[1], first[2]))

    def _end_paragraph(self) -> None:
        written, self._written = self._written, Written()
        if written.lines():
            self.flow.paragraph(written)
        boxes, self._boxes = self._boxes, []
        for box in boxes:
            self._blocks(box)

    # Tables

    def _table(self, table: etree._Element) -> None:
        self._end_paragraph()
        self._tables += 1
        ordinal = self._tables
        self.flow.blank()
        for row in _within(table, "tr"):
            self._row(row, ordinal)
        self.flow.blank()

    def _row(self, row: etree._Element, ordinal: int) -> None:
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            return
        self.flow.open_row(ordinal)
        column = 0 if properties is None else _span(properties, "gridBefore", 0)
        for cell in _within(row, "tc"):
            said = cell.find(f"{W}tcPr")
            span = 1 if said is None else _span(said, "gridSpan", 1)
            self.flow.open_cell(column, column + span)
            column += span
            merged = None if said is None else said.find(f"{W}vMerge")
            if merged is None or merged.get(VAL) == "restart":
                self._blocks(cell)
                self._end_paragraph()
            self.flow.close_cell()
        self.flow.close_row()

    # Runs

    def _inline(self, parent: etree._Element) -> None:
        for element in parent:
            tag = element.tag
            if tag == f"{W}r":
                self._run(element)
            elif tag == _MATH_TEXT:
                self._add(element.text or "", RunLook())
            elif tag == _ALTERNATIVES:
                self._inline(_chosen(element))
            elif tag not in _GONE:
                self._inline(element)

    def _run(self, run: etree._Element) -> None:
        look = self._styles.run(run.find(f"{W}rPr"), self._style)
        for element in run:
            if element.tag == f"{W}fldChar":
                self._field(element.get(f"{W}fldCharType", ""))
            elif element.tag in {f"{W}lastRenderedPageBreak", f"{W}br"}:
                self._break(element, look)
            elif look.struck and not self._keep_struck:
                self._strike(element.text or "")
            elif not look.hidden and not self._unshown:
                self._content(element, look)

    def _content(self, element: etree._Element, look: RunLook) -> None:
        tag = str(element.tag)
        if tag == f"{W}t":
            self._add(element.text or "", look)
        elif tag in _CHARACTERS:
            self._add(_CHARACTERS[tag], look)
        elif tag == f"{W}sym":
            self._add(_symbol(element.get(f"{W}char", "")), look)
        elif tag in _CALLS:
            self._call(_CALLS[tag], element.get(f"{W}id", ""), look)
        elif tag == _ALTERNATIVES:
            for child in _chosen(element):
                self._content(child, look)
        elif tag in {f"{W}drawing", f"{W}pict", f"{W}object"}:
            self._boxes += _text_boxes(element)

    def _strike(self, text: str) -> None:
        """Struck-out words are no longer in force, but what stood before and after them stays apart."""
        self.struck_chars += len(text)
        if text[-1:].isspace():
            self._written.add(" ", bold=False, size=0.0)

    def _add(self, text: str, look: RunLook) -> None:
        self.shown_chars += len(text)
        text = text.replace("\n", " ").replace("\r", " ") if len(text) > 1 else text
        self._written.add(text.upper() if look.caps else text, bold=bool(look.bold), size=look.size or 0.0)

    def _field(self, what: str) -> None:
        if what == "begin":
            self._fields.append(False)
            self._unshown += 1
        elif self._fields and what == "separate":
            self._unshown -= not self._fields[-1]
            self._fields[-1] = True
        elif self._fields and what == "end":
            self._unshown -= not self._fields.pop()

    def _break(self, element: etree._Element, look: RunLook) -> None:
        if element.tag == f"{W}br" and element.get(f"{W}type") != "page":
            self._add("\n", look)
            return
        if self._in_notes:
            return
        # In a table a row stays whole, so that only the paragraph of running text is parted.
        if not self.flow.in_row and self._written.lines():
            self._number()
            written = self._written
            self._written = Written(level=written.level, indent=written.indent)
            self.flow.paragraph(written)
        self.flow.page()

    def _call(self, kind: str, identity: str, look: RunLook) -> None:
        """A mark in the text; the note's own text comes at the end of the page or of the document."""
        note = self._notes[kind].pop(identity, None)
        if note is None:
            return
        self._calls[kind] += 1
        mark = f"[{self._calls[kind] if kind == 'footnote' else 'e' + str(self._calls[kind])}]"
        self._add(mark, look)
        outer = (self._written, self._style, self._fields, self._unshown, self._boxes)
        self._written, self._fields, self._unshown, self._boxes = Written(), [], 0, []
        self._written.add(f"{mark} ", bold=False, size=0.0)
        self._in_notes += 1
        for paragraph in note.iter(f"{W}p"):
            self._style = self._styles.paragraph(paragraph.find(f"{W}pPr")).style
            self._inline(paragraph)
            if kind == "footnote":
                self.flow.note(self._written)
            else:
                self._endnotes.append(self._written)
            self._written = Written()
        self._in_notes -= 1
        self._written, self._style, self._fields, self._unshown, self._boxes = outer


def _sections(body: etree._Element) -> Iterator[etree._Element]:
    for section in body.iter(f"{W}sectPr"):
        parent = section.getparent()
        if parent is not None and parent.tag in {f"{W}pPr", f"{W}body"}:
            yield section


def _chosen(alternatives: etree._Element) -> etree._Element:
    """One of the forms in which the same content is stored: the first."""
    return next(iter(alternatives), alternatives)


def _text_boxes(element: etree._Element) -> list[etree._Element]:
    """The outermost text boxes of a drawing, each form of the same content once."""
    boxes: list[etree._Element] = []
    waiting = [element]
    while waiting:
        at = waiting.pop()
        if at.tag == f"{W}txbxContent":
            boxes.append(at)
        else:
            waiting += reversed([_chosen(at)] if at.tag == _ALTERNATIVES and len(at) else list(at))
    return boxes


def _mark(properties: etree._Element | None, tag: str) -> bool:
    """Whether something is said of the mark at the paragraph's end."""
    found = None if properties is None else properties.find(f"{W}rPr/{W}{tag}")
    return found is not None and found.get(VAL, "1") not in {"0", "false", "off"}


def _within(parent: etree._Element, child: str) -> Iterator[etree._Element]:
    """Children of that name, also those wrapped in content controls or marked as inserted."""
    waiting = list(reversed(parent))
    while waiting:
        element = waiting.pop()
        if element.tag == f"{W}{child}":
            yield element
        elif element.tag in {f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo"}:
            waiting += reversed(element)


def _span(properties: etree._Element, name: str, otherwise: int) -> int:
    said = number(value(properties, name))
    return otherwise if said is None else min(max(said, otherwise), _MAX_SPAN)


def _symbol(code: str) -> str:
    """A character of a symbol font; check boxes as such, other pictures as a bullet."""
    try:
        point = int(code[:6], 16)
    except ValueError:
        return ""
    if 0xF000 <= point <= 0xF0FF:
        return _BOXES.get(point - 0xF000, "•")
    return chr(point) if point <= 0x10FFFF and not 0xD800 <= point <= 0xDFFF else ""
