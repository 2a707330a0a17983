"""The stage that tunes how questions are answered: reader, value model and quality model, from soft labels.

Answers are proposed by the generator in use with the retrieval that was tuned before; functions on answers
label them. Leaves the models' learning to ``tuning.generator``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rag.assembly import open_pipeline
from rag.prompt import Prompt
from rag.releases import NONE
from rag.settings import Settings, SpanReaderSettings
from tuning.generator import GeneratorTraining, tune_reader, tune_values
from tuning.items import AnswerItem, Asked, Labelled
from tuning.labeling import LabelStore, label_answers, load_functions
from tuning.labeling.functions import LabelingFunction
from tuning.labeling.library.answers import answer_functions
from tuning.labeling.loading import FILE
from tuning.labeling.opening import open_resources
from tuning.labeling.soft import LabelledAnswer
from tuning.questions.candidates import answers
from tuning.stages import Bench, Change


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStage:
    """The span reader and what chooses among its answers and the values beside them.

    ``questions`` are labelled at most, those with the smallest ids.
    """

    training: GeneratorTraining = field(default_factory=GeneratorTraining)
    questions: int = 400
    name: str = "generator"
    share: float = 0.5

    def run(self, bench: Bench) -> Change:
        """Go on from the reader in use."""
        own = bench.settings.generator
        if not isinstance(own, SpanReaderSettings):
            return Change(settings={}, figures={}, note=f"a generator of kind {own.kind} is not trained")
        labels, prompts = labelled_answers(bench, _questions(bench.train)[: self.questions])
        sure = sum(one.probability >= self.training.right for one in labels)
        figures: dict[str, Any] = {"answers": len(labels), "sure": sure, "questions": len(prompts)}
        if not sure:
            return Change(settings={}, figures=figures, note="no answer is sure enough to learn from")
        supervised, preferring = self.training.supervised, self.training.preferences
        settings = replace(
            self.training,
            supervised=replace(supervised, steps=bench.steps(supervised.steps, supervised.save_every)),
            preferences=replace(preferring, steps=bench.steps(preferring.steps, preferring.save_every)),
            windows=own.windows,
            seed=bench.seed,
        )
        start = None if own.adapter == "generic" else own.adapter
        report = bench.stepped(self.name, settings.supervised.steps)
        reader = tune_reader(labels, settings, start, bench.workspace.artifacts, report)
        change = {"adapter": bench.named(reader)}
        facts = {"label_model": labels[0].label_model, "questions": len(prompts)}
        values = tune_values(labels, prompts, facts, bench.workspace.artifacts)
        if values is not None:
            change["values"] = bench.named(values)
        return Change(settings={"generator": change}, artifact=reader, figures=figures)


def labelled_answers(bench: Bench, asked: Sequence[Asked]) -> tuple[list[LabelledAnswer], dict[str, Prompt]]:
    """The answers proposed for each question with their soft labels; what the generator got, by question."""
    workspace, settings = bench.workspace, bench.settings
    prompts: dict[str, Prompt] = {}
    items: list[AnswerItem] = []
    with open_pipeline(workspace, settings, NONE) as pipeline, LabelStore(workspace.root) as store:
        bench.progress.start("answer", len(asked), "questions")
        for proposed in answers(pipeline, asked, advance=bench.progress.advance):
            prompts[proposed.question.id] = proposed.prompt
            items += proposed.items
        resources = open_resources(pipeline, settings, workspace.root)
        labels, _ = label_answers(items, functions_of(settings, bench), resources, store)
    return labels, prompts


def functions_of(settings: Settings, bench: Bench) -> list[LabelingFunction]:
    """The functions on answers of the workspace's ``labels.py``, or the ready ones where it has none."""
    path = bench.workspace.root / FILE
    found = [one for one in load_functions(path) if one.on == "answer"] if path.is_file() else []
    return found or answer_functions()


def _questions(labelled: Sequence[Labelled]) -> list[Asked]:
    return [asked for _, asked in sorted({one.question.id: one.question for one in labelled}.items())]
