"""``covenant tune`` and ``covenant retune``."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tuning.question_options import (
    asked_by_people,
    asked_of_documents,
    kinds_option,
    logged_option,
    made_option,
    paraphrases_option,
    questions_option,
)

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.command import Context
    from rag.types import DocumentId
    from rag.workspace import Workspace
    from tuning.items import Asked
    from tuning.tune import TuneOptions

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    questions_option,
    logged_option,
    made_option,
    kinds_option,
    paraphrases_option,
    click.option("--doc", "documents", multiple=True, help="Learn from this document only; may be repeated."),
    click.option(
        "--gate",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        metavar="FILE",
        help="Questions with answers that decide; those about documents held apart are asked.",
    ),
    click.option("--gate-split", metavar="SPLIT", help="Ask the gate's questions of this split only."),
    click.option(
        "--target",
        default="accuracy",
        show_default=True,
        help="The measure that must get better; by citation_right questions without answers count too.",
    ),
    click.option("--slice", "slices", multiple=True, metavar="FIELD", help="Gate by this slice; repeatable."),
    click.option(
        "--scope",
        type=click.Choice(["shared", "single"]),
        default="shared",
        show_default=True,
        help="shared: the gate searches the whole library; single: a question's documents only.",
    ),
    click.option(
        "--minutes",
        type=click.FloatRange(min=0.1),
        help="Budget of time for training and gate; parts end with the best so far.",
    ),
    click.option(
        "--part",
        "parts",
        type=click.Choice(["house_words", "embedder", "reranker", "combiner", "values", "generator"]),
        multiple=True,
        help="Tune this part only; repeatable. All but the generator, which takes longest, by default.",
    ),
    click.option(
        "--mode",
        type=click.Choice(["queries", "both"]),
        default="queries",
        show_default=True,
        help="queries: vectors of passages stay; both: an index of its own is made beside.",
    ),
    click.option(
        "--teacher",
        type=click.Choice(["labels", "reranker"]),
        default="labels",
        show_default=True,
        help="What the embedder learns from: soft labels, or the order of the reranker in use.",
    ),
    click.option("--seed", default=7, show_default=True),
    click.option("--no-promote", is_flag=True, help="Leave the candidate to covenant promote."),
    click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text."),
)


def _shared(command: F) -> F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command()
@_shared
@click.pass_obj
def tune(context: Context, /, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - click's
    """Learn from labels: embedder, reranker, fusion, values; use them if the gate finds them better.

    Labels come from the workspace's labels.py, or from the ready functions. Run again after an interruption,
    the same command goes on where it stopped.
    """
    from tuning.tune import tune as run

    with _progress() as progress:
        workspace, settings = context.workspace(), context.settings()
        options = _tune_options(given, effort=1.0, note="tuned")
        asked = _paraphrased(context, _asked(workspace, given), given["paraphrases"], progress)
        report = run(workspace, settings, asked, options, progress, _now)
    _tell(report.as_dict(), as_json)


@click.command()
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1)
@click.option(
    "--replay", type=click.FloatRange(min=0.0), default=1.0, show_default=True,
    help="Old questions trained on again, for each new one.",
)  # fmt: skip
@click.option(
    "--least-loss", type=click.FloatRange(0.0, 1.0), default=0.05, show_default=True,
    help="Train embedder, reranker and fusion again if new documents are found so much worse; 0: always.",
)  # fmt: skip
@_shared
@click.pass_obj
def retune(
    context: Context,
    /,
    paths: tuple[Path, ...],
    replay: float,
    least_loss: float,
    as_json: bool,
    **given: Any,  # noqa: ANN401 - click's
) -> None:
    """Take new documents in (PATHS, if any), tell what they change, and go on training from what is in use.

    Parts that are named are trained whatever the loss. Nothing is labelled, searched or embedded twice; what
    was learned before is replayed.
    """
    from ingest.build import ingest
    from tuning.asked_store import kept_asked
    from tuning.retune import RetuneOptions
    from tuning.retune import retune as run

    with _progress() as progress:
        workspace, settings = context.workspace(), context.settings()
        if paths:
            ingest(workspace, list(paths), settings, progress=progress)
        _, settled = kept_asked(workspace)
        options = RetuneOptions(
            tuning=_tune_options(given, effort=0.3, rate=0.3, note="tuned again"),
            replay=replay,
            least_loss=None if given["parts"] else least_loss or None,
        )
        asked = _paraphrased(context, _asked(workspace, given, settled), given["paraphrases"], progress)
        report = run(workspace, settings, asked, options, progress, _now)
    _tell(report.as_dict(), as_json)


def _tune_options(given: Mapping[str, Any], **more: Any) -> TuneOptions:  # noqa: ANN401 - click's
    from tuning.gating import GateQuestions
    from tuning.stage_list import every_stage, standard_stages
    from tuning.tune import TuneOptions

    gate = None
    if given["gate"] is not None:
        gate = GateQuestions(
            path=given["gate"], split=given["gate_split"], scope=given["scope"], target=given["target"]
        )
    stages = standard_stages(given["mode"], given["teacher"])
    if given["parts"]:
        stages = tuple(
            one for one in every_stage(given["mode"], given["teacher"]) if one.name in given["parts"]
        )
    return TuneOptions(
        stages=stages,
        gate=gate,
        target=given["target"],
        slices=given["slices"],
        seconds=None if given["minutes"] is None else given["minutes"] * 60,
        seed=given["seed"],
        promote=not given["no_promote"],
        **more,
    )


def _asked(workspace: Workspace, given: Mapping[str, Any], seen: Collection[DocumentId] = ()) -> list[Asked]:
    """Questions that people asked, and those made from documents, but not from those seen already.

    Raises:
        UsageError: there are none.
        SourceError: a file or the log cannot be read, or a file names a document that is not there.
        SettingsError: a file of kinds cannot be read or is none.
    """
    from rag.catalog import Catalog
    from rag.errors import UsageError

    with Catalog(workspace.catalog_file) as catalog:
        only = {catalog.resolve(name) for name in given["documents"]} or None
        asked = asked_by_people(workspace, catalog, given, only)
        asked += asked_of_documents(catalog, given, (only or catalog.active_ids()) - set(seen))
    if not asked:
        raise UsageError("no questions to learn from", "name files of questions with --questions FILE")
    return list({one.id: one for one in asked}.values())


def _paraphrased(context: Context, asked: list[Asked], count: int, progress: Progress) -> list[Asked]:
    """The questions, with other wordings of those that were made where ``count`` asks for them.

    Raises:
        UsageError: no language model is configured.
        ModelError: it cannot be opened, or does not reply.
    """
    from rag.catalog import Catalog
    from tuning.paraphrasing import configured, with_paraphrases

    workspace, settings = context.workspace(), context.settings()
    with Catalog(workspace.catalog_file) as catalog:
        return with_paraphrases(asked, count, lambda: configured(settings), workspace, catalog, progress)


def _progress() -> Any:  # noqa: ANN401 - a context manager
    from ingest.progress import TerminalProgress

    return TerminalProgress()


def _now() -> Any:  # noqa: ANN401 - a datetime, imported late
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _tell(report: Mapping[str, Any], as_json: bool) -> None:
    from tuning.telling import told

    click.echo(json.dumps(report, indent=1) if as_json else told(report))
