"""Evidence projected on chunks: by page, by quote, by span; and what does not fit is reported together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from eval.judgements import Judgement, project
from eval.metrics.answers import Gold
from eval.questions import Evidence, Question, QuestionSet
from eval.units import Units
from rag.catalog import Catalog
from rag.errors import SourceError
from tests.library import ALDER, fill, make_document

DOCUMENT, _, CHUNKS = make_document("alder", ALDER)
DEFINITIONS, INTEREST, LIENS = (chunk.id for chunk in CHUNKS)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        yield catalog


def ask(*evidence: Evidence, documents: tuple[str, ...] = ("alder",), name: str = "q") -> Question:
    return Question(
        id=name, text="What?", documents=documents, gold=Gold(kind="span", texts=("x",)), evidence=evidence
    )


def asked(*questions: Question, problems: tuple[str, ...] = ()) -> QuestionSet:
    return QuestionSet(
        name="set", path=Path("set.jsonl"), fingerprint="f", questions=questions, problems=problems
    )


def judge(catalog: Catalog, *evidence: Evidence) -> Judgement:
    return project(asked(ask(*evidence)), catalog)["q"]


def test_a_page_makes_all_its_chunks_relevant(catalog: Catalog) -> None:
    found = judge(catalog, Evidence(document="alder", page=1))

    assert set(found.relevant) == {INTEREST, LIENS}
    assert found.pages == {(DOCUMENT.id, 1)}
    assert found.by_page


@pytest.mark.parametrize(
    "quote",
    ["$310,000,000 4.25%", "Class B\n\n$310,000,000", "bear\u00a0INTEREST", "the Class B No-\ntes bear"],
)
def test_a_quote_narrows_the_page_whatever_its_typesetting(catalog: Catalog, quote: str) -> None:
    found = judge(catalog, Evidence(document="alder", page=1, text=quote))

    assert set(found.relevant) == {INTEREST}
    assert found.pages == {(DOCUMENT.id, 1)}
    assert not found.by_page


@pytest.mark.parametrize("quote", ["words of another page", ALDER.split("\f")[1], " "])
def test_a_quote_that_is_absent_or_the_page_leaves_the_page(catalog: Catalog, quote: str) -> None:
    found = judge(catalog, Evidence(document="alder", page=1, text=quote))

    assert set(found.relevant) == {INTEREST, LIENS}
    assert found.by_page


def test_a_span_makes_what_it_overlaps_relevant(catalog: Catalog) -> None:
    start = ALDER.index("4.25%")
    found = judge(catalog, Evidence(document="alder", start=start, end=start + 5, text="4.25%"))

    assert set(found.relevant) == {INTEREST}
    assert found.pages == {(DOCUMENT.id, 1)}


def test_a_span_of_another_text_moves_to_its_nearest_quote(catalog: Catalog) -> None:
    at = ALDER.index("Liens")
    found = judge(catalog, Evidence(document="alder", start=at - 9, end=at - 4, text="Liens"))

    assert set(found.relevant) == {LIENS}


def test_evidence_may_stand_in_several_documents(catalog: Catalog) -> None:
    evidence = [Evidence(document=name, page=0) for name in ("alder", "birch")]
    found = project(asked(ask(*evidence, documents=("alder", "birch"))), catalog)["q"]

    assert len(found.documents) == len(found.pages) == len(found.relevant) == 2


def test_no_evidence_is_no_judgement(catalog: Catalog) -> None:
    assert judge(catalog) == Judgement(documents=(DOCUMENT.id,))


def test_everything_that_does_not_fit_is_reported_together(catalog: Catalog) -> None:
    questions = [
        ask(documents=("cedar",), name="a"),
        ask(documents=("cedar",), name="b"),
        ask(Evidence(document="alder", page=7), name="c"),
        ask(Evidence(document="alder", start=10**6, end=10**6 + 1, text="nowhere at all"), name="d"),
        ask(Evidence(document="alder", page=0), name="fine"),
    ]
    with pytest.raises(SourceError) as caught:
        project(asked(*questions, problems=("set.jsonl:3: id: missing",)), catalog)

    message = str(caught.value)
    assert message.startswith("4 problems, nothing was done: set.jsonl:3: id: missing")
    assert "no document 'cedar' in this workspace (question a and 1 more)" in message
    assert "'alder' has 2 pages, no page 7" in message
    assert "quote of [1000000, 1000001)" in message


def test_a_set_may_be_judged_by_pieces_of_its_own(catalog: Catalog) -> None:
    units = {str(DOCUMENT.id): Units(document=DOCUMENT.id, spans=((0, 60), (60, 140), (140, len(ALDER))))}
    pieces = [Evidence(document="alder", unit=1, grade=3), Evidence(document="alder", unit=2)]
    found = project(asked(ask(*pieces)), catalog, units)["q"]

    assert found.relevant == {f"{DOCUMENT.id}:1": 3, f"{DOCUMENT.id}:2": 1}
    assert [(span.start, span.grade) for span in found.spans] == [(60, 3), (140, 1)]
    with pytest.raises(SourceError, match="'alder' has no piece 3"):
        project(asked(ask(Evidence(document="alder", unit=3))), catalog, units)
