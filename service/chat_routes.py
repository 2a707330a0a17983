"""The OpenAI-compatible routes: chat completions and the list of models.

The last user message is the question; what came before it, system prompts included, is not read. A stream
carries the finished answer only: what a language model behind the service writes is not checked until it is
done, and a chat cannot take anything back.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from rag.errors import CovenantError, QuestionError
from service.answers import Abstained, Answered, CitationOut
from service.asking import EVENT_STREAM, AskingOf
from service.callers import CallerOf
from service.chat_errors import ChatRoute, chat_detail_of, chat_errors_of
from service.chat_schemas import (
    HARMLESS,
    IGNORED,
    MODEL,
    Annotation,
    AssistantMessage,
    ChatChunk,
    ChatCompletion,
    ChatErrorReply,
    ChatMessage,
    ChatRequest,
    Choice,
    ChunkChoice,
    Delta,
    ModelOut,
    ModelsReply,
    UrlCitation,
)
from service.errors import UnknownModelError, UnsupportedError
from service.openapi import MALFORMED, RATE_LIMITED, UNAUTHENTICATED
from service.prose import Prose, page_name, prose_of
from service.records import RecordsOf
from service.schemas import encodable
from service.work import Step

_NO_MODEL = (404, "model_not_found", "there is no such model", "see GET /v1/models")
_ERRORS = (
    (400, "unsupported_parameter", "a parameter asks for what is not done here", "leave it out"),
    UNAUTHENTICATED,
    _NO_MODEL,
    (409, "empty_index", "nothing is indexed in this workspace", "run: covenant ingest PATH"),
    (413, "body_too_large", "the body is larger than allowed", "send less"),
    (422, "bad_question", "the question is empty or too long, or a field does not fit", "correct it"),
    (429, "overloaded", "too many questions are waiting already", "try again in a moment"),
    (504, "timed_out", "there was no answer in time", "ask again when less is asked"),
)
router = APIRouter(tags=["OpenAI-compatible"], route_class=ChatRoute)


@router.get("/v1/models", summary="List the models", responses=chat_errors_of(UNAUTHENTICATED, RATE_LIMITED))
def models(_: CallerOf) -> ModelsReply:
    """The one model there is: the release in use, whichever that is."""
    return ModelsReply(data=[ModelOut(id=MODEL)])


@router.get(
    "/v1/models/{model}",
    summary="A model",
    responses=chat_errors_of(UNAUTHENTICATED, _NO_MODEL, MALFORMED, RATE_LIMITED),
)
def model(model: Annotated[str, Path(max_length=200)], _: CallerOf) -> ModelOut:
    """The model, if chats can name it."""
    return ModelOut(id=_known(model))


@router.post(
    "/v1/chat/completions",
    summary="Ask a question as OpenAI's clients do",
    responses={
        200: {"content": {EVENT_STREAM: {"schema": {"type": "string"}}}},
        **chat_errors_of(*_ERRORS),
    },
    response_model=ChatCompletion,
)
async def chat(
    body: ChatRequest, request: Request, asking: AskingOf, records: RecordsOf
) -> ChatCompletion | StreamingResponse:
    """Answers the last user message; citations are `annotations`, and numbered sources in the text.

    The `covenant` field holds what `POST /v1/ask` replies. How a language model should write (temperature,
    max_tokens, stop and the like) is ignored; what asks for another kind of reply (tools, n, response_format,
    logprobs, audio) is refused, and so is what is unknown. There is no token usage.
    """
    _check(body)
    about = _About(str(request.base_url), int(records.clock().timestamp()))
    question, scope = _question(body.messages), asking.scope(body)
    if not body.stream:
        return about.completion(await asking.ask(question, scope))
    items = asking.follow(question, scope)
    # What cannot be answered at all is said with a status, before a stream begins.
    first = await anext(items)
    return StreamingResponse(about.events(first, items), media_type=EVENT_STREAM)


class _About:
    """What all objects of one reply have in common."""

    def __init__(self, address: str, created: int) -> None:
        self._address = address
        self._created = created

    def completion(self, reply: Answered | Abstained) -> ChatCompletion:
        """The reply in one piece."""
        prose = prose_of(reply)
        message = AssistantMessage(content=prose.text, annotations=self._annotations(reply, prose))
        return ChatCompletion(
            id=f"chatcmpl-{reply.id}",
            created=self._created,
            model=MODEL,
            choices=[Choice(message=message)],
            covenant=reply,
        )

    async def events(
        self, first: Step | Answered | Abstained, rest: AsyncIterator[Step | Answered | Abstained]
    ) -> AsyncIterator[str]:
        """The reply as server-sent events; comments say that it goes on until the answer is there."""
        try:
            yield _working(first)
            async for item in rest:
                yield _working(item)
                first = item
        except CovenantError as error:
            yield _data(ChatErrorReply(error=chat_detail_of(error)))
            return
        if not isinstance(first, Step):
            for chunk in self._chunks(first):
                yield _data(chunk)
        yield "data: [DONE]\n\n"

    def _chunks(self, reply: Answered | Abstained) -> list[ChatChunk]:
        prose = prose_of(reply)
        pieces = [piece if at == 0 else f"\n\n{piece}" for at, piece in enumerate(prose.paragraphs)]
        deltas = [
            Delta(role="assistant", content=""),
            *(Delta(content=piece) for piece in pieces),
            Delta(annotations=self._annotations(reply, prose)),
        ]
        choices = [ChunkChoice(delta=delta) for delta in deltas]
        chunks = [self._chunk(reply, choice) for choice in choices]
        return [*chunks, self._chunk(reply, ChunkChoice(delta=Delta(), finish_reason="stop"), reply)]

    def _chunk(
        self, reply: Answered | Abstained, choice: ChunkChoice, whole: Answered | Abstained | None = None
    ) -> ChatChunk:
        return ChatChunk(
            id=f"chatcmpl-{reply.id}", created=self._created, model=MODEL, choices=[choice], covenant=whole
        )

    def _annotations(self, reply: Answered | Abstained, prose: Prose) -> list[Annotation]:
        return [
            Annotation(
                url_citation=UrlCitation(
                    start_index=start, end_index=end, title=_title(one), url=self._url(one)
                )
            )
            for one, (start, end) in zip(reply.citations, prose.marks, strict=True)
        ]

    def _url(self, citation: CitationOut) -> str:
        """The original, opened at the page where a browser can."""
        return f"{self._address}v1/documents/{citation.document_id}/original#page={citation.page + 1}"


def _title(citation: CitationOut) -> str:
    return f"{citation.document}, {page_name(citation.page, citation.page_label)}"


def _working(item: Step | Answered | Abstained) -> str:
    return f": {item.name}\n\n" if isinstance(item, Step) else ": answered\n\n"


def _data(body: BaseModel) -> str:
    return f"data: {body.model_dump_json()}\n\n"


def _known(model: str) -> str:
    if model != MODEL:
        raise UnknownModelError(f"there is no model {model[:80]!r}", f"ask for {MODEL!r}")
    return model


def _check(body: ChatRequest) -> None:
    """See that nothing is asked for that would silently not be done.

    Raises:
        UnknownModelError: the model is another's.
        UnsupportedError: a parameter asks for another kind of reply, or is unknown.
    """
    _known(body.model)
    for name, value in (body.model_extra or {}).items():
        if name in IGNORED or value in HARMLESS.get(name, ()):
            continue
        known = name in HARMLESS
        what = (
            f"{name[:80]!r} asks for what is not done here" if known else f"{name[:80]!r} is not known here"
        )
        raise UnsupportedError(what, "leave it out; see /docs", name[:80])


def _question(messages: list[ChatMessage]) -> str:
    """The last user message.

    Raises:
        UnsupportedError: there is none, or it is more than text.
        QuestionError: it is not valid Unicode.
    """
    last = next((one for one in reversed(messages) if one.role == "user"), None)
    if last is None or last.content is None:
        raise UnsupportedError("there is no user message", "send the question as the last one", "messages")
    parts = last.content
    if not isinstance(parts, str):
        texts = [part.text for part in parts if part.type == "text" and part.text is not None]
        if len(texts) < len(parts):
            raise UnsupportedError("the question is more than text", "send text alone", "messages")
        parts = "\n".join(texts)
    try:
        return encodable(parts)
    except ValueError as error:
        raise QuestionError(f"the question is {error}", "send it as UTF-8") from error
