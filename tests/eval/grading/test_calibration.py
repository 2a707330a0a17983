"""The grader's own error: shipped for the rules, kept beside the verdicts of others, and measured."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from benchmarks.grader import record_of
from eval.grading.agreement import mark
from eval.grading.calibration import (
    NOT_MEASURED,
    Calibration,
    agreement_of,
    calibration,
    grader_error,
    keep,
    say_agreement,
)
from eval.grading.judged import read_judged
from eval.grading.protocol import RulesGrader
from eval.metrics.answers import Gold, Grade, Kind
from rag.errors import SourceError
from rag.types import Abstention, Answer


class Other:
    """A grader of which nothing is known."""

    name = "other"
    fingerprint = "0123"

    def grade(self, gold: Gold, outcome: Answer | Abstention) -> Grade:
        return RulesGrader().grade(gold, outcome)


def test_the_shipped_figures_are_of_the_rules_as_they_are() -> None:
    shipped = calibration()

    assert shipped.fingerprint == RulesGrader().fingerprint
    assert shipped.overall.n == sum(error.n for error in shipped.kinds.values())
    for error in (shipped.overall, *shipped.kinds.values()):
        for figure in (error.accuracy, error.kappa, error.sensitivity, error.specificity):
            assert -1 <= figure.low <= figure.value <= figure.high <= 1


def test_kinds_that_people_judged_have_an_error_and_others_none() -> None:
    known = {kind for kind in get_args(Kind) if grader_error(kind) is not None}

    assert {"number", "text"} <= known
    assert "none" not in known


def test_a_record_survives_being_written() -> None:
    assert Calibration.from_json(calibration().to_json()) == calibration()


def test_a_grader_without_a_record_says_so(tmp_path: Path) -> None:
    assert say_agreement(Other(), tmp_path) == f"other: {NOT_MEASURED}"
    assert say_agreement(Other()) == f"other: {NOT_MEASURED}"
    assert say_agreement(RulesGrader()).startswith("rules: agrees with people on 0.")

    keep(replace(calibration(), grader="other", fingerprint="0123"), tmp_path)

    assert "kappa" in say_agreement(Other(), tmp_path)


def test_a_damaged_record_is_an_error(tmp_path: Path) -> None:
    keep(replace(calibration(), fingerprint="0123"), tmp_path).write_text("{}")

    with pytest.raises(SourceError, match="agreement-0123"):
        agreement_of(Other(), tmp_path)


@pytest.mark.data
def test_agreement_with_people_on_kept_out_filers() -> None:
    root = os.environ.get("COVENANT_DATA")
    if not root:
        pytest.skip("set COVENANT_DATA to the judged sets")
    folder = Path(root) / "financebench"
    items = [one for one in read_judged(folder) if one.part == "kept-out"]

    measured = record_of(RulesGrader(), mark(RulesGrader(), items), folder.name)

    assert measured.overall.accuracy.value >= 0.90
    assert measured.overall.kappa.value >= 0.80
    assert Calibration.from_json(measured.to_json()) == calibration()
