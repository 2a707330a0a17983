"""What every generator promises: candidates that stand in the evidence, best first, repeatable."""

from __future__ import annotations

import functools

import pytest

from rag import generator
from rag.generator.fallback import FallbackGenerator
from rag.generator.llm.quoting import QuotingGenerator
from rag.generator.span.model import SpanModel
from rag.generator.span.reader import SpanReader
from rag.generator.values import ValueKind, asked_kind, values
from rag.glossary import Glossary
from rag.protocols import Generator
from rag.settings import BestSentenceSettings, SpanReaderSettings
from rag.types import Chunk
from tests.chat_doubles import copying
from tests.library import ALDER, BIRCH, make_document, prompt

QUESTIONS = (
    "What interest rate do the Class B Notes bear?",
    "What is the principal amount of Class B?",
    "Who is the Trustee?",
    "May the Issuer create a lien?",
)


@pytest.fixture
def component() -> Generator:
    return generator.load(BestSentenceSettings(candidates=3), Glossary.load())


@functools.cache
def span_reader() -> Generator:
    return SpanReader(SpanModel.load(SpanReaderSettings()), candidates=3, windows=16)


@pytest.fixture(params=["best_sentence", "span_reader", "quoting", "fallback"])
def any_component(request: pytest.FixtureRequest, component: Generator) -> Generator:
    """Every way to read; a language model stands for all of them, whatever writes its replies."""
    quoting = QuotingGenerator(copying(), replies=3, budget=4000)
    made: dict[str, Generator] = {
        "best_sentence": component,
        "span_reader": span_reader(),
        "quoting": quoting,
        "fallback": FallbackGenerator(quoting, component, second_name="best_sentence", pause_s=1.0),
    }
    return made[request.param]


@pytest.fixture(scope="module")
def evidence() -> tuple[Chunk, ...]:
    return make_document("alder", ALDER)[2] + make_document("birch", BIRCH)[2]


def test_candidates_stand_in_their_supports(any_component: Generator, evidence: tuple[Chunk, ...]) -> None:
    chunks = {chunk.id: chunk for chunk in evidence}
    prompts = [prompt(question, evidence) for question in QUESTIONS]
    for candidates in any_component.complete(prompts):
        assert candidates
        for candidate in candidates:
            assert 0.0 <= candidate.score <= 1.0
            for support in candidate.supports:
                quote = chunks[support.chunk_id].text[support.start : support.end]
                assert quote
                if candidate.text in ("Yes", "No"):
                    assert candidate.judged
                    continue
                assert "".join(candidate.text.split()) in "".join(quote.split())


def test_best_first_and_no_more_than_asked(any_component: Generator, evidence: tuple[Chunk, ...]) -> None:
    candidates = any_component.complete([prompt(QUESTIONS[0], evidence)])[0]
    assert len(candidates) <= 3
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)


def test_prompts_do_not_influence_each_other(any_component: Generator, evidence: tuple[Chunk, ...]) -> None:
    prompts = [prompt(question, evidence) for question in QUESTIONS]
    assert any_component.complete(prompts) == [any_component.complete([one])[0] for one in prompts]


def test_no_evidence_no_candidates(any_component: Generator) -> None:
    assert any_component.complete([prompt(QUESTIONS[0], ())]) == [()]
    assert any_component.complete([]) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What interest rate do the Class B Notes bear?", "4.25%"),
        ("What is the principal amount of Class B?", "$310,000,000"),
    ],
)
def test_figures_are_read_out_of_the_sentence(component: Generator, question: str, answer: str) -> None:
    evidence = make_document("alder", ALDER)[2]
    assert component.complete([prompt(question, evidence)])[0][0].text == answer


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("3M spent $1.6 billion, or USD 12m more.", "amount", ["$1.6 billion", "USD 12m"]),
        ("Total current liabilities  5,466,312  4,586,657", "amount", ["5,466,312", "4,586,657"]),
        (
            "4.25% per annum, 150 basis points, five per cent. (5.0%)",
            "percent",
            ["4.25%", "150 basis points", "5.0%"],
        ),
        ("from July 20, 2034 or 3 September 2020", "date", ["July 20, 2034", "3 September 2020"]),
        ("within thirty-seven (37) days of 2021", "number", ["37"]),
        ("1.75% of 3 accounts, 52 per cent. of 1,200", "number", ["3", "1,200"]),
        ("as set out in Section 11.02(b)(i) and Exhibit C", "section", ["Section 11.02(b)(i)", "Exhibit C"]),
        ("a ratio of 125.50% or 3.5:1 under Section 12.1(a)", "ratio", ["125.50%", "3.5:1"]),
        ("Interest Coverage  7,853,565.29  5,630,132.44  139.49%", "ratio", ["139.49%"]),
        ("The fee is 0.15% per annum, at least $5,000.", "fee", ["0.15%", "$5,000"]),
        ("anything 12", "text", []),
    ],
)
def test_values_of_each_kind(text: str, kind: ValueKind, expected: list[str]) -> None:
    assert [text[start:end] for start, end in values(text, kind)] == expected


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the FY2018 capex (in USD millions) for 3M?", "amount"),
        ("In which Section is “Payment Account” defined?", "section"),
        ("Is 3M a capital-intensive business by the ratio of capex?", "text"),
        ("What is the required O/C Ratio for Class C?", "ratio"),
        ("What is the Servicing Fee?", "fee"),
        ("How many days may the default continue?", "number"),
        ("When does the Reinvestment Period end?", "date"),
    ],
)
def test_what_kind_of_value_is_asked_for(question: str, kind: ValueKind) -> None:
    assert asked_kind(question) == kind


def test_a_running_header_with_the_documents_name_is_no_answer(component: Generator) -> None:
    text = "Section 1.1 Definitions. Alder Indenture 2021-2\n\nThe Trustee is Corvane Trust Company."
    (chunk,) = make_document("Alder Indenture 2021-2", text)[2]
    question = "Who is the trustee under Alder Indenture 2021-2?"
    best = component.complete([prompt(question, (chunk,))])[0][0]
    assert best.text == "The Trustee is Corvane Trust Company."


STATEMENT = """Section 1.1 Tests.

Test  Numerator  Denominator  Result  Required
Class A/B Overcollateralization Ratio  553,110,000.00  449,500,000.00  123.05%  119.50%
Class D Overcollateralization Ratio  445,185,000.00  388,500,000.00  114.59%  110.63%

(Millions)  2018  2017
Purchases of property, plant and equipment  (1,577)  (1,373)
"""


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the required Class D overcollateralization ratio?", "110.63%"),
        ("What is the result of the Class D overcollateralization ratio test?", "114.59%"),
        ("What was capital expenditure in 2017?", "(1,373)"),
        ("What was the FY2018 capital expenditure amount?", "(1,577)"),
    ],
)
def test_the_header_that_the_question_names_decides_the_cell(
    component: Generator, question: str, answer: str
) -> None:
    evidence = make_document("report", STATEMENT)[2]
    assert component.complete([prompt(question, evidence)])[0][0].text == answer


def test_a_sentence_about_another_year_gives_way(component: Generator) -> None:
    text = (
        "Section 1.1 Outlook. Capital spending of $1.9 billion is expected in 2019.\n\n"
        "Purchases of property, plant and equipment  (1,577)  (1,373)"
    )
    evidence = make_document("acme", text)[2]
    asked = prompt("What was capital spending in FY2018, as an amount?", evidence)
    assert component.complete([asked])[0][0].text == "1,577"
