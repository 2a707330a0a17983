"""Functions made from a file of kinds: has a passage, or an answer, the words of the kind asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from tuning.items import AnswerItem, PassageItem
from tuning.kinds import CONTRACTS, ClauseKinds
from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.functions import BAD, GOOD, LabelingFunction, Vote, labeling_function
from tuning.labeling.library.answer_parts import supports_of
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


def make_answers_of_kind(name: str = "answers_of_kind", path: Path = CONTRACTS) -> LabelingFunction:
    """Good is an answer in the words of the kind asked for, bad one in a sentence without any of them.

    A refusal is good where no passage at hand has such words, and bad where one does. It abstains on
    questions that ask for no kind of the file, and on a piece of a sentence that has the words elsewhere.

    Raises:
        SettingsError: the file is none of kinds.
    """
    kinds = ClauseKinds.load(path)

    @labeling_function(on="answer", kind="pattern", name=name, revision=kinds.version)
    def answers_of_kind(item: AnswerItem) -> Vote:
        """It has the words of the kind that is asked for."""
        asked = kinds.asked_for(item.question.text)
        if not asked or item.candidate.judged:
            return ABSTAIN

        def said(text: str) -> bool:
            return any(one.said.search(text) for one in asked)

        if not item.candidate.supports:
            return BAD if any(said(one.chunk.text) for one in item.evidence) else GOOD
        if said(item.candidate.text):
            return GOOD
        around = [chunk.text[one.start : one.end] for one, chunk in supports_of(item)]
        return ABSTAIN if any(said(text) for text in around) else BAD

    return answers_of_kind


def _places(matches: Iterable[object]) -> int:
    return sum(1 for _ in islice(matches, _MOST))
