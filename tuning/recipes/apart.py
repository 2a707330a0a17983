"""What is trained on beyond splits: documents held out, measured documents and house words left out, samples.

Leaves splits to ``eval.splits``.

Source of the sketches: Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from eval.training_data import Question, QuestionSet, training_questions
from rag.fingerprints import hash_bytes

_HELD_OUT_ONE_IN = 12
_HOUSE_WORDS = "house_words"
_SHINGLE = 8
_SKETCH = 64
_SHARED = 0.3


def sketch(text: str) -> frozenset[str]:
    """The 64 smallest hashes of a text's runs of eight words (Broder, 1997).

    >>> words = "one two three four five six seven eight nine"
    >>> sketch(words) == sketch(words.upper()), len(sketch(words))
    (True, 2)
    """
    words = re.findall(r"[a-z0-9]+", text.lower())
    runs = {" ".join(words[i : i + _SHINGLE]) for i in range(max(1, len(words) - _SHINGLE + 1))}
    return frozenset(sorted(hash_bytes(run.encode()) for run in runs)[:_SKETCH])


@dataclass(frozen=True, slots=True)
class Excluded:
    """Documents that must not be trained on, by their sketches; near copies count."""

    sketches: tuple[frozenset[str], ...]

    @classmethod
    def of(cls, folders: Iterable[Path]) -> Excluded:
        """All text files of these folders; a folder that is not there has none."""
        paths = sorted(path for folder in folders for path in folder.rglob("*.txt"))
        return cls(tuple(sketch(path.read_text(encoding="utf-8", errors="replace")) for path in paths))

    def has(self, text: str) -> bool:
        """Whether a text shares three tenths of its sketch with one of them."""
        own = sketch(text)
        return any(len(own & other) >= _SHARED * min(len(own), len(other)) for other in self.sketches)


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
