"""What a question that asks for several values comes to: its parts, and what is done with their values.

Leaves finding them to ``compared`` and ``within``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.types import DocumentId

Operation = Literal["most", "least", "difference", "sum", "share", "accrued"]

NAME = "\x00"
"""Stands in a question for words that name documents."""
UNSIGNED = re.compile(
    r"\bdifferences?\b|\bapart\b|\bgap\b|\bdistance\b|\bdiffers?\b|\bspread between\b", re.I
)
"""Asked like this, nobody says which of two is the greater."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Words ``question[start:end]`` that surely name documents."""

    start: int
    end: int
    documents: frozenset[DocumentId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question for one value; of what is compared the name, and the documents that it names."""

    question: str
    name: str = ""
    documents: frozenset[DocumentId] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is done with the values of the parts.

    ``numbers`` are figures that the question itself gives. ``unsigned``: asked for as how far apart.
    ``printed``: the words may also be what one figure is called, "the price as a percentage of principal".
    """

    operation: Operation
    parts: tuple[Part, ...]
    numbers: tuple[str, ...] = ()
    unsigned: bool = False
    printed: bool = False


def marked(question: str, names: Sequence[Named]) -> str:
    """The question with ``NAME`` in the place of each name."""
    for one in sorted(names, key=lambda one: -one.start):
        question = f"{question[: one.start]}{NAME}{question[one.end :]}"
    return question
