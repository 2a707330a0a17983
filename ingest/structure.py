"""Everything that is found in a document besides its sections, in the order in which one part needs another.

Leaves each part to its package: ``ingest.facts``, ``ingest.tables``, ``ingest.links``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.facts import find_facts
from ingest.links.amendments import find_links
from ingest.links.definitions import find_definitions
from ingest.links.references import find_references
from ingest.tables.build import find_tables
from rag.structure import Structure
from rag.types import Document, Section


def find_structure(document: Document, sections: Sequence[Section]) -> Structure:
    """Facts, tables, defined terms, references and amended documents; ``sections`` by ``find_sections``."""
    facts = find_facts(document)
    definitions = find_definitions(document, sections)
    return Structure(
        facts=facts,
        definitions=definitions,
        references=find_references(document, sections, definitions),
        links=find_links(document),
        tables=find_tables(document, sections, facts),
    )
