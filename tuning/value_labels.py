"""Questions to examples for the values' model, without gold: which value of the evidence answers, how likely.

Of a question made from a document the answer is what its maker read, wherever in the evidence it stands; of
what a maker computed, the operands are the values of the places that it read. Of a question that somebody
asked, the labels of answers turn what the model in use believes: alone they choose worse than it does, both
together better (measured, see ``docs/experiments.md``); functions that hear the model are not asked. Where no
value is likely, "none of them" is right. Leaves learning to ``tuning.values``, votes to ``tuning.labeling``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.fingerprints import fingerprint, hash_bytes
from rag.generator.manner import manner
from rag.generator.valued.features import Features, Found, describe
from rag.generator.valued.found import values_in
from rag.generator.valued.model import ValueModel
from rag.generator.valued.wanted import wanted
from rag.pipeline import Pipeline
from rag.prompt import Prompt
from rag.types import Query
from tuning.answer_groups import AnswerGroup
from tuning.items import Asked, Labelled, Place
from tuning.labeling.library.answer_parts import plain
from tuning.questions.readings import NOT_ANSWERABLE
from tuning.values import Example

READ = 0.95
"""How likely a value is right that a question's maker read: makers err too."""
MADE = "as made"
"""Stands for a label model where a maker was believed."""
_HEARD = 2.0
"""How often a label counts beside the model's own belief."""
_SHORT = 8
"""Words of an answer that is a value."""
_LEAST = 1e-3
"""The label of what nobody proposed."""
HEARS_VALUES = frozenset({"ranked_value", "said_by_others"})
"""Functions on answers that repeat what the ranking of values says."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """A question's values with soft labels; ``label_model`` says who labelled them."""

    question: Asked
    example: Example
    label_model: str

    def labelled(self) -> list[Labelled]:
        """Its different values as labels, by which artifacts are named and traced."""
        found: dict[Key, Labelled] = {}
        for one, right, row in zip(
            self.example.found, self.example.right.tolist(), self.example.features, strict=True
        ):
            key = key_of(one)
            if key in found and found[key].probability >= right:
                continue
            said = {"question": self.question.id, "value": key, "features": hash_bytes(row.tobytes())}
            found[key] = Labelled(
                item=fingerprint(said)[:24],
                question=self.question,
                chunk_id=one.chunk.id,
                document=one.chunk.document_id,
                passage=one.text,
                probability=right,
                label_model=self.label_model,
            )
        return list(found.values())


def asks_for_a_value(asked: Asked) -> bool:
    """Whether the model of values is heard for a question."""
    return manner(asked.text) == "open" and bool(wanted(asked.text).kinds)


def is_made(asked: Asked) -> bool:
    """Whether its maker knows what answers it, a value or nothing."""
    return asked.from_documents and bool(asked.answer or asked.kind == NOT_ANSWERABLE)


def taught_by_makers(
    pipeline: Pipeline,
    asked: Iterable[Asked],
    *,
    advance: Callable[[], None] = lambda: None,
    expired: Callable[[], bool] = lambda: False,
) -> Iterator[Taught]:
    """Examples of questions made from documents; none where the evidence has no value, or not the one read.

    Raises:
        QuestionError: a question is empty or too long.
    """
    for one in asked:
        if expired():
            return
        prompt = pipeline.prompt(Query(text=one.text, document_ids=one.document_ids))
        for found, features, right in _read(one, prompt):
            example = Example(found=tuple(found), features=features, right=right, together=together(one))
            yield Taught(question=one, example=example, label_model=MADE)
        advance()


def taught_by_labels(group: AnswerGroup, prompt: Prompt, model: ValueModel) -> Iterator[Taught]:
    """The example of an asked question: what the model believes, turned by the labels of answers."""
    found, features = describe(prompt)
    if not found or prompt.plan is not None:
        return
    said: dict[str, float] = {}
    for item, probability in zip(group.items, group.probabilities, strict=True):
        text = plain(item.candidate.text) if item.candidate.supports else ""
        said[text] = max(said.get(text, 0.0), probability)
    shares = {key_of(one.found): one.share for one in model.rank(found, features, limit=len(found))}
    labels = {key_of(one): max(_LEAST, said.get(plain(one.text), 0.0)) for one in found}
    example = Example(
        found=tuple(found),
        features=features,
        right=spread(found, turned(shares, labels, none=max(_LEAST, said.get("", 0.0)))),
        together=together(group.question),
    )
    yield Taught(question=group.question, example=example, label_model=group.label_model)


def turned(shares: Mapping[Key, float], labels: Mapping[Key, float], *, none: float) -> dict[Key, float]:
    """What is believed of each value after its label was heard; ``none`` is the label of there being none.

    >>> turned({("percent", "5"): 0.5, ("percent", "7"): 0.4},
    ...        {("percent", "5"): 0.2, ("percent", "7"): 0.4}, none=0.2)[("percent", "7")] > 0.7
    True
    """
    heard = {key: share * labels[key] ** _HEARD for key, share in shares.items()}
    nothing = max(0.0, 1.0 - sum(shares.values())) * none**_HEARD
    total = sum(heard.values()) + nothing
    return {key: mass / total for key, mass in heard.items()}


def together(asked: Asked) -> str:
    """What a question is held out with: the document that it is asked of or made from."""
    named = (*(asked.document_ids or ()), *(place.document_id for place in asked.places))
    return next(iter(named), "")


def key_of(one: Found) -> Key:
    """What equal values have in common."""
    return one.value.kind, one.value.key


def spread(found: Sequence[Found], right: Mapping[Key, float]) -> NDArray[np.float64]:
    """``[n]``: how likely each value is right, by what is said of equal ones; 0 where nothing is."""
    return np.array([right.get(key_of(one), 0.0) for one in found], dtype=np.float64)


def _read(asked: Asked, prompt: Prompt) -> Iterator[tuple[list[Found], Features, NDArray[np.float64]]]:
    """Values, features and labels of a question, or of each part of one that was taken apart."""
    if prompt.plan is None:
        if not asked.computed:
            found, features = describe(prompt)
            read = _values_of(asked.answer)
            right = {key_of(one): READ for one in found if key_of(one) in read}
            if found and (right or not read):
                yield found, features, spread(found, right)
        return
    if len(prompt.parts) != len(asked.places):
        return  # two operands stand in one row: which of its values is which, nobody says
    for part, place in zip(prompt.parts, asked.places, strict=True):
        found, features = describe(part)
        held = {key_of(one) for one in found if _stands_in(one, place)}
        if found and len(held) == 1:
            yield found, features, spread(found, dict.fromkeys(held, READ))


def _values_of(answer: str) -> frozenset[Key]:
    """The values that a short answer states; of one in many words, which may hold some beside, none.

    >>> sorted(_values_of("thirty-five per cent. (35.0%)"))
    [('number', '35'), ('percent', '35')]
    """
    if len(answer.split()) > _SHORT:
        return frozenset()
    return frozenset((one.kind, one.key) for one in values_in(answer))


def _stands_in(one: Found, place: Place) -> bool:
    start, end = one.chunk.start + one.value.start, one.chunk.start + one.value.end
    return one.chunk.document_id == place.document_id and place.start <= start and end <= place.end
