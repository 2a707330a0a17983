"""Two runs compared: wins, losses and p-values by hand, the words for them, and runs that do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from eval.compare import compare_runs, judge
from eval.compare_words import cautions, verdict
from eval.runs import Row, Run
from rag.errors import SourceError
from tests.eval.made_rows import row, run, wrong


def answers(right: str, documents: Sequence[str] = (), **changed: object) -> Run:
    """A question a letter, "+" answered rightly and "-" wrongly, each of a document of its own."""
    made = [
        (row if mark == "+" else wrong)(
            question_id=f"q{at}",
            cluster=documents[at] if documents else f"d{at}",
            facets={"category": "even" if at % 2 == 0 else "odd"},
            text="right" if mark == "+" else "not right",
            values={"wrong": float(mark == "-")},
        )
        for at, mark in enumerate(right)
    ]
    return run(made, **changed)


def test_wins_losses_and_p_value_are_those_counted_by_hand() -> None:
    # Five documents won, none lost: 2 of the 2^5 flips are as far from zero.
    found = compare_runs(answers("-----++-"), answers("+++++++-"))

    one = found.measures["accuracy"]
    assert (one.better, one.worse, one.result.ties) == (5, 0, 3)
    assert one.result.p_value == 2 / 32
    assert one.result.difference.value == 5 / 8
    assert one.verdict == "not shown"
    assert [c.pair.before.question_id for c in found.changed] == ["q0", "q1", "q2", "q3", "q4"]
    assert found.changed[0].won == ("accuracy",)


def test_a_sixth_win_makes_it_better_and_fewer_wrong_answers_are_a_win() -> None:
    found = compare_runs(answers("------+-"), answers("+++++++-"))

    assert found.measures["accuracy"].result.p_value == 2 / 64
    assert found.measures["accuracy"].verdict == "better"
    assert found.measures["wrong"].verdict == "better"
    assert (found.measures["wrong"].better, found.measures["wrong"].worse) == (6, 0)
    assert found.measures["wrong"].result.difference.value == -0.75
    assert verdict(found).startswith("The second run is better in accuracy: .125 to .875 (difference +.750,")


def test_the_other_way_round_is_worse_and_losses_come_first() -> None:
    # Nine documents lost, one won: 2 * (1 + 10) of the 2^10 flips are as far from zero.
    found = compare_runs(answers("+" * 9 + "-"), answers("-" * 9 + "+"))

    assert found.measures["accuracy"].result.p_value == 22 / 1024
    assert found.measures["accuracy"].verdict == "worse"
    assert "is worse in accuracy" in verdict(found)
    assert [c.lost for c in found.changed] == [("accuracy",)] * 9 + [()]
    assert found.changed[-1].won == ("accuracy",)


def test_questions_of_one_document_count_once() -> None:
    # Six wins, but of two documents: 2 of 4 flips are as far from zero.
    found = compare_runs(answers("------", "aaabbb"), answers("++++++", "aaabbb"))

    assert found.measures["accuracy"].result.p_value == 0.5
    assert found.measures["accuracy"].result.documents == 2


def test_holm_goes_over_the_slices_of_a_measure() -> None:
    # Twelve wins: each half by itself has p = 2/64, twice that after Holm, all together 2/4096.
    found = compare_runs(answers("-" * 12), answers("+" * 12), ["category"])

    even, odd = (found.slices[f"category={name}"]["accuracy"] for name in ("even", "odd"))
    assert even.result.p_value == odd.result.p_value == 2 / 64
    assert even.p_adjusted == odd.p_adjusted == 4 / 64
    assert (even.verdict, odd.verdict) == ("not shown", "not shown")
    assert found.measures["accuracy"].verdict == "better"


def test_what_is_not_shown_stands_beside_what_could_have_been() -> None:
    found = compare_runs(answers("+-" * 20), answers("+-" * 19 + "++"))

    said = verdict(found)
    assert said.startswith("No change of accuracy is shown: .500 to .525")
    detectable = f"{found.measures['accuracy'].result.detectable:.3f}".lstrip("0")
    assert f"shows a true change of {detectable} four times in five" in said
    assert not [line for line in cautions(found) if "rough" in line]


def test_few_documents_are_warned_of() -> None:
    said = "\n".join(cautions(compare_runs(answers("+-" * 4), answers("++" * 4))))

    assert "Only 8 documents: below 40" in said


def test_equal_runs_differ_in_no_question_and_in_nothing_of_the_system() -> None:
    found = compare_runs(answers("+-+"), answers("+-+"))

    assert {one.verdict for one in found.measures.values()} == {"same"}
    assert "No question differs in accuracy" in verdict(found)
    assert not found.changed
    assert not found.differs
    assert "whatever moved, it was not the system" in found.provenance[1]


def test_an_interval_without_zero_does_not_overrule_the_test() -> None:
    found = compare_runs(answers("-----" + "+" * 30), answers("+" * 35))

    assert found.measures["accuracy"].result.difference.low > 0
    assert found.measures["accuracy"].verdict == "not shown"
    assert "In accuracy, wrong, the interval leaves out zero" in "\n".join(cautions(found))


def test_other_measures_that_moved_the_other_way_are_told() -> None:
    before = [
        row(question_id=f"q{i}", cluster=f"d{i}", values={"citation_right": 1.0, "accuracy": 0.0})
        for i in range(9)
    ]
    after = [row(question_id=f"q{i}", cluster=f"d{i}", values={"citation_right": 0.0}) for i in range(9)]

    found = compare_runs(run(before), run(after))

    assert "worse in citation_right" in "\n".join(cautions(found))
    assert found.changed[0].won == ("accuracy",)
    assert found.changed[0].lost == ("citation_right",)


def test_questions_of_one_run_only_are_named_and_left_out() -> None:
    before, after = answers("+++-"), answers("+++-+")
    found = compare_runs(before, replace(after, rows=after.rows[1:]))

    assert (found.only_before, found.only_after) == (("q0",), ("q4",))
    assert len(found.pairs) == 3
    assert "1 question only in the first run (q0), 1 question only in the second run (q4)" in "\n".join(
        cautions(found)
    )


def test_questions_that_changed_their_words_or_gold_are_named() -> None:
    before, after = answers("++"), answers("++")
    other = (replace(after.rows[0], gold=("1,578",)), after.rows[1])
    found = compare_runs(before, replace(after, rows=other))

    assert found.altered == ("q0",)
    assert "1 question changed in words, gold or kind" in "\n".join(cautions(found))


def test_only_measures_of_both_runs_are_compared() -> None:
    bare = tuple(replace(one, values={"accuracy": 1.0}) for one in answers("++").rows)
    found = compare_runs(answers("++"), run(bare))

    assert list(found.measures) == ["accuracy"]


def test_a_measure_counts_the_questions_that_have_it_in_both() -> None:
    before, after = answers("+++"), answers("+++")
    first = replace(after.rows[0], values={k: v for k, v in after.rows[0].values.items() if k != "faithful"})
    found = compare_runs(before, replace(after, rows=(first, *after.rows[1:])))

    assert found.measures["faithful"].result.difference.n == 2
    assert found.measures["accuracy"].result.difference.n == 3


def test_measures_that_are_asked_for_lead_and_are_the_only_ones() -> None:
    found = compare_runs(answers("++-"), answers("+--"), [], ["wrong", "accuracy"])

    assert (found.headline, list(found.measures)) == ("wrong", ["wrong", "accuracy"])
    assert found.changed[0].lost == ("wrong", "accuracy")


@pytest.mark.parametrize(
    ("slices", "measures", "said"),
    [
        (["nothing"], [], "no question has the field 'nothing'; fields are: category"),
        ([], ["nothing"], "not a measure of both runs: nothing; both have accuracy"),
    ],
)
def test_what_the_runs_lack_is_named_with_what_they_have(
    slices: list[str], measures: list[str], said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        compare_runs(answers("+-"), answers("++"), slices, measures)


def test_runs_over_other_questions_are_refused() -> None:
    other = run([replace(one, question_id=f"x{one.question_id}") for one in answers("++").rows], name="other")

    with pytest.raises(SourceError, match=r"share no question: made \(2 questions: q0, q1, …\) and other"):
        compare_runs(answers("++"), other)
    with pytest.raises(SourceError, match="share no question"):
        compare_runs(answers("++"), run([]))


def test_runs_without_a_measure_in_common_are_refused() -> None:
    bare: list[Row] = [replace(one, values={}) for one in answers("++").rows]

    with pytest.raises(SourceError, match="no measure in common"):
        compare_runs(answers("++"), run(bare))


def test_abstaining_more_is_neither_better_nor_worse() -> None:
    assert judge("abstained", 0.2, 0.01, changed=9) == "more"
    assert judge("abstained", -0.2, 0.01, changed=9) == "less"
    assert judge("accuracy", 0.2, 0.05, changed=9) == "better"
    assert judge("accuracy", 0.0, 0.01, changed=9) == "not shown"
    assert judge("accuracy", 0.0, 1.0, changed=0) == "same"


def test_failures_and_grader_errors_are_counted() -> None:
    failed = replace(answers("+").rows[0], outcome="failed", grader_error="ValueError: no")
    said = "\n".join(cautions(compare_runs(answers("+"), run([failed]))))

    assert "Questions that failed and score zero: 0 before, 1 after." in said
    assert "the grader failed on, which are not right: 0 before, 1 after" in said
