"""The span reader that comes with Covenant, over a few passages."""

from __future__ import annotations

import pytest

from rag.generator.span.model import SpanModel
from rag.generator.span.reader import SpanReader
from rag.settings import SpanReaderSettings
from rag.types import Chunk
from tests.library import ALDER, BIRCH, make_document, prompt


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader(SpanModel.load(SpanReaderSettings(dtype="float32")), candidates=4, windows=16)


@pytest.fixture(scope="module")
def evidence() -> tuple[Chunk, ...]:
    return make_document("alder", ALDER)[2]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Who is the Trustee?", "Corvane Trust Company"),
        ("What interest rate do the Class B Notes bear?", "4.25%"),
    ],
)
def test_a_span_and_the_sentence_around_it(
    reader: SpanReader, evidence: tuple[Chunk, ...], question: str, answer: str
) -> None:
    best = reader.complete([prompt(question, evidence)])[0][0]
    assert answer in best.text
    assert not best.judged
    chunks = {chunk.id: chunk for chunk in evidence}
    quotes = [chunks[s.chunk_id].text[s.start : s.end] for s in best.supports]
    assert all(best.text in " ".join(quote.split()) for quote in quotes)


def test_a_statement_is_judged_by_the_passage_that_speaks_of_it(
    reader: SpanReader, evidence: tuple[Chunk, ...]
) -> None:
    said, unsaid = (
        reader.complete([prompt(text, evidence)])[0][0]
        for text in (
            "Issuer shall not create any lien on the Collateral.",
            "Receiving Party may retain copies of the Confidential Information.",
        )
    )
    assert said.judged
    assert said.text == "Yes"
    assert said.supports[0].chunk_id == evidence[-1].id
    assert {"margin", "sure", "other", "second", "span", "rank"} == set(said.signals)
    assert unsaid.score < 0.5 < said.score


def test_a_statement_has_both_verdicts_in_however_few_candidates(evidence: tuple[Chunk, ...]) -> None:
    model = SpanModel.load(SpanReaderSettings(dtype="float32"))
    for count in (2, 4):
        reader = SpanReader(model, candidates=count, windows=16)
        found = reader.complete([prompt("Issuer shall not create any lien on the Collateral.", evidence)])[0]
        assert len(found) <= count
        assert {one.text for one in found} == {"Yes", "No"}
        denied = next(one for one in found if one.text == "No")
        assert denied.judged
        assert all(one.quoted in ALDER for one in found)
        assert denied.score < 0.5 < found[0].score


def test_a_question_for_yes_or_no_is_answered_in_the_words_of_the_document(
    reader: SpanReader, evidence: tuple[Chunk, ...]
) -> None:
    best = reader.complete([prompt("May the Issuer create any lien?", evidence)])[0][0]
    assert not best.judged
    assert "lien" in best.text


def test_what_nobody_asked_scores_lower(reader: SpanReader, evidence: tuple[Chunk, ...]) -> None:
    asked, unasked = (
        reader.complete([prompt(text, evidence)])[0][0]
        for text in ("Who is the Trustee?", "How many vessels does the fleet have?")
    )
    assert asked.score > unasked.score


def test_best_first_and_no_more_than_asked(reader: SpanReader) -> None:
    chunks = make_document("alder", ALDER)[2] + make_document("birch", BIRCH)[2]
    found = reader.complete([prompt("Who is the Trustee?", chunks)])[0]
    assert len(found) == 4
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_no_evidence_no_candidate(reader: SpanReader) -> None:
    assert reader.complete([prompt("Who is the Trustee?", ())]) == [()]
