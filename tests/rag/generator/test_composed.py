"""Answers put together from values, and the check that they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.generator import composed
from rag.generator.composed import Composer
from rag.generator.valued.model import RankedValue, ValueModel
from rag.numbers.checking import holds
from rag.parts import Part, Plan
from rag.prompt import Prompt
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId


def _prompt(question: str, name: str, text: str) -> Prompt:
    chunk = Chunk(
        id=ChunkId(name),
        document_id=DocumentId(name),
        section_id=SectionId("s"),
        ordinal=0,
        start=0,
        end=len(text),
        first_page=0,
        last_page=0,
        text=text,
        context=f"{name} indenture",
    )
    return Prompt(question=question, evidence=(Evidence(chunk=chunk),))


def _proposed(operation: str, first: str, second: str) -> tuple[Candidate, list[str]]:
    question = "What is the notice period for resignation of the trustee?"
    plan = Plan(
        operation=operation,  # type: ignore[arg-type] # one of them, by the tests below
        parts=(Part(question=question, name="Alder"), Part(question=question, name="Birch")),
    )
    prompts = [_prompt(question, "Alder", first), _prompt(question, "Birch", second)]
    (candidate,) = Composer(ValueModel.load()).propose(plan, prompts)
    return candidate, [first, second]


FIRST = "The Trustee may resign by a notice of 40 days or more."
SECOND = "The Trustee may resign by a notice of fifty-five (55) days or more."


@pytest.mark.parametrize(
    ("operation", "text"),
    [("most", "Birch"), ("least", "Alder"), ("difference", "-15 days"), ("sum", "95 days")],
)
def test_values_are_put_together_and_hold(operation: str, text: str) -> None:
    candidate, quotes = _proposed(operation, FIRST, SECOND)
    assert candidate.text == text
    assert candidate.derivation is not None
    assert [one.text for one in candidate.derivation.operands] == ["40 days", "fifty-five (55) days"]
    assert holds(candidate.text, candidate.derivation, quotes)
    assert not holds(candidate.text, candidate.derivation, quotes[::-1])


@pytest.mark.parametrize("quotes", [(FIRST, SECOND), (SECOND, FIRST)])
def test_how_far_apart_has_no_sign_and_holds_whichever_is_greater(quotes: tuple[str, str]) -> None:
    question = "What is the notice period for resignation of the trustee?"
    parts = (Part(question=question, name="Alder"), Part(question=question, name="Birch"))
    prompts = [_prompt(question, part.name, quote) for part, quote in zip(parts, quotes, strict=True)]
    plan = Plan(operation="difference", parts=parts, unsigned=True)
    (candidate,) = Composer(ValueModel.load()).propose(plan, prompts)
    assert candidate.text == "15 days"
    assert candidate.derivation is not None
    assert candidate.derivation.value == 15
    assert holds(candidate.text, candidate.derivation, quotes)


@pytest.mark.parametrize("quotes", [("$750,000", "250,000"), ("750,000", "$250,000")])
def test_a_sum_is_of_money_whichever_operand_is_printed_so(quotes: tuple[str, str]) -> None:
    question = "What is the deposit to the interest reserve account?"
    parts = (Part(question=question, name="Alder"), Part(question=question, name="Birch"))
    texts = [f"The deposit to the Interest Reserve Account is {quote}." for quote in quotes]
    prompts = [_prompt(question, part.name, text) for part, text in zip(parts, texts, strict=True)]
    (candidate,) = Composer(ValueModel.load()).propose(Plan(operation="sum", parts=parts), prompts)
    assert candidate.text == "$1,000,000"


def test_another_name_than_the_most_does_not_hold() -> None:
    candidate, quotes = _proposed("most", FIRST, SECOND)
    assert candidate.derivation is not None
    assert not holds("Alder", candidate.derivation, quotes)
    assert not holds("Cedar", candidate.derivation, quotes)
    operands = tuple(replace(one, amount=one.amount * 10) for one in candidate.derivation.operands[:1])
    forged = replace(candidate.derivation, operands=(*operands, candidate.derivation.operands[1]))
    assert not holds("Alder", forged, quotes)


def test_what_is_equal_has_no_most() -> None:
    plan = Plan(operation="most", parts=(Part(question="q", name="Alder"), Part(question="q", name="Birch")))
    prompts = [_prompt("What is the notice period?", name, FIRST) for name in ("Alder", "Birch")]
    assert Composer(ValueModel.load()).propose(plan, prompts) == ()


def test_values_of_different_kinds_are_not_put_together() -> None:
    plan = Plan(operation="sum", parts=(Part(question="q"), Part(question="q")))
    prompts = [
        _prompt("What is the notice period?", "Alder", FIRST),
        _prompt("What is the fee?", "Birch", "The fee of the Trustee is $5,000."),
    ]
    assert Composer(ValueModel.load()).propose(plan, prompts) == ()


def test_a_question_of_many_parts_costs_bounded_time(monkeypatch: pytest.MonkeyPatch) -> None:
    question = "What is the notice period for resignation of the trustee?"
    names = [f"Deal {number}" for number in range(60)]
    periods = ", ".join(f"or {days} days" for days in range(41, 49))
    texts = [f"The Trustee may resign by a notice of {number + 90} days {periods}." for number in range(60)]
    looked_at: list[int] = []
    fits = composed._fits

    def noted(plan: Plan, choice: Sequence[RankedValue]) -> bool:
        looked_at.append(len(choice))
        return fits(plan, choice)

    monkeypatch.setattr(composed, "_fits", noted)
    for parts in (3, 8, 60):
        looked_at.clear()
        plan = Plan(
            operation="most", parts=tuple(Part(question=question, name=name) for name in names[:parts])
        )
        prompts = [_prompt(question, name, text) for name, text in zip(names[:parts], texts, strict=False)]
        Composer(ValueModel.load()).propose(plan, prompts)
        assert 1 <= len(looked_at) <= 1_024
        assert set(looked_at) == {parts}
