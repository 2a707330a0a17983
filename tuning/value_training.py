"""The values' model gone on from the one in use: what is moved, how sure it may be, whether it helps.

Each weight is held to what it was. Questions made from documents repeat their words: the order of values
that they teach is worse for people's questions (measured, see ``docs/experiments.md``), so by them only the
weights of "none of them" move. How sure it may be is fitted on families held apart: as sure as the one before
it where it is right as often, so that thresholds keep their meaning. Leaves examples to
``tuning.value_labels``, gradients to ``tuning.values``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rag.generator.odds import log_odds
from rag.generator.valued.model import ValueModel
from rag.generator.valued.reader import LEAST
from tuning import logistic
from tuning.artifacts import EXAMPLES, Making, examples_writer, write_artifact
from tuning.value_labels import Taught
from tuning.values import Example, best_of, moved

WEIGHTS = "values.json"
KEPT_START = "start"
_CALIBRATED = 30
"""Questions held apart from which on a calibration is fitted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueTuning:
    """How much weights are held to what they were: those of "none" by made questions, all by asked ones."""

    made_l2: float = 16.0
    asked_l2: float = 32.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Examples:
    """To learn from: of questions made from documents, of questions somebody asked. ``dev``: held apart."""

    made: tuple[Taught, ...]
    asked: tuple[Taught, ...]
    dev: tuple[Taught, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Shares of questions treated rightly, silence where no value is right among them, and wrongly."""

    right: float
    wrong: float

    @property
    def gain(self) -> float:
        """What is right less what is wrong, in [-1, 1]."""
        return self.right - self.wrong


def train_values(examples: Examples, start: ValueModel, settings: ValueTuning, out: Path) -> Path:
    """The artifact of the model that treats most questions held apart rightly; none is made twice.

    It is the one that it began with, "start" in the manifest, unless another has more right than wrong: a
    wrong answer costs as much as a right one brings.

    Raises:
        StorageError: the disk is full or not writable.
    """
    labels = [label for one in (*examples.made, *examples.asked) for label in one.labelled()]
    held = [label for one in examples.dev for label in one.labelled()]
    making = Making(
        kind="values", inputs={"start": start.fingerprint}, settings=asdict(settings), train=labels, dev=held
    )
    folder = making.folder(out)
    if folder.exists():
        return folder
    dev = [one.example for one in examples.dev]
    facts = {"recipe": "covenant tune", "start": start.fingerprint, "questions": _count(examples)}
    tried = {name: as_sure(one, start, dev) for name, one in _moved(examples, start, settings, facts)}
    models = {KEPT_START: start, **tried}
    found = {name: expected(model, dev) for name, model in models.items()}
    before = found[KEPT_START]
    kept = max(found, key=lambda name: (found[name].gain, name == KEPT_START))
    figures = {
        "before": round(before.gain, 6),
        "after": round(found[kept].gain, 6),
        "right_before": round(before.right, 6),
        "right_after": round(found[kept].right, 6),
        "wrong_before": round(before.wrong, 6),
        "wrong_after": round(found[kept].wrong, 6),
        "kept": kept,
        "tried": {
            name: {"right": round(one.right, 6), "wrong": round(one.wrong, 6)} for name, one in found.items()
        },
        **_count(examples),
    }
    text = models[kept].to_json()
    return write_artifact(
        folder,
        making.facts(figures),
        {
            WEIGHTS: lambda path: path.write_text(text, encoding="utf-8"),
            EXAMPLES: examples_writer(labels),
        },
    )


def expected(model: ValueModel, examples: Sequence[Example]) -> Expected:
    """What comes of a model's answers by the labels, where it gives those that it is sure enough of."""
    right = wrong = 0.0
    for one in examples:
        best = best_of(model, one)
        if model.calibrated(best.share) >= LEAST:
            right, wrong = right + best.right, wrong + 1.0 - best.right
        else:
            right += 1.0 - float(one.right.max())
    count = max(1, len(examples))
    return Expected(right=right / count, wrong=wrong / count)


def as_sure(model: ValueModel, start: ValueModel, examples: Sequence[Example]) -> ValueModel:
    """The model, as sure as ``start`` is where that is right as often, by examples that taught neither.

    Questions made from documents are answered rightly more or less often than others; what is fitted is the
    difference between two models on the same ones. Of too few nothing is fitted.
    """
    if len(examples) < _CALIBRATED:
        return model
    (slope_0, intercept_0), (slope_1, intercept_1) = (_curve(one, examples) for one in (start, model))
    return replace(
        model,
        slope=model.slope * slope_1 / slope_0,
        intercept=(slope_1 * model.intercept + intercept_1 - intercept_0) / slope_0,
    )


def _curve(model: ValueModel, examples: Sequence[Example]) -> tuple[float, float]:
    """From how sure a model is, in log odds, to how often it is right."""
    best = [best_of(model, one) for one in examples]
    sure = np.array([model.slope * log_odds(one.share) + model.intercept for one in best])
    return logistic.calibrate(sure, np.array([one.right for one in best]), np.ones(len(best)))


def _moved(
    examples: Examples, start: ValueModel, settings: ValueTuning, facts: Mapping[str, Any]
) -> Iterator[tuple[str, ValueModel]]:
    """The models that are tried, by what they are called."""
    made, asked = ([one.example for one in part] for part in (examples.made, examples.asked))
    if made:
        yield "made", moved(start, made, facts, l2=settings.made_l2, none_only=True)
    if asked:
        model = moved(start, asked, facts, l2=settings.asked_l2)
        yield "asked", model
        if made:
            yield "asked, made", moved(model, made, facts, l2=settings.made_l2, none_only=True)


def _count(examples: Examples) -> dict[str, int]:
    return {"made": len(examples.made), "asked": len(examples.asked), "held": len(examples.dev)}
