"""Questions that measure, by their words: what people asked in the same words is not learned from.

Only words are read here, to keep them out; what they are answered with and where is left to ``eval``.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from eval.splits import may_train
from tuning.questions.files import question_rows
from tuning.questions.filters import words_of


def measuring_words(measured: Iterable[Path], others: Iterable[Path] = ()) -> frozenset[tuple[str, ...]]:
    """The words (``filters.words_of``) of the questions of some files, where they are there.

    Of ``measured`` files all questions count, of ``others`` those that are marked with a split for measuring.

    Raises:
        SourceError: a file cannot be read, or a line is no question.
    """
    found = {words_of(text) for path in measured if path.exists() for _, text in question_rows(path)}
    for path in others:
        found |= {
            words_of(text) for row, text in question_rows(path) if row.get("split") and not may_train(row)
        }
    return frozenset(found)
