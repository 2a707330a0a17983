"""Items of questions: the passages and answers to vote on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from rag.assembly import open_pipeline
from rag.generator.valued.model import ValueModel
from rag.workspace import Workspace
from tests.tuning.questions.library import SETTINGS
from tuning.items import Asked
from tuning.kinds import ClauseKinds
from tuning.questions import make_questions
from tuning.questions.candidates import REFUSAL, answers, passage_items


def test_what_the_maker_read_is_among_passages_and_answers(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        (asked,) = make_questions(pipeline.catalog, seed=1, count=1, mix={"value": 1.0})
        items = list(passage_items(pipeline, [asked], limit=1))
        place = asked.places[0]
        held = [c for c in items if c.chunk.start < place.end and place.start < c.chunk.end]
        assert any(item.chunk.document_id == place.document_id for item in held)
        assert len({item.id for item in items}) == len(items)
        (proposed,) = answers(pipeline, [asked], ValueModel.load())
    texts = [item.candidate.text for item in proposed.items]
    assert asked.answer in texts
    assert proposed.items[-1].candidate == REFUSAL
    assert len({item.id for item in proposed.items}) == len(proposed.items)
    of_maker = next(item for item in proposed.items if item.candidate.text == asked.answer)
    assert asked.answer in of_maker.words_around


def test_a_question_without_places_has_what_is_found(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        asked = Asked(text="Who is the trustee?", kind="fact", origin="log")
        items = list(passage_items(pipeline, [asked], limit=3))
    assert 0 < len(items) <= 3
    assert {item.lexical for item in items} - {None}


def test_what_was_read_is_found_across_other_line_breaks(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        made = make_questions(pipeline.catalog, seed=1, count=40)
        asked = next(one for one in made if " " in one.answer and not one.computed)
        broken = replace(asked, answer=asked.answer.replace(" ", "\n "))
        (as_said,), (as_broken,) = (
            answers(pipeline, [asked], ValueModel.load()),
            answers(pipeline, [broken], ValueModel.load()),
        )
    assert [one.candidate for one in as_broken.items] == [one.candidate for one in as_said.items]
    assert asked.answer in [one.candidate.text for one in as_broken.items]


def test_the_likelier_values_are_those_of_the_model_that_is_given(workspace: Workspace) -> None:
    asked = Asked(text="How many days' notice must the Trustee give?", kind="value", origin="log")
    shipped = ValueModel.load()
    other = replace(shipped, none=shipped.none + np.eye(len(shipped.none))[0] * 9.0)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        found = [
            {item.candidate.text: item.candidate.signals.get("value", 0.0) for item in proposed.items}
            for model in (shipped, other)
            for proposed in answers(pipeline, [asked], model)
        ]
    assert found[0]["60 days"] > 5 * found[1]["60 days"] > 0


def test_sentences_in_the_words_of_a_kind_are_proposed_where_a_clause_is_demanded(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "kinds.toml"
    path.write_text("[[kind]]\nname = 'notice'\nasked = 'notice'\nsaid = '\\bdays\\b'\n", encoding="utf-8")
    kinds = [ClauseKinds.load(path)]

    def proposed(text: str) -> set[str]:
        asked = Asked(text=text, kind="clause", origin="log")
        (plain,) = answers(pipeline, [asked], ValueModel.load())
        (more,) = answers(pipeline, [asked], ValueModel.load(), kinds=kinds)
        return {one.candidate.text for one in more.items} - {one.candidate.text for one in plain.items}

    with open_pipeline(workspace, SETTINGS) as pipeline:
        found = proposed("Highlight the parts related to notice.")
        assert found
        assert all("days" in text.split() for text in found)
        assert not proposed("How many days' notice must the Trustee give?")
        assert not proposed("Highlight the parts related to pets.")
