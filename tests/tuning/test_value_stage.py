"""The values' model as a stage of tuning: over a small library, from questions to settings of a release."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.generator import value_model
from rag.generator.valued.model import ValueModel
from rag.settings import Settings, SpanReaderSettings
from rag.workspace import Workspace
from tests.tuning.benches import bench_of
from tests.tuning.questions.library import SETTINGS, make_library
from tests.tuning.tuned_library import now
from tuning.artifacts import read_examples
from tuning.items import Asked, Labelled
from tuning.questions import make_questions
from tuning.soft_lists import Cuts, NothingToLearnError
from tuning.stages import NO_HELP, Bench
from tuning.telling import told
from tuning.tune import TuneOptions, tune
from tuning.tune_report import TuneReport
from tuning.value_labels import asks_for_a_value
from tuning.value_stage import ValueStage
from tuning.value_training import WEIGHTS, ValueTuning


def label(asked: Asked) -> Labelled:
    place = asked.places[0]
    return Labelled(
        item=asked.id, question=asked, chunk_id="c", document=place.document_id, passage="", probability=0.9,  # type: ignore[arg-type]
        label_model="made",
    )  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_library(tmp_path_factory.mktemp("values"))


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """With a model of values that thinks nothing enough."""
    return silent(tmp_path_factory.mktemp("weights") / "silent.json")


def silent(path: Path) -> Settings:
    """Settings with a model of values, put there, that thinks nothing enough."""
    shipped = ValueModel.load()
    never = ValueModel(
        weights=shipped.weights,
        none=shipped.none + 6.0 * np.eye(len(shipped.none))[0],
        hidden=shipped.hidden,
        slope=shipped.slope,
        intercept=shipped.intercept,
    )
    path.write_text(never.to_json(), encoding="utf-8")
    return SETTINGS.model_copy(update={"generator": SpanReaderSettings(windows=2, values=path)})


def bench(workspace: Workspace, settings: Settings) -> Bench:
    with Catalog(workspace.catalog_file) as catalog:
        made = make_questions(catalog, seed=1, count=200)
    labels = [label(one) for one in made if one.places]
    birch = {one.document for one in labels if "Birch" in one.question.text}
    train, dev = ([one for one in labels if (one.document in birch) == held] for held in (False, True))
    return bench_of(workspace, settings, train, dev)


@pytest.mark.slow
def test_from_questions_to_settings(workspace: Workspace, reading: Settings) -> None:
    stage = ValueStage(made=40, asked=2, tuning=ValueTuning(made_l2=0.05))
    given = bench(workspace, reading)
    change = stage.run(given)
    assert change.artifact is not None, change.figures
    assert change.settings == {"generator": {"values": f"artifacts/{change.artifact.name}/{WEIGHTS}"}}
    assert change.figures["after"] > change.figures["before"]
    assert change.figures["right_after"] > change.figures["right_before"]
    assert change.figures["made"] > 0
    assert list(read_examples(change.artifact))
    assert stage.run(given) == change, "what was made is found"
    own = reading.generator.model_copy(update={"values": change.artifact / WEIGHTS})
    assert value_model(own).fingerprint != value_model(reading.generator).fingerprint
    with open_pipeline(workspace, reading.model_copy(update={"generator": own})) as pipeline:
        assert pipeline.fingerprints["generator"]


@pytest.mark.slow
def test_questions_that_somebody_asked_are_labelled(workspace: Workspace, reading: Settings) -> None:
    given = bench(workspace, reading)
    asked = Asked(
        text="What is the Senior Fee Rate?", kind="log", origin="log", document_ids=(given.train[0].document,)
    )
    users = Labelled(
        item="u", question=asked, chunk_id="c", document=given.train[0].document, passage="",  # type: ignore[arg-type]
        probability=0.9, label_model="m",
    )  # fmt: skip
    only = bench_of(workspace, reading, [users], given.dev)
    change = ValueStage(made=20, asked=5).run(only)
    assert (change.figures["made"], change.figures["asked"]) == (0, 1)
    assert set(change.figures["tried"]) == {"start", "asked"}


def test_other_generators_stay(workspace: Workspace) -> None:
    change = ValueStage().run(bench(workspace, SETTINGS))
    assert not change.settings
    assert change.note == "this generator does not rank values"


def test_without_questions_held_apart_nothing_is_chosen(workspace: Workspace, reading: Settings) -> None:
    given = bench(workspace, reading)
    with pytest.raises(NothingToLearnError, match="development"):
        ValueStage().run(bench_of(workspace, reading, given.train, []))
    with pytest.raises(NothingToLearnError, match="learn from"):
        ValueStage().run(bench_of(workspace, reading, [], given.dev))


@pytest.mark.slow
def test_a_release_of_it_is_gated(workspace: Workspace, reading: Settings) -> None:
    with Catalog(workspace.catalog_file) as catalog:
        asked = [one for one in make_questions(catalog, seed=1, count=200) if asks_for_a_value(one)]
    options = TuneOptions(
        stages=[ValueStage(made=40, tuning=ValueTuning(made_l2=0.05))],
        dev_share=0.4,
        cuts=Cuts(near=0.9, far=0.85),
    )
    report: TuneReport = tune(workspace, reading, asked, options, Silent(), now)
    (came_to,) = report.stages
    assert came_to.name == "values"
    assert came_to.change.note in ("", NO_HELP)
    if came_to.change.settings:
        assert report.release is not None
        assert report.release.settings["generator"]["values"].startswith("artifacts/values-")
        assert report.verdict is not None
    assert "values" in told(report.as_dict())
