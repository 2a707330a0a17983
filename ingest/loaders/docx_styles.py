"""How a Word paragraph and its runs look: direct formatting over styles over the document's defaults.

Resolves what the text needs (bold, size, hidden, struck, capitals, outline level, numbering, page break);
leaves counting to ``ingest.loaders.docx_numbering`` (ECMA-376 part 1, 17.7).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from ingest.loaders.docx_package import W

VAL = f"{W}val"
_OFF = frozenset({"0", "false", "off", "none"})
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_MAX_INHERITED = 30
_HEADING_LEVELS = 6
_BODY_OUTLINE = 9
_TOGGLES = {
    f"{W}b": "bold",
    f"{W}vanish": "hidden",
    f"{W}strike": "struck",
    f"{W}dstrike": "struck",
    f"{W}caps": "caps",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLook:
    """What is said of a run; None where nothing is. ``size`` is in points."""

    bold: bool | None = None
    hidden: bool | None = None
    struck: bool | None = None
    caps: bool | None = None
    size: float | None = None
    style: str = ""

    def over(self, other: RunLook) -> RunLook:
        """This look, with what it leaves open taken from ``other``."""
        return RunLook(
            bold=other.bold if self.bold is None else self.bold,
            hidden=other.hidden if self.hidden is None else self.hidden,
            struck=other.struck if self.struck is None else self.struck,
            caps=other.caps if self.caps is None else self.caps,
            size=other.size if self.size is None else self.size,
            style=self.style or other.style,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphLook:
    """What is said of a paragraph: ``outline`` 0-8 (9 is body text), list and level, page break before it.

    ``indent`` is its left margin in twentieths of a point.
    """

    style: str = ""
    outline: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    breaks: bool | None = None
    indent: int | None = None

    @property
    def heading_level(self) -> int:
        """1-6 for a heading, else 0."""
        said = self.outline is not None and 0 <= self.outline < _BODY_OUTLINE
        return min((self.outline or 0) + 1, _HEADING_LEVELS) if said else 0

    def over(self, other: ParagraphLook) -> ParagraphLook:
        """This look, with what it leaves open taken from ``other``."""
        return ParagraphLook(
            style=self.style or other.style,
            outline=other.outline if self.outline is None else self.outline,
            list_id=other.list_id if self.list_id is None else self.list_id,
            list_level=other.list_level if self.list_level is None else self.list_level,
            breaks=other.breaks if self.breaks is None else self.breaks,
            indent=other.indent if self.indent is None else self.indent,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    name: str = ""
    parent: str = ""
    run: RunLook = RunLook()
    paragraph: ParagraphLook = ParagraphLook()


class Styles:
    """The styles of a document, inheritance resolved."""

    def __init__(self, root: etree._Element | None) -> None:
        self._styles: dict[str, _Style] = {}
        self._resolved: dict[str, _Style] = {}
        self._default = ""
        self._defaults = RunLook()
        if root is None:
            return
        self._defaults = run_look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for element in root.iterchildren(f"{W}style"):
            identity = element.get(f"{W}styleId", "")
            self._styles[identity] = _style(element)
            if element.get(f"{W}type") == "paragraph" and is_on(element.get(f"{W}default", "0")):
                self._default = identity

    def name(self, identity: str) -> str:
        """A style's name in lower case ("heading 1", "toc 2"), or ''."""
        return self._style(identity or self._default).name.lower()

    def paragraph(self, properties: etree._Element | None) -> ParagraphLook:
        """How a paragraph looks, given its ``w:pPr``."""
        direct = paragraph_look(properties)
        style = direct.style or self._default
        return replace(direct.over(self._style(style).paragraph), style=style)

    def run(self, properties: etree._Element | None, paragraph_style: str) -> RunLook:
        """How a run looks, given its ``w:rPr`` and its paragraph's style; bold in both styles is not bold."""
        direct = run_look(properties)
        outer = self._style(paragraph_style).run
        inner = self._style(direct.style).run if direct.style else RunLook()
        if inner.bold and outer.bold:
            inner = replace(inner, bold=False)
        return direct.over(inner).over(outer).over(self._defaults)

    def lists(self) -> dict[str, str]:
        """Which list each style numbers its paragraphs in, for those that do."""
        found = {identity: style.paragraph.list_id for identity, style in self._styles.items()}
        return {identity: list_id for identity, list_id in found.items() if list_id}

    def _style(self, identity: str) -> _Style:
        if identity in self._resolved:
            return self._resolved[identity]
        chain: list[_Style] = []
        at = identity
        # A style may be said to be its own ancestor.
        while at in self._styles and len(chain) < _MAX_INHERITED:
            chain.append(self._styles[at])
            at = self._styles[at].parent
        run, paragraph = RunLook(), ParagraphLook()
        for style in chain:
            run = run.over(style.run)
            paragraph = paragraph.over(style.paragraph)
        whole = _Style(name=chain[0].name if chain else "", run=run, paragraph=paragraph)
        self._resolved[identity] = whole
        return whole


def _style(element: etree._Element) -> _Style:
    name = value(element, "name")
    paragraph = paragraph_look(element.find(f"{W}pPr"))
    heading = _HEADING.fullmatch(name)
    if heading and paragraph.outline is None:
        paragraph = replace(paragraph, outline=int(heading[1]) - 1)
    return _Style(
        name=name,
        parent=value(element, "basedOn"),
        run=run_look(element.find(f"{W}rPr")),
        paragraph=paragraph,
    )


def run_look(properties: etree._Element | None) -> RunLook:
    """What a ``w:rPr`` says by itself."""
    said: dict[str, bool] = {}
    size: float | None = None
    style = ""
    for element in () if properties is None else properties:
        tag = str(element.tag)
        if tag in _TOGGLES:
            said[_TOGGLES[tag]] = said.get(_TOGGLES[tag], False) or is_on(element.get(VAL, "1"))
        elif tag == f"{W}sz":
            halves = number(element.get(VAL, ""))
            size = halves / 2 if halves is not None and 0 < halves < 1000 else None
        elif tag == f"{W}rStyle":
            style = element.get(VAL, "")
    return RunLook(**said, size=size, style=style)


def paragraph_look(properties: etree._Element | None) -> ParagraphLook:
    """What a ``w:pPr`` says by itself."""
    if properties is None:
        return ParagraphLook()
    listed = properties.find(f"{W}numPr")
    breaks = properties.find(f"{W}pageBreakBefore")
    margin = properties.find(f"{W}ind")
    return ParagraphLook(
        style=value(properties, "pStyle"),
        outline=number(value(properties, "outlineLvl")),
        list_id=None if listed is None else value(listed, "numId") or None,
        list_level=None if listed is None else number(value(listed, "ilvl")),
        breaks=None if breaks is None else is_on(breaks.get(VAL, "1")),
        indent=None if margin is None else number(margin.get(f"{W}left", margin.get(f"{W}start", ""))),
    )


def value(element: etree._Element, child: str) -> str:
    """The ``w:val`` of an element's child, or ''."""
    found = element.find(f"{W}{child}")
    return "" if found is None else found.get(VAL, "")


def number(text: str) -> int | None:
    """A whole number as XML holds it, or None.

    >>> number("12"), number("-3"), number("x"), number("9" * 30)
    (12, -3, None, None)
    """
    bare = text.removeprefix("-")
    return int(text) if bare.isascii() and bare.isdigit() and len(bare) < 10 else None


def is_on(text: str) -> bool:
    """Whether a toggle's value says yes."""
    return text.lower() not in _OFF
