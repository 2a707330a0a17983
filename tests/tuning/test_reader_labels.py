"""Tuning the reader on soft labels of answers: which phase is kept, what is traced, what goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.generator.span.model import SpanModel
from rag.settings import SpanReaderSettings
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId, Support
from tests.tuning.test_preferring import SHAPE
from tuning.answer_groups import AnswerGroup
from tuning.artifacts import read_examples, read_manifest
from tuning.choices import REFUSAL, one_drawn
from tuning.items import AnswerItem, Asked
from tuning.preferring import PreferenceTraining, expected_right
from tuning.reader import ReaderTraining, train
from tuning.reader_artifact import save_reader
from tuning.reader_labels import ReaderTuning, choices_in, duels_of, taught_examples, train_reader
from tuning.reading import Example
from tuning.soft_lists import NothingToLearnError

SUPERVISING = ReaderTraining(windows=4, bfloat16=False, shape=SHAPE, learning_rate=3e-3, save_every=10)
PREFERRING = PreferenceTraining(steps=6, duels=2, windows=2, bfloat16=False, shape=SHAPE, learning_rate=2e-3)


def group(name: str, right: float = 0.9) -> AnswerGroup:
    """Who a deed's trustee is: it names him, and somebody else."""
    text = f"The Trustee of {name} is Dunmore Bank. The Manager of {name} is Larch Capital."
    chunk = Chunk(
        id=ChunkId(name), document_id=DocumentId(name), section_id=SectionId("s"), ordinal=0,
        start=0, end=len(text), first_page=0, last_page=0, text=text, context="",
    )  # fmt: skip
    asked = Asked(
        text=f"Who is the trustee of {name}?", kind="fact", origin="log", document_ids=(DocumentId(name),)
    )
    items, whole = [], Support(chunk_id=chunk.id, start=0, end=len(text))
    for said in ("Dunmore Bank", "Larch Capital", ""):
        candidate = Candidate(text=said, score=0.5, supports=(whole,) if said else ())
        items.append(AnswerItem(question=asked, candidate=candidate, evidence=(Evidence(chunk=chunk),)))
    rest = (1 - right) / 2
    return AnswerGroup(
        question=asked, items=tuple(items), probabilities=(right, rest, rest), label_model="made"
    )


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = ReaderTraining(steps=1, windows=1, bfloat16=False, shape=SHAPE)
    examples = [Example(source="a", document="d", question="Who?", text="Nobody.", spans=())]
    folder = tmp_path_factory.mktemp("reader")
    save_reader(*train(examples, settings, folder / "state"), folder / "start", {"base": "minilm"})
    return folder / "start"


def settings(start: Path) -> ReaderTuning:
    return ReaderTuning(start=start, supervising=SUPERVISING, preferring=PREFERRING, epochs=12, windows=4)


@pytest.mark.slow
def test_the_reader_learns_what_labels_say(start: Path, tmp_path: Path) -> None:
    groups = [group(name) for name in ("alder", "birch", "cedar", "elm", "fir", "hazel")]
    held = [group(name) for name in ("ivy", "larch")]
    steps: list[int] = []
    chosen = settings(start)
    folder = train_reader(
        groups, held, chosen, tmp_path / "out", tmp_path / "state", lambda step, _: steps.append(step)
    )
    figures = read_manifest(folder)["dev"]
    assert figures["kept"] != "start"
    assert figures["after"] == pytest.approx(0.9)
    assert figures["before"] < figures["after"]
    assert steps == list(range(1, len(steps) + 1))
    assert {row["item"] for row in read_examples(folder)} == {one.id for own in groups for one in own.items}
    assert not (tmp_path / "state" / folder.name).exists()
    assert train_reader(groups, held, chosen, tmp_path / "out", tmp_path / "state") == folder
    served = SpanModel.load(SpanReaderSettings(adapter=folder, dtype="float32"))
    assert (
        served.fingerprint != SpanModel.load(SpanReaderSettings(adapter=start, dtype="float32")).fingerprint
    )
    assert expected_right(choices_in(held, 4), folder, PREFERRING) == pytest.approx([0.9, 0.9])
    assert json.loads((folder / "manifest.json").read_text())["label_models"] == ["made"]


def test_what_is_taught(start: Path) -> None:
    groups = choices_in([group("alder"), group("birch", right=0.4)], 4)
    chosen = settings(start)
    assert [one.document for one in taught_examples(groups, chosen)] == ["alder"]
    assert not taught_examples(groups, replace(chosen, taught="none"))
    assert len(taught_examples(groups, replace(chosen, taught="random"))) >= 1
    (only,) = duels_of(groups, chosen)
    assert only.better.probability == 0.9
    assert not duels_of(groups, replace(chosen, pairs=None))


def test_one_answer_drawn() -> None:
    (choices,) = choices_in([group("alder")], 4)
    found = {one_drawn(choices, seed=seed) for seed in range(12)}
    assert {sum(one.probability for one in each.answers) for each in found} == {1.0}
    taken = {one.window for each in found for one in each.answers if one.probability == 1.0}
    assert REFUSAL in taken


def test_nothing_to_learn_from(start: Path, tmp_path: Path) -> None:
    unsure = [group("alder", right=0.4)]
    with pytest.raises(NothingToLearnError, match="to learn from"):
        train_reader(unsure, unsure, settings(start), tmp_path / "out", tmp_path / "state")
    with pytest.raises(NothingToLearnError, match="development"):
        train_reader([group("alder")], [], settings(start), tmp_path / "out", tmp_path / "state")
