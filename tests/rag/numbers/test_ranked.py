"""Figures of whole pages are computed, of others not; what is quoted counts as far as it is none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.generator.figures import FiguresOrText
from rag.generator.valued.model import ValueModel
from rag.numbers.ranked import RankedPrograms
from rag.numbers.ranker import Ranker
from rag.pipeline import Pipeline
from rag.prompt import Prompt
from rag.settings import Settings
from rag.types import Abstention, Answer, Candidate, Query, Support
from rag.workspace import Workspace
from tests.library import SETTINGS

PAGE = """<html><body>
<p>Net revenue by segment (in millions):</p>
<table>
<tr><td></td><td>2017</td><td>2016</td></tr>
<tr><td>Cloud services</td><td>$ 640</td><td>$ 500</td></tr>
<tr><td>Hardware</td><td>160</td><td>300</td></tr>
<tr><td>Total net revenue</td><td>$ 800</td><td>$ 800</td></tr>
</table></body></html>
"""


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    folder = tmp_path_factory.mktemp("ranked")
    (folder / "page.html").write_text(PAGE)
    workspace = Workspace.create(folder / "workspace")
    ingest(workspace, [folder / "page.html"], SETTINGS)
    with open_pipeline(workspace, SETTINGS) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("what percentage of total net revenue in 2017 came from cloud services?", "80.00%"),
        ("by how much did hardware decrease in percent from 2016 to 2017?", "-46.67%"),
        ("What were the cloud services in 2017 and 2016 respectively?", "$640 million; $500 million"),
    ],
)
def test_questions_in_free_words_are_computed_and_cited(
    pipeline: Pipeline, question: str, answer: str
) -> None:
    outcome = pipeline.ask(Query(text=question)).outcome
    assert isinstance(outcome, Answer)
    assert outcome.text == answer
    assert outcome.derivation is not None
    for operand, citation in zip(outcome.derivation.operands, outcome.citations, strict=True):
        assert operand.text.strip("$ ") in citation.quote


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("were cloud services higher in 2017 than in 2016?", "Yes"),
        ("was hardware greater than cloud services in 2017?", "No"),
    ],
)
def test_comparisons_are_answered_with_yes_or_no(pipeline: Pipeline, question: str, answer: str) -> None:
    outcome = pipeline.ask(Query(text=question)).outcome
    assert isinstance(outcome, Answer)
    assert outcome.text == answer
    assert outcome.derivation is not None
    assert len(outcome.citations) == 2


def test_a_year_that_is_not_there_is_said_and_not_guessed(pipeline: Pipeline) -> None:
    outcome = pipeline.ask(Query(text="what was the total net revenue in 2009?")).outcome
    assert isinstance(outcome, Abstention)
    programs, _ = RankedPrograms(Ranker.load()).propose(
        pipeline.prompt(Query(text="what was the total net revenue in 2009?"))
    )
    assert not programs[0].supports
    assert "2009" in programs[0].text


def test_without_all_that_a_document_says_nothing_is_proposed(pipeline: Pipeline) -> None:
    programs = RankedPrograms(Ranker.load())
    prompt = pipeline.prompt(Query(text="what was the change in hardware from 2016 to 2017?"))
    assert programs.propose(prompt)[0]
    assert programs.propose(replace(prompt, whole=False)) == ((), 1.0)
    assert programs.propose(replace(prompt, tables=())) == ((), 1.0)


class _Reading:
    """Says one thing, surely."""

    fingerprint = "reading"

    def __init__(self, text: str = "Net") -> None:
        self._text = text

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """The same for each."""
        support = Support(chunk_id=prompts[0].evidence[0].chunk.id, start=0, end=3)
        return [(Candidate(text=self._text, score=0.8, supports=(support,)),) for _ in prompts]


class _Silent:
    fingerprint = "silent"

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """Nothing."""
        return [() for _ in prompts]


def test_a_quote_counts_less_where_a_figure_is_asked_for(pipeline: Pipeline) -> None:
    both = FiguresOrText(_Silent(), RankedPrograms(Ranker.load()), ValueModel.load(), _Reading())
    figure = pipeline.prompt(Query(text="what was the change in hardware from 2016 to 2017?"))
    (best, *others) = both.complete([figure])[0]
    assert best.derivation is not None
    assert next(one.score for one in others if one.text == "Net") < 0.2
    (alone,) = both.complete([replace(figure, whole=False)])[0]
    assert alone.score == 0.8


def _all_of(reading: str, prompt: Prompt) -> tuple[Candidate, ...]:
    both = FiguresOrText(_Silent(), RankedPrograms(Ranker.load()), ValueModel.load(), _Reading(reading))
    return both.complete([prompt])[0]


@pytest.mark.parametrize("figure", ["$ 640", "$(31.5)", "130 basis points", "(8)%"])
def test_no_bare_figure_of_a_page_is_a_reason(pipeline: Pipeline, figure: str) -> None:
    why = pipeline.prompt(Query(text="why did the net revenue of hardware decrease from 2016 to 2017?"))
    assert _all_of(figure, why) == ()
    assert [one.text for one in _all_of(f"{figure} of lower demand", why)] == [f"{figure} of lower demand"]
    assert figure in {one.text for one in _all_of(figure, replace(why, whole=False))}
    much = pipeline.prompt(Query(text="by how much did hardware decrease from 2016 to 2017?"))
    assert figure in {one.text for one in _all_of(figure, much)}


def test_of_a_page_a_less_sure_quotation_is_given_than_of_a_search(pipeline: Pipeline) -> None:
    prompt = pipeline.prompt(Query(text="what are the segments?"))
    (of_page,) = (one for one in _all_of("Net", prompt) if one.text == "Net")
    (of_search,) = (one for one in _all_of("Net", replace(prompt, whole=False)) if one.text == "Net")
    assert 0 < of_page.least < Settings().least_confidence
    assert of_search.least == 0


def test_where_a_value_is_asked_for_a_quotation_without_one_counts_less(pipeline: Pipeline) -> None:
    limit = replace(pipeline.prompt(Query(text="what is the concentration limit?")), whole=False)
    says_none, says_one = "The limits below shall be met:", "The limit is 7.5%:"

    def score(text: str, prompt: Prompt) -> float:
        return next(one.score for one in _all_of(text, prompt) if one.text == text)

    assert score(says_none, limit) == pytest.approx(score(says_one, limit) / 2)
    fee = replace(limit, question="what is the servicing fee?")
    assert score("The fee is 0.15%:", fee) == score("The fee is $500:", fee)
    policy = replace(limit, question="who decides on the limit?")
    assert score(says_none, policy) == score(says_one, policy)
