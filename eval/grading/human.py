"""People's grades of a run's answers: ``{"id", "correct"}`` a line, for correcting an automatic figure.

Leaves grades of other systems' answers, which calibrate a grader, to ``eval.grading.judged``.
"""

from __future__ import annotations

import json
from pathlib import Path

from rag.errors import SourceError

_SHOWN = 5


def read_grades(path: Path) -> dict[str, float]:
    """Grades by question id, 1 for right and 0 for wrong; shares between them are taken as they are.

    Raises:
        SourceError: the file cannot be read, or lines are malformed; the first five are named.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the path") from error
    grades: dict[str, float] = {}
    problems = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, correct = row["id"], float(row["correct"])
        except (ValueError, TypeError, KeyError) as error:
            problems.append(f"{path}:{number}: {error!r}")
            continue
        if not isinstance(name, str) or not 0 <= correct <= 1:
            problems.append(f"{path}:{number}: id must be a text and correct a share, true or false")
        elif name in grades:
            problems.append(f"{path}:{number}: id: {name!r} is there twice")
        else:
            grades[name] = correct
    if problems:
        raise SourceError(
            f"{len(problems)} problems in grades: {'; '.join(problems[:_SHOWN])}", "correct these lines"
        )
    return grades
