"""Tunes a causal language model on soft labels of answers: on likely ones, then by preferences.

    AnswerGroup ─► Lessons ─► adapter ─► ReplyDuels ─► adapter ─► the best of these on the part held apart

Which of the two phases helps is seen on questions about other documents: the mean probability, by the labels,
of the reply that the model is likeliest to give among those proposed. Where neither helps, the artifact says
so. Each phase leaves a whole adapter, so that a run that was killed goes on from the last. Leaves labels to
``tuning.answer_groups``, examples to ``tuning.replies``, steps to ``tuning.causal``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rag.adapters import FILES, adapter_fingerprint
from rag.generator.llm.asking import VERSION
from rag.settings import CausalLMSettings
from rag.weights import locate
from tuning.adapters import LoraShape
from tuning.answer_groups import AnswerGroup
from tuning.artifacts import Making, read_manifest
from tuning.causal import DuelTraining, ReplyTraining, Run, liked, train_on_duels, train_on_replies
from tuning.causal_model import ReplyModel
from tuning.choices import Selection
from tuning.phases import Phase, Told, keep, kept_of, labels_in, scheduled
from tuning.replies import Replies, ReplyDuel, Teaching, lessons, replies_of, reply_duels
from tuning.sentence_encoder import adapter_identity
from tuning.soft_lists import NothingToLearnError

KIND = "causal-lm"
_BASE = ("prompt_tokens", "reply_tokens", "dtype")
"""What of the model's settings decides the training, beside its weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CausalTuning:
    """How to tune the model that ``base`` names, going on from its adapter if it has one.

    ``least`` is how far the probabilities of two answers that duel are apart; ``pairs`` None leaves
    preferences out. ``epochs`` says how often lessons and duels are shown, at most as the steps of either
    phase allow. Of the part held apart ``held`` questions are measured, with up to ``rivals`` replies each.
    ``rows`` replies go through the model at once. ``shape.targets`` are all linear layers where there are
    none.
    """

    base: CausalLMSettings
    teaching: Teaching = field(default_factory=Teaching)
    pairs: Selection | None = "best_worst"
    least: float = 0.4
    epochs: int = 2
    held: int = 40
    rivals: int = 6
    rows: int = 2
    effort: float = 1.0
    rate: float = 1.0
    seed: int = 7
    supervising: ReplyTraining = field(default_factory=ReplyTraining)
    preferring: DuelTraining = field(default_factory=DuelTraining)
    shape: LoraShape = field(default_factory=lambda: LoraShape(rank=16, alpha=32.0, targets=()))
    expired: Callable[[], bool] = lambda: False


def train_causal(
    groups: Sequence[AnswerGroup],
    dev: Sequence[AnswerGroup],
    settings: CausalTuning,
    out: Path,
    state: Path,
    report: Callable[[int, float], None] = lambda step, loss: None,
) -> Path:
    """The artifact's folder below ``out``; one that is there already is returned at once.

    ``state`` is a folder below which an interrupted run keeps what the next goes on from. The manifest's
    figures say what each phase came to on ``dev``, and which was kept ("start": none helped).

    Raises:
        NothingToLearnError: no answer is likely right, or there is nothing to choose by.
        ModelError: weights are missing, were changed or do not fit, or memory is exhausted.
        StorageError: the disk is full or not writable.
    """
    making = _making(groups, dev, settings)
    folder = making.folder(out)
    if folder.exists():
        return folder
    phases = Phases(settings, groups, dev, state / folder.name, report)
    values = phases.run()
    kept, figures = kept_of(values)
    keep(phases.folder(kept), FILES, folder, making.facts({**figures, **phases.figures}), groups)
    shutil.rmtree(state / folder.name, ignore_errors=True)
    return folder


