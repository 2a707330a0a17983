"""Small Word files that tests make for themselves, from the XML that Word writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = ("styles", "numbering", "footnotes", "endnotes")
PAGE_BREAK = '<w:r><w:br w:type="page"/></w:r>'


def docx(*blocks: str, title: str = "", main: str = "", **parts: str) -> bytes:
    """A Word file of the blocks given; ``parts`` are the insides of styles, numbering and notes."""
    body = main or root("document", f"<w:body>{''.join(blocks)}</w:body>")
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(parts),
        "_rels/.rels": _relations(
            [
                (f"{_RELATIONS}/officeDocument", "word/document.xml"),
                (f"{_PACKAGE}/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "word/document.xml": body,
        "word/_rels/document.xml.rels": _relations(
            [(f"{_RELATIONS}/{kind}", f"{kind}.xml") for kind in parts]
        ),
    }
    if title:
        files["docProps/core.xml"] = (
            '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
            f' xmlns:d="http://purl.org/dc/elements/1.1/"><d:title>{escape(title)}</d:title></c:coreProperties>'
        )
    for kind, inside in parts.items():
        assert kind in _KINDS
        files[f"word/{kind}.xml"] = root(kind, inside)
    return zipped(files)


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """A ZIP archive, the same bytes each time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, str | bytes]:
    """The files in a ZIP archive by name."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def root(tag: str, inside: str) -> str:
    """A part's XML."""
    return f'<?xml version="1.0" encoding="UTF-8"?><w:{tag} xmlns:w="{MAIN}">{inside}</w:{tag}>'


def run(text: str, properties: str = "") -> str:
    r"""A run of text; ``\t`` is a tab and ``\n`` a line break."""
    tabbed = escape(text).replace("\t", "</w:t><w:tab/><w:t>").replace("\n", "</w:t><w:br/><w:t>")
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{tabbed}</w:t></w:r>'


def p(
    content: str = "", *, style: str = "", item: tuple[int, int] | None = None, properties: str = ""
) -> str:
    """A paragraph of text, or of runs where the content is XML; ``item`` is its list and level."""
    inside = content if content.startswith("<") or not content else run(content)
    listed = item and f'<w:numPr><w:ilvl w:val="{item[1]}"/><w:numId w:val="{item[0]}"/></w:numPr>'
    styled = style and f'<w:pStyle w:val="{style}"/>'
    return f"<w:p><w:pPr>{styled}{listed or ''}{properties}</w:pPr>{inside}</w:p>"


def table(rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """A table; a cell is its text or, where it begins with ``<``, what stands inside of ``w:tc``."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = (
        "".join(f"<w:tc>{cell if cell.startswith('<') else p(cell)}</w:tc>" for cell in row) for row in rows
    )
    return f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{''.join(f'<w:tr>{line}</w:tr>' for line in lines)}</w:tbl>"


def level(at: int, form: str, text: str, properties: str = "", *, start: int = 1) -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{properties}'
        f'<w:lvlText w:val="{escape(text)}"/></w:lvl>'
    )


def lists(abstracts: Sequence[str], numbers: Sequence[tuple[int, str]] | None = None) -> str:
    """The inside of a numbering part: abstract lists, and each list's abstract one and overrides."""
    numbers = [(at, "") for at in range(len(abstracts))] if numbers is None else numbers
    return "".join(
        f'<w:abstractNum w:abstractNumId="{at}">{inside}</w:abstractNum>'
        for at, inside in enumerate(abstracts)
    ) + "".join(
        f'<w:num w:numId="{at + 1}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'
        for at, (abstract, overrides) in enumerate(numbers)
    )


def style(identity: str, name: str, inside: str = "", *, parent: str = "", kind: str = "paragraph") -> str:
    """A style; ``inside`` holds its properties."""
    based = parent and f'<w:basedOn w:val="{parent}"/>'
    default = ' w:default="1"' if identity == "Normal" else ""
    start = f'<w:style w:type="{kind}" w:styleId="{identity}"{default}><w:name w:val="{name}"/>'
    return f"{start}{based}{inside}</w:style>"


def _content_types(parts: Iterable[str]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{kind}.{name}+xml"/>'
        for part, name in [("document", "document.main"), *((part, part) for part in parts)]
    )
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(entries: Sequence[tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="r{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(entries)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inside}</Relationships>'
