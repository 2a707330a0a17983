"""What every generator promises: candidates that stand in the evidence, best first, repeatable."""

from __future__ import annotations

import pytest

from rag import generator
from rag.protocols import Generator
from rag.settings import BestSentenceSettings
from rag.types import Chunk, Prompt
from tests.library import ALDER, BIRCH, make_document

QUESTIONS = (
    "What interest rate do the Class B Notes bear?",
    "What is the principal amount of Class B?",
    "Who is the Trustee?",
    "May the Issuer create a lien?",
)


@pytest.fixture
def component() -> Generator:
    return generator.load(BestSentenceSettings(candidates=3))


@pytest.fixture(scope="module")
def evidence() -> tuple[Chunk, ...]:
    return make_document("alder", ALDER)[2] + make_document("birch", BIRCH)[2]


def test_candidates_stand_in_their_supports(component: Generator, evidence: tuple[Chunk, ...]) -> None:
    chunks = {chunk.id: chunk for chunk in evidence}
    prompts = [Prompt(question=question, evidence=evidence) for question in QUESTIONS]
    for candidates in component.complete(prompts):
        assert candidates
        for candidate in candidates:
            assert 0.0 <= candidate.score <= 1.0
            for support in candidate.supports:
                quote = chunks[support.chunk_id].text[support.start : support.end]
                assert "".join(candidate.text.split()) in "".join(quote.split())


def test_best_first_and_no_more_than_asked(component: Generator, evidence: tuple[Chunk, ...]) -> None:
    candidates = component.complete([Prompt(question=QUESTIONS[0], evidence=evidence)])[0]
    assert len(candidates) <= 3
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


def test_prompts_do_not_influence_each_other(component: Generator, evidence: tuple[Chunk, ...]) -> None:
    prompts = [Prompt(question=question, evidence=evidence) for question in QUESTIONS]
    assert component.complete(prompts) == [component.complete([prompt])[0] for prompt in prompts]


def test_no_evidence_no_candidates(component: Generator) -> None:
    assert component.complete([Prompt(question=QUESTIONS[0], evidence=())]) == [()]
    assert component.complete([]) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What interest rate do the Class B Notes bear?", "4.25%"),
        ("What is the principal amount of Class B?", "$310,000,000"),
    ],
)
def test_figures_are_read_out_of_the_sentence(component: Generator, question: str, answer: str) -> None:
    evidence = make_document("alder", ALDER)[2]
    assert component.complete([Prompt(question=question, evidence=evidence)])[0][0].text == answer
