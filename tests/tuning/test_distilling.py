"""The embedder learns a reranker's order: agreement rises on documents held apart, kills do no harm."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.adapters import adapter_fingerprint
from rag.errors import UsageError
from rag.reranker.overlap import OverlapReranker
from rag.settings import (
    LateInteractionSettings,
    MiniLMEmbedderSettings,
    NoRerankerSettings,
    OverlapRerankerSettings,
)
from rag.types import ChunkId, DocumentId
from tests.tuning.killing import KilledError, killed_at
from tests.tuning.test_generator_stage import bench
from tests.tuning.tuned_library import NAMES, SETTINGS, make_library
from tuning.adapters import LoraShape
from tuning.artifacts import read_examples, read_manifest
from tuning.distilled import agreement
from tuning.distilling import Distilling, TaughtList, distil
from tuning.embedder import EmbedderTraining, Mode
from tuning.items import Asked, Labelled
from tuning.sentence_encoder import Precision
from tuning.soft_lists import NothingToLearnError, soft_lists
from tuning.stages import EmbedderStage
from tuning.telling import told
from tuning.tune_report import StageReport

BASE = MiniLMEmbedderSettings(dtype="float32")
TRAINING = EmbedderTraining(
    base=BASE, steps=10, questions=10, learning_rate=3e-3, save_every=5, dev_passages=6,
    shape=LoraShape(rank=4), precision=Precision(rows=8, bfloat16=False),
)  # fmt: skip
SETTINGS_OF = Distilling(teacher=OverlapRerankerSettings(), training=TRAINING)
SUBJECTS = (
    "interest", "fees", "taxes", "notices", "liens", "transfers", "audits", "reserves", "swaps", "ratings",
    "calls",
)  # fmt: skip


def rules(documents: Sequence[str], seed: int) -> list[Labelled]:
    """Each rule of each document asked for by its number, beside the subject of another rule.

    The teacher goes by numbers, which are rare words; MiniLM is drawn to the subject.
    """
    drawn = random.Random(seed)  # noqa: S311 - the same texts each time
    found = []
    for document in map(DocumentId, documents):
        own = [(str(drawn.randrange(1000, 9999)), subject) for subject in drawn.sample(SUBJECTS, 6)]
        for number, subject in own:
            other = drawn.choice([one for _, one in own if one != subject])
            question = Asked(
                text=f"Which rule is numbered {number}, whether on {other} or not?",
                kind="clause",
                origin="documents",
                document_ids=(document,),
            )
            found += [
                Labelled(
                    item=f"{question.id}-{stated}",
                    question=question,
                    chunk_id=ChunkId(f"{document}-{stated}"),
                    document=document,
                    passage=f"The rule numbered {stated} of {document} is on {about}.",
                    probability=0.9 if stated == number else 0.04,
                    label_model="made",
                )
                for stated, about in own
            ]
    return found


TRAIN, DEV = rules([f"deed{n}" for n in range(8)], 1), rules([f"note{n}" for n in range(4)], 2)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that share small steps wait for each other on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def agreed(settings: MiniLMEmbedderSettings) -> float:
    """Mean agreement of an embedder in use with the teacher, on questions held apart."""
    model, teacher = embedder.load(settings), OverlapReranker()
    found = []
    for one in soft_lists(DEV):
        passages = [label.passage for label in one.labels]
        cosines = model.embed_passages(passages) @ model.embed_queries([one.question.text])[0]
        found.append(agreement(teacher.score(one.question.text, passages), cosines))
    return float(np.mean(found))


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["queries", "both"])
def test_the_student_s_order_moves_towards_the_teacher_s(tmp_path: Path, mode: Mode) -> None:
    chosen = replace(SETTINGS_OF, training=replace(TRAINING, mode=mode))
    folder = distil(TRAIN, DEV, chosen, tmp_path / "artifacts", tmp_path / "state")
    figures = read_manifest(folder)["dev"]
    assert figures["before"] < 0.96
    assert 1 - figures["after"] < (1 - figures["before"]) / 2
    name = "query_adapter" if mode == "queries" else "adapter"
    before, after = agreed(BASE), agreed(BASE.model_copy(update={name: folder}))
    assert figures["before"] == pytest.approx(before, abs=1e-3)
    assert figures["after"] == pytest.approx(after, abs=1e-3)
    assert {row["item"] for row in read_examples(folder)} == {one.item for one in TRAIN}
    assert distil(TRAIN, DEV, chosen, tmp_path / "artifacts", tmp_path / "other") == folder
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_killed_run_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    chosen = replace(SETTINGS_OF, training=replace(TRAINING, steps=4, save_every=2))
    with pytest.raises(KilledError):
        distil(TRAIN, DEV, chosen, tmp_path / "one", tmp_path / "state", killed_at(3))
    assert not (tmp_path / "one").exists()
    assert [path.name for path in tmp_path.glob("state/*/teacher.json")] == ["teacher.json"]
    steps: list[int] = []
    resumed = distil(
        TRAIN, DEV, chosen, tmp_path / "one", tmp_path / "state", lambda step, _: steps.append(step)
    )
    whole = distil(TRAIN, DEV, chosen, tmp_path / "two", tmp_path / "fresh")
    assert steps == [3, 4]
    assert adapter_fingerprint(resumed) == adapter_fingerprint(whole)
    assert read_manifest(resumed) == read_manifest(whole)


def test_scores_have_no_unit() -> None:
    (soft, *_) = soft_lists(TRAIN)
    scores = np.array([3.0, 1.0, 2.0, 0.0, 5.0, 4.0], dtype=np.float32)
    one, other = (TaughtList(soft=soft, scores=given) for given in (scores, 100 * scores - 7))
    np.testing.assert_allclose(one.logits(2.0), other.logits(2.0), rtol=1e-4)
    assert float(one.logits(2.0).std()) == pytest.approx(2.0, abs=1e-4)
    assert not TaughtList(soft=soft, scores=np.ones(6, dtype=np.float32)).logits(2.0).any()
    places = one.drawn(2, 2, random.Random(1))  # noqa: S311
    assert places[:2] == [4, 5]
    assert len(set(places)) == 4
    assert len(one.drawn(2, 99, random.Random(1))) == 6  # noqa: S311


def test_what_cannot_be_distilled(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no reranker to learn from"):
        distil(TRAIN, DEV, replace(SETTINGS_OF, teacher=NoRerankerSettings()), tmp_path, tmp_path / "state")
    with pytest.raises(NothingToLearnError, match="to learn from"):
        distil(TRAIN[:1], DEV, SETTINGS_OF, tmp_path, tmp_path / "state")
    with pytest.raises(NothingToLearnError, match="development"):
        distil(TRAIN, DEV[:1], SETTINGS_OF, tmp_path, tmp_path / "state")


@pytest.mark.slow
def test_it_is_a_part_of_tuning_and_its_ratios_are_told(tmp_path: Path) -> None:
    own = SETTINGS.model_copy(update={"embedder": BASE, "reranker": LateInteractionSettings(dtype="float32")})
    workspace = make_library(tmp_path / "work", NAMES[:6])
    taught = replace(bench(workspace, own), train=TRAIN, dev=DEV)
    change = EmbedderStage(teacher="reranker", training=TRAINING).run(taught)
    assert change.artifact is not None
    assert change.settings == {"embedder": {"query_adapter": f"artifacts/{change.artifact.name}"}}
    assert change.artifact.name.startswith("distilled-query-embedder-")
    found = change.figures["beside"]
    # Both are MiniLM; the student reads the question alone.
    assert found["size"] == pytest.approx(1.0, abs=0.01)
    assert found["speed"] > 1.0
    assert found["accuracy"] > 0.5
    stage = StageReport(name="embedder", change=change, seconds=1.0).as_dict()
    report = {
        "questions": {"train": 48, "dev": 24},
        "labels": 432,
        "stages": [stage],
        "reason": "not measured",
    }
    said = told({**report, "release": None, "promoted": False})
    assert f"beside its teacher: {found['size']:.2f} of its weights" in said


def test_without_a_reranker_nothing_is_distilled(tmp_path: Path) -> None:
    own = SETTINGS.model_copy(update={"embedder": BASE})
    workspace = make_library(tmp_path / "work", NAMES[:6])
    change = EmbedderStage(teacher="reranker").run(bench(workspace, own))
    assert not change.settings
    assert "no reranker" in change.note
