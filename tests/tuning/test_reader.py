"""The reader's trainer: batches, losses, going on after an interruption, the artifact."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rag.errors import ModelError, UsageError
from rag.generator.span.model import HEADS, SpanModel
from rag.generator.span.windows import Window
from rag.settings import SpanReaderSettings
from tuning.adapters import LoraShape
from tuning.reader import ReaderTraining, _any_of, draw_batch, train
from tuning.reader_artifact import save_reader
from tuning.reading import Example, read_examples, write_examples

TEXT = "The Trustee is Dunmore Bank. Notices go to the Trustee."
EXAMPLES = [
    Example(source="a", document="d", question="Who is the Trustee?", text=TEXT, spans=((15, 27),)),
    Example(source="a", document="d", question="What is the rate?", text=TEXT),
    Example(source="b", document="e", question="Notices go to Sue.", text=TEXT, spans=((29, 54),), verdict=1),
    Example(source="b", document="e", question="They go to it.", text=TEXT, spans=((29, 54),), verdict=0),
]  # fmt: skip
SETTINGS = ReaderTraining(
    steps=4, windows=4, save_every=2, bfloat16=False, shape=LoraShape(rank=4, alpha=4.0, layers=(4, 5))
)


def test_any_right_place_counts() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0])
    assert float(_any_of(logits, [0, 1, 2])) == pytest.approx(0.0, abs=1e-6)
    one = float(_any_of(logits, [2]))
    assert one == pytest.approx(-float(torch.log_softmax(logits, 0)[2]), abs=1e-6)
    assert float(_any_of(logits, [1, 2, 2])) < one


def test_an_epoch_shows_each_example_as_often_as_its_source_is_repeated() -> None:
    settings = replace(SETTINGS, windows=3, repeats={"b": 2})
    shown = [one for step in range(2) for one in draw_batch(EXAMPLES, settings, step)]
    assert sorted(one.question for one in shown) == sorted(
        [one.question for one in EXAMPLES] + [one.question for one in EXAMPLES if one.source == "b"]
    )
    assert draw_batch(EXAMPLES, settings, 5) == draw_batch(EXAMPLES, settings, 5)


def test_nothing_to_learn_from(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no example"):
        train([], SETTINGS, tmp_path)


def test_it_learns_goes_on_and_is_read_back(tmp_path: Path) -> None:
    settings = replace(SETTINGS, steps=24, learning_rate=5e-3, save_every=12)
    losses: list[float] = []
    model, heads = train(EXAMPLES, settings, tmp_path / "whole", lambda _, loss: losses.append(loss))
    assert losses[-1] < 0.5 * losses[0]

    def stop(step: int, _: float) -> None:
        if step == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(EXAMPLES, settings, tmp_path / "cut", stop)
    steps: list[int] = []
    again, other = train(EXAMPLES, settings, tmp_path / "cut", lambda step, _: steps.append(step))
    assert steps[0] == 13
    for one, two in zip(model.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(one, two)
    for one, two in zip(heads.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(one, two)

    save_reader(model, heads, tmp_path / "artifact", {"base": "minilm"})
    reader = SpanModel.load(SpanReaderSettings(adapter=tmp_path / "artifact", dtype="float32"))
    windows = [Window(question=one.question, text=one.text) for one in EXAMPLES]
    found = reader.read(windows)
    best = found[0].start.argmax()
    assert TEXT[found[0].encoded.starts[best] :].startswith("Dunmore")
    assert found[1].start.argmax() == 0
    assert found[2].verdict.argmax() == 1
    assert found[3].verdict.argmax() == 0
    alone = reader.read(windows[2:3])[0]
    assert (alone.start == found[2].start).all()
    assert (alone.verdict == found[2].verdict).all()

    (tmp_path / "artifact" / HEADS).write_bytes(b"other")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        SpanModel.load(SpanReaderSettings(adapter=tmp_path / "artifact"))


def test_examples_are_read_as_written(tmp_path: Path) -> None:
    write_examples(tmp_path / "examples.jsonl", EXAMPLES)
    assert list(read_examples(tmp_path / "examples.jsonl")) == EXAMPLES
