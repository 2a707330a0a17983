"""An endpoint's model over real HTTP on loopback: what it is sent, what comes back, what goes wrong."""

from __future__ import annotations

import logging
import time

import pytest

from rag.errors import EndpointError
from rag.generator.llm.chat import UNUSABLE, Conversation, Message
from rag.generator.llm.endpoint import EndpointChat
from rag.generator.llm.retrying import Backoff
from rag.notices import hearing
from rag.settings import OpenAILikeSettings
from tests.scripted_endpoint import Endpoint, Reply

KEY = "secret-key-123"
TALK: Conversation = (Message("system", "Rules."), Message("user", "Who?"))


def chat(url: str, *, retries: int = 0, slept: list[float] | None = None, **settings: object) -> EndpointChat:
    chosen = {"base_url": url, "model": "m", "timeout_s": 5.0, "seed": 40, **settings}
    sleep = (slept if slept is not None else []).append
    backoff = Backoff(retries=retries, sleep=sleep, draw=lambda: 1.0)
    return EndpointChat(OpenAILikeSettings.model_validate(chosen), api_key=KEY, backoff=backoff)


def test_each_reply_is_a_request_of_its_own(endpoint: Endpoint) -> None:
    endpoint.script = lambda number, body: Reply(f"seed {body.get('seed')}")

    replies = chat(endpoint.url, temperature=0.9, reply_tokens=50).replies([TALK, TALK], 3)

    assert replies == [("seed None", "seed 41", "seed 42")] * 2
    for body in endpoint.asked:
        assert body["model"] == "m"
        assert body["max_tokens"] == 50
        assert body["messages"] == [
            {"role": "system", "content": "Rules."},
            {"role": "user", "content": "Who?"},
        ]
        assert body["temperature"] == (0.9 if "seed" in body else 0.0)
        assert not {"n", "logprobs", "response_format", "tools"} & body.keys()
    assert {one["Authorization"] for one in endpoint.headers} == {f"Bearer {KEY}"}


def test_no_more_requests_at_once_than_allowed(endpoint: Endpoint) -> None:
    def slowly(number: int, body: object) -> Reply:
        time.sleep(0.02)
        return Reply("ok")

    endpoint.script = slowly
    assert len(chat(endpoint.url, concurrency=2).replies([TALK] * 3, 2)) == 3
    assert endpoint.most_at_once == 2


@pytest.mark.parametrize(
    "reply",
    [Reply("half an ans", finish="length"), Reply(None), Reply("")],
)
def test_a_reply_without_text_or_cut_off_is_none(endpoint: Endpoint, reply: Reply) -> None:
    endpoint.script = lambda number, body: reply
    assert chat(endpoint.url).replies([TALK], 1) == [(UNUSABLE,)]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_passes_by_itself_is_tried_again_after_a_wait(endpoint: Endpoint, status: int) -> None:
    endpoint.fails(status, times=2, then="ok")
    slept: list[float] = []
    assert chat(endpoint.url, retries=2, slept=slept).replies([TALK], 1) == [("ok",)]
    assert slept == [0.5, 1.0]
    assert len(endpoint.asked) == 3


def test_a_wait_that_the_endpoint_asks_for_is_kept(endpoint: Endpoint) -> None:
    endpoint.script = lambda n, _: Reply("ok") if n else Reply(status=429, headers={"retry-after": "3"})
    slept: list[float] = []
    assert chat(endpoint.url, retries=1, slept=slept).replies([TALK], 1) == [("ok",)]
    assert slept == [3.0]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(status=503), "failed with status 503"),
        (Reply(status=429), "failed with status 429"),
        (Reply(status=401), "refuses the key"),
        (Reply(status=403), "refuses the key"),
        (Reply(status=404), "does not know the model"),
        (Reply(status=400), "refuses the request with status 400"),
        (Reply(body=b"<html>proxy</html>"), "sent what is no reply"),
        (Reply(body=b"{}"), "sent what is no reply"),
        (Reply(body=b'{"choices": []}'), "sent what is no reply"),
        (Reply(body=b""), "sent what is no reply"),
        (Reply("ok", broken_off=True), "cannot be reached"),
    ],
)
def test_what_cannot_be_helped_is_said_in_a_few_words(endpoint: Endpoint, reply: Reply, reason: str) -> None:
    endpoint.script = lambda number, body: reply
    with pytest.raises(EndpointError) as caught:
        chat(endpoint.url, retries=1).replies([TALK], 2)
    assert caught.value.reason == reason


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_is_refused_is_not_tried_again(endpoint: Endpoint, status: int) -> None:
    endpoint.fails(status)
    with pytest.raises(EndpointError):
        chat(endpoint.url, retries=5).replies([TALK], 1)
    assert len(endpoint.asked) == 1


