"""The grader's own error, printed beside the scores it gives.

The figures of the rules on kept-out filers come with the package (``calibration.json``, written by
``python -m benchmarks.grader --record``: figures only, no text of any set). Those of an LLM grader are
measured by whoever configures one, and kept beside its verdicts under its fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from eval.grading.protocol import Grader
from eval.metrics.answers import Kind
from eval.stats import Estimate
from rag.errors import SourceError
from rag.storage import write_text

NOT_MEASURED = "agreement with people not measured"
_SHIPPED = "calibration.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class GraderError:
    """How far a grader agrees with people over ``n`` answers: each figure with its 95 % interval.

    ``sensitivity`` is the share of truly correct answers that it calls correct, ``specificity`` the share of
    the others that it does not.
    """

    n: int
    accuracy: Estimate
    kappa: Estimate
    sensitivity: Estimate
    specificity: Estimate

    def __str__(self) -> str:
        """One line for a report."""
        share, beyond = self.accuracy, self.kappa
        return (
            f"agrees with people on {share.value:.3f} ({share.low:.3f}–{share.high:.3f}), "
            f"kappa {beyond.value:.2f} ({beyond.low:.2f}–{beyond.high:.2f}), n = {self.n}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """One measurement of a grader, on filers that its rules were not written with."""

    grader: str
    fingerprint: str
    data: str
    documents: int
    setups: int
    spearman: float
    mean_error: float
    overall: GraderError
    kinds: Mapping[str, GraderError] = field(default_factory=dict)

    def to_json(self) -> str:
        """Readable JSON, figures to four places."""
        return json.dumps(_rounded(asdict(self)), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """The opposite of ``to_json``; KeyError, TypeError or ValueError where it is not one."""
        row = json.loads(text)
        return cls(
            **{
                **row,
                "overall": _error(row["overall"]),
                "kinds": {kind: _error(figures) for kind, figures in row["kinds"].items()},
            }
        )


@cache
def calibration() -> Calibration:
    """The figures of the rules, as measured on kept-out filers."""
    return Calibration.from_json(files("eval.grading").joinpath(_SHIPPED).read_text(encoding="utf-8"))


def grader_error(kind: Kind) -> GraderError | None:
    """The rules' error on one kind of gold answer; None for a kind that people have not judged.

    >>> grader_error("number").n > 0, grader_error("list")
    (True, None)
    """
    return calibration().kinds.get(kind)


def agreement_of(grader: Grader, records: Path | None = None) -> Calibration | None:
    """The record of a grader: the shipped one of the rules, else one of ``records``; None for none.

    Raises:
        SourceError: the record cannot be read.
    """
    shipped = calibration()
    if grader.fingerprint == shipped.fingerprint:
        return shipped
    path = None if records is None else _path(records, grader.fingerprint)
    if path is None or not path.is_file():
        return None
    try:
        return Calibration.from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SourceError(f"{path} is no record of agreement: {error}", "measure the grader again") from error


def say_agreement(grader: Grader, records: Path | None = None) -> str:
    """The line that a report prints beside a grader's scores; says so where nothing was measured."""
    record = agreement_of(grader, records)
    return f"{grader.name}: {NOT_MEASURED if record is None else record.overall}"


def keep(record: Calibration, records: Path) -> Path:
    """Write a record where ``agreement_of`` finds it."""
    path = _path(records, record.fingerprint)
    write_text(path, record.to_json())
    return path


def _path(records: Path, fingerprint: str) -> Path:
    return records / f"agreement-{fingerprint}.json"


def _error(row: Mapping[str, Any]) -> GraderError:
    figures = ("accuracy", "kappa", "sensitivity", "specificity")
    return GraderError(n=row["n"], **{name: Estimate(**row[name]) for name in figures})


def _rounded(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return value
