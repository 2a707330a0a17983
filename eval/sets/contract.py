"""What an importer of a public set is: where its parts lie, what its lines say, what its paper measures.

A set is read in its published form from a folder; nothing of it comes with Covenant. Leaves running one to
``eval.bench``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from eval.harness import Scorer
from eval.papers import Paper
from eval.questions import QuestionSet, read_questions
from eval.runs import Row, Scope
from eval.stats import Estimate
from rag.errors import SourceError

QUESTIONS = "questions.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure of a paper: ``value`` as a share, whose; ``note`` says what is not like for like."""

    measure: str
    value: float
    system: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """What to index: files as they are, or papers to be written to files.

    ``pieces`` are the texts that the set is judged by, in the order of the document, by document name.
    """

    files: tuple[Path, ...] = ()
    papers: tuple[Paper, ...] = ()
    pieces: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchSet:
    """A public set.

    ``scope`` is that of the published measure. ``scorers`` bring per-question measures of the set's own
    (``own_measures``), ``overall`` those that only a whole run has. ``strata`` names a field whose values
    weigh the same in every mean, however many questions each has. ``headline`` are the measures to look at
    first.
    """

    name: str
    title: str
    source: str
    licence: str
    read: Callable[[Path], QuestionSet]
    documents: Callable[[Path, QuestionSet], Documents]
    scope: Scope = "single"
    task: Literal["ask", "retrieve"] = "ask"
    scorers: tuple[Scorer, ...] = ()
    own_measures: tuple[str, ...] = ()
    overall: (
        Callable[[Sequence[Row], Mapping[str, Mapping[str, object]], int], dict[str, Estimate]] | None
    ) = None
    strata: str = ""
    headline: tuple[str, ...] = ()
    published: tuple[Published, ...] = ()


def questions_file(folder: Path) -> Path:
    """The set's file of questions.

    Raises:
        SourceError: it is not there.
    """
    path = folder / QUESTIONS
    if not path.is_file():
        raise SourceError(
            f"{path} is not there", "name the folder that holds the set's questions and documents"
        )
    return path


def folder_documents(folder: Path, *suffixes: str) -> tuple[Path, ...]:
    """The files below ``docs/`` with one of the suffixes, sorted.

    Raises:
        SourceError: there is none.
    """
    found = tuple(sorted(path for path in (folder / "docs").rglob("*") if path.suffix.lower() in suffixes))
    if not found:
        raise SourceError(
            f"{folder / 'docs'} holds no {' or '.join(suffixes)} file", "unpack the whole set there"
        )
    return found


def read_lines(folder: Path) -> QuestionSet:
    """The questions of a set whose lines are in our own form already."""
    return read_questions(questions_file(folder))
