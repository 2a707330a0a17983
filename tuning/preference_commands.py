"""``covenant preferences``."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.command import Context
    from rag.workspace import Workspace
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
    """Compare which data the reader is tuned on: drawn answers, likely ones, pairs of them.

    Answers are labelled once; every choice trains a reader on the same questions, and is measured on
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
    from rag.settings import SpanReaderSettings
    from tuning.answer_groups import drawn
    from tuning.answer_supervision import labelled_answers
    from tuning.choice_bench import by_labels, compare_choices, variants
    from tuning.reader_labels import ReaderTuning
    from tuning.tune import STATE, tuning_lock

    workspace, settings = context.workspace(), context.settings()
    own = settings.generator
    if not isinstance(own, SpanReaderSettings):
        raise UsageError(
            f"a generator of kind {own.kind} is not tuned here", "set generator.kind = span_reader"
        )
    tuning = ReaderTuning(
        start=None if own.adapter == "generic" else own.adapter, windows=own.windows, seed=given["seed"]
    )
    unknown = set(given["only"]) - set(variants(tuning))
    if unknown:
        raise UsageError(
            f"no choice is called {sorted(unknown)[0]!r}", f"name of: {', '.join(variants(tuning))}"
        )
    with tuning_lock(workspace), TemporaryDirectory(dir=workspace.root / STATE) as folder:
        train, dev = _parts(workspace, given)
        groups, held = labelled_answers(
            workspace,
            settings,
            (drawn(train, given["most"]), drawn(dev, given["most"] // 2)),
            progress,
            "answers",
        )
        measured = by_labels(held, tuning)
        progress.start("choices", 1 + len(given["only"] or variants(tuning)), "readers")
        return compare_choices(
            groups, measured, tuning, Path(folder), only=given["only"], advance=progress.advance
        )


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
