"""The section tree of a document, from its numbering, typography, printed contents and bookmarks."""

from ingest.sections.tree import find_sections

__all__ = ["find_sections"]
