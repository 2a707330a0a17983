"""Ready labeling functions for legal and financial documents, each made with a user's own parameters.

``passages``: whether a passage bears on a question. ``answers``: whether an answer is right. ``patterns``:
an expert's own wordings, for both. ``people``: what experts judged before. ``starting_set`` is what a new
workspace begins with.
"""

from __future__ import annotations

from tuning.labeling.functions import LabelingFunction
from tuning.labeling.library import answers, passages, people
from tuning.labeling.library.patterns import answer_pattern, heading_pattern, passage_pattern

__all__ = [
    "answer_pattern",
    "answers",
    "heading_pattern",
    "passage_pattern",
    "passages",
    "people",
    "starting_set",
]


def starting_set() -> list[LabelingFunction]:
    """The general functions on passages and on answers, without parameters of any library."""
    return [*passages.general(), *answers.general()]
