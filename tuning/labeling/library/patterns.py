"""Functions made from patterns and from a team's own callables."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tuning.items import ItemKind, PassageItem
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import RELEVANT, LabelingFunction, Vote, labeling_function


def make_pattern(
    name: str, passage: str, *, question: str = "", vote: int = RELEVANT, otherwise: int = ABSTAIN
) -> LabelingFunction:
    """A vote where the passage has a pattern, of questions that have one too where it is given.

    >>> make_pattern("governing_law", r"governed by .* laws? of", question=r"governing law").name
    'governing_law'

    Raises:
        re.error: a pattern is none.
    """
    said, asked = re.compile(passage, re.I), re.compile(question, re.I)

    @labeling_function(on="passage", kind="pattern", name=name)
    def pattern(item: PassageItem) -> Vote:
        if question and not asked.search(item.question.text):
            return ABSTAIN
        return vote if said.search(item.chunk.text) else otherwise

    return pattern


def make_external(
    name: str,
    call: Callable[..., Any],
    *,
    on: ItemKind = "passage",
    version: str,
    resources: Sequence[str] = (),
    batch: bool = False,
) -> LabelingFunction:
    """A function that stands elsewhere, as of another package: ``version`` says which one it is.

    It is called like any other: with an item, or with ``batch`` a list of them, and its resources.
    """
    declared = labeling_function(
        on=on, kind="external", name=name, resources=resources, batch=batch, revision=version
    )
    return declared(call)