def test_silence_times_out(endpoint: Endpoint) -> None:
    endpoint.held.clear()
    with pytest.raises(EndpointError) as caught:
        chat(endpoint.url, timeout_s=0.1).replies([TALK], 1)
    assert caught.value.reason == "timed out"


def test_nobody_there(endpoint: Endpoint) -> None:
    with pytest.raises(EndpointError) as caught:
        chat("http://127.0.0.1:9/v1", retries=1).replies([TALK], 1)
    assert caught.value.reason == "cannot be reached"


def test_some_replies_are_enough_and_it_is_said_that_others_failed(endpoint: Endpoint) -> None:
    endpoint.script = lambda _, body: Reply("ok") if "seed" in body else Reply(status=500)
    with hearing() as heard:
        assert chat(endpoint.url).replies([TALK], 3) == [(UNUSABLE, "ok", "ok")]
    assert heard == ["1 of 3 requests to the language model failed (failed with status 500)"]


def test_a_stream_comes_in_pieces(endpoint: Endpoint) -> None:
    endpoint.says("The Trustee is Corvane.")
    assert list(chat(endpoint.url).stream(TALK)) == ["The ", "Trustee ", "is ", "Corvane."]
    assert endpoint.asked[0]["stream"] is True
    assert endpoint.asked[0]["temperature"] == 0.0


def test_a_stream_is_tried_again_only_before_its_first_piece(endpoint: Endpoint) -> None:
    endpoint.fails(503, times=1, then="all of it")
    assert "".join(chat(endpoint.url, retries=1).stream(TALK)) == "all of it"
    endpoint.script = lambda number, body: Reply("half of it", broken_off=True)
    asked = len(endpoint.asked)
    pieces = chat(endpoint.url, retries=5).stream(TALK)
    assert next(pieces) == "half "
    with pytest.raises(EndpointError):
        list(pieces)
    assert len(endpoint.asked) == asked + 1


def test_a_stream_that_cannot_be_begun_says_why(endpoint: Endpoint) -> None:
    endpoint.fails(401)
    with pytest.raises(EndpointError, match="refuses the key"):
        list(chat(endpoint.url).stream(TALK))


def test_the_key_is_in_the_header_and_nowhere_else(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    echo = f'{{"error": {{"message": "bad key {KEY}"}}}}'.encode()
    endpoint.script = lambda number, body: Reply(status=401, body=echo)
    component = chat(endpoint.url)
    with caplog.at_level(logging.DEBUG), pytest.raises(EndpointError) as caught:
        component.replies([TALK], 1)
    assert KEY not in str(caught.value)
    assert KEY not in component.fingerprint
    assert KEY not in repr(component.__dict__["_settings"])
    assert KEY not in "".join(record.getMessage() for record in caplog.records if record.name[:3] == "rag")


def test_fingerprints_tell_what_replies_depend_on() -> None:
    base = "http://127.0.0.1:9/v1"
    made = [
        chat(base),
        chat(base + "x"),
        chat(base, model="n"),
        chat(base, temperature=1.0),
        chat(base, seed=1),
        chat(base, reply_tokens=99),
    ]
    assert len({one.fingerprint for one in made}) == len(made)
    assert chat(base, retries=3).fingerprint == made[0].fingerprint
