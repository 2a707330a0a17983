"""The wire types of the OpenAI-compatible routes, as OpenAI's clients read them, and what they ignore.

Fields and their meaning follow OpenAI's reference of chat completions; ``covenant`` carries what it has no
field for. Leaves the routes to ``service.chat_routes``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.answers import AskReply
from service.replies import Reply
from service.schemas import ErrorDetail, Narrowed

MODEL = "covenant"
IGNORED = frozenset(
    "frequency_penalty logit_bias max_completion_tokens max_tokens metadata moderation parallel_tool_calls"
    " prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention"
    " reasoning_effort safety_identifier seed service_tier stop store stream_options temperature tool_choice"
    " top_logprobs top_p user verbosity".split()
)
"""Parameters that say how a language model should write; answers here are what the documents say."""
HARMLESS: dict[str, tuple[JsonValue, ...]] = {
    "audio": (None,),
    "function_call": (None, "none", "auto"),
    "functions": (None, []),
    "logprobs": (None, False),
    "modalities": (None, ["text"]),
    "n": (None, 1),
    "response_format": (None, {"type": "text"}),
    "tools": (None, []),
    "web_search_options": (None,),
}
"""Parameters that ask for another kind of reply: refused but for these values, which ask for nothing."""


class ChatPart(BaseModel):
    """A part of a message."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(max_length=100)
    text: str | None = None


class ChatMessage(BaseModel):
    """A message of the conversation so far."""

    model_config = ConfigDict(extra="allow")

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[ChatPart] | None = None


class ChatRequest(Narrowed):
    """A conversation whose last user message is the question; nothing else of it is read.

    `documents`, `company`, `kind`, `year` and `where` are ours: clients send them as extra fields.
    """

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "messages": [
                        {"role": "user", "content": "What interest rate do the Class B Notes bear?"}
                    ],
                    "documents": ["alder-indenture"],
                }
            ]
        },
    )

    model: str = Field(MODEL, max_length=200)
    messages: list[ChatMessage] = Field(min_length=1, max_length=5000)
    stream: bool | None = Field(False, description="Reply with server-sent events.")


class UrlCitation(Reply):
    """Where the mark of a citation stands in the message, and what it points to."""

    start_index: int = Field(ge=0)
    end_index: int = Field(ge=0)
    title: str
    url: str


class Annotation(Reply):
    """A citation, in OpenAI's words."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class AssistantMessage(Reply):
    """The answer as text, its marks, and a mark for each of its citations."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None
    annotations: list[Annotation]


class Choice(Reply):
    """The one reply that there is."""

    index: Literal[0] = 0
    message: AssistantMessage
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class ChatCompletion(Reply):
    """An answer, or that it is not in the documents, as a chat completion."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice] = Field(min_length=1, max_length=1)
    covenant: AskReply = Field(description="What `POST /v1/ask` replies: citations, evidence, confidence.")


def _absent(value: object) -> bool:
    return value is None


class Delta(Reply):
    """What comes next of the message."""

    role: Literal["assistant"] | None = Field(None, exclude_if=_absent)
    content: str | None = Field(None, exclude_if=_absent)
    annotations: list[Annotation] | None = Field(None, exclude_if=_absent)


class ChunkChoice(Reply):
    """The next piece of the one reply."""

    index: Literal[0] = 0
    delta: Delta
    finish_reason: Literal["stop"] | None = None


class ChatChunk(Reply):
    """An event of a streamed completion; the last one carries ``covenant``."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    covenant: AskReply | None = Field(None, exclude_if=_absent)


class ModelOut(Reply):
    """A model that chats can name: the release in use."""

    id: str
    object: Literal["model"] = "model"
    created: int = Field(0, description="Not recorded: 0.")
    owned_by: str = "covenant"


class ModelsReply(Reply):
    """All models."""

    object: Literal["list"] = "list"
    data: list[ModelOut]


class ChatErrorDetail(ErrorDetail):
    """What went wrong, with the two fields that OpenAI's clients look for besides."""

    type: str
    param: str | None = None


class ChatErrorReply(Reply):
    """The body of an error of these routes; one that comes before them lacks ``type`` and ``param``."""

    error: ChatErrorDetail
