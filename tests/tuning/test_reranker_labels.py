"""Tuning the reranker on soft labels: batches, learning from the generic adapter, kills, traces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag.adapters import adapter_fingerprint
from rag.reranker.late_interaction import GENERIC_ADAPTER, LateInteractionReranker
from rag.settings import LateInteractionSettings
from tests.tuning.killing import KilledError, killed_at
from tests.tuning.labels import DOCUMENTS, label, labels
from tuning.artifacts import read_examples, read_manifest
from tuning.reranker_labels import Batches, RerankerTuning, train
from tuning.soft_lists import Cuts, NothingToLearnError, soft_lists

SETTINGS = RerankerTuning(
    steps=4, questions=4, negatives=2, learning_rate=2e-3, limit=48, save_every=2, dev_lists=4,
    dev_passages=3, bfloat16=False,
)  # fmt: skip
TRAIN, DEV = labels(DOCUMENTS[:3]), labels(DOCUMENTS[3:])


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    """Threads that share small steps wait for each other on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_batch_is_a_function_of_its_step_of_one_document_with_shares_for_targets() -> None:
    batches = Batches(soft_lists(TRAIN), SETTINGS)
    batch = batches.of(3)
    again = Batches(soft_lists(TRAIN), SETTINGS).of(3)
    assert batch.questions == again.questions
    assert batch.passages == again.passages
    np.testing.assert_array_equal(batch.targets, again.targets)
    assert batch.questions != batches.of(4).questions
    assert len({question.split(",")[0] for question in batch.questions}) == 1
    np.testing.assert_allclose(batch.targets.sum(axis=1), 1.0)
    assert not (batch.masks & (batch.targets > 0)).any()


def test_the_ambiguous_and_copies_of_positives_count_for_nothing() -> None:
    made = labels(DOCUMENTS[:1])
    lists = soft_lists(made)
    copied = lists[0].labels[0]
    # The same words stand elsewhere, where another question has them for its negative.
    elsewhere = replace(label(DOCUMENTS[0], "fees", "copy", 0.04), passage=copied.passage)
    likely = label(DOCUMENTS[0], "fees", "fees", 0.9)
    batch = Batches(soft_lists([*made, elsewhere, likely]), replace(SETTINGS, questions=7, negatives=9)).of(1)
    row = batch.questions.index(lists[0].question.text)
    hidden = [batch.passages[i] for i in np.flatnonzero(batch.masks[row])]
    unsure = [one.passage for one in lists[0].unsure(Cuts())]
    assert sorted(hidden) == sorted([*unsure, copied.passage])


@pytest.mark.slow
def test_it_goes_on_from_the_generic_adapter_and_says_from_what_it_learned(tmp_path: Path) -> None:
    folder = train(TRAIN, DEV, SETTINGS, tmp_path / "artifacts", tmp_path / "state")
    manifest = read_manifest(folder)
    assert manifest["start"] == adapter_fingerprint(GENERIC_ADAPTER)
    assert manifest["dev"]["after"] >= manifest["dev"]["before"]
    assert {row["item"] for row in read_examples(folder)} == {one.item for one in TRAIN}
    tuned = LateInteractionReranker.load(LateInteractionSettings(adapter=folder))
    assert tuned.fingerprint != LateInteractionReranker.load(LateInteractionSettings()).fingerprint
    assert train(TRAIN, DEV, SETTINGS, tmp_path / "artifacts", tmp_path / "none") == folder
    assert not (tmp_path / "none").exists()


@pytest.mark.slow
def test_a_killed_run_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        train(TRAIN, DEV, SETTINGS, tmp_path / "one", tmp_path / "state", killed_at(3))
    steps: list[int] = []
    resumed = train(
        TRAIN, DEV, SETTINGS, tmp_path / "one", tmp_path / "state", lambda step, _: steps.append(step)
    )
    whole = train(TRAIN, DEV, SETTINGS, tmp_path / "two", tmp_path / "fresh")
    assert steps == [3, 4]
    assert adapter_fingerprint(resumed) == adapter_fingerprint(whole)
    assert read_manifest(resumed) == read_manifest(whole)


def test_labels_that_tell_nothing_apart_are_refused(tmp_path: Path) -> None:
    with pytest.raises(NothingToLearnError, match="development"):
        train(TRAIN, [one for one in DEV if one.probability > 0.5], SETTINGS, tmp_path, tmp_path / "state")
