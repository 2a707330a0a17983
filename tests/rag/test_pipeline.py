from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.errors import EmptyIndexError, QuestionError, UnknownDocumentError, UsageError
from rag.prompt import Prompt
from rag.settings import (
    AnswerSettings,
    HashingEmbedderSettings,
    OverlapRerankerSettings,
    RetrievalSettings,
    Settings,
)
from rag.types import Abstention, Answer, Candidate, Query, Support
from rag.workspace import Workspace
from tests.library import ALDER, BIRCH, SETTINGS, make_workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(tmp_path_factory.mktemp("workspace"))


def test_answers_with_a_citation_that_stands_in_the_document(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        scope = pipeline.scope(["alder"])
        query = Query(text="What interest rate do the Class B Notes bear?", document_ids=scope)
        response = pipeline.ask(query)
    assert isinstance(response.outcome, Answer)
    assert response.outcome.text == "4.25%"
    citation = response.outcome.citations[0]
    assert citation.document_name == "alder"
    assert (citation.first_page, citation.last_page) == (1, 1)
    assert citation.section_path == ("Section 2.4 Interest",)
    assert ALDER[citation.start : citation.end] == citation.quote
    assert "4.25%" in citation.quote
    assert citation.boxes
    assert all(box.page == 1 for box in citation.boxes)


def test_scope_keeps_other_documents_out(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        scope = pipeline.scope(["birch"])
        response = pipeline.ask(Query(text="Who is the Trustee?", document_ids=scope))
        assert response.searched == scope
    assert {hit.document_id for hit in response.hits} == set(scope or ())
    assert isinstance(response.outcome, Answer)
    assert "Dunmore" in response.outcome.text
    assert "Dunmore" in BIRCH


def test_abstains_on_what_no_document_speaks_of(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        response = pipeline.ask(Query(text="Which football club does Zanzibar sponsor?"))
    assert isinstance(response.outcome, Abstention)
    assert response.outcome.reason


def test_threshold_decides_between_answer_and_abstention(workspace: Workspace) -> None:
    query = Query(text="What interest rate do the Class B Notes bear?")
    sure = SETTINGS.model_copy(update={"answer": AnswerSettings(min_confidence=1.0)})
    with open_pipeline(workspace, SETTINGS) as low, open_pipeline(workspace, sure) as high:
        assert isinstance(low.ask(query).outcome, Answer)
        assert isinstance(high.ask(query).outcome, Abstention)


def test_timings_come_from_the_clock_and_add_up(workspace: Workspace) -> None:
    ticks = itertools.count(0.0, 0.5)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        timed = replace(pipeline, clock=lambda: next(ticks))
        timings = timed.ask(Query(text="Who is the Trustee?")).timings_ms
    assert timings == dict.fromkeys(["retrieve", "rerank", "evidence", "generate", "cite"], 500) | {
        "total": 2500
    }


def test_reranker_reorders_and_never_loses_hits(workspace: Workspace) -> None:
    query = Query(text="shall not create any lien on the Collateral")
    reranked = SETTINGS.model_copy(update={"reranker": OverlapRerankerSettings()})
    with open_pipeline(workspace, SETTINGS) as plain, open_pipeline(workspace, reranked) as second:
        before, after = plain.retrieve(query), second.retrieve(query)
        texts = [chunk.text for chunk in second.catalog.chunks(hit.chunk_id for hit in after)]
    assert {hit.chunk_id for hit in before} == {hit.chunk_id for hit in after}
    assert texts[0].startswith("Section 7.2")
    assert [hit.score for hit in after] == sorted((hit.score for hit in after), reverse=True)
    assert {hit.stage for hit in after} == {"reranked"}


def test_search_words_have_more_hits_reranked_than_a_question(workspace: Workspace) -> None:
    few = RetrievalSettings(reranked=1, reranked_searches=3)
    settings = SETTINGS.model_copy(update={"reranker": OverlapRerankerSettings(), "retrieval": few})
    with open_pipeline(workspace, settings) as pipeline:
        searched, asked = (
            [hit.stage for hit in pipeline.retrieve(Query(text=text))]
            for text in ("lien on the Collateral", "What lien is on the Collateral?")
        )
    assert searched.count("reranked") == 3
    assert asked.count("reranked") == 1


def test_the_same_question_gives_the_same_response(workspace: Workspace) -> None:
    query = Query(text="What is the principal amount of Class B?")
    with open_pipeline(workspace, SETTINGS) as pipeline:
        first, second = pipeline.ask(query), pipeline.ask(query)
    assert replace(first, timings_ms={}) == replace(second, timings_ms={})


@pytest.mark.parametrize("text", ["", "  \n\t ", "x" * 100_000])
def test_bad_questions_are_refused(workspace: Workspace, text: str) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline, pytest.raises(QuestionError):
        pipeline.ask(Query(text=text))


def test_unknown_document_is_named(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline, pytest.raises(UnknownDocumentError, match="elm"):
        pipeline.scope(["elm"])


def test_another_embedder_than_the_index_was_built_with_is_refused(workspace: Workspace) -> None:
    other = Settings(embedder=HashingEmbedderSettings(dim=64))
    with pytest.raises(UsageError, match="another embedder"), open_pipeline(workspace, other):
        pass


def test_empty_workspace_says_what_to_do(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    with pytest.raises(EmptyIndexError, match="covenant ingest"), open_pipeline(workspace, SETTINGS):
        pass


def test_a_document_without_source_is_not_listed(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    with Catalog(workspace.catalog_file) as catalog:
        assert [record.name for record in catalog.documents()] == ["alder", "birch"]
        assert sum(record.chunks for record in catalog.documents()) == 5


class Claiming:
    """A generator that claims an answer of the first chunk's first line, wherever it got it from."""

    fingerprint = "claiming"

    def __init__(self, text: str, *, score: float = 1.0, judged: bool = False) -> None:
        self.text, self.score, self.judged = text, score, judged

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """One candidate per prompt."""
        return [
            (
                Candidate(
                    text=self.text,
                    score=self.score,
                    judged=self.judged,
                    supports=(
                        Support(chunk_id=p.evidence[0].chunk.id, start=0, end=len(p.evidence[0].chunk.text)),
                    ),
                ),
            )
            for p in prompts
        ]


@pytest.mark.parametrize(
    ("claim", "stands"),
    [
        ("$310,000,000", True),
        ("Class B $310,000,000 4.25%", True),
        ("310,000,000", True),
        ("310,000", False),
        ("10,000,000", False),
        ("$310,000,001", False),
        ("5.10%", False),
    ],
)
def test_an_answer_that_does_not_stand_in_its_citation_is_never_given(
    workspace: Workspace, claim: str, stands: bool
) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        lying = replace(pipeline, generator=Claiming(claim))
        query = Query(text="Class B $310,000,000", document_ids=pipeline.scope(["alder"]))
        assert isinstance(lying.ask(query).outcome, Answer if stands else Abstention)


@pytest.mark.parametrize(
    ("claim", "score", "given"),
    [("Yes", 0.6, True), ("No", 0.6, True), ("Yes", 0.48, False), ("Yes, always", 0.9, False)],
)
def test_a_verdict_is_yes_or_no_and_more_likely_than_not(
    workspace: Workspace, claim: str, score: float, given: bool
) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        judging = replace(pipeline, generator=Claiming(claim, score=score, judged=True))
        outcome = judging.ask(Query(text="Class B is $310,000,000.")).outcome
    assert isinstance(outcome, Answer if given else Abstention)


def test_the_least_confidence_is_what_is_set_or_suits_the_generator() -> None:
    assert Settings().least_confidence < SETTINGS.least_confidence == 0.45
    set_by_hand = SETTINGS.model_copy(update={"answer": AnswerSettings(min_confidence=0.9)})
    assert set_by_hand.least_confidence == 0.9
