"""Which data a causal language model is tuned on, side by side: ``tuning.choice_bench`` for such models.

    replies labelled ─► supervised on drawn ones | on likely ones ─► random pairs | best against worst | …

Every choice has the same questions, labels and seed, and as many epochs; preferences go on from the model
that likely replies taught. No choice is stopped by the questions that it is measured on. Measured is, on
questions about documents held apart, how likely the reply is right that a model is likeliest to give among
those proposed. Leaves examples to ``tuning.replies``, steps to ``tuning.causal``, figures to
``tuning.choice_bench``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from rag.adapters import adapter_fingerprint
from tuning.answer_groups import AnswerGroup
from tuning.causal import Run, train_on_duels, train_on_replies
from tuning.causal_labels import CausalTuning, expected_right
from tuning.causal_model import ReplyModel
from tuning.choice_bench import LIKELY, ChoiceRow, Held, Trained, compared
from tuning.choices import Selection
from tuning.phases import scheduled
from tuning.replies import Lesson, Replies, lessons, one_drawn, replies_of, reply_duels
from tuning.soft_lists import NothingToLearnError

DRAWN = "drawn answers"
PAIRS: Mapping[str, Selection] = {
    "random pairs": "random",
    "best against worst": "best_worst",
    "best against likely bad": "likely_bad",
}
NAMES = (DRAWN, LIKELY, *PAIRS)
"""The choices, in the order in which they are told."""


def compare_causal_choices(
    groups: Sequence[AnswerGroup],
    dev: Sequence[AnswerGroup],
    settings: CausalTuning,
    out: Path,
    *,
    only: Sequence[str] = (),
    advance: Callable[[], None] = lambda: None,
) -> list[ChoiceRow]:
    """The model before, then each choice (``only`` these, if any), in the order of ``NAMES``.

    Adapters are kept below ``out``. All questions of ``dev`` are measured, with ``settings.rivals`` replies
    each.

    Raises:
        NothingToLearnError: no answer is likely right, or there is nothing to choose by.
        ModelError: weights are missing, were changed or do not fit, or memory is exhausted.
        StorageError: the disk is full or not writable.
    """
    bench = _Bench(groups, dev, settings, out)
    chosen = {name: partial(bench.trained, name) for name in NAMES if not only or name in only}
    return compared(chosen, bench.held, bench.begins_with, advance)


class _Bench:
    """One model, the examples of each choice, and the adapters they make of it."""

    def __init__(
        self, groups: Sequence[AnswerGroup], dev: Sequence[AnswerGroup], settings: CausalTuning, out: Path
    ) -> None:
        self._settings, self._out = settings, out
        self._model = ReplyModel.open(
            settings.base, settings.shape, settings.base.adapter, rows=settings.rows, seed=settings.seed
        )
        how, teaching = self._model.asking, replace(settings.teaching, seed=settings.seed)
        drawn = [one_drawn(group, how, seed=settings.seed) for group in groups]
        self._lessons = {
            DRAWN: list(lessons([one for one in drawn if one is not None], how, teaching)),
            LIKELY: list(lessons(groups, how, teaching)),
        }
        self._taught = [found for group in groups if (found := replies_of(group, how)) is not None]
        held = [
            found.among(settings.rivals) for group in dev if (found := replies_of(group, how)) is not None
        ]
        if not held or not self._lessons[LIKELY]:
            raise NothingToLearnError.of("to learn from" if held else "of the development part")
        self.held = Held(documents=[one.document for one in held], score=partial(self._score, held))
        self.begins_with = out / "before"
        self._model.save(self.begins_with, {})

    def trained(self, name: str) -> Trained:
        """A choice's adapter, and how many lessons or duels it was shown."""
        if name in self._lessons:
            return self._supervised(name), len(self._lessons[name])
        before, own = self._supervised(LIKELY), self._settings
        duels = list(reply_duels(self._taught, PAIRS[name], least=own.least, seed=own.seed))
        if not duels:
            return before, 0
        wanted = own.epochs * (len(duels) / own.preferring.duels)
        schedule = scheduled(own.preferring, wanted, own)
        run = self._begun(name, before)
        train_on_duels(self._model, duels, (), schedule, run)
        return self._saved(name), len(duels)

    def _supervised(self, name: str) -> Path:
        folder = self._out / name
        if not folder.exists():
            taught: list[Lesson] = self._lessons[name]
            if not taught:
                return self.begins_with
            own = self._settings
            wanted = own.epochs * (len(taught) / own.supervising.lessons)
            run = self._begun(name, self.begins_with)
            train_on_replies(self._model, taught, (), scheduled(own.supervising, wanted, own), run)
            self._saved(name)
        return folder

    def _begun(self, name: str, before: Path) -> Run:
        self._model.load(before)
        return Run(state=self._out / f".{name}-steps", start=adapter_fingerprint(before))

    def _saved(self, name: str) -> Path:
        folder = self._out / name
        self._model.save(folder, {})
        return folder

    def _score(self, held: Sequence[Replies], adapter: Path) -> list[float]:
        self._model.load(adapter)
        return expected_right(self._model, held)
