"""A small model drawn at random learns a task from replies, shifts its preference by duels, and is served."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError, UsageError
from rag.generator.llm.causal import CausalChat
from rag.settings import CausalLMSettings
from tests.toy_model import COLOURS, THINGS, make_toy, plainly, surely, talk
from tuning.adapters import LoraShape
from tuning.causal import (
    DuelTraining,
    Pairs,
    ReplyTraining,
    Run,
    liked,
    train_on_duels,
    train_on_replies,
    without_gradients,
)
from tuning.causal_model import ReplyModel
from tuning.replies import Lesson, ReplyDuel

pytestmark = pytest.mark.slow
SHAPE = LoraShape(rank=16, alpha=32.0, targets=())
TAUGHT, HELD = THINGS[:11], THINGS[11:]
SUPERVISING = ReplyTraining(steps=60, lessons=16, learning_rate=1e-2, patience=3)
PREFERRING = DuelTraining(steps=20, duels=8, learning_rate=2e-3, beta=0.3)


def lessons(things: tuple[str, ...]) -> list[Lesson]:
    """Both ways to answer, equally often."""
    return [
        Lesson(document=thing, conversation=talk(thing, colour), reply=say(colour))
        for thing in things
        for colour in COLOURS
        for say in (plainly, surely)
    ]


def duels(things: tuple[str, ...], flipped: float = 0.05) -> list[ReplyDuel]:
    """The plain way is better."""
    return [
        ReplyDuel(
            conversation=talk(thing, colour), better=plainly(colour), worse=surely(colour), flipped=flipped
        )
        for thing in things
        for colour in COLOURS
    ]


def settings(toy: Path) -> CausalLMSettings:
    return CausalLMSettings(
        model=str(toy), prompt_tokens=1000, reply_tokens=20, dtype="float32", device="cpu"
    )


def opened(toy: Path, start: Path | None = None, *, rows: int = 16) -> ReplyModel:
    return ReplyModel.open(settings(toy), SHAPE, start, rows=rows)


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="module")
def supervised(toy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adapter that lessons teach."""
    folder = tmp_path_factory.mktemp("supervised")
    model = opened(toy)
    figures = train_on_replies(
        model, lessons(TAUGHT), lessons(HELD), SUPERVISING, Run(state=folder / "state", start="fresh")
    )
    # Two ways to answer are equally likely, and nothing else is: ln 2 over some five tokens.
    assert figures["before"] < -5.0
    assert -0.25 < figures["after"] < -0.1
    model.save(folder / "adapter", {})
    return folder / "adapter"


def test_it_learns_a_task_and_serves_what_it_learned(toy: Path, supervised: Path) -> None:
    asked = [(thing, colour) for thing in HELD for colour in COLOURS]
    talks = [talk(*one) for one in asked]
    served = CausalChat.load(settings(toy).model_copy(update={"adapter": supervised}))
    replies = [said for (said,) in served.replies(talks, 1)]
    right = [
        said in (plainly(colour), surely(colour)) for said, (_, colour) in zip(replies, asked, strict=True)
    ]
    assert sum(right) / len(right) > 0.9
    untaught = [said for (said,) in CausalChat.load(settings(toy)).replies(talks, 1)]
    assert not any(said in (plainly(colour), surely(colour)) for said in untaught for colour in COLOURS)


def test_duels_shift_what_it_prefers(toy: Path, supervised: Path, tmp_path: Path) -> None:
    model = opened(toy, supervised)
    reference = Pairs.of(model, duels(HELD))
    figures = train_on_duels(
        model, duels(TAUGHT), duels(HELD), PREFERRING, Run(state=tmp_path / "state", start="x")
    )
    assert figures["preferred"] > 0.9
    assert figures["margin"] > 2.0
    assert figures["after"] > figures["before"]
    gaps = without_gradients(lambda: reference.gaps(model, range(len(duels(HELD)))))
    assert float(gaps.mean()) == pytest.approx(figures["margin"], abs=1e-3)
    # The anchor holds: the better reply is not less likely than it was.
    now = without_gradients(lambda: reference.now(model, range(len(duels(HELD)))))
    assert float((now[:, 0] - reference.reference[:, 0]).mean()) > 0
    model.save(tmp_path / "adapter", {})
    served = CausalChat.load(settings(toy).model_copy(update={"adapter": tmp_path / "adapter"}))
    asked = [(thing, colour) for thing in HELD for colour in COLOURS]
    replies = served.replies([talk(*one) for one in asked], 1)
    right = [said == plainly(colour) for (said,), (_, colour) in zip(replies, asked, strict=True)]
    assert sum(right) / len(right) > 0.8


def test_a_pair_that_may_be_the_wrong_way_round_is_pushed_less(
    toy: Path, supervised: Path, tmp_path: Path
) -> None:
    margins = {}
    for flipped in (0.0, 0.4):
        model = opened(toy, supervised)
        reference = Pairs.of(model, duels(HELD[:2]))
        chosen = replace(PREFERRING, steps=14, anchor=0.0)
        train_on_duels(
            model, duels(TAUGHT, flipped), [], chosen, Run(state=tmp_path / str(flipped), start="x")
        )
        margins[flipped] = float(without_gradients(partial(reference.gaps, model, range(8))).mean())
    # log(.6 / .4) / beta is where it is pushed to.
    assert 0 < margins[0.4] < 3.0 < margins[0.0]


