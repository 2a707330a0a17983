"""What training may read of a set of questions: its training splits, and nothing else.

The one module of ``eval`` that reads questions and that ``tuning`` may import (an import contract); the
guard of ``eval.splits`` holds at run time too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.questions import Adapter, Evidence, Question, QuestionSet, read_questions
from eval.splits import is_training, may_calibrate, may_train, training
from rag.errors import SourceError

__all__ = [
    "Evidence",
    "GradedQueries",
    "Question",
    "QuestionSet",
    "training_grades",
    "training_lines",
    "training_pairs",
    "training_questions",
]


def training_questions(path: Path, adapt: Adapter = lambda row: row, *, halves: bool = False) -> QuestionSet:
    """The questions of a file's training splits; with ``halves`` also those of tuning halves.

    Raises:
        SourceError: the file cannot be read, is malformed, or has no question for training.
    """
    with training():
        if halves:
            found = read_questions(path, lambda row: {**adapt(row), "split": "tuning"}, keep=may_calibrate)
        else:
            found = read_questions(path, adapt, keep=lambda row: is_training(str(row.get("split") or "")))
        return found.checked()


def training_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a published set's file that may be learned from, as they are.

    Raises:
        SourceError: the file cannot be read or is no JSON, or no line is for training.
    """
    found = [row for row in _rows(path) if may_train(row)]
    if not found:
        raise SourceError(f"{path} has no line for training", "train on another set")
    return found


def training_pairs(path: Path) -> list[dict[str, Any]]:
    """The lines of a file that a set publishes for training alone, and that names no split.

    Raises:
        SourceError: the file cannot be read or is no JSON, or is not named for training.
    """
    if not path.stem.startswith("train"):
        raise SourceError(f"{path} is not named for training", "name the set's training file")
    return _rows(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedQueries:
    """Queries of training splits, their grades by passage id (0: judged irrelevant), and all passages."""

    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]
    passages: Mapping[str, str]


def training_grades(folder: Path) -> GradedQueries:
    """The training queries of a BEIR folder: ``queries.jsonl``, ``corpus.jsonl``, ``qrels/SPLIT.tsv``.

    A query's split is in its ``metadata``, and the judgements of a split are in the file of its name; what
    either does not say to be for training is left behind.

    Raises:
        SourceError: a file cannot be read, is malformed, or has no query for training.
    """
    try:
        rows = [json.loads(line) for line in _lines(folder / "queries.jsonl")]
        queries = {
            str(row["_id"]): str(row["text"])
            for row in rows
            if is_training(str((row.get("metadata") or {}).get("split") or ""))
        }
        grades: dict[str, dict[str, int]] = {query: {} for query in queries}
        for path in sorted((folder / "qrels").glob("*.tsv")):
            if is_training(path.stem):
                for query, passage, grade in list(csv.reader(_lines(path), delimiter="\t"))[1:]:
                    if query in grades:
                        grades[query][passage] = int(grade)
        corpus = [json.loads(line) for line in _lines(folder / "corpus.jsonl")]
        passages = {str(row["_id"]): str(row["text"]) for row in corpus}
    except OSError as error:
        raise SourceError(
            f"cannot read {error.filename}: {error.strerror}", "unpack the set again"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SourceError(f"{folder} is malformed: {error!r}", "unpack the set again") from error
    if not queries:
        raise SourceError(f"{folder} has no query for training", "name a set with a training split")
    return GradedQueries(queries=queries, grades=grades, passages=passages)


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        return [json.loads(line) for line in _lines(path)]
    except (OSError, ValueError) as error:
        raise SourceError(f"cannot read {path}: {error}", "unpack the whole set there") from error
