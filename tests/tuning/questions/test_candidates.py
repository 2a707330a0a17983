"""Items of questions: the passages and answers to vote on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from rag.assembly import open_pipeline
from rag.generator.valued.model import ValueModel
from rag.workspace import Workspace
from tests.tuning.questions.library import SETTINGS
from tuning.items import Asked
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
