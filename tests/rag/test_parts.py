"""Questions that ask for several values, taken apart."""

from __future__ import annotations

import pytest

from rag.parts import Named, taken_apart
from rag.types import DocumentId


def _named(question: str, *names: str) -> list[Named]:
    return [
        Named(
            start=question.index(name),
            end=question.index(name) + len(name),
            documents=frozenset({DocumentId(name)}),
        )
        for name in names
    ]


@pytest.mark.parametrize(
    ("question", "operation", "asked"),
    [
        ("Which of Alder and Birch has the later maturity?", "most", "maturity"),
        ("Alder versus Birch: whose notice period is shorter?", "least", "notice period"),
        ("By how much does the fee of Alder exceed that of Birch?", "difference", "fee"),
        ("Is the cure period longer in Alder or in Birch? Name the deal.", "most", "cure period"),
        ("How far apart are Alder and Birch in their closing deposit?", "difference", "closing deposit"),
        ("Compare the fee of Alder with that of Birch: which is higher?", "most", "fee"),
        ("What is the gap between the fee of Alder and that of Birch?", "difference", "fee"),
        ("Could you compute the difference between Alder's fee and Birch's fee?", "difference", "fee"),
        ("By what amount is the fee of Alder above the fee of Birch?", "difference", "fee"),
        ("How much more is the fee at Alder compared with Birch?", "difference", "fee"),
        ("How do the closing dates of Alder and Birch differ?", "difference", "closing dates"),
        ("Which comes later, the maturity of Alder or the maturity of Birch?", "most", "maturity"),
        (
            "Please order Alder and Birch by closing date and give me the most recent one.",
            "most",
            "closing date",
        ),
        ("Does Alder beat Birch on rent, or is it the other way round?", "most", "rent"),
        ("Alder or Birch - which deal comes with the smaller fee?", "least", "fee"),
    ],
)
def test_what_is_compared_is_asked_of_each_name(question: str, operation: str, asked: str) -> None:
    plan = taken_apart(question, _named(question, "Alder", "Birch"))
    assert plan is not None
    assert plan.operation == operation
    assert [(part.question, part.name) for part in plan.parts] == [
        (f"What is the {asked} in Alder?", "Alder"),
        (f"What is the {asked} in Birch?", "Birch"),
    ]
    assert plan.parts[1].documents == frozenset({DocumentId("Birch")})


@pytest.mark.parametrize(
    ("question", "operation", "first", "second"),
    [
        ("What is the total interest paid on Class C and Class D?", "sum",
         "interest paid on Class C", "interest paid on Class D"),
        ("What is the rent as a share of total revenue?", "share", "rent", "revenue"),
        ("What is the extra spread of Class F over Class D, as a percentage?", "difference",
         "spread of Class F", "spread of Class D"),
        ("What is the cushion of the coverage ratio over its required level?", "difference",
         "actual result of the coverage ratio", "required level of the coverage ratio"),
        ("Could you tell me the sizes of Class A and Class B taken together?", "sum",
         "size of Class A", "size of Class B"),
        ("What percentage of the pool does Class B represent?", "share", "amount of Class B", "pool"),
        ("How much interest was paid on Class C and Class D in total?", "sum",
         "interest was paid on Class C", "interest was paid on Class D"),
        ("By how much did the coverage ratio exceed its required level?", "difference",
         "actual result of the coverage ratio", "required level of the coverage ratio"),
        ("What headroom did the coverage ratio have?", "difference",
         "actual result of the coverage ratio", "required level of the coverage ratio"),
        ("How much room is left under the limit on bridge loans?", "difference",
         "actual result of the limit on bridge loans", "required level of the limit on bridge loans"),
        ("How much higher is the spread of Class C than that of Class B?", "difference",
         "spread of Class C", "spread of Class B"),
        ("What is the coverage ratio less the governing trigger?", "difference",
         "actual result of the coverage ratio", "required level of the coverage ratio"),
        ("What is the net change (deposits less withdrawals) of the Payment Account?", "difference",
         "deposits of Payment Account", "withdrawals of Payment Account"),
        ("How far apart are opening and closing for the Payment Account?", "difference",
         "opening of Payment Account", "closing of Payment Account"),
        ("By how much do the paid and the due of Class C interest differ?", "difference",
         "paid of Class C interest", "due of Class C interest"),
        ("By how much do Oak Lane and Elm Road differ in rent ($)?", "difference",
         "rent ($) of Oak Lane", "rent ($) of Elm Road"),
        ("What is the difference in rent between Oak Lane and Elm Road?", "difference",
         "rent of Oak Lane", "rent of Elm Road"),
        ("What is the difference between the opening rent and the closing rent of Oak Lane?", "difference",
         "opening rent of Oak Lane", "closing rent of Oak Lane"),
        ("What is the difference between the actual and the maximum of bridge loans?", "difference",
         "actual bridge loans", "maximum bridge loans"),
        ("What is the rent ($) of Oak Lane and Elm Road together?", "sum",
         "rent ($) of Oak Lane", "rent ($) of Elm Road"),
        ("What do Oak Lane and Elm Road add up to (rent ($))?", "sum",
         "rent ($) of Oak Lane", "rent ($) of Elm Road"),
    ],
)  # fmt: skip
def test_what_is_computed_is_asked_operand_by_operand(
    question: str, operation: str, first: str, second: str
) -> None:
    plan = taken_apart(question)
    assert plan is not None
    assert plan.operation == operation
    assert [part.question for part in plan.parts] == [f"What is the {first}?", f"What is the {second}?"]


