"""``covenant preferences``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.command import Context
    from rag.settings import CausalLMSettings, SpanReaderSettings
    from rag.workspace import Workspace
    from tuning.answer_groups import AnswerGroup
    from tuning.choice_bench import ChoiceRow
    from tuning.items import Asked


@click.command()
@click.option(
    "--questions",
    "files",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    metavar="FILE",
    help="Questions to learn from; repeatable. Answers, and splits for measuring, are left behind.",
)
@click.option(
    "--made",
    type=click.IntRange(min=0),
    default=300,
    show_default=True,
    help="So many questions are made from the documents besides.",
)
@click.option(
    "--most", type=click.IntRange(min=10), default=300, show_default=True, help="Learn from so many at most."
)
@click.option("--choice", "only", multiple=True, metavar="NAME", help="Compare this choice; repeatable.")
@click.option("--seed", default=7, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.pass_obj
def preferences(context: Context, /, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - click's
    """Compare which data the generator is tuned on: drawn answers, likely ones, pairs of them.

    For the span reader, or the language model of generator.kind = causal_lm. Answers are labelled once;
    every choice trains from what is in use on the same questions, and is measured on
    questions about documents held apart. Nothing is put in use: tune with covenant tune --part generator.
    """
    from ingest.progress import TerminalProgress

    with TerminalProgress() as progress:
        rows = _compared(context, given, progress)
    if as_json:
        click.echo(json.dumps({"choices": [one.as_dict() for one in rows]}, indent=1))
        return
    for one in rows:
        value, found = one.compared.after, one.compared
        moved = f"{found.difference.value:+.3f}  p = {found.p_value:.3f}"
        click.echo(
            f"{one.name:<24} {value.value:.3f} ({value.low:.3f}-{value.high:.3f})  {moved}"
            f"  {one.shown:>5} shown  {one.seconds:.0f} s"
        )


def _compared(context: Context, given: dict[str, Any], progress: Progress) -> list[ChoiceRow]:
    from rag.errors import UsageError
    from rag.settings import CausalLMSettings, SpanReaderSettings

    match context.settings().generator:
        case SpanReaderSettings() as own:
            return _of_reader(context, own, given, progress)
        case CausalLMSettings() as own:
            return _of_language_model(context, own, given, progress)
        case other:
            raise UsageError(
                f"a generator of kind {other.kind} is not tuned here",
                "set generator.kind = span_reader or causal_lm",
            )


def _of_reader(
    context: Context, own: SpanReaderSettings, given: dict[str, Any], progress: Progress
) -> list[ChoiceRow]:
    from tuning.choice_bench import by_labels, compare_choices, variants
    from tuning.reader_labels import ReaderTuning

    tuning = ReaderTuning(
        start=None if own.adapter == "generic" else own.adapter, windows=own.windows, seed=given["seed"]
    )
    only = _known(given["only"], list(variants(tuning)))
    with _labelled(context, own, given, progress) as (groups, held, folder):
        measured = by_labels(held, tuning)
        progress.start("choices", 1 + len(only or variants(tuning)), "readers")
        return compare_choices(groups, measured, tuning, folder, only=only, advance=progress.advance)


def _of_language_model(
    context: Context, own: CausalLMSettings, given: dict[str, Any], progress: Progress
) -> list[ChoiceRow]:
    from tuning.causal_choices import NAMES, compare_causal_choices
    from tuning.causal_labels import CausalTuning
    from tuning.causal_stage import CausalStage

    tuning = CausalTuning(base=own, seed=given["seed"])
    only = _known(given["only"], NAMES)
    with _labelled(context, CausalStage().sampling(own), given, progress) as (groups, held, folder):
        progress.start("choices", 1 + len(only or NAMES), "models")
        return compare_causal_choices(groups, held, tuning, folder, only=only, advance=progress.advance)


def _known(asked: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    from rag.errors import UsageError

    unknown = sorted(set(asked) - set(names))
    if unknown:
        raise UsageError(f"no choice is called {unknown[0]!r}", f"name of: {', '.join(names)}")
    return asked


@contextmanager
def _labelled(
    context: Context,
    generator: SpanReaderSettings | CausalLMSettings,
    given: dict[str, Any],
    progress: Progress,
) -> Iterator[tuple[list[AnswerGroup], list[AnswerGroup], Path]]:
    """Answers that a generator proposes, labelled, to learn from and held apart; a folder for the block."""
    from tuning.answer_groups import drawn
    from tuning.answer_supervision import labelled_answers
    from tuning.tune import STATE, tuning_lock

    workspace = context.workspace()
    settings = context.settings().model_copy(update={"generator": generator})
    with tuning_lock(workspace), TemporaryDirectory(dir=workspace.root / STATE) as folder:
        train, dev = _parts(workspace, given)
        asked = (drawn(train, given["most"]), drawn(dev, given["most"] // 2))
        groups, held = labelled_answers(workspace, settings, asked, progress, "answers")
        yield groups, held, Path(folder)


def _parts(workspace: Workspace, given: dict[str, Any]) -> tuple[list[Asked], list[Asked]]:
    """Questions to learn from, and those about families of documents held apart."""
    from rag.catalog import Catalog
    from rag.errors import UsageError
    from tuning.choice_bench import asked_by_document
    from tuning.questions import make_questions, read_asked
    from tuning.supervision import families_of

    with Catalog(workspace.catalog_file) as catalog:
        asked = [one for path in given["files"] for one in read_asked(path, catalog)]
        if given["made"]:
            asked += make_questions(catalog, seed=given["seed"], count=given["made"])
        families = families_of(catalog.all_facts())
    if not asked:
        raise UsageError("no questions to learn from", "name files of questions with --questions FILE")
    return asked_by_document(list({one.id: one for one in asked}.values()), families, seed=given["seed"])
