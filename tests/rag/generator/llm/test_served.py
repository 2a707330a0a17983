"""Against a real server: ``transformers serve`` with the tiny model, as users may run it beside Covenant."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assembly import open_pipeline
from rag.errors import EndpointError
from rag.generator.llm.chat import UNUSABLE, Conversation, Message
from rag.generator.llm.endpoint import EndpointChat
from rag.settings import OpenAILikeSettings
from rag.types import Answer, Query
from tests.library import SETTINGS, make_workspace
from tests.tiny_model import REPLY

pytestmark = pytest.mark.slow
TALK: Conversation = (Message("system", "Rules."), Message("user", "Who is the Trustee?"))
START_S = 60.0


@pytest.fixture(scope="module")
def url(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running server."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("transformers")
    arguments = ["serve", str(tiny), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    said = (tmp_path_factory.mktemp("served") / "log.txt").open("w+b")
    with said, subprocess.Popen([command, *arguments], stdout=said, stderr=said) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/health", server, Path(said.name))
            yield f"{address}/v1"
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def chat(url: str, tiny: Path, **changed: object) -> EndpointChat:
    chosen = {"base_url": url, "model": str(tiny), "reply_tokens": 60, "retries": 0, **changed}
    return EndpointChat(OpenAILikeSettings.model_validate(chosen))


def test_it_answers_a_question_with_a_citation(url: str, tiny: Path, tmp_path: Path) -> None:
    chosen = OpenAILikeSettings(
        base_url=url, model=str(tiny), reply_tokens=60, candidates=2, compute=False, fallback="none"
    )
    settings = SETTINGS.model_copy(update={"generator": chosen})
    with open_pipeline(make_workspace(tmp_path), settings) as pipeline:
        query = Query(text="What interest do the Class B Notes bear?", document_ids=pipeline.scope(["alder"]))
        response = pipeline.ask(query)
    assert isinstance(response.outcome, Answer)
    assert response.outcome.text == "4.25%"
    assert response.notices == ()


def test_replies_and_streams_are_what_the_model_says(url: str, tiny: Path) -> None:
    component = chat(url, tiny)
    assert component.replies([TALK, TALK], 2)[0][0] == REPLY
    pieces = list(component.stream(TALK))
    assert len(pieces) > 3
    assert "".join(pieces).strip() == REPLY


def test_a_reply_that_the_server_cuts_off_is_none(url: str, tiny: Path) -> None:
    assert chat(url, tiny, reply_tokens=8).replies([TALK], 1) == [(UNUSABLE,)]


def test_an_unknown_model_is_refused(url: str) -> None:
    with pytest.raises(EndpointError):
        chat(url, Path("no-such-model")).replies([TALK], 1)


def test_the_server_ignores_what_we_do_not_rest_on(url: str, tiny: Path) -> None:
    """Should it stop ignoring these, asking once for several replies would be cheaper."""
    body = {
        "model": str(tiny), "messages": [{"role": "user", "content": "Why?"}], "max_tokens": 60,
        "n": 3, "logprobs": True, "response_format": {"type": "json_object"},
    }  # fmt: skip
    request = urllib.request.Request(  # noqa: S310 - our own
        f"{url}/chat/completions",
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
        replied = json.loads(response.read())
    (choice,) = replied["choices"]
    assert choice["message"]["content"].strip() == REPLY
    assert choice.get("logprobs") is None
