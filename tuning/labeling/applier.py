"""Functions × items → votes: only what is new or changed is run, in blocks, each kept as soon as it is whole.

Items of a question stay together. A function that raises on an item has its error counted and kept, never
taken for an abstention without a word; where it gets a question's items together and raises, all of them have
failed. An interrupted run goes on where it stopped. Leaves storage to ``tuning.labeling.votes``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from rag.errors import UsageError
from tuning.items import AnswerItem, Item, PassageItem, PreferenceItem
from tuning.label_model import ABSTAIN, LabelMatrix
from tuning.label_model.binning import binned
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.resources import Resources
from tuning.labeling.votes import Ints, VoteStore

BLOCK = 20_000
"""Votes of one function that are stored at once."""
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """How often a function raised, and the first time: the item's id and the error."""

    function: str
    count: int
    item: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Applied:
    """The votes of all functions on all items, and what went wrong; ``ran`` counts the votes not cached.

    ``numbers`` ``[n]`` are the items' in the store, ``versions`` the functions' by name.
    """

    items: tuple[Item, ...]
    matrix: LabelMatrix
    numbers: Ints
    versions: dict[str, str]
    failures: tuple[Failure, ...]
    ran: int


def apply(
    functions: Sequence[LabelingFunction],
    items: Sequence[Item],
    resources: Resources,
    store: VoteStore,
    *,
    advance: Callable[[int], None] = lambda votes: None,
) -> Applied:
    """Votes of all functions on all items; ``advance`` is called with how many came, cached or not.

    Raises:
        UsageError: functions share names, are for other items, or need resources that are not there; a vote
            is none.
    """
    functions = checked(functions)
    ordered = tuple(sorted(items, key=lambda item: (question_of(item), item.id)))
    numbers = store.number_items([item.id for item in ordered], [described(item) for item in ordered])
    columns, failures, ran = [], [], 0
    for function in functions:
        version = function.version(resources.versions)
        number = store.number_function(function.name, version, _facts(function))
        known, votes = store.votes_of(number)
        column, new = _filled(numbers, known, votes)
        advance(len(ordered) - len(new))
        for block in _blocks(ordered, new):
            came, failed = _run(function, [ordered[i] for i in block], resources)
            with store.transaction():
                store.put_votes(number, numbers[block], came, failed)
            column[block] = came
            ran += len(block)
            advance(len(block))
        columns.append(column)
        failures += _failures(function.name, store.failures_of(number), numbers, ordered)
    kinds = {type(item) for item in ordered}
    matrix = LabelMatrix(
        votes=np.stack(columns, axis=1),
        functions=tuple(function.as_column() for function in functions),
        mirrored=kinds == {PreferenceItem},
    )
    return Applied(
        items=ordered,
        matrix=matrix,
        numbers=numbers,
        versions={function.name: function.version(resources.versions) for function in functions},
        failures=tuple(failures),
        ran=ran,
    )


def question_of(item: Item) -> str:
    """The id of the question that an item is about."""
    return item.first.question.id if isinstance(item, PreferenceItem) else item.question.id


def described(item: Item) -> str:
    """What an item was, as JSON: enough to find its question, document, passage or answer again."""
    if isinstance(item, PreferenceItem):
        return json.dumps({"item": "preference", "first": item.first.id, "second": item.second.id})
    asked = item.question
    what: dict[str, object] = {
        "question": asked.text,
        "question_id": asked.id,
        "kind": asked.kind,
        "origin": asked.origin,
        "maker": asked.maker,
    }
    if isinstance(item, PassageItem):
        chunk = item.chunk
        what |= {"item": "passage", "document": chunk.document_id, "chunk": chunk.id}
        what |= {"start": chunk.start, "end": chunk.end}
    else:
        rests_on = [[one.chunk_id, one.start, one.end] for one in item.candidate.supports]
        what |= {"item": "answer", "answer": item.candidate.text, "supports": rests_on}
    return json.dumps(what, sort_keys=True)


def _facts(function: LabelingFunction) -> dict[str, object]:
    return {
        "kind": function.kind,
        "family": function.family,
        "edges": function.edges,
        "parameters": {key: repr(value) for key, value in function.parameters.items()},
    }


def _filled(numbers: Ints, known: Ints, votes: NDArray[np.int8]) -> tuple[NDArray[np.int8], list[int]]:
    """A column of the votes known, and the places of items without one."""
    column = np.full(len(numbers), ABSTAIN, dtype=np.int8)
    places = np.searchsorted(known, numbers)
    there = np.zeros(len(numbers), dtype=bool)
    if len(known):
        there = known[np.minimum(places, len(known) - 1)] == numbers
        column[there] = votes[places[there]]
    return column, np.flatnonzero(~there).tolist()


def _blocks(items: Sequence[Item], places: Sequence[int]) -> Iterator[list[int]]:
    """Places in blocks of about ``BLOCK``, never parting a question's items."""
    block: list[int] = []
    for _, together in groupby(places, key=lambda place: question_of(items[place])):
        block += together
        if len(block) >= BLOCK:
            yield block
            block = []
    if block:
        yield block


def _run(
    function: LabelingFunction, items: Sequence[Item], resources: Resources
) -> tuple[NDArray[np.int8], dict[int, str]]:
    """Votes ``[n]`` and, by place, the errors."""
    wanted = {"passage": PassageItem, "answer": AnswerItem, "preference": PreferenceItem}[function.on]
    if not all(isinstance(item, wanted) for item in items):
        raise UsageError(
            f"the labeling function {function.name} is for {function.on} items", "apply it to these"
        )
    said = np.full(len(items), np.nan)
    failed: dict[int, str] = {}
    if function.together:
        first = 0
        for _, group in groupby(items, key=question_of):
            own = list(group)
            try:
                said[first : first + len(own)] = function.rule(own, resources)
            except Exception as error:  # a user's code may raise anything: it is counted
                failed |= dict.fromkeys(range(first, first + len(own)), _message(error))
            first += len(own)
    else:
        for place, item in enumerate(items):
            try:
                said[place] = function.rule(item, resources)
            except Exception as error:
                failed[place] = _message(error)
    return _as_votes(function, said, failed), failed


def _as_votes(
    function: LabelingFunction, said: NDArray[np.float64], failed: dict[int, str]
) -> NDArray[np.int8]:
    if function.edges:
        votes = np.full(len(said), ABSTAIN, dtype=np.int8)
        there = ~np.isnan(said)
        votes[there] = binned(said[there], function.edges)
        return votes
    said = np.where(np.isnan(said), ABSTAIN, said)
    odd = [place for place in np.flatnonzero(~np.isin(said, (ABSTAIN, 0, 1))) if place not in failed]
    if odd:
        raise UsageError(
            f"the labeling function {function.name} returned {said[odd[0]]:g}",
            "return RELEVANT, IRRELEVANT or ABSTAIN; a score needs edges",
        )
    return said.astype(np.int8)


def _failures(
    name: str, failed: Sequence[tuple[int, str]], numbers: Ints, items: Sequence[Item]
) -> list[Failure]:
    places = {int(number): place for place, number in enumerate(numbers)}
    own = [(places[number], message) for number, message in failed if number in places]
    if not own:
        return []
    place, message = own[0]
    return [Failure(function=name, count=len(own), item=items[place].id, message=message)]


def _message(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:_SHOWN]
