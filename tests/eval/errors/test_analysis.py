"""What is counted over a run: stages with intervals, what could not be told, examples from many documents."""

from __future__ import annotations

from eval.errors.analysis import analyse, spread
from eval.errors.stages import STAGES
from eval.stats import rate
from tests.eval.errors.test_stages import EXAMPLES
from tests.eval.made_rows import row, run, wrong


def test_stages_come_in_order_with_their_share_of_all_that_can_be_told() -> None:
    ungraded = wrong(grader_error="the grader gave up")
    rows = [*EXAMPLES.values(), row(cluster="b"), ungraded]
    found = analyse(run(rows))

    assert [one.stage for one in found.stages] == list(STAGES)
    assert (found.considered, found.ungraded, len(found.diagnoses)) == (11, 1, 10)
    values = [float(one is EXAMPLES["misread"]) for one in rows[:-1]]
    share = next(one.share for one in found.stages if one.stage == "misread")
    assert share == rate(values, [one.cluster for one in rows[:-1]], seed=7)


def test_abstentions_are_counted_within_their_stage() -> None:
    (stage,) = analyse(run([wrong(outcome="abstained", citations=())])).stages

    assert (stage.stage, stage.count, stage.abstained) == ("should_not_have_abstained", 1, 1)


def test_without_an_embedder_there_is_nothing_by_meaning() -> None:
    assert analyse(run([wrong()])).by_meaning == ()


def test_an_empty_run() -> None:
    found = analyse(run([]))

    assert (found.considered, found.diagnoses, found.stages) == (0, (), ())


def test_examples_are_taken_from_every_document_before_a_second_of_one() -> None:
    rows = [wrong(question_id=f"{cluster}{at}", cluster=cluster) for cluster in "ab" for at in range(3)]
    chosen = spread(analyse(run(rows)).diagnoses, 4)

    assert [one.row.question_id for one in chosen] == ["a0", "b0", "a1", "b1"]
