"""A function made from a file of kinds: whether a passage has the words of the kind that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from tuning.items import PassageItem
from tuning.kinds import CONTRACTS, ClauseKinds
from tuning.labeling.functions import LabelingFunction, labeling_function
from tuning.labeling.library.relative import Scores, by_question

_MOST = 3
"""Places beyond so many in a passage say no more."""


def make_clause_kinds(name: str = "clause_kinds", path: Path = CONTRACTS) -> LabelingFunction:
    """How many places of a passage have the words of the kind asked for; of several kinds, of the most.

    It abstains on questions that ask for no kind of the file.

    Raises:
        SettingsError: the file is none of kinds.
    """
    kinds = ClauseKinds.load(path)

    @labeling_function(
        on="passage", kind="pattern", name=name, batch=True, scored=True, edges=(0.5, 1.5, 2.5),
        revision=kinds.version,
    )  # fmt: skip
    def clause_kinds(items: Sequence[PassageItem]) -> Scores:
        """It has the words of the kind that is asked for."""
        found = np.full(len(items), np.nan)
        for question, rows in by_question(items):
            asked = kinds.asked_for(question.text)
            if not asked:
                continue
            for row in rows:
                text = items[int(row)].chunk.text
                found[row] = max(_places(one.said.finditer(text)) for one in asked)
        return found

    return clause_kinds


def _places(matches: Iterable[object]) -> int:
    return sum(1 for _ in islice(matches, _MOST))
