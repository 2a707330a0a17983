"""``covenant bench``."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from rag.command import release_option

if TYPE_CHECKING:
    from eval.apart_rows import ApartBench
    from eval.bench import BenchResult
    from eval.report import Report
    from eval.sets.contract import BenchSet
    from rag.command import Context
    from rag.releases import Release
    from rag.settings import Settings

NAMES = (
    "financebench",
    "legalbenchrag",
    "findver",
    "cuad",
    "contractnli",
    "tatqa",
    "finqa",
    "acord",
    "sample",
)
SPEED = "speed"
TUNED = "sample"
TUNED_APART = ("financebench", "legalbenchrag")
"""Sets that are tuned on documents of other sets."""


@click.command()
@click.argument("name", type=click.Choice([*NAMES, SPEED]))
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="COVENANT_DATA", help="Folder that holds the sets."
)
@click.option(
    "--scope",
    type=click.Choice(["single", "shared"]),
    help="Search only the documents a question names, or all of them; by default as the set was published.",
)
@click.option("--split", help="Only this split; by default all that are not for training.")
@click.option(
    "--limit", type=click.IntRange(min=1), help="Only the first so many questions (speed: passages)."
)
@click.option("--slice", "slices", multiple=True, metavar="FIELD", help="Slice by this field; repeatable.")
@click.option(
    "--cache",
    type=click.Path(path_type=Path),
    envvar="COVENANT_CACHE",
    help="Where indexes and runs are kept; by default covenant/bench in the user's cache folder.",
)
@release_option
@click.option(
    "--tuned",
    is_flag=True,
    help="Tune without answers on documents that are not measured; compare: sample (on its tuning deals; a "
    "usual recipe beside), financebench, legalbenchrag (on other sets' documents).",
)
@click.option(
    "--ablation", is_flag=True, help="(sample --tuned) Say what each tuned part adds; asks six times."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of tables.")
@click.pass_obj
def bench(
    context: Context,
    name: str,
    data: Path | None,
    scope: Literal["single", "shared"] | None,
    split: str | None,
    limit: int | None,
    slices: tuple[str, ...],
    cache: Path | None,
    release: str | None,
    tuned: bool,
    ablation: bool,
    as_json: bool,
) -> None:
    """Measure Covenant on the public set NAME as its paper does, with published figures beside.

    The settings are those of the workspace in use, if there is one, with its release, else the defaults. The
    set's documents are indexed apart from it, once.

    NAME may also be speed: how fast passages are embedded in each form of the model, against the
    sentence-transformers library as it comes. The fastest that agrees with it is remembered for this machine,
    and used where embedder.dtype is auto.
    """
    if name == SPEED:
        from eval.speed_commands import run_speed

        run_speed(bench_settings(context), limit, as_json=as_json)
        return
    from eval.apart_rows import ApartBench
    from eval.bench import BenchOptions, run_bench, set_folder
    from eval.grading.choice import make_grader
    from eval.sets import SETS
    from ingest.progress import TerminalProgress

    cache = (cache or default_cache()).resolve()
    folder = set_folder(name, data.resolve() if data else None, cache)
    settings = bench_settings(context)
    grader = make_grader(settings.grader, os.environ)
    chosen = bench_release(context, release)
    options = BenchOptions(
        scope=scope, split=split, limit=limit, slices=slices, grader=grader, release=chosen
    )
    if ablation and not tuned:
        raise click.UsageError("--ablation goes with --tuned")
    if tuned:
        asked = ApartBench(one=SETS[name], folder=folder, data=data, cache=cache, scope=scope, slices=slices)
        _tell_tuned(asked, settings, ablation=ablation, as_json=as_json)
        return
    with TerminalProgress() as progress:
        result = run_bench(SETS[name], folder, cache, settings, options, progress)
    _tell(SETS[name], result, as_json=as_json)


def _tell(one: BenchSet, result: BenchResult, *, as_json: bool) -> None:
    from eval.report import as_dict
    from eval.report_tables import print_report

    if as_json:
        click.echo(json.dumps(as_dict(result.report), indent=1))
    else:
        print_report(result.report)
        for line in published_lines(one, result.report):
            click.echo(line)
    click.echo(f"run saved: {result.path}", err=True)
    if result.report.run.failed:
        click.echo(f"{result.report.run.failed} questions failed", err=True)
        raise click.exceptions.Exit(1)


def _tell_tuned(bench: ApartBench, settings: Settings, *, ablation: bool, as_json: bool) -> None:
    """Tune the sample on its own deals, other sets on documents apart, and tell the rows."""
    from eval import apart_rows, tuned_rows
    from ingest.progress import TerminalProgress

    name = bench.one.name
    if name not in (TUNED, *TUNED_APART) or (ablation and name != TUNED):
        raise click.UsageError(
            f"--tuned goes with {', '.join((TUNED, *TUNED_APART))}, --ablation with {TUNED}"
        )
    with TerminalProgress() as progress:
        if name == TUNED:
            asked = tuned_rows.TunedBench(folder=bench.folder, cache=bench.cache, ablation=ablation)
            rows = tuned_rows.tuned_rows(_tuner(TUNED), asked, settings, progress, _now)
        else:
            rows = apart_rows.apart_rows(_tuner("apart"), bench, settings, progress, _now)
    as_lines = tuned_rows.as_lines if name == TUNED else apart_rows.as_lines
    click.echo(json.dumps(rows, indent=1) if as_json else as_lines(rows))


def _now() -> datetime:
    return datetime.now(UTC)


def _tuner(name: str) -> Any:  # noqa: ANN401 - of either shape
    """What tunes: registered by the package that trains, which this one does not know."""
    (point,) = entry_points(group="covenant.tuner", name=name)
    return point.load()


def default_cache() -> Path:
    """The user's cache folder for indexes of public sets."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "covenant" / "bench"


def bench_settings(context: Context) -> Settings:
    """The settings of the workspace in use where there is one, else the defaults; ``--set`` on top."""
    from rag.settings import Settings
    from rag.workspace import Workspace

    own = Workspace(context.workspace_path.resolve()).settings_file
    return Settings.load(own if own.is_file() else None, environ=os.environ, overrides=context.overrides)


def bench_release(context: Context, reference: str | None) -> Release | None:
    """The release that is named, or the one in use, of the workspace in use where there is one."""
    from rag.releases import in_force
    from rag.workspace import Workspace

    workspace = Workspace(context.workspace_path.resolve())
    if reference is None and not workspace.settings_file.is_file():
        return None
    return in_force(workspace, reference)


def published_lines(one: BenchSet, report: Report) -> list[str]:
    """Our headline figures and the paper's beside, and what is not like for like."""
    lines = [f"{one.title} ({one.source}; {one.licence}), {report.run.header.scope}:"]
    for name in one.headline:
        ours = report.measures.get(name)
        if ours is None:
            continue
        lines.append(f"  {name} {ours.value:.3f} ({ours.low:.3f}-{ours.high:.3f}), n = {ours.n}")
        lines += [
            f"    published: {other.value:.3f} {other.system}{f' ({other.note})' if other.note else ''}"
            for other in one.published
            if other.measure == name
        ]
    return lines