class Phases:
    """The phases of a run, each with the folder of its adapter below ``own``."""

    def __init__(
        self,
        settings: CausalTuning,
        groups: Sequence[AnswerGroup],
        dev: Sequence[AnswerGroup],
        own: Path,
        report: Callable[[int, float], None],
    ) -> None:
        """Open the model and make examples.

        Raises:
            NothingToLearnError: no answer is likely right, or there is nothing to choose by.
            ModelError: weights are missing, were changed or do not fit.
        """
        self._settings, self._own, self._told = settings, own, Told(report)
        self._model = ReplyModel.open(
            settings.base, settings.shape, settings.base.adapter, rows=settings.rows, seed=settings.seed
        )
        how = self._model.asking
        teaching = replace(settings.teaching, seed=settings.seed)
        taught, held = (
            [found for group in part if (found := replies_of(group, how)) is not None]
            for part in (groups, dev[: settings.held])
        )
        self._held = [one.among(settings.rivals) for one in held]
        self._lessons = (
            list(lessons(groups, how, teaching)),
            list(lessons(dev[: settings.held], how, teaching)),
        )
        self._duels = (self._duels_of(taught), self._duels_of(held))
        if not self._held or not (self._lessons[0] or self._duels[0]):
            raise NothingToLearnError.of("of the development part" if not self._held else "to learn from")
        self.figures: dict[str, Any] = {
            "questions": len(taught),
            "held_questions": len(self._held),
            "lessons": len(self._lessons[0]),
            "duels": len(self._duels[0]),
        }

    def folder(self, phase: Phase) -> Path:
        """Where the adapter of a phase lies."""
        return self._own / phase

    def run(self) -> dict[Phase, float]:
        """What each phase that there is anything for came to."""
        if not self.folder("start").exists():
            self._model.save(self.folder("start"), {})
        values: dict[Phase, float] = {"start": self._expected_right("start")}
        taught, pairs = self._lessons[0], self._duels[0]
        if taught:
            whole = self._settings.supervising
            wanted = self._settings.epochs * (len(taught) / whole.lessons)
            schedule = scheduled(whole, wanted, self._settings)
            self._phase("supervised", "start", partial(self._supervise, schedule))
            values["supervised"] = self._expected_right("supervised")
            self._told.phase_ends(schedule.steps)
        if pairs and not self._settings.expired():
            before: Phase = "supervised" if taught else "start"
            most = self._settings.preferring
            wanted = self._settings.epochs * (len(pairs) / most.duels)
            self._phase("preferred", before, partial(self._prefer, scheduled(most, wanted, self._settings)))
            values["preferred"] = self._expected_right("preferred")
        return values

    def _supervise(self, schedule: ReplyTraining, run: Run) -> dict[str, Any]:
        return train_on_replies(self._model, *self._lessons, schedule, run)

    def _prefer(self, schedule: DuelTraining, run: Run) -> dict[str, Any]:
        return train_on_duels(self._model, *self._duels, schedule, run)

    def _phase(self, phase: Phase, before: Phase, train: Callable[[Run], dict[str, Any]]) -> None:
        """Train from one adapter to the next, unless that was done."""
        done = self.folder(phase)
        if not done.exists():
            self._model.load(self.folder(before))
            start = adapter_fingerprint(self.folder(before))
            state = self._own / f"{phase}-steps"
            run = Run(state=state, start=start, expired=self._settings.expired, report=self._told.step)
            figures = train(run)
            self._model.save(done, {"dev": figures})
        self.figures[phase] = read_manifest(done)["dev"]

    def _duels_of(self, part: Sequence[Replies]) -> list[ReplyDuel]:
        if self._settings.pairs is None:
            return []
        chosen = self._settings
        return list(reply_duels(part, self._settings.pairs, least=chosen.least, seed=chosen.seed))

    def _expected_right(self, phase: Phase) -> float:
        """The mean probability, by the labels, of what the model is likeliest to reply."""
        self._model.load(self.folder(phase))
        return float(np.mean(expected_right(self._model, self._held)))


def expected_right(model: ReplyModel, held: Sequence[Replies]) -> list[float]:
    """Of each question how likely the reply is right that the model is likeliest to give of those there."""
    found = []
    for one in held:
        encoded = [model.encode(one.conversation, said.text) for said in one.answers]
        found.append(one.answers[liked(model, encoded)].probability)
    return found


def _making(groups: Sequence[AnswerGroup], dev: Sequence[AnswerGroup], settings: CausalTuning) -> Making:
    base = settings.base
    plain = asdict(settings)
    del plain["base"], plain["expired"]
    return Making(
        kind=KIND,
        inputs={
            "base": locate(base.model, base.revision, setting="generator").identity,
            "start": adapter_identity(base.adapter),
            "prompt": str(VERSION),
        },
        settings={**plain, **{name: getattr(base, name) for name in _BASE}},
        train=labels_in(groups),
        dev=labels_in(dev),
    )
