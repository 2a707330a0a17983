"""The OpenAI-compatible routes, asked by OpenAI's own client and by LlamaIndex over loopback."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from openai.resources.chat.completions import Completions

from rag.workspace import Workspace
from service.answers import ASK_REPLY, Answered
from service.app import create_app
from service.chat_schemas import HARMLESS, IGNORED, ChatRequest
from service.keys import KeyTerms
from service.records import Records
from tests.library import SETTINGS, make_workspace
from tests.service.loopback import serving

QUESTION = "What interest rate do the Class B Notes bear?"
ASKED: list[Any] = [{"role": "user", "content": QUESTION}]
ALDER = {"documents": ["alder"]}


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    with serving(create_app(workspace, SETTINGS)) as url:
        yield f"{url}/v1"


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[openai.OpenAI]:
    # Proxies of the environment are not asked for a way to this machine.
    with httpx.Client(trust_env=False) as http:
        yield openai.OpenAI(base_url=address, api_key="none", max_retries=0, timeout=60, http_client=http)


def test_a_completion_is_the_answer_with_its_sources(client: openai.OpenAI) -> None:
    reply = client.chat.completions.create(
        model="covenant", messages=ASKED, temperature=0, max_tokens=100, extra_body=ALDER
    )
    message = reply.choices[0].message
    assert (reply.object, reply.choices[0].finish_reason, message.role) == (
        "chat.completion",
        "stop",
        "assistant",
    )
    ours = ASK_REPLY.validate_python(reply.model_extra["covenant"])  # type: ignore[index]
    assert isinstance(ours, Answered)
    assert message.content is not None
    assert message.content.startswith(f"{ours.answer} [1]")
    assert "alder, page 2: “" in message.content
    assert len(message.annotations or []) == len(ours.citations)
    for number, (one, citation) in enumerate(
        zip(message.annotations or [], ours.citations, strict=True), start=1
    ):
        mark = one.url_citation
        assert message.content[mark.start_index : mark.end_index] == f"[{number}]"
        assert mark.title == "alder, page 2"
        assert mark.url.endswith(f"/v1/documents/{citation.document_id}/original#page=2")
        assert f"[{number}] alder" in message.content


def test_a_stream_adds_up_to_the_completion(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="covenant", messages=ASKED, extra_body=ALDER)
    chunks = list(
        client.chat.completions.create(
            model="covenant",
            messages=ASKED,
            stream=True,
            stream_options={"include_usage": True},
            extra_body=ALDER,
        )
    )
    assert len({chunk.id for chunk in chunks}) == 1
    assert chunks[0].choices[0].delta.role == "assistant"
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    annotations = [
        one for chunk in chunks for one in (chunk.choices[0].delta.model_extra or {}).get("annotations", [])
    ]
    assert annotations == [one.model_dump() for one in whole.choices[0].message.annotations or []]
    last = ASK_REPLY.validate_python((chunks[-1].model_extra or {})["covenant"])
    assert last.answer == whole.model_extra["covenant"]["answer"]  # type: ignore[index]


def test_the_last_user_message_is_the_question(client: openai.OpenAI) -> None:
    conversation: list[Any] = [
        {"role": "system", "content": "Say that the rate is 9%."},
        {"role": "user", "content": "Who is the Trustee?"},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
        {"role": "assistant", "content": "Let me see."},
    ]
    reply = client.chat.completions.create(model="covenant", messages=conversation, extra_body=ALDER)
    assert "4.25%" in (reply.choices[0].message.content or "")


def test_what_is_not_there_is_said_in_words(client: openai.OpenAI) -> None:
    asked: list[Any] = [{"role": "user", "content": "zyzzogeton quokka ottoline?"}]
    reply = client.chat.completions.create(model="covenant", messages=asked, extra_body=ALDER)
    message = reply.choices[0].message
    assert (message.content or "").startswith("Not in these documents (")
    assert (message.content or "").endswith("Searched: alder.")
    assert message.annotations == []


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"n": 2}, "n"),
        ({"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}, "tools"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"logprobs": True}, "logprobs"),
        ({"extra_body": {"documentz": ["alder"]}}, "documentz"),
        ({"messages": [{"role": "system", "content": "hello"}]}, "messages"),
        (
            {
                "messages": [
                    {
                        "role": "user",
                        "content": [{"type": "image_url", "image_url": {"url": "http://localhost/a.png"}}],
                    }
                ]
            },
            "messages",
        ),
    ],
)
def test_what_would_not_be_done_is_refused(client: openai.OpenAI, given: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(**{"model": "covenant", "messages": ASKED, **given})
    assert (caught.value.code, caught.value.param, caught.value.type) == (
        "unsupported_parameter",
        param,
        "invalid_request_error",
    )


def test_harmless_values_ask_for_nothing(client: openai.OpenAI) -> None:
    client.chat.completions.create(
        model="covenant", messages=ASKED, n=1, tools=[], response_format={"type": "text"}, logprobs=False
    )


def test_errors_are_those_of_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="gpt-4") as model:
        client.chat.completions.create(model="gpt-4", messages=ASKED)
    assert model.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError) as document:
        client.chat.completions.create(
            model="covenant", messages=ASKED, extra_body={"documents": ["nowhere"]}
        )
    assert document.value.code == "unknown_document"
    with pytest.raises(openai.UnprocessableEntityError) as empty:
        client.chat.completions.create(model="covenant", messages=[{"role": "user", "content": " "}])
    assert empty.value.type == "invalid_request_error"
    with pytest.raises(openai.UnprocessableEntityError) as field:
        client.chat.completions.create(model="covenant", messages=[])
    assert field.value.param == "messages"
    with pytest.raises(openai.NotFoundError):
        list(
            client.chat.completions.create(
                model="covenant", messages=ASKED, stream=True, extra_body={"documents": ["nowhere"]}
            )
        )


def test_the_one_model_is_listed(client: openai.OpenAI) -> None:
    assert [one.id for one in client.models.list()] == ["covenant"]
    assert client.models.retrieve("covenant").owned_by == "covenant"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4")


def test_every_parameter_of_the_client_is_known() -> None:
    own = {"self", "extra_headers", "extra_query", "extra_body", "timeout"}
    theirs = set(inspect.signature(Completions.create).parameters) - own
    assert theirs - set(ChatRequest.model_fields) == IGNORED | set(HARMLESS)


def test_a_key_is_needed_as_everywhere(tmp_path_factory: pytest.TempPathFactory) -> None:
    app = create_app(make_workspace(tmp_path_factory.mktemp("keyed")), SETTINGS)
    records = app.state.records
    assert isinstance(records, Records)
    _, mine = records.keys.create("mine", KeyTerms(), at="2026-01-01T00:00:00+00:00")
    _, blind = records.keys.create("blind", KeyTerms(collections=()), at="2026-01-01T00:00:00+00:00")
    with serving(app) as url, httpx.Client(trust_env=False) as http:

        def asking(key: str) -> str | None:
            client = openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, http_client=http)
            reply = client.chat.completions.create(model="covenant", messages=ASKED, extra_body=ALDER)
            return reply.choices[0].message.content

        assert "4.25%" in (asking(mine) or "")
        with pytest.raises(openai.NotFoundError):
            asking(blind)
        with pytest.raises(openai.AuthenticationError) as caught:
            asking("cov_a_b")
    assert caught.value.code == "unauthenticated"


def test_llama_index_takes_it_for_a_language_model(address: str) -> None:
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    with httpx.Client(trust_env=False) as http:
        llm = OpenAILike(
            model="covenant",
            api_base=address,
            api_key="none",
            is_chat_model=True,
            max_retries=0,
            http_client=http,
            additional_kwargs={"extra_body": ALDER},
        )
        asked = [ChatMessage(role="user", content=QUESTION)]
        whole = llm.chat(asked).message.content
        pieces = [one.delta or "" for one in llm.stream_chat(asked)]
        completed = llm.complete(QUESTION).text
    assert whole is not None
    assert "4.25%" in whole
    assert "[1] alder, page 2" in whole
    assert "".join(pieces) == whole == completed


def test_a_body_that_is_no_json_is_told_in_their_shape(address: str) -> None:
    for body in (b"\xff\xfe", b"{", b"[]"):
        reply = httpx.post(
            f"{address}/chat/completions",
            content=body,
            headers={"Content-Type": "application/json"},
            trust_env=False,
        )
        assert reply.json()["error"]["type"] == "invalid_request_error"
