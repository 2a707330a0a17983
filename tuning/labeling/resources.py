"""What labeling functions may look at besides their item: named, versioned, made when first asked for.

``catalog`` is the library; ``glossary`` says which wordings mean the same; ``embedder`` makes vectors;
``people`` are judgements that experts gave. A function names those it needs, and votes again when their
version changes. Votes about an item that rest on the document it is of need no version of the library:
documents are named by their content.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.catalog import Catalog
from rag.errors import SourceError, UsageError
from rag.fingerprints import hash_bytes
from rag.glossary import Glossary
from rag.protocols import Embedder, Vectors
from rag.structure import Definition, Fact, Table
from rag.types import Chunk, ChunkId, DocumentId

JUDGEMENTS = "judgements.jsonl"
"""A workspace's judgements by people: one JSON object a line, appended by the service."""


@dataclass(kw_only=True)
class Resources:
    """See the module; ``extra`` are a user's own, by name, with ``versions_of_extra``."""

    catalog: Catalog
    glossary: Glossary
    embedder: Embedder
    judgements: Path | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    versions_of_extra: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._definitions: dict[DocumentId, list[Definition]] = {}
        self._tables: dict[DocumentId, list[Table]] = {}
        self._chunks: dict[ChunkId, Chunk] = {}
        self._vectors: dict[str, Vectors] = {}

    @cached_property
    def versions(self) -> dict[str, str]:
        """Each resource's version by its name."""
        return {
            "catalog": "by content",
            "glossary": self.glossary.fingerprint,
            "embedder": self.embedder.fingerprint,
            "people": self._people_version,
            **self.versions_of_extra,
        }

    def definitions(self, document: DocumentId) -> list[Definition]:
        """The defined terms of a document."""
        if document not in self._definitions:
            self._definitions[document] = self.catalog.definitions(document)
        return self._definitions[document]

    def tables(self, document: DocumentId) -> list[Table]:
        """The tables of a document."""
        if document not in self._tables:
            self._tables[document] = self.catalog.tables(document)
        return self._tables[document]

    @cached_property
    def facts(self) -> dict[DocumentId, list[Fact]]:
        """What each document says of itself."""
        return self.catalog.all_facts()

    def text_of(self, document: DocumentId, start: int, end: int) -> str:
        """A span of a document's text."""
        return self.catalog.text_of(document, start, end)

    def similarities(self, question: str, passages: Sequence[str]) -> np.ndarray[Any, np.dtype[np.float32]]:
        """``[n]``: cosine of a question with passages; vectors are kept for the time being."""
        new = [one for one in dict.fromkeys(passages) if one not in self._vectors]
        if new:
            self._vectors |= zip(new, self.embedder.embed_passages(new), strict=True)
        asked = self.embedder.embed_queries([question])[0]
        found: np.ndarray[Any, np.dtype[np.float32]] = (
            np.stack([self._vectors[one] for one in passages]) @ asked
        )
        return found

    def own(self, name: str) -> Any:  # noqa: ANN401 - whatever the user put there
        """A user's resource.

        Raises:
            UsageError: there is none of that name.
        """
        if name not in self.extra:
            raise UsageError(f"no resource {name!r}", f"there are: {', '.join(sorted(self.extra)) or 'none'}")
        return self.extra[name]

    @cached_property
    def people(self) -> list[dict[str, Any]]:
        """All judgements, in the order they were given.

        Raises:
            SourceError: a line is not a JSON object.
        """
        if self.judgements is None or not self.judgements.is_file():
            return []
        rows = []
        for number, line in enumerate(self.judgements.read_text(encoding="utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise SourceError(
                    f"{self.judgements}:{number}: not JSON: {error}", "correct the line"
                ) from error
            if not isinstance(row, dict):
                raise SourceError(f"{self.judgements}:{number}: not an object", "correct the line")
            rows.append(row)
        return rows

    @property
    def _people_version(self) -> str:
        if self.judgements is None or not self.judgements.is_file():
            return "none"
        return hash_bytes(self.judgements.read_bytes())
