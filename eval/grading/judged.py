"""Answers that people have judged, as a folder of FinanceBench's form has them.

``questions.jsonl`` and ``human_labels.jsonl``, ``{"config", "id", "model_answer", "label"}`` a line, with
the labels "Correct Answer", "Incorrect Answer", "Refusal" (Islam et al. 2023, arXiv:2311.11944; the labels
are CC BY-NC 4.0: they measure, nothing is fitted on them). The rules were written with a part of that set's
filers at hand; all other filers, of that set or any other, are kept out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from eval.metrics.answers import Gold
from eval.questions import read_questions
from rag.errors import SourceError

Label = Literal["correct", "incorrect", "refusal"]
Part = Literal["kept-out", "development"]
PARTS: tuple[Part, ...] = get_args(Part)

KEPT_OUT_SHARE = 0.4
_LABELS: Mapping[str, Label] = {
    "Correct Answer": "correct",
    "Incorrect Answer": "incorrect",
    "Refusal": "refusal",
}
_SALT = "covenant grader calibration:"
# The filers whose answers were read while the rules were written: those of the set at hand then whose draw
# is at least KEPT_OUT_SHARE, by their digests. A filer that came later is kept out, whatever its draw.
_READ = frozenset(
    """
    723922e1 7719e8d0 7f148ce3 877fa02f 8bd9d8ca 8edd4b9d b5a6e61c bd503ac4 d753d65f df3b7257
    e55d64eb ff828eb1
    """.split()
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One answer with people's label; ``setup`` names the system that gave it, ``filer`` the company."""

    question_id: str
    question_type: str
    document: str
    filer: str
    gold: Gold
    setup: str
    answer: str
    label: Label

    @property
    def part(self) -> Part:
        """Whether the rules were written with this filer's answers at hand."""
        return part_of(self.filer)


def part_of(filer: str) -> Part:
    """Which part a filer belongs to, whatever the case of its name.

    >>> part_of("A Company Nobody Read About")
    'kept-out'
    """
    name, share = _draw(filer)
    return "development" if name in _READ and share >= KEPT_OUT_SHARE else "kept-out"


def _draw(filer: str) -> tuple[str, float]:
    digest = hashlib.sha256((_SALT + filer.strip().casefold()).encode()).hexdigest()
    return digest[:8], int(digest[:8], 16) / 2**32


def read_judged(folder: Path) -> list[Judged]:
    """All judged answers of a folder, in the order of the file.

    Raises:
        SourceError: a file is missing or a line is malformed; names file, line and field.
    """
    questions = read_questions(folder / "questions.jsonl").checked()
    by_id = {question.id: question for question in questions.questions}
    path = folder / "human_labels.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path") from error
    found = []
    for number, line in enumerate(lines, start=1):
        where = f"{path}:{number}"
        row = _row(line, where)
        question = by_id.get(row["id"])
        if question is None:
            raise SourceError(f"{where}: id: {row['id']!r} is not in questions.jsonl", "correct the line")
        if row["label"] not in _LABELS:
            raise SourceError(
                f"{where}: label: {row['label']!r} is none of {', '.join(_LABELS)}", "correct it"
            )
        filer = str(questions.rows[question.id].get("company") or ", ".join(question.documents))
        found.append(
            Judged(
                question_id=question.id,
                question_type=question.facets.get("question_type", ""),
                document=", ".join(question.documents),
                filer=filer,
                gold=question.gold,
                setup=row["config"],
                answer=row["model_answer"],
                label=_LABELS[row["label"]],
            )
        )
    return found


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(f"{where}: not JSON: {error}", "write one object a line") from error
    for field in ("id", "config", "model_answer", "label"):
        if not isinstance(row, dict) or not isinstance(row.get(field), str):
            raise SourceError(f"{where}: {field}: a text is needed", "correct the line")
    return dict(row)
