"""Examples for the values' model: what makers read, what labels turn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.assembly import open_pipeline
from rag.generator.valued.features import describe
from rag.generator.valued.model import ValueModel
from rag.prompt import Prompt
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId, Support
from rag.workspace import Workspace
from tests.tuning.questions.library import SETTINGS, make_library
from tuning.answer_groups import AnswerGroup
from tuning.items import AnswerItem, Asked
from tuning.questions import make_questions
from tuning.value_labels import (
    MADE,
    READ,
    asks_for_a_value,
    is_made,
    key_of,
    taught_by_labels,
    taught_by_makers,
    turned,
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_library(tmp_path_factory.mktemp("values"))


def test_what_a_maker_read_is_right_wherever_it_stands(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        made = make_questions(pipeline.catalog, seed=1, count=20, mix={"value": 1.0})
        asked = next(one for one in made if one.answer.startswith("60 days") and asks_for_a_value(one))
        refused = replace(asked, kind="not_answerable", answer="", places=())
        (read,), (silent,) = (list(taught_by_makers(pipeline, [one])) for one in (asked, refused))
    right = {
        one.text: share for one, share in zip(read.example.found, read.example.right.tolist(), strict=True)
    }
    assert right["60 days"] == READ
    assert sum(right.values()) == READ, "all others are wrong"
    assert not silent.example.right.any(), "nothing answers it"
    assert read.example.together == asked.places[0].document_id
    assert is_made(asked)
    assert is_made(refused)
    labels = read.labelled()
    assert {one.passage: one.probability for one in labels}["60 days"] == READ
    assert {one.label_model for one in labels} == {MADE}
    assert len({one.item for one in labels}) == len(labels)


def test_of_a_computed_answer_each_operand_is_right_for_its_part(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        made = make_questions(pipeline.catalog, seed=1, count=40, mix={"comparison": 1.0})
        asked = [one for one in made if "Minimum Denomination" in one.text and asks_for_a_value(one)]
        taught = [one for question in asked for one in taught_by_makers(pipeline, [question])]
    assert asked
    right = {
        found.text
        for one in taught
        for found, share in zip(one.example.found, one.example.right.tolist(), strict=True)
        if share == READ
    }
    assert right == {"U.S.$250,000", "U.S.$100,000"}


def test_of_a_value_that_is_not_at_hand_nothing_is_learned(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        made = make_questions(pipeline.catalog, seed=1, count=20, mix={"value": 1.0})
        asked = next(one for one in made if asks_for_a_value(one))
        elsewhere, in_words = replace(asked, answer="1,234 days"), replace(asked, answer="as it thinks fit")
        assert list(taught_by_makers(pipeline, [elsewhere])) == []
        (silent,) = taught_by_makers(pipeline, [in_words])
    assert not silent.example.right.any(), "what is said in words, no value says"


def test_nothing_is_asked_when_time_is_over(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        made = make_questions(pipeline.catalog, seed=1, count=5)
        assert list(taught_by_makers(pipeline, made, expired=lambda: True)) == []


def test_labels_turn_what_the_model_believes() -> None:
    text = "The Trustee may resign upon 60 days' notice. The Manager may resign upon 90 days' notice."
    chunk = Chunk(
        id=ChunkId("c"), document_id=DocumentId("d"), section_id=SectionId("s"), ordinal=0, start=0,
        end=len(text), first_page=0, last_page=0, text=text, context="Alder indenture",
    )  # fmt: skip
    asked = Asked(text="What notice must the Trustee give?", kind="log", origin="log", document_ids=("d",))  # type: ignore[arg-type]
    prompt = Prompt(question=asked.text, evidence=(Evidence(chunk=chunk),))
    support = Support(chunk_id=chunk.id, start=0, end=len(text))
    items = tuple(
        AnswerItem(
            question=asked,
            candidate=Candidate(text=said, score=0.5, supports=(support,) if said else ()),
            evidence=prompt.evidence,
        )
        for said in ("60 days", "90 days", "")
    )
    model = ValueModel.load()
    before = {key_of(one.found)[1]: one.share for one in model.rank(*describe(prompt), limit=9)}
    found = []
    for shares in ((0.45, 0.45, 0.1), (0.05, 0.9, 0.05)):
        group = AnswerGroup(question=asked, items=items, probabilities=shares, label_model="m")
        (taught,) = taught_by_labels(group, prompt, model)
        assert taught.label_model == "m"
        found.append(
            {
                key_of(one)[1]: share
                for one, share in zip(taught.example.found, taught.example.right.tolist(), strict=True)
            }
        )
    first, second = sorted(before, key=lambda key: -before[key])[:2]
    assert found[0][first] > found[0][second], "where labels tell nothing apart, the model is believed"
    assert found[1][second] > found[0][second]
    assert sum(found[1].values()) <= 1.0


def test_what_is_turned_adds_up_to_less_than_one() -> None:
    found = turned({("n", "1"): 0.6, ("n", "2"): 0.2}, {("n", "1"): 0.5, ("n", "2"): 0.5}, none=0.5)
    assert found == pytest.approx({("n", "1"): 0.6, ("n", "2"): 0.2})


def test_only_what_asks_for_a_value_is_learned_from() -> None:
    asked = Asked(text="May the Issuer prepay?", kind="clause", origin="log")
    assert not asks_for_a_value(asked)
    assert not is_made(replace(asked, answer="Yes"))
    assert asks_for_a_value(replace(asked, text="What is the notice period?"))
