"""The stage of tuning that makes the choice of values fit the documents, taught by soft labels alone.

    made questions  ─► how much evidence is enough ─────────┐
    asked questions ─► labels turn what is believed of each ─┴─► what helps on families held apart

A run that was killed asks for its evidence anew, votes are kept. What the model is worth is measured by the
gate. Leaves examples to ``tuning.value_labels``, weights to ``tuning.value_training``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rag.assembly import open_pipeline
from rag.generator import value_model
from rag.generator.valued.model import ValueModel
from rag.pipeline import Pipeline
from rag.releases import NONE
from rag.settings import SpanReaderSettings
from tuning.answer_groups import drawn, grouped
from tuning.answer_supervision import answer_functions_of
from tuning.artifacts import read_manifest
from tuning.items import Asked
from tuning.labeling import LabelStore
from tuning.labeling.opening import open_resources
from tuning.questions.candidates import answers
from tuning.soft_lists import NothingToLearnError, soft_lists
from tuning.stages import NO_HELP, Bench, Change
from tuning.value_labels import (
    HEARS_VALUES,
    Taught,
    asks_for_a_value,
    is_made,
    taught_by_labels,
    taught_by_makers,
)
from tuning.value_training import WEIGHTS, Examples, ValueTuning, train_values

_HELD_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueStage:
    """The model of values; learned from are so many ``made`` and so many ``asked`` questions.

    None that are asked unless set: what labels say of them did not help (see ``docs/experiments.md``).
    """

    made: int = 240
    asked: int = 0
    tuning: ValueTuning = field(default_factory=ValueTuning)
    name: str = "values"
    share: float = 0.2

    def run(self, bench: Bench) -> Change:
        """Go on from the model in use."""
        own = bench.settings.generator
        if not isinstance(own, SpanReaderSettings) or not (own.compute and own.rank_programs):
            return Change(settings={}, figures={}, note="this generator does not rank values")
        start = value_model(own)
        examples = self._examples(bench, start)
        folder = train_values(examples, start, self.tuning, bench.workspace.artifacts)
        figures = read_manifest(folder)["dev"]
        if figures["kept"] == "start":
            return Change(settings={}, figures=figures, note=NO_HELP)
        return Change(
            settings={"generator": {"values": bench.named(folder, WEIGHTS)}}, artifact=folder, figures=figures
        )

    def _examples(self, bench: Bench, start: ValueModel) -> Examples:
        train, dev = _asked_of(bench)
        made, held = ([one for one in part if is_made(one)] for part in (train, dev))
        made, held = drawn(made, self.made), drawn(held, round(self.made * _HELD_SHARE))
        others = drawn([one for one in train if not is_made(one)], self.asked)
        if not held or not (made or others):
            raise NothingToLearnError.of("of the development part" if made or others else "to learn from")
        bench.progress.start(self.name, len(made) + len(others) + len(held), "questions")
        with open_pipeline(bench.workspace, bench.settings, NONE) as pipeline:
            # What is chosen by is asked first: a budget that runs out costs what is learned from.
            shown = tuple(taught_by_makers(pipeline, held, advance=bench.progress.advance))
            return Examples(
                dev=shown,
                made=tuple(
                    taught_by_makers(pipeline, made, advance=bench.progress.advance, expired=bench.expired)
                ),
                asked=tuple(_by_labels(bench, pipeline, others, start)),
            )


def _asked_of(bench: Bench) -> tuple[list[Asked], list[Asked]]:
    """The questions after a value to learn from and to choose by, those without an answer among them."""
    parts = zip((bench.train, bench.dev), bench.refused, strict=True)
    train, dev = (
        [one for one in (*(own.question for own in soft_lists(part)), *refused) if asks_for_a_value(one)]
        for part, refused in parts
    )
    return train, dev


def _by_labels(
    bench: Bench, pipeline: Pipeline, asked: Sequence[Asked], start: ValueModel
) -> Iterator[Taught]:
    """Examples of questions that somebody asked; none where the budget of time is used up."""
    functions = [one for one in answer_functions_of(bench.workspace) if one.name not in HEARS_VALUES]
    proposed = []
    for one in answers(pipeline, asked, start, advance=bench.progress.advance):
        if bench.expired():
            break
        proposed.append(one)
    with LabelStore(bench.workspace.root) as store:
        resources = open_resources(pipeline, bench.settings, bench.workspace.root)
        groups = grouped([one.items for one in proposed], functions, resources, store)
    for group, one in zip(groups, proposed, strict=True):
        yield from taught_by_labels(group, one.prompt, start)
