"""Functions to items: what was not run yet is run and kept, block by block.

A block is some questions with all their items; its votes are committed together, so that a run that was
killed goes on where it stopped. A function that raises, or returns what is no vote, is a fact: the item is
marked, the message kept and counted, and it is tried again next time. Leaves what is kept to
``tuning.labeling.votes``.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from ingest.progress import Progress, Silent
from tuning.items import Item
from tuning.labeling.blocks import NOT_RUN, RAISED, Numbers
from tuning.labeling.functions import RELEVANT, LabelingFunction, Values, checked
from tuning.labeling.item_rows import question_of
from tuning.labeling.resources import Resources, version_of
from tuning.labeling.votes import VoteStore

ROWS = 2048
"""Items of a block, about: what is lost when a run is killed."""
_MESSAGE = 300
_OF_SEARCHES = ("rank", "embedding", "model")
_SILENT = Silent()

Failure = tuple[str, str]
"""What was raised, and the line that raised it."""


@dataclass(slots=True, kw_only=True)
class Ran:
    """A function: its version, how many items it was run on now, how long, on how many it raises."""

    name: str
    version: str
    number: int
    ran: int = 0
    seconds: float = 0.0
    raised: int = 0
    first: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Applied:
    """Values ``[n, m]`` of functions on items, NaN for abstaining or raising; what was run, by column.

    ``unsearched`` ``[n]``: the item's question uses words that searches do not know, since functions propose
    passages for it. There ranks and likeness are no evidence, and their votes do not count.
    """

    values: Values
    numbers: Numbers
    functions: tuple[LabelingFunction, ...]
    unsearched: NDArray[np.bool_]
    ran: tuple[Ran, ...] = field(default=())

    def part(self, *, unsearched: bool) -> Applied:
        """The items of one sort of questions or the other, and the functions whose votes count there."""
        rows = self.unsearched == unsearched
        heard = [not (unsearched and one.kind in _OF_SEARCHES) for one in self.functions]
        return replace(
            self,
            values=self.values[rows][:, heard],
            numbers=self.numbers[rows],
            functions=tuple(compress(self.functions, heard)),
            unsearched=self.unsearched[rows],
            ran=tuple(compress(self.ran, heard)),
        )

    @property
    def versions(self) -> dict[str, str]:
        """The version of each function by name."""
        return {one.name: one.version for one in self.ran}


def apply(
    items: Sequence[Item],
    functions: Sequence[LabelingFunction],
    resources: Resources,
    store: VoteStore,
    progress: Progress = _SILENT,
) -> Applied:
    """Votes of all functions on all items ``[n]``; those on kept items are not run again.

    Items of one question are best given together: functions that compare them see no others.

    Raises:
        FunctionError: names repeat.
        ResourceError: a function declares what there is not.
        StorageError: the disk is full or not writable; what was committed stays.
    """
    ordered = checked(functions)
    numbers = store.register(items)
    ran = []
    with store.transaction():
        for one in ordered:
            version = version_of(one.source, one.resources, resources)
            resources.of(one.name, one.resources)
            ran.append(Ran(name=one.name, version=version, number=store.number_of(one, version)))
    values = np.stack([store.read(fact.number, numbers) for fact in ran], axis=1) if ran else _none(items)
    eligible = np.array([[one.votes_on(item) for one in ordered] for item in items], dtype=bool)
    due = (values == NOT_RUN) | (values == RAISED)
    due &= eligible.reshape(due.shape)
    progress.start("label", int(due.sum()), "votes")
    for rows in _blocks(items, due.any(axis=1)):
        found: list[tuple[Ran, Numbers, Values, dict[int, Failure]]] = []
        for column, (one, fact) in enumerate(zip(ordered, ran, strict=True)):
            places = rows[due[rows, column]]
            if len(places):
                said, failures = _run(one, [items[i] for i in places], resources, fact)
                values[places, column] = said
                failed = {int(numbers[places[i]]): failure for i, failure in failures.items()}
                found.append((fact, numbers[places], said, failed))
        with store.transaction():
            for fact, some, said, failed in found:
                store.write(fact.number, some, said)
                store.put_failures(fact.number, failed)
        progress.advance(sum(len(some) for _, some, _, _ in found))
    for column, fact in enumerate(ran):
        fact.raised = int((values[:, column] == RAISED).sum())
    voted: Values = np.where(np.isfinite(values), values, np.float32(np.nan))
    unsearched = _unsearched(items, ordered, voted)
    silent = np.array([one.kind in _OF_SEARCHES for one in ordered], dtype=bool)
    voted[unsearched[:, None] & silent] = np.nan
    return Applied(
        values=voted, numbers=numbers, functions=tuple(ordered), unsearched=unsearched, ran=tuple(ran)
    )


def _unsearched(
    items: Sequence[Item], functions: Sequence[LabelingFunction], values: Values
) -> NDArray[np.bool_]:
    """The items ``[n]`` of questions that a proposing function votes for a passage of."""
    proposing = [i for i, one in enumerate(functions) if one.proposes]
    found = (values[:, proposing] == RELEVANT).any(axis=1)
    asked = {question_of(item).id for item, one in zip(items, found, strict=True) if one}
    return np.array([question_of(item).id in asked for item in items], dtype=bool)


def _none(items: Sequence[Item]) -> Values:
    return np.empty((len(items), 0), dtype=np.float32)


def _blocks(items: Sequence[Item], due: np.ndarray) -> Iterator[Numbers]:
    """Indices of items in blocks of about ``ROWS``, whole questions, those of a question together."""
    by_question: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        by_question.setdefault(question_of(item).id, []).append(index)
    block: list[int] = []
    for group in by_question.values():
        if not due[group].any():
            continue
        block += group
        if len(block) >= ROWS:
            yield np.array(block, dtype=np.int64)
            block = []
    if block:
        yield np.array(block, dtype=np.int64)


def _run(
    function: LabelingFunction, items: Sequence[Item], resources: Resources, fact: Ran
) -> tuple[Values, dict[int, Failure]]:
    """Votes on items ``[n]``, ``RAISED`` where it did; what it raised, by index."""
    given = resources.of(function.name, function.resources)
    begin = perf_counter()
    failures: dict[int, Failure] = {}
    try:
        values = function.values(items, given)
    except Exception:
        values = np.full(len(items), RAISED, dtype=np.float32)
        # Once more in smaller parts: only the items that it cannot take are its failures.
        for part in _parts(function, items):
            try:
                values[part] = function.values([items[i] for i in part], given)
            except Exception as error:
                failures |= dict.fromkeys(part, _failure(error))
    fact.ran += len(items)
    fact.seconds += perf_counter() - begin
    if failures and not fact.first:
        message, place = next(iter(failures.values()))
        fact.first = f"{message} ({place})"
    return values, failures


def _parts(function: LabelingFunction, items: Sequence[Item]) -> list[list[int]]:
    """Indices one by one, or of a function that takes many by question."""
    if not function.batch:
        return [[index] for index in range(len(items))]
    groups: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        groups.setdefault(question_of(item).id, []).append(index)
    return list(groups.values())


def _failure(error: Exception) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    last = frames[-1] if frames else None
    place = (
        "" if last is None else f"{last.filename.rpartition('/')[2]}:{last.lineno} {last.line or ''}".strip()
    )
    return f"{type(error).__name__}: {error}"[:_MESSAGE], place[:_MESSAGE]
