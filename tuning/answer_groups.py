"""Questions to soft labels of answers: proposals over the evidence, votes, a label model, one right answer.

A question's answers exclude each other, the refusal among them: of the odds that the label model gives, each
counts by its share of the question's. What says the same is one answer, which stands where it stands best.
Votes are added up (``majority``): agreement alone finds other groups than right and wrong answers, and what
functions are worth on questions made from documents is not what they are worth on others (measured, see
``docs/experiments.md``). Of questions made from documents the answer is what their makers read.

Leaves proposing to ``tuning.questions.candidates``, votes to ``tuning.labeling``, learning from it to
``tuning.reader_labels`` and ``tuning.quality``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.fingerprints import hash_bytes
from rag.generator.odds import log_odds
from rag.types import ChunkId, DocumentId
from tuning.choices import Choices, choices_of
from tuning.items import AnswerItem, Asked, Labelled
from tuning.label_model.fitting import DEFAULTS
from tuning.labeling import LabelStore, Resources
from tuning.labeling.functions import LabelingFunction
from tuning.labeling.library.answer_parts import plain
from tuning.labeling.soft import label_answers
from tuning.questions.readings import NOT_ANSWERABLE

AS_MADE = "as_made"
"""The function that says what makers read: here that is no vote, it is believed."""
_READ = (0.02, 0.95)
"""How likely an answer is right that a maker did not read, or read: makers err too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGroup:
    """The answers proposed for a question, and how likely each is the right one, by a label model."""

    question: Asked
    items: tuple[AnswerItem, ...]
    probabilities: tuple[float, ...]
    label_model: str

    @property
    def document(self) -> DocumentId:
        """What it is held out by: the document it is asked of or made from, else that of its evidence."""
        asked = self.question.document_ids or [place.document_id for place in self.question.places]
        read = [one.chunk.document_id for item in self.items[:1] for one in item.evidence]
        return next(iter([*asked, *read]), DocumentId(""))

    def choices(self, windows: int) -> Choices | None:
        """What a reader of so many pieces of evidence can choose among; None where that is nothing."""
        return choices_of(self.items, self.probabilities, windows=windows)

    def labelled(self) -> list[Labelled]:
        """Its answers as labels, by which artifacts are named and traced."""
        return [
            Labelled(
                item=item.id,
                question=self.question,
                chunk_id=next((one.chunk_id for one in item.candidate.supports), ChunkId("")),
                document=self.document,
                passage=item.candidate.text,
                probability=probability,
                label_model=self.label_model,
            )
            for item, probability in zip(self.items, self.probabilities, strict=True)
        ]


def grouped(
    proposed: Sequence[Sequence[AnswerItem]],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: LabelStore,
) -> list[AnswerGroup]:
    """The labelled answers to each question, in the order of the questions; one sequence a question.

    Raises:
        FunctionError: no function has anything to say of these answers.
        StorageError: the disk is full or not writable.
    """
    items = [item for own in proposed for item in own]
    if not items:
        return []
    read = {item.id: one for item in items if (one := as_read(item)) is not None}
    heard = [one for one in functions if one.name != AS_MADE]
    settings = DEFAULTS.model_copy(update={"method": "majority"})
    labels, model = label_answers(items, heard, resources, store, settings=settings)
    shares = np.array([_READ[read[one.item]] if one.item in read else one.probability for one in labels])
    groups, first = [], 0
    for own in proposed:
        if not own:
            continue
        said = [plain(item.candidate.text) if item.candidate.supports else "" for item in own]
        found = exclusive(said, shares[first : first + len(own)])
        first += len(own)
        groups.append(
            AnswerGroup(
                question=own[0].question,
                items=tuple(own),
                probabilities=tuple(found.tolist()),
                label_model=model.fingerprint,
            )
        )
    return groups


def as_read(item: AnswerItem) -> int | None:
    """Whether an answer is what the maker of its question read, 1 or 0; None where nobody read one.

    What was computed need not be printed, so that only the same figure says something there.
    """
    asked = item.question
    if not asked.from_documents or (not asked.answer and asked.kind != NOT_ANSWERABLE):
        return None
    if not item.candidate.supports:
        return int(not asked.answer)
    if asked.answer and plain(item.candidate.text) == plain(asked.answer):
        return 1
    return None if asked.computed else 0


def exclusive(said: Sequence[str], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """``[n]``: how likely each answer is the right one, where one is; ``shares`` say it of each by itself.

    >>> exclusive(["5 %", "5 %", "7 %"], np.array([0.8, 0.5, 0.5])).round(2).tolist()
    [0.8, 0.2, 0.2]
    """
    odds = np.exp([log_odds(float(share)) for share in shares])
    best: dict[str, float] = {}
    for text, own in zip(said, odds.tolist(), strict=True):
        best[text] = max(best.get(text, 0.0), own)
    found: NDArray[np.float64] = odds / sum(best.values())
    return found


def drawn(asked: Sequence[Asked], count: int) -> list[Asked]:
    """So many questions, those with the smallest hashes of their ids: a sample that others hardly change."""
    return sorted(asked, key=lambda one: hash_bytes(one.id.encode()))[:count]
