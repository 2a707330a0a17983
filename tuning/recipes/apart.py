"""What is trained on beyond splits: documents held out, house words left out, samples.

Leaves splits to ``eval.splits``, copies of measured documents to ``eval.near_copies``.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from eval.training_data import Question, QuestionSet, training_questions
from rag.fingerprints import hash_bytes

_HELD_OUT_ONE_IN = 12
_HOUSE_WORDS = "house_words"


def draw(seed: int, *parts: str) -> random.Random:
    """A generator of its own for a thing, so that leaving one out changes no other."""
    return random.Random(hash_bytes("\x1f".join((str(seed), *parts)).encode()))  # noqa: S311


def chosen(questions: Iterable[Question], count: int) -> tuple[Question, ...]:
    """The ``count`` questions with the smallest hashes of their ids: a sample that others hardly change."""
    return tuple(sorted(questions, key=lambda one: hash_bytes(one.id.encode()))[:count])


def sample_questions(path: Path) -> QuestionSet:
    """The sample library's training questions, as ``training_questions``, but none in house words.

    What a desk's own words stand for is what tuning is measured by, and the evaluation deals are asked in
    the same ones: weights that come with Covenant would know them before anybody tuned.

    Raises:
        SourceError: the file cannot be read, is malformed, or has no question for training.
    """
    found = training_questions(path)
    return replace(
        found, questions=tuple(one for one in found.questions if one.facets.get("category") != _HOUSE_WORDS)
    )


def held_out(document: str) -> bool:
    """Whether a document's groups choose settings instead of training: one document in twelve."""
    return int(hash_bytes(document.encode())[:8], 16) % _HELD_OUT_ONE_IN == 0
