"""An analysis as both reports show it: titles, notes, counts in words, examples, clusters.

Everything is text or numbers that the templates escape in their own way. Leaves templates to
``eval.errors.pages`` and ``eval.errors.markdown``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from eval.errors.analysis import ErrorAnalysis, StageCount, spread
from eval.errors.clusters import Cluster
from eval.errors.examples import Example, example
from eval.errors.stages import EXPLAINED, MEANING, STAGES, Stage
from eval.number_texts import interval, share

EXAMPLES = 8
"""Errors shown of each stage."""

QUESTIONS = 4
"""Questions shown of each cluster."""

_QUESTION_CHARS = 220
_COLOURS = dict(zip(STAGES, "one two three four five six seven eight nine ten".split(), strict=True))


def view(analysis: ErrorAnalysis, examples: int = EXAMPLES) -> dict[str, Any]:
    """The values that ``errors.html.j2`` and ``errors.md.j2`` are filled with."""
    numbers: dict[str, int] = {}
    stages = [_stage(analysis, count, examples, numbers) for count in analysis.stages]
    header = analysis.run.header
    searched = "own documents searched" if header.scope == "single" else "all documents searched"
    return {
        "title": f"Errors of {header.name}",
        "described": f"{searched} · run of {header.started_at} · {len(analysis.run.rows):,} questions",
        "considered": f"{analysis.considered:,}",
        "total": len(analysis.diagnoses),
        "notes": list(notes(analysis)),
        "stages": stages,
        "clusters": [
            (
                "Errors alike in meaning",
                "Questions embedded without names and years, grouped by cosine; at least three errors each.",
                [_group(one, numbers) for one in analysis.by_meaning],
            ),
            (
                "Errors that share words",
                "Grouped by the phrase that most errors share, weighted by how rare it is and how often"
                " questions with it fail.",
                [_group(one, numbers) for one in analysis.by_words],
            ),
        ],
    }


def notes(analysis: ErrorAnalysis) -> Iterator[str]:
    """What a reader has to know beside the counts."""
    if analysis.run.header.task == "retrieve":
        yield "This run only retrieved: an error is a question without evidence among its first hits."
    abstained = sum(one.row.outcome == "abstained" for one in analysis.diagnoses)
    if abstained:
        yield (
            f"In {abstained} of {len(analysis.diagnoses)} errors the system abstained; what it abstained from"
            " is taken for its answer, so that they count where reading or retrieval failed before."
        )
    if analysis.ungraded:
        yield f"{analysis.ungraded} answers are not among them because the grader failed on them."
    left_out = len(analysis.run.rows) - analysis.considered - analysis.ungraded
    if left_out:
        yield f"{left_out} questions are left out: nothing was judged that could be right or wrong."


def _stage(
    analysis: ErrorAnalysis, count: StageCount, examples: int, numbers: dict[str, int]
) -> dict[str, Any]:
    """A stage with its examples, whose numbers are noted in ``numbers`` by question id."""
    own = [one for one in analysis.diagnoses if one.stage == count.stage]
    shown = []
    for one in spread(own, examples):
        numbers[one.row.question_id] = len(numbers) + 1
        shown.append({"number": len(numbers), **_fields(example(one))})
    return {
        **_part(count.stage, count.count),
        "abstained": count.abstained,
        "share": share(count.share.value),
        "interval": interval(count.share),
        "examples": shown,
    }


def _group(one: Cluster, numbers: Mapping[str, int]) -> dict[str, Any]:
    rows = [diagnosis.row for diagnosis in spread(one.diagnoses, QUESTIONS)]
    return {
        "name": one.name,
        "errors": len(one.diagnoses),
        "words": one.words,
        "stages": [_part(stage, count) for stage, count in one.stages.items()],
        "questions": [(_short(row.question), numbers.get(row.question_id)) for row in rows],
        "functions": [
            {"kind": f.kind, "meaning": MEANING[f.stage], "reason": f.reason} for f in one.functions
        ],
        "source": one.slice.source,
        "of_group": one.slice.of_group,
        "of_run": one.slice.of_run,
    }


def _part(stage: Stage, count: int) -> dict[str, Any]:
    return {
        "key": stage,
        "colour": _COLOURS[stage],
        "meaning": MEANING[stage],
        "explained": EXPLAINED[stage],
        "count": count,
    }


def _fields(one: Example) -> dict[str, Any]:
    # Not ``asdict``: it would go through every run of marked text.
    return {one_field.name: getattr(one, one_field.name) for one_field in fields(one)}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUESTION_CHARS else line[: _QUESTION_CHARS - 1] + "…"
