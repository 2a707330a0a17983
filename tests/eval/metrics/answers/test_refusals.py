"""Texts that decline to answer, and texts that only sound so."""

from __future__ import annotations

import pytest

from eval.metrics.answers import Gold, grade
from eval.metrics.answers.refusals import refuses
from rag.types import Answer

REFUSALS = (
    "I cannot find this information in the provided documents.",
    "Unable to answer without the actual filing.",
    "I'm sorry, but the trustee is not named anywhere.",
    "I’m sorry, but I can’t help with that.",
    "As an AI, I have no access to such filings.",
    "The provided context does not contain the answer.",
    "The documents provided don't say who the trustee is.",
    "Based on the context, there is no information about dividends.",
    "This figure is not disclosed in the report.",
    "It is not possible to determine this from the given text.",
    "The maturity cannot be determined.",
    "I don't know.",
    "No answer found in the documents.",
    "Not in these documents",
    "The ratio needs sales and stocks. The page gives sales only. Therefore, I cannot calculate it.",
    "You would typically look at the balance sheet. If you provide it, I can help with the ratio.",
)
ANSWERS = (
    "",
    "The Trustee is Dunmore Bank.",
    "No. There is no information right in the indenture.",
    "The Issuer may not redeem the Notes.",
    "Confidential Information does not include what is public.",
    "No Confidential Information shall be disclosed.",
    "If the Administrative Agent is unable to determine the rate, loans bear the Base Rate.",
    "If the rate cannot be determined by the Agent, Prime applies.",
    "Costs not included in the Purchase Price are borne by the Buyer.",
    "We do not provide earnings guidance.",
    "We do not have any material legal proceedings.",
    "It bought Corvane Ltd. in May. It then sold Lutton plc. The filing does not mention any other purchase.",
    "The filing does not mention a purchase for 2023. However, in 2022 it bought Corvane Ltd.",
    "The filing does not give the margin. Profit was $5 and sales $20. Therefore, the margin is 25%.",
    "Corvane had the largest sales (the sales of Lutton are not provided in the context).",
)


@pytest.mark.parametrize("text", REFUSALS)
def test_refusals(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", ANSWERS)
def test_answers(text: str) -> None:
    assert not refuses(text)


@pytest.mark.parametrize("text", REFUSALS)
def test_a_refusal_counts_as_an_abstention(text: str) -> None:
    outcome = Answer(text=text, confidence=1.0, citations=())

    asked = grade(Gold(kind="number", texts=("5%",)), outcome)
    unanswerable = grade(Gold(kind="none"), outcome)

    assert (asked.correct, asked.abstained, asked.em, asked.f1) == (False, True, 0.0, 0.0)
    assert (unanswerable.correct, unanswerable.abstained) == (True, True)


def test_where_gold_is_that_there_is_nothing_silence_of_the_source_says_so() -> None:
    gold = Gold(
        kind="text", texts=("There are no such notes.",), question="Which notes are listed in Lutton?"
    )

    def marks(text: str) -> tuple[bool, bool]:
        found = grade(gold, Answer(text=text, confidence=1.0, citations=()))
        return found.correct, found.abstained

    assert marks("The filing does not mention any notes that are listed in Lutton.") == (True, False)
    assert marks("I'm sorry, I cannot access the filing.") == (False, True)
    assert marks("The 4.25% notes are listed in Lutton.") == (False, False)
