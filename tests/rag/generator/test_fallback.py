"""An endpoint that is down: another generator answers and says so, at once while the pause lasts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag import generator
from rag.assembly import open_pipeline
from rag.command import run
from rag.errors import EndpointError, ModelError
from rag.generator.fallback import FallbackGenerator
from rag.glossary import Glossary
from rag.notices import hearing
from rag.prompt import Prompt
from rag.settings import (
    LLM_KEY_VARIABLE,
    BestSentenceSettings,
    GeneratorSettings,
    OpenAILikeSettings,
    Settings,
    SpanReaderSettings,
)
from rag.types import Abstention, Answer, Candidate, Query
from rag.workspace import Workspace
from service.app import create_app
from tests.library import SETTINGS, make_workspace
from tests.scripted_endpoint import Endpoint, serving

QUESTION = "What interest rate do the Class B Notes bear?"
NOTICE = "the language model did not answer (failed with status 503); best_sentence did instead"
HONEST = 'ANSWER: 4.25%\nQUOTE [1]: "bear interest at 4.25% per annum"'


class Flaky:
    """A generator that fails while ``error`` is set."""

    fingerprint = "flaky"

    def __init__(self) -> None:
        self.error: Exception | None = EndpointError("timed out", "it timed out", "wait")
        self.asked = 0

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        self.asked += 1
        if self.error:
            raise self.error
        return [(Candidate(text="first", score=1.0, supports=()),) for _ in prompts]


class Steady:
    fingerprint = "steady"

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        return [(Candidate(text="second", score=1.0, supports=()),) for _ in prompts]


class Setup:
    """A flaky generator, what stands in for it, and a clock that tests turn."""

    def __init__(self) -> None:
        self.now = 100.0
        self.first = Flaky()
        self.generator = FallbackGenerator(
            self.first, Steady(), second_name="steady", pause_s=30.0, clock=lambda: self.now
        )

    def ask(self) -> tuple[str, list[str]]:
        with hearing() as heard:
            candidates = self.generator.complete([Prompt(question=QUESTION, evidence=())])
        return candidates[0][0].text, heard


def test_a_failed_generator_is_left_alone_for_the_pause_and_then_tried_again() -> None:
    setup = Setup()
    said = ["the language model did not answer (timed out); steady did instead"]
    assert setup.ask() == ("second", said)
    setup.now += 29.9
    assert setup.ask() == ("second", said)
    assert setup.first.asked == 1
    setup.now += 0.1
    assert setup.ask() == ("second", said)
    assert setup.first.asked == 2
    setup.now += 30.0
    setup.first.error = None
    assert setup.ask() == ("first", [])
    assert setup.ask() == ("first", [])


def test_any_model_error_is_a_failure_and_other_errors_are_not_hidden() -> None:
    setup = Setup()
    setup.first.error = ModelError("out of memory", "lower it")
    assert setup.ask() == ("second", ["the language model did not answer (failed); steady did instead"])
    setup = Setup()
    setup.first.error = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        setup.ask()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as started:
        yield started


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(tmp_path_factory.mktemp("workspace"))


def settings(url: str, **changed: object) -> Settings:
    chosen = {
        "base_url": url, "model": "m", "retries": 0, "candidates": 1, "fallback": "best_sentence", **changed,
    }  # fmt: skip
    return SETTINGS.model_copy(update={"generator": OpenAILikeSettings.model_validate(chosen)})


def test_an_endpoints_answer_is_given_with_its_citation(workspace: Workspace, endpoint: Endpoint) -> None:
    endpoint.says(HONEST)
    with open_pipeline(workspace, settings(endpoint.url, compute=False)) as pipeline:
        response = pipeline.ask(Query(text=QUESTION, document_ids=pipeline.scope(["alder"])))
    assert isinstance(response.outcome, Answer)
    assert response.outcome.text == "4.25%"
    assert response.outcome.citations[0].quote == "bear interest at 4.25% per annum"
    assert response.notices == ()


def test_the_pipeline_checks_a_written_answer_again(workspace: Workspace, endpoint: Endpoint) -> None:
    endpoint.says('ANSWER: Class B bears 4.25% interest\nQUOTE [1]: "bear interest at 4.25% per annum"')
    with open_pipeline(workspace, settings(endpoint.url, candidates=3)) as pipeline:
        response = pipeline.ask(Query(text=QUESTION, document_ids=pipeline.scope(["alder"])))
    assert isinstance(response.outcome, Answer)
    assert response.candidates[0].written


def test_while_it_is_down_the_answer_is_the_fallbacks_and_says_so(
    workspace: Workspace, endpoint: Endpoint, capsys: pytest.CaptureFixture[str]
) -> None:
    endpoint.fails(503)
    down = settings(endpoint.url)
    with TestClient(create_app(workspace, down), base_url="http://localhost") as client:
        for _ in range(2):
            reply = client.post("/v1/ask", json={"question": QUESTION, "documents": ["alder"]}).json()
            assert (reply["answer"], reply["notices"]) == ("4.25%", [NOTICE])
    assert len(endpoint.asked) == 1
    chosen: dict[str, dict[str, object]] = {
        "embedder": {"kind": "hashing", "dim": 256},
        "reranker": {"kind": "none"},
        "generator": {
            "kind": "openai_like",
            "base_url": endpoint.url,
            "model": "m",
            "retries": 0,
            "fallback": "best_sentence",
        },
    }
    flags = [
        part
        for section, keys in chosen.items()
        for key, value in keys.items()
        for part in ("--set", f"{section}.{key}={value}")
    ]
    assert run(["-w", str(workspace.root), *flags, "ask", QUESTION, "--doc", "alder"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("4.25%")
    assert printed.err.count(NOTICE) == 1
    assert run(["-w", str(workspace.root), *flags, "ask", QUESTION, "--doc", "alder", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["notices"] == [NOTICE]


def test_without_a_fallback_it_is_an_error_that_tells_clients_no_more(
    workspace: Workspace, endpoint: Endpoint
) -> None:
    endpoint.fails(503)
    app = create_app(workspace, settings(endpoint.url, fallback="none"))
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        reply = client.post("/v1/ask", json={"question": QUESTION})
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "llm")
    assert endpoint.url not in reply.text


def test_the_key_comes_from_the_environment_and_is_in_no_dump(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.says("NOT FOUND")
    environ = {
        "COVENANT__GENERATOR__KIND": "openai_like",
        "COVENANT__GENERATOR__BASE_URL": endpoint.url,
        "COVENANT__GENERATOR__MODEL": "m",
        LLM_KEY_VARIABLE: "secret-key",
    }
    chosen = Settings.load(None, environ=environ)
    assert "secret-key" not in chosen.model_dump_json()
    component = generator.load(chosen.generator, Glossary.load(), environ)
    with open_pipeline(make_workspace(tmp_path), SETTINGS) as pipeline:
        response = pipeline.ask(Query(text=QUESTION))
    component.complete([Prompt(question=QUESTION, evidence=response.evidence)])
    assert {one["Authorization"] for one in endpoint.headers} == {"Bearer secret-key"}


def test_a_refusal_of_the_model_is_an_abstention(workspace: Workspace, endpoint: Endpoint) -> None:
    endpoint.says("NOT FOUND")
    with open_pipeline(workspace, settings(endpoint.url)) as pipeline:
        outcome = pipeline.ask(Query(text=QUESTION)).outcome
    assert isinstance(outcome, Abstention)
    assert "found no answer" in outcome.reason


def test_the_number_engine_stands_beside_every_kind() -> None:
    kinds: list[GeneratorSettings] = [
        BestSentenceSettings(),
        SpanReaderSettings(),
        OpenAILikeSettings(base_url="http://127.0.0.1:9/v1", model="m"),
    ]
    for kind in kinds:
        alone = kind.model_copy(update={"compute": False})
        made = [generator.load(one, Glossary.load(), {}) for one in (kind, alone)]
        assert [type(one).__name__ == "FiguresOrText" for one in made] == [True, False]
