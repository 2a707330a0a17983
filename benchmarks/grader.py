"""How far a grader of answers agrees with people, on answers of LLMs that people have judged.

Any folder with ``questions.jsonl`` and ``human_labels.jsonl`` (see ``eval.grading.judged``); without
``--data``, FinanceBench under ``COVENANT_DATA``. Intervals draw whole documents. The rules were written with
the filers of the part "development" at hand: figures of that part are no measure of them. ``--record`` writes
the figures of the kept-out part of the rules into the package, or those of an LLM beside its verdicts.
``python -m benchmarks.grader [--part kept-out|development|all] [--grader rules|llm] [--json] [--record]``
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.data_folder import data_folder
from eval.grading.agreement import OUTCOMES, Agreement, Marked, agreement, by, confusion, mark, over_setups
from eval.grading.calibration import Calibration, GraderError, keep
from eval.grading.choice import make_grader
from eval.grading.judged import PARTS, Judged, read_judged
from eval.grading.protocol import Grader
from eval.stats import Estimate
from rag.errors import CovenantError
from rag.settings import LLMGraderSettings, Settings

_PACKAGE_DATA = Path(__file__).parent.parent / "eval" / "grading" / "calibration.json"
_GROUPS: Mapping[str, Callable[[Judged], str]] = {
    "gold": lambda item: item.gold.kind,
    "question": lambda item: item.question_type or "other",
}


def record_of(grader: Grader, marked: Sequence[Marked], data: str) -> Calibration:
    """The figures that go beside the grader's scores."""
    setups = over_setups(marked)
    whole = agreement(marked)
    return Calibration(
        grader=grader.name,
        fingerprint=grader.fingerprint,
        data=data,
        documents=whole.documents,
        setups=setups.setups,
        spearman=setups.spearman,
        mean_error=setups.mean_error,
        overall=_error(whole),
        kinds={kind: _error(group) for kind, group in by(marked, _GROUPS["gold"]).items()},
    )


def _error(group: Agreement) -> GraderError:
    return GraderError(
        n=group.accuracy.n,
        accuracy=group.accuracy,
        kappa=group.kappa,
        sensitivity=group.sensitivity,
        specificity=group.specificity,
    )


def result_of(grader: Grader, marked: Sequence[Marked], part: str) -> dict[str, Any]:
    """One object with all figures, in the shape of ``covenant bench``."""
    groups = {f"{what}:{name}": one for what, key in _GROUPS.items() for name, one in by(marked, key).items()}
    whole = agreement(marked)
    setups = over_setups(marked)
    return {
        "name": "grader",
        "part": part,
        "n": whole.accuracy.n,
        "documents": whole.documents,
        "failed": whole.failed,
        "fingerprints": {"grader": grader.fingerprint},
        "measures": _measures(whole),
        "slices": {name: _measures(group) for name, group in groups.items()},
        "confusion": confusion(marked),
        "setups": asdict(setups),
    }


def _measures(group: Agreement) -> dict[str, Any]:
    names = {"grader_accuracy": group.accuracy, "grader_kappa": group.kappa,
             "sensitivity": group.sensitivity, "specificity": group.specificity}  # fmt: skip
    return {name: asdict(value) for name, value in names.items() if value.n}


def show(result: Mapping[str, Any]) -> None:
    """Print the figures for people."""
    print(f"{result['part']}: {result['n']} answers over {result['documents']} documents", end="")
    print(f", {result['failed']} could not be graded" if result["failed"] else "")
    for name, measures in (("all", result["measures"]), *result["slices"].items()):
        print(f"{name:<28}", "  ".join(f"{what} {_figure(value)}" for what, value in measures.items()))
    print(f"{'people say':<12}", "".join(f"{outcome:>12}" for outcome in OUTCOMES))
    for label, row in result["confusion"].items():
        print(f"{label:<12}", "".join(f"{row[outcome]:>12}" for outcome in OUTCOMES))
    setups = result["setups"]
    print(
        f"{setups['setups']} set-ups: Spearman {setups['spearman']:.3f}, "
        f"mean error of their accuracy {setups['mean_error']:.3f}"
    )


def _figure(value: Mapping[str, float]) -> str:
    estimate = Estimate(**value)  # type: ignore[arg-type]
    return f"{estimate.value:.3f} ({estimate.low:.3f}–{estimate.high:.3f})"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder with questions.jsonl and human_labels.jsonl")
    parser.add_argument("--part", choices=(*PARTS, "all"), default="kept-out")
    parser.add_argument("--grader", choices=("rules", "llm"), default="rules")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help="a setting")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--record", action="store_true", help="keep the figures (kept-out part only)")
    arguments = parser.parse_args()
    folder = arguments.data or data_folder("financebench")
    if arguments.record and arguments.part != "kept-out":
        sys.exit("--record keeps the figures of the kept-out part: leave --part out")
    try:
        overrides = [f"grader.kind={arguments.grader}", *arguments.set]
        settings = Settings.load(None, environ=os.environ, overrides=overrides)
        grader = make_grader(settings.grader, os.environ)
        items = [one for one in read_judged(folder) if arguments.part in (one.part, "all")]
        if not items:
            sys.exit(f"{folder} has no answer of the part {arguments.part}")
        marked = mark(grader, items)
        if all(one.outcome == "failed" for one in marked):
            sys.exit(f"{grader.name} failed on all {len(marked)} answers")
        result = result_of(grader, marked, arguments.part)
        if arguments.record:
            record = record_of(grader, marked, folder.name)
            if isinstance(settings.grader, LLMGraderSettings):
                keep(record, settings.grader.cache)
            else:
                _PACKAGE_DATA.write_text(record.to_json(), encoding="utf-8")
    except CovenantError as error:
        sys.exit(str(error))
    if arguments.json:
        print(json.dumps(result))
    else:
        show(result)


if __name__ == "__main__":
    main()
