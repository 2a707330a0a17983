"""Tunes the span reader on soft labels of answers: supervised on likely ones, then by preferences.

    AnswerGroup ─► Examples ─► reader ─► Duels ─► reader ─► the best of these on the part held apart

The answers that are likely right are learned from, and windows without one; then the better of two answers
is made likelier than the worse (``tuning.preferring``). Which of the two phases helps is seen on questions
about other documents: the mean probability, by the labels, of the answer that the reader likes best. Where
neither helps, the artifact says so. Leaves labels to ``tuning.answer_groups``, what is served to
``tuning.generator_stage``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from rag.adapters import FILES, adapter_fingerprint
from rag.generator.span.model import GENERIC_ADAPTER, HEADS
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.answer_groups import AnswerGroup
from tuning.artifacts import Making
from tuning.choices import Choices, Duel, Selection, duels, one_drawn, supervised
from tuning.phases import Phase, Told, keep, kept_of, labels_in, scheduled
from tuning.preferring import PreferenceTraining, expected_right, train_preferences
from tuning.reader import ReaderTraining, train
from tuning.reader_artifact import save_reader
from tuning.reading import Example
from tuning.soft_lists import NothingToLearnError

KIND = "reader"
Taught = Literal["likely", "random", "none"]
"""Which answers are learned from under supervision: those likely right, any one of each question, or none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderTuning:
    """How to tune: ``right`` and ``wrong`` are probabilities, ``least`` how far those of a duel are apart.

    ``windows`` pieces of evidence are what the reader reads; ``epochs`` says how often supervision shows its
    examples, ``preferring.steps`` is the most that preferences take: as many as show each duel twice.
    ``effort`` and ``rate`` are shares of both. ``pairs`` None leaves preferences out.
    """

    start: Path | None = None
    windows: int = 16
    taught: Taught = "likely"
    pairs: Selection | None = "best_worst"
    right: float = 0.5
    wrong: float = 0.1
    silent: int = 1
    least: float = 0.4
    epochs: int = 2
    held: int = 60
    effort: float = 1.0
    rate: float = 1.0
    seed: int = 7
    supervising: ReaderTraining = field(
        default_factory=lambda: ReaderTraining(windows=16, learning_rate=2e-4, save_every=20)
    )
    preferring: PreferenceTraining = field(default_factory=lambda: PreferenceTraining(learning_rate=1e-4))
    expired: Callable[[], bool] = lambda: False

    @property
    def begins_with(self) -> Path:
        """The folder of the reader gone on from."""
        return self.start or GENERIC_ADAPTER


def train_reader(
    groups: Sequence[AnswerGroup],
    dev: Sequence[AnswerGroup],
    settings: ReaderTuning,
    out: Path,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``state`` is a folder below which an interrupted run keeps what the next goes on from. The manifest's
    figures say what each phase came to on ``dev``, and which was kept ("start": none helped).

    Raises:
        NothingToLearnError: no answer is likely right, or there is nothing to choose by.
        ModelError: weights are missing, were changed or do not fit.
        StorageError: the disk is full or not writable.
    """
    making = _making(groups, dev, settings)
    folder = making.folder(out)
    if folder.exists():
        return folder
    own = state / folder.name
    told = Told(report)
    taught, held = choices_in(groups, settings.windows), choices_in(dev, settings.windows)[: settings.held]
    if not taught or not held:
        raise NothingToLearnError.of("to learn from" if not taught else "of the development part")
    readers: dict[Phase, Path] = {"start": settings.begins_with}
    examples = taught_examples(taught, settings)
    if examples:
        readers["supervised"] = supervise_reader(examples, settings, own, told)
    pairs = duels_of(taught, settings)
    if pairs and not settings.expired():
        before = readers.get("supervised", readers["start"])
        readers["preferred"] = prefer(pairs, settings, before, own, told)
    if len(readers) == 1:
        raise NothingToLearnError.of("to learn from")
    values = {
        name: float(np.mean(expected_right(held, one, settings.preferring))) for name, one in readers.items()
    }
    kept, figures = kept_of(values)
    figures |= {
        "questions": len(taught),
        "held_questions": len(held),
        "examples": len(examples),
        "duels": len(pairs),
    }
    keep(readers[kept], (*FILES, HEADS), folder, making.facts(figures), groups)
    shutil.rmtree(own, ignore_errors=True)
    return folder


def choices_in(groups: Iterable[AnswerGroup], windows: int) -> list[Choices]:
    """Of each question what a reader can choose among, where there is something."""
    return [found for group in groups if (found := group.choices(windows)) is not None]


def taught_examples(taught: Sequence[Choices], settings: ReaderTuning) -> list[Example]:
    """What supervision shows."""
    if settings.taught == "none":
        return []
    if settings.taught == "random":
        taught = [one_drawn(one, seed=settings.seed) for one in taught]
    return list(
        supervised(
            taught, right=settings.right, wrong=settings.wrong, silent=settings.silent, seed=settings.seed
        )
    )


def duels_of(taught: Sequence[Choices], settings: ReaderTuning) -> list[Duel]:
    """The pairs that preferences are learned from."""
    if settings.pairs is None:
        return []
    return list(duels(taught, settings.pairs, least=settings.least, seed=settings.seed))


def supervise_reader(examples: Sequence[Example], settings: ReaderTuning, own: Path, told: Told) -> Path:
    """The reader below ``own`` that examples teach the one in use; one that is there already is returned."""
    whole = settings.supervising
    schedule = scheduled(whole, settings.epochs * len(examples) / whole.windows, settings)
    done = own / "supervised"
    if not done.exists():
        found = train(examples, schedule, own / "supervising", told.step, start=settings.begins_with)
        save_reader(*found, done, {"base": MINILM_WEIGHTS_SHA256})
    told.phase_ends(schedule.steps)
    return done


def prefer(pairs: Sequence[Duel], settings: ReaderTuning, before: Path, own: Path, told: Told) -> Path:
    """The reader below ``own`` that pairs teach the one of ``before``; one that is there is returned."""
    whole = settings.preferring
    schedule = scheduled(whole, 2 * len(pairs) / whole.duels, settings)
    done = own / "preferred"
    if not done.exists():
        found = train_preferences(pairs, schedule, before, own / "preferring", told.step)
        save_reader(*found, done, {"base": MINILM_WEIGHTS_SHA256})
    told.phase_ends(schedule.steps)
    return done


def _making(groups: Sequence[AnswerGroup], dev: Sequence[AnswerGroup], settings: ReaderTuning) -> Making:
    plain = asdict(settings)
    del plain["start"], plain["expired"]
    return Making(
        kind=KIND,
        inputs={"base": MINILM_WEIGHTS_SHA256, "start": adapter_fingerprint(settings.begins_with)},
        settings=plain,
        train=labels_in(groups),
        dev=labels_in(dev),
    )
