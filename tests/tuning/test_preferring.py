"""Preferences between a reader's answers: exact probabilities, duels, what training does to them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from rag.errors import UsageError
from rag.generator.span.reader import LONGEST
from rag.generator.span.windows import Window, encode, pieces_of
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId, Support
from tuning.adapters import LoraShape
from tuning.choices import REFUSAL, Choice, Choices, choices_of, duels, supervised
from tuning.items import AnswerItem, Asked
from tuning.preferring import PreferenceTraining, log_probabilities, train_preferences
from tuning.reader import ReaderTraining, fresh_reader, train
from tuning.reader_artifact import save_reader
from tuning.reading import Example

TEXT = "The Trustee is Dunmore Bank. Notices go to the Trustee."
OTHER = "The Collateral Manager is Larch Capital."
QUESTION = "Who is the Trustee?"
SHAPE = LoraShape(rank=4, alpha=4.0, layers=(4, 5))
SETTINGS = PreferenceTraining(steps=12, duels=2, bfloat16=False, shape=SHAPE, learning_rate=3e-3)
RIGHT = Choice(window=0, start=15, end=27, probability=0.9, score=0.5)
WRONG = Choice(window=1, start=26, end=39, probability=0.1, score=0.8)
NONE = Choice(probability=0.2, score=0.1)
GROUP = Choices(
    item="q",
    document="d",
    question=QUESTION,
    windows=(Window(question=QUESTION, text=TEXT), Window(question=QUESTION, text=OTHER)),
    answers=(NONE, RIGHT, WRONG),
)


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A reader that has seen a few steps: its heads are no longer those of a fresh one."""
    settings = ReaderTraining(steps=3, windows=2, bfloat16=False, shape=SHAPE)
    examples = [Example(source="a", document="d", question=QUESTION, text=TEXT, spans=((15, 27),))]
    folder = tmp_path_factory.mktemp("reader")
    save_reader(*train(examples, settings, folder / "state"), folder / "start", {"base": "minilm"})
    return folder / "start"