def test_the_loss_is_of_the_reply_alone(toy: Path) -> None:
    model = opened(toy)
    alone = model.encode(talk("boat", "red"), plainly("red"))
    other = model.encode(talk("chair", "green"), surely("green"))
    ids = torch.tensor([alone.prompt + alone.reply])
    logits = without_gradients(lambda: model._adapted(input_ids=ids).logits[0].log_softmax(1))
    places = range(len(alone.prompt), ids.shape[1])
    expected = sum(float(logits[place - 1, ids[0, place]]) for place in places)
    one, two = (
        without_gradients(partial(opened(toy, rows=rows).log_probabilities, [other, alone]))
        for rows in (1, 2)
    )
    assert float(one[1]) == pytest.approx(expected, abs=1e-3)
    assert two.tolist() == pytest.approx(one.tolist(), abs=1e-3)
    assert liked(model, [other, alone]) == int(two.argmax())


def test_small_batches_have_the_gradients_of_one(toy: Path, supervised: Path) -> None:
    gradients = []
    for rows in (8, 2):
        model = opened(toy, supervised, rows=rows)
        encoded = [model.encode(one.conversation, one.reply) for one in lessons(("boat",))]
        torch.autograd.backward(model.log_probabilities(encoded).sum())
        gradients.append([one.grad for _, one in model.trainable])
    for one, two in zip(*gradients, strict=True):
        assert one is not None
        assert two is not None
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)


def test_bfloat16_weights_keep_an_adapter_in_float32(toy: Path) -> None:
    half = settings(toy).model_copy(update={"dtype": "bfloat16"})
    model = ReplyModel.open(half, SHAPE, None, rows=4)
    assert {one.dtype for _, one in model.trainable} == {torch.float32}
    found = model.log_probabilities([model.encode(talk("boat", "red"), plainly("red"))])
    assert found.dtype == torch.float32
    torch.autograd.backward(found.sum())
    assert any(one.grad is not None and bool(one.grad.abs().sum() > 0) for _, one in model.trainable)


def test_nothing_to_learn_from(toy: Path, tmp_path: Path) -> None:
    model, run = opened(toy), Run(state=tmp_path, start="x")
    with pytest.raises(UsageError, match="no answer is likely right"):
        train_on_replies(model, [], [], SUPERVISING, run)
    with pytest.raises(UsageError, match="no answer is surely better"):
        train_on_duels(model, [], [], PREFERRING, run)


def test_without_held_ones_all_steps_are_taken(toy: Path, tmp_path: Path) -> None:
    steps: list[int] = []
    run = Run(state=tmp_path / "state", start="x", report=lambda step, _: steps.append(step))
    assert not train_on_replies(opened(toy), lessons(("boat",)), [], replace(SUPERVISING, steps=3), run)
    assert steps == [1, 2, 3]


def test_an_adapter_of_another_model_is_refused(toy: Path, supervised: Path, tmp_path: Path) -> None:
    other = make_toy(tmp_path / "other", hidden=32)
    with pytest.raises(ModelError, match="does not fit its base"):
        opened(other, supervised)
    (supervised.parent / "changed").mkdir()
    with pytest.raises(ModelError, match="no readable manifest"):
        opened(toy).load(supervised.parent / "changed")


def tuned(toy: Path, root: Path, stop_at: int | None = None) -> Path:
    """A short run whose adapter appears below ``root``; killed after so many steps, if at all."""
    torch.set_num_threads(1)
    model = opened(toy)

    def report(step: int, _: float) -> None:
        if step == stop_at:
            os.kill(os.getpid(), signal.SIGKILL)

    short = replace(SUPERVISING, steps=6, lessons=4, save_every=2)
    run = Run(state=root / "state", start="fresh", report=report)
    train_on_replies(model, lessons(("boat", "cup")), lessons(("hat",)), short, run)
    model.save(root / "adapter", {})
    return root / "adapter"


def test_a_run_that_was_killed_leaves_nothing_half_written_and_ends_the_same(
    toy: Path, tmp_path: Path
) -> None:
    process = get_context("spawn").Process(target=tuned, args=(toy, tmp_path / "cut", 5))
    process.start()
    process.join(100)
    assert process.exitcode == -signal.SIGKILL
    assert sorted(path.name for path in (tmp_path / "cut").iterdir()) == ["state"]
    whole, again = tuned(toy, tmp_path / "whole"), tuned(toy, tmp_path / "cut")
    name = "adapter_model.safetensors"
    assert (whole / name).read_bytes() == (again / name).read_bytes()


def test_no_memory_for_a_step_says_what_to_do(toy: Path, tmp_path: Path) -> None:
    def report(step: int, _: float) -> None:
        raise MemoryError

    run = Run(state=tmp_path, start="x", report=report)
    with pytest.raises(ModelError, match="out of memory"):
        train_on_replies(opened(toy), lessons(("boat",)), [], replace(SUPERVISING, steps=2), run)