def test_a_difference_has_no_sign_unless_one_is_taken_from_the_other() -> None:
    apart = taken_apart("How far apart are opening and closing for the Payment Account?")
    less = taken_apart("What is the closing less the opening balance of the Payment Account?")
    together = taken_apart("What is the rent of Oak Lane and Elm Road together?")
    assert apart is not None
    assert less is not None
    assert together is not None
    assert (apart.unsigned, less.unsigned, together.unsigned) == (True, False, False)


def test_where_is_said_behind_a_difference_too() -> None:
    question = "By how much do Oak Lane and Elm Road differ in rent, according to Alder's report?"
    plan = taken_apart(question, _named(question, "Alder"))
    assert plan is not None
    assert [part.question for part in plan.parts] == [
        "What is the rent of Oak Lane, according to Alder's report?",
        "What is the rent of Elm Road, according to Alder's report?",
    ]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "State the total rent of Class C and Class D from the May 2, 2025 report of Alder.",
            "What is the rent of Class {} from the May 2, 2025 report of Alder?",
        ),
        (
            "For Alder, can you confirm the total rent of Class C and Class D?",
            "For Alder, what is the rent of Class {}?",
        ),
        (
            "What figure does the Alder deed give for the total rent of Class C and Class D?",
            "in the Alder deed, what is the rent of Class {}?",
        ),
    ],
)
def test_each_part_is_asked_of_the_same_document(question: str, parts: str) -> None:
    plan = taken_apart(question, _named(question, "Alder"))
    assert plan is not None
    assert [part.question.casefold() for part in plan.parts] == [
        parts.format(letter).casefold() for letter in "CD"
    ]


@pytest.mark.parametrize(
    "question",
    [
        "What is the cure period for a breach of covenant?",
        "Who is the trustee?",
        "May the Issuer create liens or incur debt?",
        "Highlight the parts of this contract that deal with its term.",
        "What is the limit on second lien loans and unsecured loans together?",
        "What is the difference in revenue between 2018 and 2019?",
        "x" * 5000,
    ],
)
def test_other_questions_have_no_plan(question: str) -> None:
    assert taken_apart(question) is None


def test_two_names_alone_are_no_comparison() -> None:
    question = "What did Alder and Birch agree on confidentiality?"
    assert taken_apart(question, _named(question, "Alder", "Birch")) is None


def test_more_names_than_a_question_may_cost_are_not_compared() -> None:
    for count, taken in ((8, True), (9, False), (80, False)):
        names = [
            f"Fund {chr(ord('A') + number // 26)}{chr(ord('A') + number % 26)}" for number in range(count)
        ]
        question = f"Which of {', '.join(names[:-1])} and {names[-1]} has the higher fee?"
        plan = taken_apart(question, _named(question, *names))
        assert (plan is not None) == taken
        assert plan is None or len(plan.parts) == count
