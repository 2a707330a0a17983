"""What the recipe of the quality model makes of proposals."""

from __future__ import annotations

from collections import Counter

from eval.metrics.answers import Gold
from eval.training_data import Question
from rag.generator.clauses import ClauseKind
from rag.generator.statements import StatementKind, Telling
from rag.types import Candidate, ChunkId, Support
from tuning.recipes.quality import MOST, Asked, judge

TEXT = "The Buyer may audit the records of the Seller."
KINDS = {"audit rights": ClauseKind(usual=0.5, words={"audit": 1.0})}


def asked(question: str, source: str = "cuad") -> Asked:
    gold = Gold(kind="span", texts=(TEXT,))
    candidates = [
        Candidate(
            text=TEXT if place == 0 else "Rent is due.",
            score=0.5,
            supports=(Support(chunk_id=ChunkId("a"), start=place * 60, end=place * 60 + 50),),
            signals={"margin": 3.0 - place},
        )
        for place in range(MOST + 2)
    ]
    own = Question(id="q", text=question, documents=("deed",), gold=gold, evidence=())
    return Asked(source=source, question=own, candidates=candidates)


def test_a_clause_of_a_known_kind_teaches_both_ways() -> None:
    judged = list(judge(asked('Highlight the "Audit Rights".'), KINDS))
    assert Counter(one.kind for one in judged) == {"span, known clause": MOST, "span, clause": MOST}
    for kind, known in (("span, known clause", True), ("span, clause", False)):
        own = [one for one in judged if one.kind == kind]
        assert [one.right for one in own] == [True, *[False] * (MOST - 1)]
        assert all(("telling" in one.features) == known for one in own)


def test_another_question_teaches_once() -> None:
    for question, source in (('Highlight the "Rent".', "cuad"), ("What may the Buyer do?", "tatqa")):
        judged = list(judge(asked(question, source), KINDS))
        assert len(judged) == MOST
        assert len({one.kind for one in judged}) == 1


def test_a_question_that_is_read_in_another_manner_than_its_source_teaches_nothing() -> None:
    for question, source in (
        ("What may the Buyer do?", "cuad"),
        ("The Buyer may audit the records.", "tatqa"),
    ):
        assert list(judge(asked(question, source), KINDS)) == []


def test_both_verdicts_of_a_known_statement_teach_both_ways_and_quotations_once() -> None:
    statement = "Recipient shall not copy the data."
    silent = Telling(start=0.0, words={})
    kinds = (StatementKind(text=statement, entailed=1.0, contradicted=-1.0, says=silent, denies=silent),)
    verdicts = ["Yes"] * (MOST + 1) + ["No"]
    candidates = [
        Candidate(
            text=text,
            score=0.5,
            supports=(Support(chunk_id=ChunkId("a"), start=place * 60, end=place * 60 + 50),),
            judged=True,
            signals={"margin": 3.0 - place},
        )
        for place, text in enumerate(verdicts)
    ]
    words = Candidate(
        text="No copies.", score=0.1, signals={"words": 0.4},
        supports=(Support(chunk_id=ChunkId("b"), start=0, end=9),),
    )  # fmt: skip
    gold = Gold(kind="yes_no", texts=("no",))
    own = Question(id="q", text=statement, documents=("deed",), gold=gold, evidence=())
    judged = list(
        judge(Asked(source="contractnli", question=own, candidates=[*candidates, words]), {}, kinds)
    )
    assert Counter(one.kind for one in judged) == {
        "verdict, known statement": 1,
        "denial, known statement": 1,
        "verdict, statement": MOST + 1,
        "words, statement": 1,
    }
    by_kind = {one.kind: one for one in judged}
    yes, no = by_kind["verdict, known statement"], by_kind["denial, known statement"]
    assert (yes.right, no.right) == (False, True)
    assert (yes.features["usual"], no.features["usual"]) == (1.0, -1.0)
    assert (yes.features["margin"], yes.features["against margin"]) == (3.0, 3.0 - MOST - 1)
