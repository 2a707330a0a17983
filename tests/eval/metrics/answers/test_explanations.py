"""Free texts: the conclusion, the figures and the telling words of gold, in whatever words."""

from __future__ import annotations

import pytest

from eval.metrics.answers import Gold, grade, infer_kind
from eval.metrics.answers.explanations import gold_head
from rag.types import Answer

CASES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "Did the ferries of Dunmore Lines carry more passengers in 2021?",
        "No. Passengers fell by 3% as the Lutton pier was closed.",
        (
            "Dunmore's ferries did not carry more passengers in 2021.",
            "No, there were fewer passengers.",
        ),
        (
            "Yes, there were 3% more.",
            "The ferries carried more passengers than the year before.",
            "The pier was painted.",
        ),
    ),
    (
        "Does the lease of the Lutton mill allow subletting?",
        "No, the tenant may not sublet the Lutton mill without consent",
        ("No, the lease does not allow subletting.", "Under the lease, subletting is not allowed."),
        ("Yes, the lease allows it.", "The lease of the mill allows subletting."),
    ),
    (
        "Why did the mill's output change in 2020?",
        "Output fell due to: a fire in the spinning hall, a strike of the weavers and scarce cotton",
        (
            "There was a fire in the spinning hall, and the weavers' strike cost some weeks.",
            "Because of scarce cotton and a fire in the hall, output declined.",
        ),
        ("Prices of freight went up.", "Output rose as new looms, a hall and cotton came.", "It fell."),
    ),
    (
        "Which ship of Dunmore Lines has the most berths?",
        "The Orla (412 berths)",
        (
            "The Orla has the most berths.",
            "Among the Orla, the Brae and the Finn, the ship with the most berths is the Orla.",
            "The ships are the Brae and the Orla. Of these the Orla has 412, the most berths of any ship.",
        ),
        (
            "The Brae has the most berths.",
            "The ship with the most berths is the Brae. It is followed by the Orla.",
        ),
    ),
    (
        "Among ferries, cranes and docks, which earned most in 2021?",
        "Cranes earned the most",
        ("Cranes earned most, followed by docks.", "In 2021, the cranes earned most."),
        ("Docks earned most in 2021, more than cranes.",),
    ),
    (
        "How much rent did the tenants of the two mills pay?",
        "The tenant of Lutton paid $1,097 thousand and the tenant of Brae paid $862 thousand.",
        ("$1.097 million for Lutton and $862,000 for Brae.",),
        ("$862 thousand.", "$1,097 thousand and $900 thousand."),
    ),
    (
        "What was the rent of the Lutton mill in 2022?",
        "In 2022 the rent was $2,018 thousand.",
        ("The rent was $2.018 million, after $2,117 thousand in 2021.",),
        ("It was $2,117 thousand.",),
    ),
    (
        "What is the turnover of a trust such as Dunmore's? Say so if that is not useful.",
        "Turnover is not a meaningful measure for a trust.",
        ("For a trust, turnover is not relevant.",),
        ("Turnover was 4.5.", "Turnover is a useful measure."),
    ),
    (
        "Which of the trust's loans are overdue?",
        "None",
        ("No loans are overdue.", "There are no overdue loans in the trust's books."),
        ("The Lutton loan is overdue.",),
    ),
    (
        "Who are the trustees of the Dunmore trust?",
        "Mara Lutton and Sean Brae",
        ("The trustees are Sean Brae and Mara Lutton.",),
        ("The trustee is Paul Finn.",),
    ),
    (
        "What is the trust's sum for repairs in the books?",
        "The sum is for tiles and for gutters of the mill",
        ("It covers gutters and tiles.",),
        ("It covers taxes.",),
    ),
    (
        "Did the number of looms change?",
        "Yes, the looms went from 982 to 969.",
        ("Yes, it decreased from 982 to 969.", "Yes, it did."),
        ("Yes, it decreased from 930 to 907.", "No, it did not."),
    ),
)


def right(question: str, gold: str, text: str) -> bool:
    wanted = Gold(kind=infer_kind([gold]), texts=(gold,), question=question)
    return grade(wanted, Answer(text=text, confidence=1.0, citations=())).correct


@pytest.mark.parametrize(
    ("question", "gold", "text"), [(q, gold, text) for q, gold, good, _ in CASES for text in (gold, *good)]
)
def test_right(question: str, gold: str, text: str) -> None:
    assert right(question, gold, text)


@pytest.mark.parametrize(
    ("question", "gold", "text"), [(q, gold, text) for q, gold, _, bad in CASES for text in bad]
)
def test_wrong(question: str, gold: str, text: str) -> None:
    assert not right(question, gold, text)


def test_only_the_head_of_gold_counts() -> None:
    assert gold_head("The Orla (412 berths), because she is long. She is blue.").strip(" ,") == "The Orla"
    assert gold_head("(412)") == "(412)"
