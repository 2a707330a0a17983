"""A language model tuned on soft labels of answers: which phase is kept, what is traced, what goes on."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from rag.generator.llm.causal import CausalChat
from rag.settings import CausalLMSettings
from tests.toy_model import make_toy
from tests.tuning.test_replies import HOW, TEXTS, group
from tuning.adapters import LoraShape
from tuning.artifacts import read_examples, read_manifest
from tuning.causal import DuelTraining, ReplyTraining
from tuning.causal_labels import CausalTuning, train_causal
from tuning.replies import Teaching, replies_of
from tuning.soft_lists import NothingToLearnError

pytestmark = pytest.mark.slow
RIGHT = (0.9, 0.05, 0.05)
WRONG = (0.05, 0.05, 0.9)
GROUPS = [group(RIGHT, f"Alder {n}") for n in range(6)]
HELD = [group(RIGHT, f"Birch {n}") for n in range(2)]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    asked = replies_of(GROUPS[0], HOW)
    assert asked is not None
    said = [message.content for message in asked.conversation] + [one.text for one in asked.answers]
    return make_toy(tmp_path_factory.mktemp("toy"), [*TEXTS, *said], hidden=64)


def settings(toy: Path) -> CausalTuning:
    base = CausalLMSettings(
        model=str(toy), prompt_tokens=2500, reply_tokens=60, dtype="float32", device="cpu"
    )
    return CausalTuning(
        base=base,
        teaching=Teaching(absent=0.0, distractors=2),
        epochs=40,
        rows=4,
        supervising=ReplyTraining(steps=40, lessons=4, learning_rate=2e-2, save_every=10),
        preferring=DuelTraining(steps=4, duels=2, learning_rate=1e-3, save_every=2),
        shape=LoraShape(rank=8, alpha=16.0, targets=()),
    )


def test_it_learns_what_labels_say_and_is_served(toy: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    chosen = settings(toy)
    folder = train_causal(
        GROUPS, HELD, chosen, tmp_path / "out", tmp_path / "state", lambda step, _: steps.append(step)
    )
    figures = read_manifest(folder)["dev"]
    assert set(figures["expected_right"]) == {"start", "supervised", "preferred"}
    assert figures["before"] == pytest.approx(0.05), "a model drawn at random likes the shortest reply"
    assert figures["after"] == pytest.approx(0.9)
    assert figures["kept"] != "start"
    assert (figures["questions"], figures["held_questions"], figures["duels"]) == (6, 2, 6)
    assert figures["supervised"]["after"] > figures["supervised"]["before"]
    assert steps == list(range(1, len(steps) + 1))
    assert {row["item"] for row in read_examples(folder)} == {one.id for own in GROUPS for one in own.items}
    assert str(toy) not in (folder / "manifest.json").read_text()
    assert str(toy) not in (folder / "adapter_config.json").read_text()
    assert not (tmp_path / "state" / folder.name).exists()
    assert train_causal(GROUPS, HELD, chosen, tmp_path / "out", tmp_path / "state") == folder
    asked = replies_of(HELD[0], HOW)
    assert asked is not None
    served = CausalChat.load(chosen.base.model_copy(update={"adapter": folder}))
    ((said,),) = served.replies([asked.conversation], 1)
    assert said.startswith("ANSWER")
    assert "Dunmore Bank" in said


def test_what_does_not_help_is_not_kept(toy: Path, tmp_path: Path) -> None:
    chosen = replace(settings(toy), pairs=None)
    chosen = replace(chosen, supervising=replace(chosen.supervising, steps=2))
    held = [group(WRONG, "Birch")]
    folder = train_causal(GROUPS, held, chosen, tmp_path / "out", tmp_path / "state")
    figures = read_manifest(folder)["dev"]
    assert (figures["kept"], figures["before"], figures["after"]) == ("start", 0.9, 0.9)
    assert "preferred" not in figures["expected_right"]
    again = replace(chosen, base=chosen.base.model_copy(update={"adapter": folder}))
    assert train_causal(GROUPS, held, again, tmp_path / "out", tmp_path / "state") != folder


def test_nothing_to_learn_from(toy: Path, tmp_path: Path) -> None:
    unsure = [group((0.4, 0.3, 0.3))]
    with pytest.raises(NothingToLearnError, match="to learn from"):
        train_causal(unsure, unsure, settings(toy), tmp_path / "out", tmp_path / "state")
    with pytest.raises(NothingToLearnError, match="development"):
        train_causal(GROUPS, [], settings(toy), tmp_path / "out", tmp_path / "state")
    assert not (tmp_path / "out").exists()


def run(toy: Path, root: Path, stop_at: int | None = None) -> Path:
    """A run of few steps, killed after so many, if at all."""
    import torch

    torch.set_num_threads(1)

    def report(step: int, _: float) -> None:
        if step == stop_at:
            os.kill(os.getpid(), signal.SIGKILL)

    chosen = settings(toy)
    chosen = replace(chosen, supervising=replace(chosen.supervising, steps=4, save_every=2))
    return train_causal(GROUPS, HELD, chosen, root / "out", root / "state", report)


@pytest.mark.parametrize("stop_at", [3, 7])
def test_a_run_that_was_killed_goes_on(toy: Path, tmp_path: Path, stop_at: int) -> None:
    process = get_context("spawn").Process(target=run, args=(toy, tmp_path / "cut", stop_at))
    process.start()
    process.join(100)
    assert process.exitcode == -signal.SIGKILL
    assert not (tmp_path / "cut" / "out").exists()
    whole, again = run(toy, tmp_path / "whole"), run(toy, tmp_path / "cut")
    assert whole.name == again.name
    for name in ("adapter_model.safetensors", "manifest.json"):
        assert (whole / name).read_bytes() == (again / name).read_bytes()
