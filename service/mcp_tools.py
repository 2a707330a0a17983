"""The tools of the Model Context Protocol: ask, search, read a page; for language models that look things up.

Each replies with text to read and, beside it, the fields that ``/v1`` replies. Needs the extra ``mcp``.
Leaves who asks and how requests come in to ``service.mcp_server``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from rag.errors import CovenantError
from service.answers import CitationOut
from service.asking import Asking
from service.callers import Caller
from service.document_schemas import PageReply
from service.engine import Engine
from service.errors import detail_of
from service.hits import SearchReply
from service.observing import Observer
from service.page_routes import page_text
from service.prose import page_name, prose_of
from service.records import Records
from service.schemas import Narrowed, SearchRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

_INSTRUCTIONS = """\
Answers questions from a library of long legal and financial documents, with a citation for each answer, or
says that they do not hold one. Ask first; search for passages where there is no answer; read a page for what
stands around a citation. Pages are counted from 0."""
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

Question = Annotated[str, Field(description="The question, in plain words.")]
Documents = Annotated[
    list[str] | None, Field(description="Names or ids of the documents to search; all without it.")
]
Company = Annotated[str, Field(description="Search only documents of this company or party.")]
Year = Annotated[str, Field(description="Search only documents of this fiscal year, as '2018'.")]
Kind = Annotated[str, Field(description="Search only documents of this kind, as '10-K'.")]


class ToolAnswer(BaseModel):
    """What `ask` replies besides the text; `answer` is null where the documents hold none."""

    id: str
    outcome: str
    answer: str | None
    reason: str | None
    confidence: float
    citations: list[CitationOut]
    searched: list[str]


@dataclass(frozen=True, slots=True)
class Workings:
    """What the tools work with; ``caller`` finds out who is behind a call."""

    engine: Engine
    records: Records
    observer: Observer
    caller: Callable[[Context[Any, Any]], Caller]

    def asking(self, context: Context[Any, Any]) -> Asking:
        """Questions on behalf of whoever calls."""
        return Asking(self.engine, self.records, self.observer, self.caller(context))


class Tools:
    """The three tools over one service."""

    def __init__(self, workings: Workings) -> None:
        self._workings = workings

    @classmethod
    def server(cls, workings: Workings) -> MCPServer[Any]:
        """A server that offers the tools, on whatever transport."""
        tools = cls(workings)
        server: MCPServer[Any] = MCPServer(
            "covenant", instructions=_INSTRUCTIONS, version=version("covenant-qa"), log_level="WARNING"
        )
        for tool in (tools.ask, tools.search, tools.read_page):
            server.add_tool(tool, annotations=_READS)
        return server

    async def ask(
        self,
        question: Question,
        context: Context[Any, Any],
        documents: Documents = None,
        company: Company = "",
        kind: Kind = "",
        year: Year = "",
    ) -> Annotated[CallToolResult, ToolAnswer]:
        """Answer a question from the documents, with citations, or say that they do not hold an answer."""
        with _told():
            narrowed = Narrowed(documents=documents, company=company, kind=kind, year=year)
            asking = self._workings.asking(context)
            reply = await asking.ask(_encodable(question), asking.scope(narrowed))
        answer = ToolAnswer(
            id=reply.id,
            outcome=reply.outcome,
            answer=reply.answer,
            reason=getattr(reply, "reason", None),
            confidence=reply.confidence,
            citations=list(reply.citations),
            searched=[one.name for one in reply.searched],
        )
        return _result(prose_of(reply).text, answer)

    async def search(
        self,
        question: Question,
        context: Context[Any, Any],
        documents: Documents = None,
        limit: Annotated[int, Field(ge=1, le=50, description="So many passages at most.")] = 8,
    ) -> Annotated[CallToolResult, SearchReply]:
        """Find the passages that speak of a question, best first, without an answer."""
        with _told():
            narrowed = Narrowed(documents=documents)
            asking = self._workings.asking(context)
            found = await asking.search(_encodable(question), asking.scope(narrowed), limit)
        passages = [
            f"[{number}] {' > '.join((one.document, page_name(one.page, ''), *one.section_path))}\n{one.text}"
            for number, one in enumerate(found.hits, start=1)
        ]
        return _result("\n\n".join(passages) or "No passage was found.", found)

    async def read_page(
        self,
        document: Annotated[str, Field(description="Its name or id, as citations and passages give it.")],
        page: Annotated[int, Field(ge=0, le=1_000_000, description="Counted from 0.")],
        context: Context[Any, Any],
    ) -> Annotated[CallToolResult, PageReply]:
        """Read the text of a page."""
        with _told():
            who, records = self._workings.caller(context), self._workings.records
            read = await run_in_threadpool(page_text, _encodable(document), page, who, records)
        return _result(read.text, read)


@contextmanager
def _told() -> Iterator[None]:
    """Let the model read what went wrong, as far as clients of ``/v1`` may."""
    try:
        yield
    except CovenantError as error:
        told = detail_of(error)
        raise ToolError(f"{told.message}; {told.remedy}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise ToolError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _encodable(text: str) -> str:
    """The text, as far as it is text; raises ``ValidationError``."""
    return SearchRequest(question=text).question


def _result(text: str, fields: BaseModel) -> CallToolResult:
    return CallToolResult(
        content=[TextContent(type="text", text=text)], structured_content=fields.model_dump(mode="json")
    )
