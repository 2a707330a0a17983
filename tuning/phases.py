"""Tuning of answers in phases: supervised, then by preferences; which of them is kept, as what artifact.

Each phase leaves a whole model in a folder; the one that does best on questions held apart is kept, and
where none helps the artifact says so. Leaves training to ``tuning.reader_labels`` and
``tuning.causal_labels``.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

from tuning.answer_groups import AnswerGroup
from tuning.artifacts import EXAMPLES, examples_writer, write_artifact
from tuning.causal import DuelTraining, ReplyTraining
from tuning.items import Labelled
from tuning.preferring import PreferenceTraining
from tuning.reader import ReaderTraining

Phase = Literal["start", "supervised", "preferred"]
T = TypeVar("T", ReaderTraining, PreferenceTraining, ReplyTraining, DuelTraining)


class Shares(Protocol):
    """What is settled for all phases."""

    @property
    def effort(self) -> float:
        """Share of the usual steps."""
        ...

    @property
    def rate(self) -> float:
        """Share of the usual learning rates."""
        ...

    @property
    def seed(self) -> int:
        """Of what is drawn."""
        ...


def scheduled(whole: T, wanted: float, shares: Shares) -> T:
    """A phase's training with the steps that are wanted, at the usual effort, and no more than it has."""
    return replace(
        whole,
        steps=max(1, min(whole.steps, math.ceil(wanted * shares.effort))),
        learning_rate=whole.learning_rate * shares.rate,
        seed=shares.seed,
    )


class Told:
    """Steps of both phases as one count."""

    def __init__(self, report: Callable[[int, float], None]) -> None:
        self._report = report
        self._done = 0

    def step(self, step: int, loss: float) -> None:
        """A step of the phase, from 1."""
        self._report(self._done + step, loss)

    def phase_ends(self, steps: int) -> None:
        """The next phase counts on from here."""
        self._done += steps


def kept_of(values: Mapping[Phase, float]) -> tuple[Phase, dict[str, Any]]:
    """The phase that came to most on questions held apart, "start" where none helped; and figures."""
    kept = max(values, key=lambda name: (values[name], name == "start"))
    return kept, {
        "kept": kept,
        "before": round(values["start"], 6),
        "after": round(values[kept], 6),
        "expected_right": {name: round(value, 6) for name, value in values.items()},
    }


def labels_in(groups: Sequence[AnswerGroup]) -> list[Labelled]:
    """The labels of all their answers."""
    return [label for group in groups for label in group.labelled()]


def keep(
    made: Path, names: Sequence[str], folder: Path, facts: Mapping[str, Any], groups: Sequence[AnswerGroup]
) -> None:
    """The files of a phase's folder as the artifact, with the facts and the labels it was made from.

    Raises:
        StorageError: the disk is full or not writable; nothing is left behind.
    """
    files = {name: partial(shutil.copyfile, made / name) for name in names}
    write_artifact(folder, facts, {**files, EXAMPLES: examples_writer(labels_in(groups))})
