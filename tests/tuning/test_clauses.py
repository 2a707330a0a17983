"""Learning how usual kinds of clause are, and which words tell them."""

from __future__ import annotations

import math

import pytest

from eval.metrics.answers import Gold
from eval.training_data import Question
from tuning.clauses import learn_clauses

AUDIT_TEXTS = ["The Buyer may audit the records.", "Buyer shall inspect and audit the books."]


def question(number: int, kind: str, *texts: str) -> Question:
    gold = Gold(kind="span", texts=texts) if texts else Gold(kind="none")
    text = f'Highlight the parts related to "{kind}".' if kind else "Who is the buyer?"
    return Question(id=f"{kind} {number}", text=text, documents=(f"deed {number}",), gold=gold, evidence=())


def library() -> list[Question]:
    """Thirty contracts: all name a law, six allow audits."""
    laws = [
        question(n, "Governing Law", "The Buyer agrees that New York law governs the books.")
        for n in range(30)
    ]
    audits = [question(n, "Audit Rights", *(AUDIT_TEXTS if n < 6 else ())) for n in range(30)]
    return laws + audits


def test_how_usual_a_kind_is_by_hand() -> None:
    kinds = learn_clauses(library())
    whole = 36 / 60
    for name, there in (("governing law", 30), ("audit rights", 6)):
        share = (there + 10 * whole) / 40
        wanted = math.log(share / (1 - share)) - math.log(whole / (1 - whole))
        assert kinds[name].usual == pytest.approx(wanted, abs=1e-3)
    assert kinds["governing law"].usual > 0 > kinds["audit rights"].usual


def test_words_of_other_kinds_tell_nothing() -> None:
    kinds = learn_clauses(library())
    words = kinds["audit rights"].words
    assert max(words, key=lambda word: words[word]) == "audit"
    assert {"audit", "record", "inspect"} <= set(words)
    assert "book" not in words, "clauses of the other kind have it more often"
    # Twelve clauses have "audit", none of the thirty others.
    here, elsewhere = 12.5 / 13, 0.5 / 31
    assert words["audit"] == pytest.approx(here * math.log(here / elsewhere), abs=1e-3)


def test_order_and_questions_of_another_form_change_nothing() -> None:
    asked = library()
    assert learn_clauses(asked) == learn_clauses([question(99, "", "the Buyer"), *asked[::-1]])


def test_nothing_is_learned_where_nothing_differs() -> None:
    assert learn_clauses([]) == {}
    assert learn_clauses(library()[:30]) == {}, "every clause is there"
    assert learn_clauses(library()[36:]) == {}, "none is"
