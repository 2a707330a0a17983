"""The wire types but those of answers: what goes over HTTP, and the one conversion from each domain type.

Domain objects never leave unconverted, so that either side can change without the other. Pages are
0-based and spans are ``[start, end)`` in characters of the document's text, as everywhere. Leaves what an
answer consists of to ``service.answers``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from rag.catalog import DocumentRecord
from rag.filters import Filters
from rag.structure import Fact, FactName, values_by_name
from service.replies import Fingerprints, Reply

Reference = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""How a client names a document: its name, file name, or id (or the first 6 or more characters of it)."""


Filter = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def encodable(text: str) -> str:
    """The text itself, unless JSON escapes made half a character of it, which no tokenizer reads."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"not valid Unicode at character {error.start}") from error
    return text


Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"),
    AfterValidator(encodable),
]
"""Why something was done, for the history."""


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Where(_Request):
    """What documents must say of themselves; what is left empty asks for nothing."""

    company: Filter = Field("", description="A company or party.")
    kind: Filter = Field("", description="A kind of document, as '10-K' or 'indenture'.")
    year: Filter = Field("", description="A fiscal year, as '2018'.")


class Narrowed(BaseModel):
    """The documents to search, if not the whole library is meant."""

    documents: list[Reference] | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="Names, file names or ids of the documents to search; leave it out to search them all.",
    )
    company: Filter = Field("", description="Search only documents of this company or party.")
    kind: Filter = Field("", description="Search only documents of this kind, as '10-K' or 'indenture'.")
    year: Filter = Field("", description="Search only documents of this fiscal year, as '2018'.")
    where: Where | None = Field(None, description="The same three in one object.")

    def filters(self) -> Filters:
        """What documents must say of themselves."""
        where = self.where or Where(company="", kind="", year="")
        return Filters(
            company=where.company or self.company,
            kind=where.kind or self.kind,
            year=where.year or self.year,
        )


class _Scoped(Narrowed):
    """A question and the documents to search."""

    model_config = ConfigDict(extra="forbid")

    question: Annotated[str, AfterValidator(encodable)] = Field(
        description="The question, in plain words. Neither empty nor overly long."
    )


class AskRequest(_Scoped):
    """A question and, if not the whole library is meant, the documents to search."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "question": "What interest rate do the Class B Notes bear?",
                    "documents": ["alder-indenture"],
                }
            ]
        },
    )

    stream: bool = Field(False, description="Reply with server-sent events as they come.")


class SearchRequest(_Scoped):
    """A question whose passages are wanted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"question": "interest on the Class B Notes", "limit": 5}]}
    )

    limit: int = Field(10, ge=1, le=100, description="So many passages at most.")


class DocumentOut(Reply):
    """A document of the library."""

    id: str
    name: str = Field(description="By this name a question's `documents` can refer to it.")
    title: str = Field(description="What the document calls itself; may be empty.")
    media_type: str
    pages: int = Field(ge=0)
    characters: int = Field(ge=0)
    passages: int = Field(ge=0, description="Units of retrieval it was cut into.")
    files: list[str] = Field(description="Names of the files it was read from.")
    added_at: str = Field(description="ISO 8601.")
    collection: str = Field(description="Its access label: who may see it.")
    status: Literal["ready"] = Field("ready", description="What is listed can be asked.")
    facts: dict[FactName, list[str]] = Field(
        description="What it says of itself: kind, company or parties, fiscal year, dates (ISO 8601)."
    )

    @classmethod
    def of(cls, record: DocumentRecord, facts: Sequence[Fact]) -> DocumentOut:
        """The wire form of a catalog row; folders of the server stay with the server."""
        return cls(
            id=record.id,
            name=record.name,
            title=record.title,
            media_type=record.media_type,
            pages=record.pages,
            characters=record.chars,
            passages=record.chunks,
            files=sorted({Path(source).name for source in record.sources}),
            added_at=record.added_at,
            collection=record.collection,
            facts=values_by_name(facts),
        )


class DocumentsReply(Reply):
    """The library, by name."""

    documents: list[DocumentOut]


class HealthReply(Reply):
    """The process is alive."""

    status: Literal["ok"] = "ok"
    version: str


class ReadyReply(Reply):
    """An index is loaded: questions can be answered."""

    status: Literal["ready"] = "ready"
    fingerprints: Fingerprints


class ErrorDetail(Reply):
    """What went wrong and what to do about it."""

    code: str = Field(description="A short tag that programs can rely on.")
    message: str
    remedy: str


class ErrorReply(Reply):
    """The body of every reply with a status of 400 or more."""

    error: ErrorDetail
