"""Question and passage as one sequence of word pieces, and which of them an answer may consist of.

Leaves the encoder and its heads to ``rag.generator.span.model``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LIMIT = 384
"""Word pieces of a window, special ones included; what is longer loses the end of its passage."""
QUESTION_LIMIT = 96
"""Word pieces of a question that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What is read at once: ``context`` is read, but no answer stands in it; spans are of ``text``."""

    question: str
    text: str
    context: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A window in word pieces, ``[n]`` each; ``starts`` and ``ends`` are characters of its text.

    Both are -1 for pieces that no answer consists of: special ones, the question, the context.
    """

    ids: list[int]
    types: list[int]
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]


def encode(tokenizer: Any, windows: Sequence[Window]) -> list[Encoded]:  # noqa: ANN401 - untyped
    """Each window in word pieces, its question cut at ``QUESTION_LIMIT``, the whole at ``LIMIT``."""
    if not windows:
        return []
    questions = _cut(tokenizer, [one.question for one in windows])
    passages = [f"{one.context}\n{one.text}" if one.context else one.text for one in windows]
    made = tokenizer(
        questions, passages, truncation="only_second", max_length=LIMIT, return_offsets_mapping=True
    )
    encoded = []
    for i, window in enumerate(windows):
        offsets = np.array(made["offset_mapping"][i], dtype=np.int32)
        own = np.array([part == 1 for part in made.sequence_ids(i)])
        shift = len(window.context) + 1 if window.context else 0
        own &= (offsets[:, 0] >= shift) & (offsets[:, 1] > offsets[:, 0])
        encoded.append(
            Encoded(
                ids=made["input_ids"][i],
                types=made["token_type_ids"][i],
                starts=np.where(own, offsets[:, 0] - shift, -1),
                ends=np.where(own, offsets[:, 1] - shift, -1),
            )
        )
    return encoded


def _cut(tokenizer: Any, questions: Sequence[str]) -> list[str]:  # noqa: ANN401 - untyped
    made = tokenizer(
        list(questions),
        truncation=True,
        max_length=QUESTION_LIMIT,
        add_special_tokens=False,
        return_offsets_mapping=True,
    )
    return [
        text[: offsets[-1][1]] if offsets else text
        for text, offsets in zip(questions, made["offset_mapping"], strict=True)
    ]


def pieces_of(encoded: Encoded, start: int, end: int) -> tuple[int, int] | None:
    """The first and last piece of a span ``[start, end)`` of the text; None where it was cut off."""
    inside = np.flatnonzero((encoded.starts >= 0) & (encoded.starts < end) & (encoded.ends > start))
    return (int(inside[0]), int(inside[-1])) if len(inside) else None
