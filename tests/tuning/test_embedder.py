"""Tuning the embedder: it learns what labels say, stops early, goes on after a kill, and can be traced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag import embedder
from rag.adapters import adapter_fingerprint
from rag.settings import MiniLMEmbedderSettings
from tests.tuning.killing import KilledError, killed_at
from tests.tuning.labels import DOCUMENTS, labels
from tuning.adapters import LoraShape
from tuning.artifacts import read_examples, read_manifest
from tuning.embedder import EmbedderTraining, Mode, train
from tuning.sentence_encoder import Precision, trainable_encoder
from tuning.soft_lists import Cuts, NothingToLearnError
from tuning.soft_loss import soft_cross_entropy

BASE = MiniLMEmbedderSettings(dtype="float32")
SETTINGS = EmbedderTraining(
    base=BASE, steps=6, questions=8, learning_rate=3e-3, save_every=2, shape=LoraShape(rank=2),
    precision=Precision(rows=8, bfloat16=False),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that share small steps wait for each other on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


TRAIN, DEV = labels(DOCUMENTS[:3]), labels(DOCUMENTS[3:])


def test_the_loss_is_that_of_the_formula_and_hidden_cells_count_for_nothing() -> None:
    import torch

    logits = torch.tensor([[2.0, 1.0, 9.0], [0.0, 0.0, 0.0]])
    targets = np.array([[0.75, 0.25, 0.0], [1.0, 0.0, 0.0]], np.float32)
    masks = np.array([[False, False, True], [False, False, False]])
    total = np.log(np.exp(2.0) + np.exp(1.0))
    expected = (0.5 * (total - 0.75 * 2.0 - 0.25 * 1.0) + 1.5 * np.log(3)) / 2.0
    found = soft_cross_entropy(logits, targets, masks, torch.tensor([0.5, 1.5]))
    assert float(found) == pytest.approx(expected, abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["queries", "both"])
def test_it_learns_and_its_artifact_says_from_what(tmp_path: Path, mode: Mode) -> None:
    settings = replace(SETTINGS, mode=mode, steps=8 if mode == "queries" else 4, questions=6)
    losses: dict[int, float] = {}
    folder = train(TRAIN, DEV, settings, tmp_path / "artifacts", tmp_path / "state", losses.__setitem__)
    assert min(losses.values()) < losses[1]
    manifest = read_manifest(folder)
    assert manifest["dev"]["after"] >= manifest["dev"]["before"]
    assert manifest["label_models"] == ["made"]
    assert {row["item"] for row in read_examples(folder)} == {one.item for one in TRAIN}
    if mode == "queries":
        tuned = embedder.load(BASE.model_copy(update={"query_adapter": folder}))
        assert tuned.passage_fingerprint == embedder.load(BASE).fingerprint
    # What is there already is not made again.
    again = train(TRAIN, DEV, settings, tmp_path / "artifacts", tmp_path / "other", losses.__setitem__)
    assert again == folder
    assert not (tmp_path / "other").exists()


@pytest.mark.slow
def test_a_killed_run_ends_as_if_it_had_not_been_and_training_goes_on_from_an_adapter(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        train(TRAIN, DEV, SETTINGS, tmp_path / "one", tmp_path / "state", killed_at(5))
    steps: list[int] = []
    resumed = train(
        TRAIN, DEV, SETTINGS, tmp_path / "one", tmp_path / "state", lambda step, _: steps.append(step)
    )
    whole = train(TRAIN, DEV, SETTINGS, tmp_path / "two", tmp_path / "fresh")
    assert steps == [5, 6]
    assert resumed.name == whole.name
    assert adapter_fingerprint(resumed) == adapter_fingerprint(whole)
    assert read_manifest(resumed) == read_manifest(whole)
    further = train(TRAIN, DEV, replace(SETTINGS, start=whole, steps=2), tmp_path / "two", tmp_path / "fresh")
    assert read_manifest(further)["dev"]["before"] == pytest.approx(read_manifest(whole)["dev"]["after"])


@pytest.mark.slow
def test_training_that_never_helps_ends_early_with_what_it_began_with(tmp_path: Path) -> None:
    steps: list[int] = []
    settings = replace(SETTINGS, steps=40, save_every=1, patience=2, learning_rate=1e-12)
    folder = train(TRAIN, DEV, settings, tmp_path, tmp_path / "state", lambda step, _: steps.append(step))
    assert steps == [1, 2]
    assert read_manifest(folder)["dev"]["step"] == 0


@pytest.mark.slow
def test_training_and_inference_have_the_same_vectors_whatever_the_batches() -> None:
    texts = [one.passage for one in TRAIN[:11]]
    encoder = trainable_encoder(BASE, LoraShape(rank=2), None, Precision(rows=3, bfloat16=False), seed=1)
    component = embedder.load(BASE)
    np.testing.assert_allclose(encoder.passage_vectors(texts), component.embed_passages(texts), atol=1e-5)
    encoder.passages(texts).square().sum().backward()  # type: ignore[no-untyped-call]
    gradients = {name: one.grad.clone() for name, one in encoder.trainable if one.grad is not None}
    whole = trainable_encoder(BASE, LoraShape(rank=2), None, Precision(rows=64, bfloat16=False), seed=1)
    whole.passages(texts).square().sum().backward()  # type: ignore[no-untyped-call]
    for name, one in whole.trainable:
        if one.grad is not None:
            np.testing.assert_allclose(gradients[name].numpy(), one.grad.numpy(), atol=1e-5)


def test_labels_that_tell_nothing_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToLearnError, match="to learn from"):
        train(TRAIN, DEV, replace(SETTINGS, cuts=Cuts(least=0.95)), tmp_path, tmp_path / "state")
