"""What training may read of a set of questions: its training splits, and nothing else.

The one module of ``eval`` that reads questions and that ``tuning`` may import (an import contract); the
guard of ``eval.splits`` holds at run time too.
"""

from __future__ import annotations

from pathlib import Path

from eval.questions import Adapter, Evidence, Question, QuestionSet, read_questions
from eval.splits import training

__all__ = ["Evidence", "Question", "QuestionSet", "training_questions"]


def training_questions(path: Path, adapt: Adapter = lambda row: row) -> QuestionSet:
    """The questions of a file's training splits.

    Raises:
        SourceError: the file cannot be read, is malformed, or has no question for training.
    """
    with training():
        return read_questions(path, adapt, training_only=True).checked()
