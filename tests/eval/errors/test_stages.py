"""One hand-made row for every stage, and the borders between stages."""

from __future__ import annotations

import pytest

from eval.errors.stages import MEANING, STAGES, Diagnosis, Stage, diagnose
from eval.runs import Proposal, Row
from tests.eval.made_rows import hit, hits, place, row, wrong

NUMBERS = "Revenue  1,577  1,420\nCosts  900  800"
PERIODS = "Years ended December 31, 2018 and 2017\n" + NUMBERS


def found(one: Row) -> Diagnosis:
    diagnosis = diagnose(one)
    assert diagnosis is not None
    return diagnosis


def proposal(text: str) -> Proposal:
    return Proposal(document_id="a", start=100, end=105, text=text, score=0.4)


EXAMPLES: dict[Stage, Row] = {
    "failed": row(outcome="failed", text="QuestionError: too long", values={"accuracy": 0.0}),
    "wrong_document": wrong(hits=hits(("b", 1), ("c", 4)), citations=(place("b", 1),)),
    "wrong_page": wrong(hits=hits(("a", 5), ("c", 4)), citations=(place("a", 5),)),
    "ranked_low": wrong(hits=hits(("b", 1), ("b", 2), ("a", 1)), citations=(place("b", 1),)),
    "misread": wrong(text="Bonds", kind="span", gold=("Notes",)),
    "arithmetic": wrong(gold=("157",), text="1,577"),
    "wrong_period": wrong(text="1,420", evidence=(place("a", 1, PERIODS),)),
    "wrong_scale": wrong(text="1,577 thousand", gold=("$1,577 million",)),
    "should_have_abstained": wrong(kind="none", gold=(), evidence=(), text="1,577"),
    "should_not_have_abstained": wrong(outcome="abstained", proposals=(proposal("1,577"),), citations=()),
}


def test_every_stage_has_an_example_and_a_meaning() -> None:
    assert set(EXAMPLES) == set(STAGES) == set(MEANING)


@pytest.mark.parametrize("stage", EXAMPLES)
def test_the_example_of_a_stage_fails_there_with_one_line_of_reason(stage: Stage) -> None:
    diagnosis = found(EXAMPLES[stage])

    assert diagnosis.stage == stage
    assert diagnosis.why
    assert "\n" not in diagnosis.why


@pytest.mark.parametrize(
    "right",
    [
        row(),
        row(kind="none", gold=(), evidence=(), outcome="abstained"),
        row(outcome="retrieved", values={"accuracy": 0.0}),
        row(outcome="retrieved", evidence=(), hits=()),
        wrong(grader_error="the grader gave up"),
    ],
)
def test_what_is_right_or_cannot_be_told_is_no_error(right: Row) -> None:
    assert diagnose(right) is None


def test_retrieval_goes_before_reading() -> None:
    lost = wrong(gold=("157",), text="1,577 thousand", hits=hits(("b", 1)), citations=())

    assert found(lost).stage == "wrong_document"


def test_another_passage_of_the_evidence_s_page_is_a_wrong_passage() -> None:
    beside = hit("a", 1, offset=60, length=40)

    assert found(wrong(hits=(beside,), citations=())).stage == "wrong_page"


@pytest.mark.parametrize(("used", "stage"), [(1, "ranked_low"), (2, "misread")])
def test_what_was_handed_over_ends_with_the_hits_that_were_used(used: int, stage: Stage) -> None:
    one = wrong(
        hits=hits(("b", 1), ("a", 1)), used=used, citations=(), text="Bonds", kind="span", gold=("Notes",)
    )

    assert found(one).stage == stage


def test_a_run_that_only_ranked_hands_its_first_ten_over() -> None:
    above = [("b", page) for page in range(10)]
    eleventh = row(outcome="retrieved", hits=hits(*above, ("a", 1)), used=0, citations=())

    assert found(eleventh).stage == "ranked_low"
    assert "hit 11, behind the first 10 hits" in found(eleventh).why


def test_for_a_number_to_be_worked_out_all_operands_are_needed() -> None:
    operands = (place("a", 1, "Revenue  1,577"), place("a", 7, "Costs  900"))
    one = wrong(gold=("677",), evidence=operands, citations=())

    assert found(one).stage == "wrong_page"
    assert [missing.first_page for missing in found(one).evidence] == [7]
    assert "1 of 2 places" in found(one).why


def test_for_a_number_to_be_read_off_one_place_is_enough() -> None:
    copies = (place("a", 1, "Revenue  1,577"), place("a", 7, "Revenue  1,577"))

    assert found(wrong(evidence=copies, citations=())).stage == "misread"


@pytest.mark.parametrize(
    ("text", "stage"),
    [("1,577", "should_not_have_abstained"), ("900", "misread"), ("1,577 thousand", "wrong_scale")],
)
def test_an_abstention_is_judged_by_what_it_kept_back(text: str, stage: Stage) -> None:
    one = wrong(outcome="abstained", gold=("$1,577 million",), proposals=(proposal(text),), citations=())

    assert found(one).stage == stage


def test_an_abstention_without_a_proposal_should_not_have_been() -> None:
    assert found(wrong(outcome="abstained", citations=())).stage == "should_not_have_abstained"


@pytest.mark.parametrize(
    ("text", "quote"),
    [("900", PERIODS), ("1,420", NUMBERS)],
    ids=["another row", "no periods in sight"],
)
def test_another_number_is_of_another_period_only_beside_gold_and_years(text: str, quote: str) -> None:
    assert found(wrong(text=text, evidence=(place("a", 1, quote),))).stage == "misread"


def test_without_judged_evidence_retrieval_is_not_blamed() -> None:
    one = wrong(evidence=(), hits=(), citations=(), text="1,577 thousand", gold=("$1,577 million",))

    assert found(one).stage == "wrong_scale"
    assert found(wrong(evidence=(), hits=(), citations=())).stage == "misread"


def test_the_evidence_stands_beside_what_was_used() -> None:
    cited = place("b", 1, "Revenue  999")
    diagnosis = found(wrong(hits=hits(("b", 1)), citations=(cited,)))

    assert diagnosis.used == (cited,)
    assert diagnosis.evidence == row().evidence
    best = found(wrong(outcome="abstained", citations=(), proposals=(proposal("900"),))).used
    assert [(one.first_page, one.quote) for one in best] == [(1, "900")]
    assert found(EXAMPLES["failed"]).used == row().citations


def test_the_reason_names_the_place_that_the_hit_is_of() -> None:
    operands = (place("a", 1, "Revenue  1,577"), place("a", 7, "Costs  900"))
    behind = hits(("b", 1), ("b", 2), ("a", 7))
    beside = (*hits(("b", 1), ("b", 2)), hit("a", 7, offset=60, length=40))

    for own, said in ((behind, "A, page 8 is hit 3"), (beside, "another passage of A, page 8 is hit 3")):
        one = wrong(gold=("677",), evidence=operands, hits=own, citations=())
        assert found(one).why.startswith(said)
