"""The parts of a Word file, safely: a ZIP container of XML that may be broken or hostile.

No header is trusted: parts are unpacked with bounds on their size, and XML is parsed without document
types, entities or network. Only XML that is asked for is unpacked, so pictures and embedded files cost
nothing. Leaves what the parts mean to the other ``docx`` modules (ECMA-376 parts 1 and 2).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib

from lxml import etree

from ingest.loaders.contract import refusal
from rag.errors import DocumentError

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MIB = 1024 * 1024
MAX_PARTS = 20_000
MAX_PART_BYTES = 96 * _MIB
MAX_TOTAL_BYTES = 160 * _MIB
MAX_RATIO = 250
"""Word's XML is packed to between a tenth and a hundredth."""
_RATIO_COUNTS_FROM = 8 * _MIB
_BLOCK = 1024 * 1024
_ENTRY = b"PK\x01\x02"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)
_DECLARATIONS = tuple(
    mark.encode(encoding)
    for mark in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_OTHERS = (
    ("xl/workbook.xml", "is an Excel workbook"),
    ("ppt/presentation.xml", "is a PowerPoint presentation"),
    ("content.xml", "is an OpenDocument file"),
)
_STREAMS = (
    ("WordDocument", "is an old Word file (.doc)"),
    ("Workbook", "is an old Excel file (.xls)"),
    ("PowerPoint Document", "is an old PowerPoint file (.ppt)"),
)
_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, EOFError, ValueError, IndexError)


def compound_refusal(name: str, data: bytes) -> DocumentError:
    """Why a compound file (OLE2, the container of Office before 2007 and of encrypted files) is not read."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return refusal("encrypted", name, "is protected by a password")
    for stream, what in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return refusal("unsupported", name, what)
    return refusal("unsupported", name, "is an old Office file")


class Package:
    """A Word file's XML parts, each parsed when it is asked for."""

    def __init__(self, name: str, data: bytes) -> None:
        """Open the container of the file ``name``.

        Raises:
            DocumentError: no ZIP that can be read, too many parts, or not a Word file.
        """
        self._name = name
        self._left = MAX_TOTAL_BYTES
        if data.count(_ENTRY) > MAX_PARTS:
            raise _too_large(name, f"has more than {MAX_PARTS:,} parts")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise refusal("broken", name, f"cannot be unpacked: {_one_line(error)}") from error
        self._parts = {info.filename.replace("\\", "/").lower(): info for info in self._zip.infolist()}
        self.main = self._main()

    def related(self, part: str, kind: str) -> str:
        """The part that ``part`` refers to as ``kind`` ("styles"); '' where there is none."""
        folder, base = posixpath.split(part)
        root = self.optional(posixpath.join(folder, "_rels", f"{base}.rels"))
        for entry in () if root is None else root.iter(_RELATIONSHIP):
            if entry.get("Type", "").endswith(f"/{kind}") and entry.get("TargetMode") != "External":
                target = entry.get("Target", "").replace("\\", "/")
                return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return ""

    def required(self, part: str) -> etree._Element:
        """A part's root element.

        Raises:
            DocumentError: it is missing, broken, or larger than the limits.
        """
        data = self._read(part)
        if any(mark in data for mark in _DECLARATIONS):
            raise refusal("broken", self._name, "declares a document type in its XML, as no Word file does")
        for strict, usual in _STRICT:
            data = data.replace(strict, usual)
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
        )
        try:
            return etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise refusal("broken", self._name, f"has broken XML in {part}: {_one_line(error)}") from error

    def optional(self, part: str) -> etree._Element | None:
        """A part's root element; None where it is missing or broken, which costs looks or numbers only."""
        if part.lower() not in self._parts:
            return None
        try:
            return self.required(part)
        except DocumentError as error:
            if error.reason == "broken":
                return None
            raise

    def _main(self) -> str:
        part = self.related("", "officeDocument") or "word/document.xml"
        for other, what in _OTHERS:
            if other in self._parts:
                raise refusal("unsupported", self._name, what)
        if part.lower() not in self._parts:
            if any(name.startswith("word/") for name in self._parts):
                raise refusal("broken", self._name, "lacks its main part")
            raise refusal("unsupported", self._name, "is a ZIP archive and no Word file")
        return part

    def _read(self, part: str) -> bytes:
        info = self._parts.get(part.lower())
        if info is None:
            raise refusal("broken", self._name, f"lacks the part {part}")
        if info.flag_bits & 1:
            raise refusal("encrypted", self._name, "is protected by a password")
        blocks: list[bytes] = []
        size = 0
        try:
            with self._zip.open(info) as stream:
                while block := stream.read(_BLOCK):
                    blocks.append(block)
                    size += len(block)
                    self._check(part, size, info.compress_size)
        except _BROKEN as error:
            raise refusal("broken", self._name, f"cannot be unpacked: {part}: {_one_line(error)}") from error
        self._left -= size
        return b"".join(blocks)

    def _check(self, part: str, size: int, packed: int) -> None:
        if size > min(MAX_PART_BYTES, self._left):
            raise _too_large(self._name, f"unpacks to more than {size // _MIB} MiB ({part})")
        if size > _RATIO_COUNTS_FROM and size > MAX_RATIO * packed:
            raise _too_large(self._name, f"is packed more than {MAX_RATIO} times ({part}): a ZIP bomb?")


def _too_large(name: str, why: str) -> DocumentError:
    return DocumentError("too-large", f"{name} {why}", "save it as PDF and ingest that, or split it")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