def test_probabilities_are_those_of_all_spans_and_the_refusal(start: Path) -> None:
    reader, _ = fresh_reader(ReaderTraining(shape=SHAPE, bfloat16=False), start=start)
    with torch.no_grad():
        found = log_probabilities(reader, GROUP, SETTINGS)
        encoded = encode(reader.tokenizer, GROUP.windows)
        starts, ends, _ = reader.logits(encoded)
    margins = {(REFUSAL, 0, 0): 0.0}
    for w, one in enumerate(encoded):
        own = [i for i in range(len(one.ids)) if one.starts[i] >= 0]
        for i in own:
            for j in own:
                if i <= j < i + LONGEST["open"]:
                    margin = starts[w, i] + ends[w, j] - starts[w, 0] - ends[w, 0]
                    margins[w, i, j] = float(margin)
    total = math.log(sum(math.exp(margin) for margin in margins.values()))
    for place, choice in enumerate(GROUP.answers):
        pieces = pieces_of(encoded[choice.window], choice.start, choice.end) if choice is not NONE else (0, 0)
        assert pieces is not None
        expected = margins[choice.window, *pieces] - total
        assert float(found[place]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("listwise", [False, True])
def test_training_moves_probability_to_the_better_answer(start: Path, tmp_path: Path, listwise: bool) -> None:
    pairs = list(duels([GROUP], "best_worst", least=0.3, seed=7))
    model, heads = train_preferences(pairs, replace(SETTINGS, listwise=listwise), start, tmp_path / "state")
    save_reader(model, heads, tmp_path / "after", {"base": "minilm"})
    shaped = ReaderTraining(shape=SHAPE, bfloat16=False)
    with torch.no_grad():
        before, after = (
            log_probabilities(fresh_reader(shaped, start=folder)[0], GROUP, SETTINGS)
            for folder in (start, tmp_path / "after")
        )
    gap_before, gap_after = (float(one[1] - one[2]) for one in (before, after))
    assert gap_after > gap_before + 0.5
    assert float(after[1]) > float(before[1])


def test_an_interrupted_run_ends_as_if_it_had_not_been(start: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, steps=4, save_every=2)
    pairs = list(duels([GROUP], "random", least=0.3, seed=7))
    whole, _ = train_preferences(pairs, settings, start, tmp_path / "whole")

    def stop(step: int, _: float) -> None:
        if step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_preferences(pairs, settings, start, tmp_path / "cut", stop)
    again, _ = train_preferences(pairs, settings, start, tmp_path / "cut")
    for one, two in zip(whole.state_dict().values(), again.state_dict().values(), strict=True):
        assert torch.equal(one, two)


def test_nothing_to_prefer(start: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no answer is surely better"):
        train_preferences([], SETTINGS, start, tmp_path)


def test_another_shape_is_refused(start: Path) -> None:
    with pytest.raises(UsageError, match="train with its shape"):
        fresh_reader(ReaderTraining(shape=LoraShape(rank=2, layers=(4, 5))), start=start)
    with pytest.raises(UsageError, match="not trained"):
        fresh_reader(ReaderTraining(shape=replace(SHAPE, layers=(5,))), start=start)


def test_which_answers_duel() -> None:
    (best,) = duels([GROUP], "best_worst", least=0.3, seed=7)
    assert (best.better, best.worse) == (RIGHT, WRONG)
    assert best.flipped == pytest.approx(0.1 * 0.1 / (0.9 * 0.9 + 0.1 * 0.1))
    unsure = replace(GROUP, answers=(RIGHT, replace(NONE, probability=0.0), WRONG))
    assert next(duels([unsure], "best_worst", least=0.3, seed=7)).worse.window == REFUSAL
    assert next(duels([unsure], "likely_bad", least=0.3, seed=7)).worse == WRONG
    assert not list(duels([GROUP], "best_worst", least=0.85, seed=7))
    drawn = {next(duels([GROUP], "random", least=0.3, seed=seed)).worse for seed in range(9)}
    assert drawn == {WRONG, NONE}


def test_supervision_leaves_the_unsure_out() -> None:
    unsure = replace(WRONG, probability=0.5)
    group = replace(GROUP, answers=(RIGHT, unsure))
    (only,) = supervised([group], right=0.8, wrong=0.2, silent=2, seed=7)
    assert (only.text, only.spans) == (TEXT, ((15, 27),))
    texts = {one.text: one.spans for one in supervised([GROUP], right=0.8, wrong=0.2, silent=2, seed=7)}
    assert texts == {TEXT: ((15, 27),), OTHER: ()}
    refused = replace(GROUP, answers=(replace(NONE, probability=0.9), WRONG))
    assert all(not one.spans for one in supervised([refused], right=0.8, wrong=0.2, silent=2, seed=7))
    assert not list(supervised([replace(GROUP, answers=(unsure,))], right=0.8, wrong=0.2, silent=2, seed=7))


def test_answers_are_found_in_the_windows() -> None:
    chunks = [_chunk("a", TEXT), _chunk("b", OTHER)]
    evidence = tuple(Evidence(chunk=chunk) for chunk in chunks)
    asked = Asked(text=QUESTION, kind="fact", origin="log", document_ids=(DocumentId("d"),))
    first = Support(chunk_id=ChunkId("a"), start=0, end=28)
    second = Support(chunk_id=ChunkId("b"), start=0, end=40)
    said = [
        Candidate(text="Dunmore Bank", score=0.5, supports=(first,)),
        Candidate(text="Larch  Capital", score=0.8, supports=(second,)),
        Candidate(text="", score=0.1, supports=()),
        Candidate(text="x", score=0.1, supports=(first,)),
    ]
    items = [AnswerItem(question=asked, candidate=one, evidence=evidence) for one in said]
    found = choices_of(items, [0.9, 0.1, 0.2, 0.5], windows=16)
    assert found is not None
    assert found.answers == (NONE, RIGHT, WRONG)
    assert (found.item, found.document, found.windows) == (asked.id, "d", GROUP.windows)
    assert choices_of(items[3:], [0.5], windows=16) is None


def _chunk(name: str, text: str) -> Chunk:
    return Chunk(
        id=ChunkId(name), document_id=DocumentId("d"), section_id=SectionId("s"), ordinal=0,
        start=0, end=len(text), first_page=0, last_page=0, text=text, context="",
    )  # fmt: skip
