"""Word files (.docx): the text that is in force and printed, with the numbers that Word computes.

Tracked insertions are read, deletions, hidden and struck-out words, comments, headers and footers are not.
Pages end at breaks, and where Word last ended them. Leaves unpacking, looks, numbers and lines to the
modules ``docx_package``, ``docx_walk``, ``docx_styles``, ``docx_numbering`` and ``docx_flow``.
"""

from __future__ import annotations

from pathlib import Path

from ingest.loaders import titles
from ingest.loaders.composer import clean
from ingest.loaders.contract import file_document, refusal
from ingest.loaders.docx_numbering import Numbering
from ingest.loaders.docx_package import Package, W
from ingest.loaders.docx_styles import Styles
from ingest.loaders.docx_walk import Walk
from rag.types import Document

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_NOTE_PARTS = {"footnote": "footnotes", "endnote": "endnotes"}


def load(path: Path, data: bytes) -> Document:
    """A Word file's document.

    Raises:
        DocumentError: it is no Word file, broken, encrypted, too large when unpacked, or has no text.
    """
    package = Package(path.name, data)
    body = package.required(package.main).find(f"{W}body")
    if body is None:
        raise refusal("broken", path.name, "has no body in its main part")
    styles = Styles(package.optional(package.related(package.main, "styles")))
    lists = package.optional(package.related(package.main, "numbering"))
    roots = {
        kind: package.optional(package.related(package.main, part)) for kind, part in _NOTE_PARTS.items()
    }
    notes = {
        kind: {note.get(f"{W}id", ""): note for note in (() if root is None else root.iter(f"{W}{kind}"))}
        for kind, root in roots.items()
    }
    walk = Walk(styles, Numbering(lists, styles.lists()), notes)
    walk.render(body)
    if walk.struck_chars > walk.shown_chars:
        # Struck out as a whole, it was a conversion that went wrong and not a deletion.
        walk = Walk(styles, Numbering(lists, styles.lists()), notes, keep_struck=True)
        walk.render(body)
    text, pages = walk.flow.finish()
    if not text.strip():
        raise refusal("empty", path.name, "has no visible text")
    core = package.optional(package.related("", "core-properties"))
    named = "" if core is None else core.findtext(_TITLE) or ""
    title = titles.sensible(clean(named)) or titles.sensible(walk.title) or titles.prominent(text, pages[0])
    return file_document(path, data, MEDIA_TYPE, title=title, text=text, pages=pages)
