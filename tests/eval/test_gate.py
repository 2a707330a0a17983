"""The gate on runs made by hand: a rise, none, a slice that falls, and runs that do not compare."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from eval.gate import judge
from eval.gate_table import print_verdict, told
from eval.runs import Run
from rag.errors import SourceError
from tests.eval.made_rows import row, run, wrong


def answers(marks: str, slices: str = "", documents: Sequence[str] = (), release: str = "none") -> Run:
    """A question a mark, "+" right and "-" wrong, of a document of its own; ``slices`` a letter each."""
    made = [
        (row if mark == "+" else wrong)(
            question_id=f"q{at}",
            cluster=documents[at] if documents else f"d{at}",
            facets={"category": slices[at]} if slices else {},
            values={"wrong": float(mark == "-")},
        )
        for at, mark in enumerate(marks)
    ]
    return run(made, fingerprints={"index": "i", "grader": "g", "release": release})


def test_a_rise_passes() -> None:
    verdict = judge(answers("------++"), answers("++++++++", release="ab" * 10))

    # Six documents won, none lost: 2 of the 2^6 flips are as far from zero.
    assert verdict.promoted
    assert verdict.table[0].name == "all"
    assert verdict.table[0].p == 2 / 64
    assert (verdict.table[0].before.value, verdict.table[0].after.value) == (0.25, 1.0)
    assert verdict.reason.startswith("accuracy gets significantly better, .250 to 1 (+.750, p = .031)")
    assert (verdict.before, verdict.after, verdict.fallen) == ("none", "ab" * 10, ())


def test_a_rise_that_chance_may_make_does_not() -> None:
    verdict = judge(answers("-----+++"), answers("++++++++"))

    assert not verdict.promoted
    assert verdict.reason.startswith(
        "accuracy does not get significantly better, .375 to 1 (+.625, p = .062)"
    )
    assert "8 questions of 8 documents show differences from" in verdict.reason


def test_documents_count_not_questions() -> None:
    documents = ["a"] * 4 + ["b"] * 4

    assert judge(answers("-" * 8), answers("+" * 8)).promoted
    assert not judge(answers("-" * 8, documents=documents), answers("+" * 8, documents=documents)).promoted


def test_no_change_and_a_fall_do_not() -> None:
    same = judge(answers("+-" * 8), answers("+-" * 8))
    fallen = judge(answers("+" * 8), answers("-" * 8))

    assert (same.promoted, fallen.promoted) == (False, False)
    assert same.table[0].verdict == "same"
    assert "gets significantly worse, 1 to 0" in fallen.reason


def test_a_rise_with_a_slice_that_falls_does_not_and_says_which() -> None:
    slices = "a" * 30 + "b" * 10
    verdict = judge(answers("-" * 30 + "+" * 10, slices), answers("+" * 30 + "-" * 10, slices))

    # a: 2 / 2^30 by chance, b: 2 / 2^10, doubled at most by Holm; all together rises.
    assert not verdict.promoted
    assert verdict.table[0].verdict == "better"
    assert verdict.fallen == ("category=b",)
    assert "significantly worse in category=b, 1 to 0 (−1, p = " in verdict.reason
    assert [(one.name, one.verdict) for one in verdict.table[1:3]] == [
        ("category=a", "better"),
        ("category=b", "worse"),
    ]


def test_holm_goes_over_the_slices() -> None:
    # b falls in six documents: 2 / 2^6 by itself, three times that among a, which rises, c and d.
    slices = "a" * 30 + "b" * 6 + "ccdd"
    before, after = answers("-" * 30 + "+" * 10, slices), answers("+" * 30 + "-" * 6 + "+" * 4, slices)
    verdict = judge(before, after, slices=["category"])

    assert {one.name: one.verdict for one in verdict.table} == {
        "all": "better",
        "category=a": "better",
        "category=b": "not shown",
        "category=c": "same",
        "category=d": "same",
    }
    assert verdict.table[2].p == 3 * 2 / 64
    assert verdict.promoted
    assert verdict.reason.endswith("no slice of 4 gets significantly worse")


def test_a_measure_that_should_fall_is_a_target_too() -> None:
    assert judge(answers("-" * 8), answers("+" * 8), target="wrong").promoted
    assert not judge(answers("+" * 8), answers("-" * 8), target="wrong").promoted


def test_runs_that_were_not_asked_alike_are_refused() -> None:
    before = answers("-" * 8)
    for after in (
        answers("+" * 9),
        run(answers("+" * 8).rows, questions="1" * 64),
        run(answers("+" * 8).rows, scope="single"),
        run(answers("+" * 8).rows, fingerprints={"grader": "another"}),
    ):
        with pytest.raises(SourceError, match="not asked alike"):
            judge(before, after)
    with pytest.raises(SourceError, match="not a measure"):
        judge(before, answers("+" * 8), target="beauty")


def test_it_is_told_as_a_table_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    verdict = judge(answers("-" * 8), answers("+" * 8, release="ab" * 10))
    print_verdict(verdict)

    out = capsys.readouterr().out
    assert "accuracy: none → abababababab" in out
    assert told(verdict).split(";", maxsplit=1)[0] in out
    printed = json.loads(json.dumps(verdict.as_dict()))
    assert (printed["promoted"], printed["before"], printed["after"]) == (True, "none", "ab" * 10)
    assert printed["table"][0]["after"] == {"value": 1.0, "low": 0.675592, "high": 1.0, "n": 8}
