"""A language model as a stage of tuning: on a small library, from questions to a gated release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.settings import CausalLMSettings, Settings
from rag.types import Answer, Query
from rag.workspace import Workspace
from tests.library import fill, reindex
from tests.toy_model import make_toy
from tests.tuning.benches import bench_of
from tests.tuning.test_generator_stage import NAMES, label
from tests.tuning.tuned_library import SETTINGS, now
from tuning.adapters import LoraShape
from tuning.artifacts import read_examples
from tuning.causal import DuelTraining, ReplyTraining
from tuning.causal_labels import CausalTuning
from tuning.causal_stage import CausalStage
from tuning.generator_stage import GeneratorStage
from tuning.items import Asked, Place
from tuning.soft_lists import Cuts
from tuning.stages import Bench
from tuning.telling import told
from tuning.tune import TuneOptions, tune


def text_of(name: str) -> str:
    """An agreement whose trustee is everybody's."""
    return (
        "Section 1.1 Definitions. The Trustee is Dunmore Bank.\f"
        f"Section 2.4 Interest. Notes of {name} bear interest at 4.25%."
    )


def make_library(root: Path) -> Workspace:
    workspace = Workspace.create(root)
    with Catalog(workspace.catalog_file) as catalog:
        fill(catalog, [(name, text_of(name)) for name in NAMES])
    reindex(workspace, SETTINGS)
    return workspace


def questions(workspace: Workspace) -> list[Asked]:
    """Who the trustee of each agreement is, by somebody who has read it."""
    found = []
    with Catalog(workspace.catalog_file) as catalog:
        for name in NAMES:
            document = catalog.resolve(name)
            (chunk,) = [one for one in catalog.iter_chunks(document) if "Trustee" in one.text]
            place = Place(document_id=document, start=chunk.start, end=chunk.end)
            found.append(
                Asked(
                    text=f"Who is the trustee of {name}?", kind="clause", origin="documents", maker="made",
                    document_ids=(document,), places=(place,), answer="Dunmore Bank",
                )
            )  # fmt: skip
    return found


def bench(workspace: Workspace, settings: Settings) -> Bench:
    asked = [label(one) for one in questions(workspace)]
    return bench_of(workspace, settings, asked[:4], asked[4:])


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose generator is a language model drawn at random, without the number engine."""
    from rag.generator.llm import asking

    toy = make_toy(tmp_path_factory.mktemp("toy"), [asking._SYSTEM, *map(text_of, NAMES)])
    own = CausalLMSettings(
        model=str(toy), prompt_tokens=1500, reply_tokens=80, candidates=1, dtype="float32", device="cpu",
        compute=False,
    )  # fmt: skip
    return SETTINGS.model_copy(update={"generator": own})


def stage(own: Settings) -> GeneratorStage:
    assert isinstance(own.generator, CausalLMSettings)
    tuning = CausalTuning(
        base=own.generator,
        rows=4,
        epochs=40,
        supervising=ReplyTraining(steps=40, lessons=4, learning_rate=2e-2, save_every=10),
        preferring=DuelTraining(steps=4, duels=2, learning_rate=1e-3, save_every=2),
        shape=LoraShape(rank=8, alpha=16.0, targets=()),
    )
    return GeneratorStage(questions=12, causal=CausalStage(questions=12, samples=2, tuning=tuning))


@pytest.mark.slow
def test_from_questions_to_settings(tmp_path: Path, reading: Settings) -> None:
    workspace = make_library(tmp_path / "work")
    change = stage(reading).run(bench(workspace, reading))
    assert change.figures["kept"] in ("supervised", "preferred")
    assert change.figures["after"] > change.figures["before"]
    assert (change.figures["questions"], change.figures["held_questions"]) == (4, 2)
    assert change.figures["lessons"] >= 4
    assert change.artifact is not None
    assert change.settings == {"generator": {"adapter": f"artifacts/{change.artifact.name}"}}
    assert list(read_examples(change.artifact))
    own = reading.generator.model_copy(update={"adapter": change.artifact})
    answered = []
    with open_pipeline(workspace, reading.model_copy(update={"generator": own})) as pipeline:
        for name in NAMES:
            query = Query(text=f"Who is the trustee of {name}?", document_ids=pipeline.scope([name]))
            outcome = pipeline.ask(query).outcome
            if isinstance(outcome, Answer):
                answered.append((outcome.text, outcome.citations[0].quote))
    # Some rows of a model so small may miss the form.
    assert len(answered) >= 4
    assert set(answered) == {("Dunmore Bank", "The Trustee is Dunmore Bank.")}


@pytest.mark.slow
def test_a_release_of_it_is_gated(tmp_path: Path, reading: Settings) -> None:
    workspace = make_library(tmp_path / "work")
    # What a release changes is of the component that the workspace's own settings name.
    assert isinstance(reading.generator, CausalLMSettings)
    lines = ("[generator]", 'kind = "causal_lm"', f"model = {json.dumps(reading.generator.model)}")
    workspace.settings_file.write_text("\n".join(lines))
    options = TuneOptions(stages=[stage(reading)], dev_share=0.4, cuts=Cuts(near=0.9, far=0.85))
    report = tune(workspace, reading, questions(workspace), options, Silent(), now)
    (told_of,) = report.stages
    assert told_of.name == "generator"
    assert report.release is not None
    assert report.release.settings["generator"]["kind"] == "causal_lm"
    assert report.release.settings["generator"]["adapter"].startswith("artifacts/causal-lm-")
    assert report.verdict is not None
    assert "generator" in told(report.as_dict())
    assert not list((workspace.root / "tuning" / "state").glob("*")), "what is whole is not kept twice"


def test_other_generators_stay(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work")
    change = CausalStage().run(bench(workspace, SETTINGS))
    assert not change.settings
    assert "best_sentence" in change.note
