"""Which questions a generator learns from, and the labelled answers that a pipeline proposes to them.

Leaves votes and probabilities to ``tuning.answer_groups``, what is learned to the stages of generators.
"""

from __future__ import annotations

from collections.abc import Sequence

from ingest.progress import Progress
from rag.assembly import open_pipeline
from rag.generator import value_model
from rag.releases import NONE
from rag.settings import Settings
from rag.workspace import Workspace
from tuning.answer_groups import AnswerGroup, drawn, grouped
from tuning.items import Asked
from tuning.kinds import BUILT_IN, ClauseKinds
from tuning.labeling import LabelStore, load_functions
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.judged import read_judgements
from tuning.labeling.library.kinds import make_answers_of_kind
from tuning.labeling.library.people import of_people
from tuning.labeling.library.standard import ready_answer_functions
from tuning.labeling.loading import FILE
from tuning.labeling.opening import open_resources
from tuning.questions.candidates import answers
from tuning.soft_lists import NothingToLearnError, soft_lists
from tuning.stages import Bench

_HELD_SHARE = 0.4


def asked_of(bench: Bench, count: int) -> tuple[list[Asked], list[Asked]]:
    """Questions to learn from, up to ``count``, and to choose by; those not answered are among them."""
    train, dev = ([one.question for one in soft_lists(part)] for part in (bench.train, bench.dev))
    refused_train, refused_dev = bench.refused
    return drawn([*train, *refused_train], count), drawn([*dev, *refused_dev], round(count * _HELD_SHARE))


def answer_functions_of(
    workspace: Workspace, besides: Sequence[LabelingFunction] = ()
) -> list[LabelingFunction]:
    """The functions on answers of a workspace: those of its file, or the ready ones; and people who judged.

    With the ready ones go those ``besides``.

    Raises:
        FunctionError: ``labels.py`` cannot be used, or names repeat.
        SourceError: the judgements cannot be read.
    """
    path = workspace.root / FILE
    own = [one for one in load_functions(path) if one.on == "answer"] if path.is_file() else []
    people = of_people(read_judgements(workspace.judgements))
    return checked([*(own or [*ready_answer_functions(), *besides]), *people], "answer")


def labelled_answers(
    workspace: Workspace,
    settings: Settings,
    asked: tuple[Sequence[Asked], Sequence[Asked]],
    progress: Progress,
    name: str,
) -> tuple[list[AnswerGroup], list[AnswerGroup]]:
    """The labelled answers that a pipeline of these settings proposes: to learn from, and held apart.

    Raises:
        NothingToLearnError: there is no question of either.
        FunctionError: ``labels.py`` cannot be used.
        StorageError: the disk is full or not writable; what was voted on stays.
    """
    train, dev = asked
    if not train or not dev:
        raise NothingToLearnError.of("to learn from" if not train else "of the development part")
    of_kinds = [make_answers_of_kind(f"answers_in_{kind}", path) for kind, path in sorted(BUILT_IN.items())]
    functions = answer_functions_of(workspace, of_kinds)
    with (
        open_pipeline(workspace, settings, NONE) as pipeline,
        LabelStore(workspace.root) as store,
    ):
        resources = open_resources(pipeline, settings, workspace.root)
        progress.start(name, len(train) + len(dev), "questions")
        values = value_model(settings.generator)
        kinds = [ClauseKinds.load(path) for path in BUILT_IN.values()]
        proposed = answers(pipeline, [*train, *dev], values, kinds=kinds, advance=progress.advance)
        groups = grouped([one.items for one in proposed], functions, resources, store)
    held = {one.id for one in dev}
    return (
        [one for one in groups if one.question.id not in held],
        [one for one in groups if one.question.id in held],
    )
