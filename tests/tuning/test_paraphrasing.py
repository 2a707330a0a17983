"""``--paraphrases`` from the command on, over real HTTP; where a paraphrase counts as made, and where not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.command import Context
from rag.errors import ModelError, UsageError
from rag.generator import chat_model
from rag.generator.llm.chat import Message, chat_of
from rag.settings import CausalLMSettings, OpenAILikeSettings, TuningSettings
from rag.workspace import Workspace
from tests.scripted_endpoint import Endpoint, Reply, serving
from tests.tuning.questions.library import SETTINGS, make_library
from tests.tuning.test_gating import lists_of
from tests.tuning.tuned_library import make_library as make_gated
from tuning.asked_store import keep_asked, kept_asked
from tuning.commands import _paraphrased, tune
from tuning.gating import WITHOUT_ANSWERS, write_own_questions
from tuning.items import Labelled
from tuning.label_commands import label
from tuning.labeling.opening import open_resources
from tuning.questions import make_questions
from tuning.soft_lists import Cuts, SoftList
from tuning.value_labels import is_made

PLAIN = (
    'embedder.kind="hashing"', 'reranker.kind="none"', 'generator.kind="best_sentence"',
    "generator.compute=false",
)  # fmt: skip


def other_words(_: int, body: Mapping[str, Any]) -> Reply:
    """Words of asking before and behind the question, which stays as it is."""
    question = body["messages"][1]["content"].split("\n")[1].rstrip("?.")
    return Reply(f"Kindly look it up: {question[:1].lower()}{question[1:]}, as matters stand?")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as started:
        started.script = other_words
        yield started


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_library(tmp_path_factory.mktemp("paraphrasing"))


def settings_of(url: str) -> OpenAILikeSettings:
    given = {"base_url": url, "model": "m", "fallback": "none", "timeout_s": 5.0, "compute": False}
    return OpenAILikeSettings.model_validate(given)


def context_of(workspace: Workspace, url: str = "", section: str = "generator") -> Context:
    overrides: tuple[str, ...] = PLAIN
    if url:
        given = {"kind": "openai_like", **settings_of(url).model_dump(exclude_defaults=True)}
        kept = PLAIN[:2] if section == "generator" else PLAIN
        overrides = (*kept, *(f"{section}.{name}={json.dumps(value)}" for name, value in given.items()))
    return Context(workspace_path=workspace.root, overrides=overrides)


def test_labels_are_made_of_paraphrases_too(workspace: Workspace, endpoint: Endpoint) -> None:
    given = ["--made", "12", "--paraphrases", "1", "--json"]
    context = context_of(workspace, endpoint.url)
    result = CliRunner().invoke(label, given, obj=context, catch_exceptions=False)
    report = json.loads(result.stdout)
    made = len(endpoint.asked)
    assert 0 < made <= 12
    kept = int(result.stderr.split(" paraphrases kept")[0].rpartition("\n")[2])
    assert kept > 0
    assert report["questions"] == made + kept
    again = CliRunner().invoke(label, given, obj=context, catch_exceptions=False)
    assert len(endpoint.asked) == made, "what was asked is kept"
    assert json.loads(again.stdout)["questions"] == report["questions"]


def test_tuning_has_them_and_keeps_them_for_the_next_time(workspace: Workspace, endpoint: Endpoint) -> None:
    with Catalog(workspace.catalog_file) as catalog:
        made = make_questions(catalog, seed=3, count=6)
    context = context_of(workspace, endpoint.url)
    found = _paraphrased(context, made, 1, Silent())
    assert found[: len(made)] == made
    others = found[len(made) :]
    assert others
    assert {one.paraphrase_of for one in others} <= {one.id for one in made}
    keep_asked(workspace, found, {})
    assert {one.id: one for one in kept_asked(workspace)[0]} == {one.id: one for one in found}
    assert _paraphrased(context, made, 0, Silent()) == made
    asked = len(endpoint.asked)
    beside = context_of(workspace, endpoint.url, "tuning.llm")
    assert beside.settings().generator.kind == "best_sentence"
    assert _paraphrased(beside, made, 1, Silent()) == found
    assert len(endpoint.asked) == asked, "the same model, whatever it is there for"


@pytest.mark.parametrize("command", [label, tune])
def test_without_a_language_model_it_is_one_line(workspace: Workspace, command: Any) -> None:  # noqa: ANN401
    given = ["--made", "2", "--paraphrases", "2"]
    result = CliRunner().invoke(command, given, obj=context_of(workspace))
    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith("no language model is configured to paraphrase questions")


def test_functions_that_ask_a_model_get_that_of_the_settings(
    workspace: Workspace, endpoint: Endpoint
) -> None:
    for compute, fallback in ((False, "none"), (True, "best_sentence")):
        own = settings_of(endpoint.url).model_copy(update={"compute": compute, "fallback": fallback})
        settings = SETTINGS.model_copy(update={"generator": own})
        with open_pipeline(workspace, settings) as pipeline:
            resources = open_resources(pipeline, settings, workspace.root)
            assert resources.of("asks", ["chat"])["chat"] is chat_of(pipeline.generator)
    beside = TuningSettings(llm=settings_of(endpoint.url))
    settings = SETTINGS.model_copy(update={"tuning": beside})
    with open_pipeline(workspace, SETTINGS) as pipeline:
        assert "chat" not in open_resources(pipeline, SETTINGS, workspace.root).names
        chat = open_resources(pipeline, settings, workspace.root).of("asks", ["chat"])["chat"]
    assert not endpoint.asked
    endpoint.says("YES")
    assert chat.replies([(Message("user", "Is it so?"),)], 1) == [("YES",)]
    assert chat.fingerprint == chat_model(settings_of(endpoint.url)).fingerprint
    assert "".join(chat.stream((Message("user", "?"),))) == "YES"
    assert (chat.special, chat.count("")) == ((), 0)


def test_a_model_that_is_never_asked_is_never_opened(workspace: Workspace) -> None:
    missing = CausalLMSettings(model="no-such-folder")
    settings = SETTINGS.model_copy(update={"tuning": TuningSettings(llm=missing)})
    with open_pipeline(workspace, settings) as pipeline:
        resources = open_resources(pipeline, settings, workspace.root)
        with pytest.raises(ModelError):
            resources.version("chat")


def in_other_words(one: SoftList) -> SoftList:
    own = one.question
    question = replace(own, text=f"And {own.text}", origin="llm", paraphrase_of=own.id)

    def moved(label: Labelled) -> Labelled:
        return replace(label, question=question, item=f"{label.item}/other")

    return SoftList(question=question, labels=tuple(map(moved, one.labels)))


def test_the_gate_asks_no_paraphrase_but_its_answer_is_believed(tmp_path: Path) -> None:
    gated = make_gated(tmp_path, ("alder", "birch"))
    lists, _ = lists_of(gated)
    made = [one for one in lists if one.question.origin == "documents" and one.question.answer]
    for target in ("accuracy", WITHOUT_ANSWERS):
        plain = write_own_questions(gated, lists, Cuts(), target)
        assert write_own_questions(gated, [*lists, *map(in_other_words, made)], Cuts(), target) == plain
    assert all(is_made(in_other_words(one).question) for one in made)
