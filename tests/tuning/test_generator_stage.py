"""The generator as a stage of tuning: on a small library, from questions to settings of a release."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.progress import Silent
from rag.generator.quality import BIAS, QualityModel
from rag.settings import Settings, SpanReaderSettings
from rag.types import Candidate, ChunkId, Support
from rag.workspace import Workspace
from tests.tuning.benches import bench_of
from tests.tuning.test_reader_labels import group
from tests.tuning.tuned_library import SETTINGS, make_library, now, questions
from tuning.answer_groups import AnswerGroup
from tuning.artifacts import read_manifest
from tuning.generator_stage import QUALITY, GeneratorStage, chosen_right, judged, train_quality
from tuning.items import AnswerItem, Asked, Labelled
from tuning.preferring import PreferenceTraining
from tuning.reader import ReaderTraining
from tuning.reader_labels import ReaderTuning
from tuning.soft_lists import Cuts
from tuning.stages import Bench
from tuning.telling import told
from tuning.tune import TuneOptions, tune

NAMES = ("alder", "birch", "cedar", "dogwood", "elm", "fir")
READING = SETTINGS.model_copy(update={"generator": SpanReaderSettings(compute=False, windows=4)})


def bench(workspace: Workspace, settings: Settings) -> Bench:
    asked = questions(workspace, NAMES)
    return bench_of(workspace, settings, [label(one) for one in asked[:8]], [label(one) for one in asked[8:]])


def label(asked: Asked) -> Labelled:
    (document,) = asked.document_ids or ()
    return Labelled(
        item=asked.id, question=asked, chunk_id=ChunkId("c"), document=document, passage="", probability=0.9,
        label_model="made",
    )  # fmt: skip


@pytest.mark.slow
def test_from_questions_to_settings(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", NAMES)
    tuning = ReaderTuning(
        supervising=ReaderTraining(windows=4, learning_rate=1e-3, steps=3),
        preferring=PreferenceTraining(steps=2, duels=2, windows=2),
        least=0.1,
        right=0.3,
    )
    change = GeneratorStage(questions=12, tuning=tuning).run(bench(workspace, READING))
    assert change.artifact is not None or change.note
    assert change.figures["kept"] in ("start", "supervised", "preferred")
    assert change.figures["after"] >= change.figures["before"]
    assert change.figures["questions"] == 8
    assert change.figures["examples"] > 0
    changed = change.settings.get("generator", {})
    assert ("adapter" in changed) == (change.figures["kept"] != "start")
    for name in changed.values():
        assert (workspace.root / str(name)).exists()


def test_other_generators_stay(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", NAMES)
    change = GeneratorStage().run(bench(workspace, SETTINGS))
    assert not change.settings
    assert "best_sentence" in change.note


def ranked(name: str) -> AnswerGroup:
    """A question whose right answer the reader likes less, but that is higher among the evidence."""
    own = group(name)
    items = []
    for item, (margin, rank) in zip(own.items, ((1.0, 0.0), (2.0, 3.0), (0.0, 0.0)), strict=True):
        support = Support(chunk_id=ChunkId(name), start=0 if rank else 50, end=20 if rank else 60)
        signals = {"margin": margin, "rank": rank, "share": 0.0, "length": 0.0}
        candidate = Candidate(
            text=item.candidate.text,
            score=0.5,
            supports=(support,) if item.candidate.supports else (),
            signals=signals if item.candidate.supports else {},
        )
        items.append(AnswerItem(question=item.question, candidate=candidate, evidence=item.evidence))
    return AnswerGroup(
        question=own.question, items=tuple(items), probabilities=own.probabilities, label_model="made"
    )


def test_the_quality_model_learns_from_soft_labels(tmp_path: Path) -> None:
    groups, held = [ranked(f"deed {n}") for n in range(60)], [ranked(f"note {n}") for n in range(10)]
    assert len(judged(groups, {})) == 120
    likes = QualityModel(weights={"span, open": {BIAS: -5.0, "margin": 2.0}})
    start = tmp_path / "start.json"
    start.write_text(likes.to_json())
    assert chosen_right(likes, held) == pytest.approx(0.05)
    folder = train_quality(groups, held, start, tmp_path / "artifacts")
    assert folder is not None
    assert read_manifest(folder)["dev"] == {"quality_before": 0.05, "quality_after": 0.9}
    after = QualityModel.load(folder / QUALITY)
    assert chosen_right(after, held) == pytest.approx(0.9)
    assert train_quality(groups, held, folder / QUALITY, tmp_path / "artifacts") is None, "nothing to gain"
    assert train_quality(groups[:2], held, start, tmp_path / "artifacts") is None, "nothing to learn from"


@pytest.mark.slow
def test_a_release_of_the_generator_is_gated(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", NAMES)
    tuning = ReaderTuning(
        supervising=ReaderTraining(windows=4, learning_rate=1e-3, steps=2), pairs=None, right=0.3
    )
    stage = GeneratorStage(questions=12, tuning=tuning)
    options = TuneOptions(stages=[stage], dev_share=0.4, cuts=Cuts(near=0.9, far=0.85))
    report = tune(workspace, READING, questions(workspace, NAMES), options, Silent(), now)
    (told_of,) = report.stages
    assert told_of.name == "generator"
    assert set(told_of.change.figures["expected_right"]) == {"start", "supervised"}
    if report.release is not None:
        assert set(report.release.settings) == {"generator"}
        assert report.verdict is not None
    assert "generator" in told(report.as_dict())
    assert not list((workspace.root / "tuning" / "state").glob("*")), "what is whole is not kept twice"
