"""The labeling functions beside the sample's questions: they load, vote on house words alone, get used."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.sample.house import house_words
from eval.sample.wording import source
from rag.types import Chunk, ChunkId, DocumentId, SectionId
from rag.workspace import Workspace
from tuning.bench import take_functions
from tuning.items import Asked, PassageItem
from tuning.labeling import ABSTAIN, IRRELEVANT, RELEVANT, LabelingFunction, load_functions
from tuning.labeling.library.standard import passage_functions
from tuning.labeling.loading import FILE
from tuning.supervision import functions_of

CLAUSE = "The Manager may be removed without\ncause by Holders of at least 61% of the Subordinated Notes."


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """The file as the library has it."""
    path = tmp_path / "library" / FILE
    path.parent.mkdir()
    path.write_text(source("labels.py"), encoding="utf-8")
    return path


@pytest.fixture
def desk(written: Path) -> dict[str, LabelingFunction]:
    """The desk's own functions by name."""
    return {one.name: one for one in load_functions(written) if one.name.startswith("desk_")}


def _item(
    question: str, text: str, heading: str = "Section 15.2 Removal of the Portfolio Manager"
) -> PassageItem:
    chunk = Chunk(
        id=ChunkId("a"), document_id=DocumentId("d"), section_id=SectionId("s"), ordinal=0, start=0,
        end=len(text), first_page=0, last_page=0, text=text, context=f"deed > {heading}",
    )  # fmt: skip
    return PassageItem(question=Asked(text=question, kind="asked", origin="log"), chunk=chunk)


def test_a_right_passage_is_told_from_another(desk: dict[str, LabelingFunction]) -> None:
    right = _item("What is the guillotine in the deed?", CLAUSE)
    other = _item("What is the guillotine in the deed?", "Rent is due.", "Exhibit A Form of Note")
    voted = ("desk_sections", "desk_phrases", "desk_near")
    assert [desk[name](right) for name in voted] == [RELEVANT] * 3
    assert {one(other) for one in desk.values()} == {IRRELEVANT}


def test_each_house_word_is_known(desk: dict[str, LabelingFunction]) -> None:
    for word in house_words():
        item = _item(f"Please state {word['name']} for the deed.", "Rent is due.", "Nothing")
        assert desk["desk_phrases"](item) == IRRELEVANT, word["name"]


def test_without_a_house_word_they_abstain(desk: dict[str, LabelingFunction]) -> None:
    item = _item("Who removes the manager without cause?", CLAUSE)
    assert {one(item) for one in desk.values()} == {ABSTAIN}


def test_a_workspace_takes_them_beside_the_ready_ones(written: Path, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    take_functions(tmp_path, workspace)
    assert not (workspace.root / FILE).exists()
    take_functions(written.parent, workspace)
    names = {one.name for one in functions_of(workspace, reranker=True)}
    assert {one.name for one in passage_functions()} < names
    assert {"desk_phrases", "desk_near"} < names
