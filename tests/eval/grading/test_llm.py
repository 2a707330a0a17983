"""An LLM as grader, against a real HTTP server on loopback that speaks the OpenAI form."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from eval.grading.calibration import NOT_MEASURED, say_agreement
from eval.grading.choice import make_grader
from eval.grading.llm import LLMGrader, read_verdict
from eval.grading.protocol import Grader, GraderFailure, RulesGrader
from eval.metrics.answers import Gold
from rag.errors import SettingsError
from rag.settings import LLM_KEY_VARIABLE, LLMGraderSettings, RulesGraderSettings, Settings
from rag.types import Abstention, Answer

GOLD = Gold(kind="text", texts=("Because of the flood at Lutton.",), question="Why did sales fall?")
Reply = str | int | bytes
"""A model's text, an HTTP status to fail with, or a body sent as it is."""


def answer(text: str) -> Answer:
    return Answer(text=text, confidence=1.0, citations=())


@dataclass
class Endpoint:
    """What the server was asked, and the function that makes its replies from the number of the request."""

    url: str = ""
    reply: Callable[[int], Reply] = lambda _: "CORRECT"
    held: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    state = Endpoint()
    state.held.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.asked.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            state.keys.append(self.headers["authorization"])
            reply = state.reply(len(state.asked) - 1)
            state.held.wait(timeout=20.0)
            message = {"role": "assistant", "content": reply}
            choice = {"index": 0, "finish_reason": "stop", "message": message}
            body: dict[str, Any] = {"id": "x", "object": "chat.completion", "created": 0, "model": "m"}
            data = json.dumps({**body, "choices": [choice]}).encode() if isinstance(reply, str) else b"{}"
            data = reply if isinstance(reply, bytes) else data
            self.send_response(reply if isinstance(reply, int) else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            try:
                self.wfile.write(data)
            except OSError:
                return  # the client gave up waiting

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    yield state
    state.held.set()
    server.shutdown()
    server.server_close()
    thread.join()


def grader(
    endpoint: Endpoint, folder: Path, *, repeats: int = 1, retries: int = 0, timeout_s: float = 20.0
) -> LLMGrader:
    settings = LLMGraderSettings(
        base_url=endpoint.url, model="m", cache=folder, repeats=repeats, retries=retries, timeout_s=timeout_s
    )
    return LLMGrader(settings, api_key="secret-key")


@pytest.mark.parametrize(
    ("said", "correct", "abstained"),
    [
        ("CORRECT", True, False),
        ("Incorrect.", False, False),
        ("It declines.\n\nVerdict: ABSTAINED", False, True),
    ],
)
def test_a_verdict_becomes_a_mark(
    endpoint: Endpoint, tmp_path: Path, said: str, correct: bool, abstained: bool
) -> None:
    endpoint.reply = lambda _: said

    marks = grader(endpoint, tmp_path).grade(GOLD, answer("The flood."))

    assert (marks.correct, marks.abstained) == (correct, abstained)
    asked = endpoint.asked[0]
    assert asked["temperature"] == 0.0
    assert asked["model"] == "m"
    prompt = asked["messages"][-1]["content"]
    assert all(part in prompt for part in ("Why did sales fall?", "Because of the flood", "The flood."))
    assert endpoint.keys == ["Bearer secret-key"]


def test_the_majority_of_several_verdicts_counts(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.reply = lambda n: ("INCORRECT", "CORRECT", "CORRECT")[n]

    assert grader(endpoint, tmp_path, repeats=3).grade(GOLD, answer("The flood.")).correct
    assert len(endpoint.asked) == 3


def test_a_verdict_is_asked_for_once(endpoint: Endpoint, tmp_path: Path) -> None:
    first = grader(endpoint, tmp_path, repeats=2).grade(GOLD, answer("The flood."))
    endpoint.reply = lambda _: "INCORRECT"

    assert grader(endpoint, tmp_path, repeats=2).grade(GOLD, answer("The flood.")) == first
    assert len(endpoint.asked) == 2
    assert not grader(endpoint, tmp_path, repeats=2).grade(GOLD, answer("The drought.")).correct
    assert len(endpoint.asked) == 4


def test_a_damaged_record_is_asked_for_again(endpoint: Endpoint, tmp_path: Path) -> None:
    grader(endpoint, tmp_path).grade(GOLD, answer("The flood."))
    (kept,) = tmp_path.rglob("*.json")
    kept.write_text('["maybe"]')

    assert grader(endpoint, tmp_path).grade(GOLD, answer("The flood.")).correct
    assert json.loads(kept.read_text()) == ["correct"]


@pytest.mark.parametrize(
    "reply", ["I think it is fine", "", "CORRECT or INCORRECT", 500, b"<html>garbage</html>", b"{}", b""]
)
def test_what_has_no_verdict_fails_this_item_and_is_not_kept(
    endpoint: Endpoint, tmp_path: Path, reply: Reply
) -> None:
    endpoint.reply = lambda _: reply

    with pytest.raises(GraderFailure):
        grader(endpoint, tmp_path).grade(GOLD, answer("The flood."))
    assert list(tmp_path.rglob("*.json")) == []
    endpoint.reply = lambda _: "CORRECT"
    assert grader(endpoint, tmp_path).grade(GOLD, answer("The flood.")).correct


def test_no_majority_fails_this_item(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.reply = lambda n: ("INCORRECT", "CORRECT", "hm")[n]

    with pytest.raises(GraderFailure, match="no majority of 3"):
        grader(endpoint, tmp_path, repeats=3).grade(GOLD, answer("The flood."))


def test_a_failed_request_is_tried_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.reply = lambda n: 503 if n == 0 else "CORRECT"

    assert grader(endpoint, tmp_path, retries=1).grade(GOLD, answer("The flood.")).correct
    assert len(endpoint.asked) == 2


def test_a_reply_that_takes_too_long_fails_this_item(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.held.clear()

    with pytest.raises(GraderFailure, match="Timeout"):
        grader(endpoint, tmp_path, timeout_s=0.1).grade(GOLD, answer("The flood."))


def test_nobody_there_fails_this_item(tmp_path: Path) -> None:
    with pytest.raises(GraderFailure):
        grader(Endpoint(url="http://127.0.0.1:9/v1"), tmp_path).grade(GOLD, answer("The flood."))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refused_key_or_unknown_model_ends_the_run(endpoint: Endpoint, tmp_path: Path, status: int) -> None:
    endpoint.reply = lambda _: status

    with pytest.raises(SettingsError, match="COVENANT_LLM_API_KEY"):
        grader(endpoint, tmp_path).grade(GOLD, answer("The flood."))


@pytest.mark.parametrize(
    ("gold", "outcome"),
    [
        (GOLD, Abstention(reason="nothing fits", confidence=0.1)),
        (Gold(kind="none"), answer("The flood.")),
        (Gold(kind="none"), answer("I cannot find this in the documents.")),
        (GOLD, answer("  ")),
    ],
)
def test_what_needs_no_judgement_is_not_asked(
    endpoint: Endpoint, tmp_path: Path, gold: Gold, outcome: Answer | Abstention
) -> None:
    assert grader(endpoint, tmp_path).grade(gold, outcome) == RulesGrader().grade(gold, outcome)
    assert endpoint.asked == []


def test_its_agreement_is_said_to_be_unmeasured_until_it_is(endpoint: Endpoint, tmp_path: Path) -> None:
    assert say_agreement(grader(endpoint, tmp_path), tmp_path) == f"llm:m: {NOT_MEASURED}"


def test_fingerprints_tell_graders_apart(endpoint: Endpoint, tmp_path: Path) -> None:
    graders: list[Grader] = [
        RulesGrader(), grader(endpoint, tmp_path), grader(endpoint, tmp_path, repeats=3)
    ]  # fmt: skip
    assert len({one.fingerprint for one in graders}) == 3
    assert grader(endpoint, tmp_path).fingerprint == graders[1].fingerprint


def test_settings_choose_the_grader_and_hold_no_key(tmp_path: Path) -> None:
    assert make_grader(RulesGraderSettings(), {}).name == "rules"
    environ = {
        "COVENANT__GRADER__KIND": "llm",
        "COVENANT__GRADER__BASE_URL": "http://127.0.0.1:9/v1",
        "COVENANT__GRADER__MODEL": "m",
        "COVENANT__GRADER__CACHE": str(tmp_path),
        LLM_KEY_VARIABLE: "secret-key",
    }
    settings = Settings.load(None, environ=environ)
    assert make_grader(settings.grader, environ).name == "llm:m"
    assert "secret-key" not in settings.model_dump_json()
    with pytest.raises(SettingsError, match="base_url"):
        Settings.load(None, environ={}, overrides=["grader.kind=llm", "grader.model=m"])


@pytest.mark.parametrize("text", ["", "\n", "correct incorrect", "not correct", "CORRECT\nbecause", "0.9"])
def test_a_verdict_stands_alone_on_the_last_line(text: str) -> None:
    assert read_verdict(text) is None
