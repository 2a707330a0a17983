"""One rule per kind of answer: what is right, and what only looks like it."""

from __future__ import annotations

import pytest

from eval.metrics.answers import Gold, Kind, grade
from eval.metrics.citations import citation_right, faithful
from rag.types import Abstention, Answer, ChunkId, Citation, DocumentId

ABSTAINED = Abstention(reason="nothing fits", confidence=0.1)


def answer(text: str) -> Answer:
    return Answer(text=text, confidence=0.9, citations=())


def right(kind: Kind, gold: str | tuple[str, ...], text: str) -> bool:
    texts = (gold,) if isinstance(gold, str) else gold
    return grade(Gold(kind=kind, texts=texts), answer(text)).correct


@pytest.mark.parametrize(
    ("gold", "text", "expected"),
    [
        ("4.25%", "The Class B Notes bear interest at 4.25% per annum.", True),
        ("4.25%", "Section 2.4: the Class A-1 Notes of 2019 pay 4.25%", True),
        ("4.25%", "The rates are 3.10%, 4.25% and 5.00%.", False),
        ("$310,000,000", "Class B  $310,000,000  4.25%", True),
        ("$310,000,000", "amounts of $120,000,000 and $310,000,000", False),
        ("3.46", "24,576 / 7,110.5 is close. Therefore, the ratio is 3.46.", True),
        ("3.46", "no figure is given", False),
        ("twelve", "There are 12 classes", True),
        ("2031", "in the year 2031", False),
        ("2031", "matures 2031", True),
    ],
)
def test_numbers_count_by_their_first_or_concluded_value(gold: str, text: str, expected: bool) -> None:
    assert right("number", gold, text) is expected


@pytest.mark.parametrize(
    ("kind", "gold", "text", "expected"),
    [
        ("date", "January 15, 2031", "matures on 15 January 2031 and", True),
        ("date", "2031-01-15", "on April 15, 2031, not January 15, 2031", False),
        ("date", "January 15, 2031", "soon", False),
        ("yes_no", "Yes", "Yes, it may.", True),
        ("yes_no", "No", "Yes, it may.", False),
        ("yes_no", "No", "The Issuer shall not create any lien.", False),
        ("list", ("Class A", "Class B"), "Class B; Class A", True),
        ("list", ("Class A", "Class B"), "The Classes are Class A and also Class B Notes", True),
        ("list", ("Class A", "Class B"), "Class A", False),
        ("list", ("Class A", "Class B"), "Class A, Class B, Class C", False),
        ("list", "–", "", False),
        ("list", ("5%", "7%"), "7.0%, 5.0%", True),
        (
            "list",
            "Class C Notes, Class D Notes and Class E Notes",
            "Class E Notes; Class C and D Notes",
            False,
        ),
        ("list", "Class C Notes and Class D Notes", "Class D Notes, Class C Notes", True),
        ("span", "Corvane Trust Company", "The Trustee is Corvane Trust Company.", True),
        ("span", "Corvane Trust Company", "Corvane Bank", False),
        ("span", "Dunmore Bank", " ".join(["Dunmore Bank", *("word" + str(i) for i in range(40))]), False),
        ("text", "No, it fell by 2%.", "No. The debt decreased 2%.", True),
        ("text", "No, it fell by 2%.", "Yes, it rose by 2%.", False),
        ("text", "Lower marketing expenses due to higher sales", "marketing expenses were lower", True),
        ("text", "Lower marketing expenses due to higher sales", "The board met.", False),
    ],
)
def test_other_kinds(kind: Kind, gold: str | tuple[str, ...], text: str, expected: bool) -> None:
    assert right(kind, gold, text) is expected


def test_the_best_of_several_wordings_counts() -> None:
    marks = grade(
        Gold(kind="span", texts=("the Trustee", "Corvane Trust Company")), answer("Corvane Trust Company")
    )

    assert (marks.correct, marks.em, marks.f1) == (True, 1.0, 1.0)


def test_an_abstention_is_right_only_where_there_is_no_answer() -> None:
    assert grade(Gold(kind="none"), ABSTAINED).correct
    assert not grade(Gold(kind="none"), answer("something")).correct
    marks = grade(Gold(kind="span", texts=("x",)), ABSTAINED)
    assert (marks.correct, marks.abstained, marks.em, marks.f1) == (False, True, 0.0, 0.0)


@pytest.mark.parametrize("text", ["", "\x00", "((((", "$", "1" * 5000, "–" * 99, "٣", "²"])
@pytest.mark.parametrize("kind", ["number", "date", "yes_no", "list", "span", "text"])
def test_odd_answers_are_wrong_and_not_errors(kind: Kind, text: str) -> None:
    assert not right(kind, "17 March 2031", text)


def test_a_citation_is_right_on_the_page_of_the_document() -> None:
    cited = Citation(
        document_id=DocumentId("d"), document_name="d", chunk_id=ChunkId("c"), first_page=3, last_page=4,
        section_path=(), start=0, end=1, quote="q", boxes=(),
    )  # fmt: skip

    assert citation_right([cited], {("d", 4)})
    assert not citation_right([cited], {("d", 5), ("e", 4)})
    assert not citation_right([], {("d", 4)})


def test_faithful_needs_every_number_in_the_quotes() -> None:
    assert faithful("$1,577 in 2018", ["paid 1577.0", "in 2018"])
    assert not faithful("$1,577 in 2019", ["paid 1,577 in 2018"])
    assert not faithful("7", ["17"])
    assert faithful("nothing to count", [])
