"""What the service takes: ``python -m benchmarks.load WORKSPACE QUESTIONS [--clients 16] [--seconds 120]``.

Starts ``covenant serve`` on loopback over a copy of the workspace, and asks the questions of a file (JSON
lines with "question"), in turn: by one client in sequence, then by many at a time; ``--requests`` so many
more while memory is watched; ``--kill`` then kills service and worker under load, starts them again and looks
for everything that was accepted. Clients are threads of this process, so they take a share of the machine.

A library that ``covenant bench NAME --scope shared`` has indexed lies in a folder of that name below
COVENANT_CACHE.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks.asking import ask, for_questions, for_seconds
from benchmarks.killing import kill_under_load
from benchmarks.serving import Command, free_port, seconds_to_ready, serve
from eval.runs import machine_facts
from rag.workspace import Workspace
from service.engine import lanes_for

_CHUNKS = 20
"""Times at which memory is looked at."""
_WARM_UP = 40
"""Questions before anything is measured: models are opened by the first that each process answers."""
_WARM_SHARE = 0.3
"""Of the requests, while caches fill; the line of memory is drawn through the rest."""
_NOT_COPIED = shutil.ignore_patterns(
    "service.db*", "cache", "runs", "judgements.jsonl", "questions.jsonl", "*.lock"
)


def read_questions(path: Path) -> list[str]:
    """The questions of a file, in its order."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = [str(row["question"]) for row in rows]
    if not found:
        sys.exit(f"{path} has no question")
    return found


def memory_over(
    service: Command, port: int, questions: Sequence[str], clients: int, requests: int
) -> dict[str, Any]:
    """Resident memory of service and lanes while so many questions are answered, and how it grows."""
    seen = [(0, service.memory_mb())]
    errors: dict[str, int] = {}
    for number in range(1, _CHUNKS + 1):
        count = requests * number // _CHUNKS - seen[-1][0]
        if not count:
            continue
        asked = ask(port, questions, clients, goes_on=for_questions(count))
        for name, n in asked.errors.items():
            errors[name] = errors.get(name, 0) + n
        seen.append((seen[-1][0] + count, service.memory_mb()))
    return {"requests": requests, "errors": errors, **growth(seen)}


def growth(seen: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """What pairs of requests and MiB say: first, last and most, and the slope after the warm-up.

    >>> growth([(0, 90.0), (10, 100.0), (20, 101.0), (30, 102.0)])["mb_per_1000"]
    100.0
    """
    count, memory = (np.array(column, dtype=np.float64) for column in zip(*seen, strict=True))
    late = count >= _WARM_SHARE * count[-1]
    slope = float(np.polyfit(count[late], memory[late], 1)[0]) if late.sum() > 1 else 0.0
    return {
        "first_mb": round(float(memory[0]), 1),
        "settled_mb": round(float(memory[late][0]), 1),
        "last_mb": round(float(memory[-1]), 1),
        "most_mb": round(float(memory.max()), 1),
        "mb_per_1000": round(1000 * slope, 2),
    }


def measure(
    workspace: Path, questions: Sequence[str], clients: int, seconds: float, requests: int
) -> dict[str, Any]:
    """One client, then many, then memory, over one service; ``workspace`` is written to."""
    port, log = free_port(), workspace / "load.log"
    with serve(workspace, log, port) as service:
        ready = seconds_to_ready(service, port)
        warm = ask(port, questions, clients, goes_on=for_questions(max(_WARM_UP, clients)))
        alone = ask(port, questions, 1, goes_on=for_seconds(seconds))
        together = ask(port, questions, clients, goes_on=for_seconds(seconds))
        found: dict[str, Any] = {
            "first_ready_s": round(ready, 2),
            "alone": alone.as_dict(),
            "together": together.as_dict(),
            "ratio": round(together.per_second / alone.per_second, 3) if alone.took_ms else None,
            "warm_up_errors": dict(warm.errors),
        }
        if requests:
            found["memory"] = memory_over(service, port, questions, clients, requests)
    return found


def failed(found: dict[str, Any]) -> bool:
    """Whether anything went wrong: an error, or something that was lost."""
    parts = [found["alone"], found["together"], found.get("memory", {"errors": {}})]
    killed = found.get("kill")
    lost = killed is not None and (any(killed["lost"].values()) or set(killed["jobs"]) != {"done"})
    return lost or any(part["errors"] for part in parts)


@click.command()
@click.argument("workspace", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--clients", type=click.IntRange(min=1), default=16, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0.1), default=120.0, show_default=True)
@click.option("--requests", type=click.IntRange(min=0), default=0, help="So many more, watching memory.")
@click.option("--kill", "kill_s", type=click.FloatRange(min=0.1), help="Kill after so many seconds of load.")
@click.option("--json", "as_json", is_flag=True)
def main(
    workspace: Path,
    questions: Path,
    clients: int,
    seconds: float,
    requests: int,
    kill_s: float | None,
    as_json: bool,
) -> None:
    """Print the figures; ends with 1 where there was an error or something was lost."""
    asked = read_questions(questions)
    settings_file = Workspace.open(workspace).settings_file
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(workspace, Path(folder) / "library", ignore=_NOT_COPIED))
        found: dict[str, Any] = {
            "questions": len(asked),
            "clients": clients,
            "lanes": lanes_for(_workers(settings_file)),
            "machine": machine_facts(),
            **measure(copy, asked, clients, seconds, requests),
        }
        if kill_s is not None:
            found["kill"] = kill_under_load(copy, copy / "load.log", free_port(), asked, clients, kill_s)
    if as_json:
        click.echo(json.dumps(found, indent=1))
    else:
        for line in told(found):
            click.echo(line)
    sys.exit(1 if failed(found) else 0)


def _workers(settings_file: Path) -> int:
    from rag.settings import Settings

    return Settings.load(settings_file, environ=os.environ).service.workers


def told(found: dict[str, Any]) -> list[str]:
    """The figures in lines."""
    lines = [f"{'':18}{'answers/s':>12}{'p50, ms':>10}{'p95, ms':>10}{'answers':>10}{'errors':>8}"]
    for name, clients in (("alone", 1), ("together", found["clients"])):
        part = found[name]
        p50, p95 = (part.get(key, {"value": float("nan")})["value"] for key in ("p50_ms", "p95_ms"))
        lines.append(
            f"{clients:>3} at a time     {part['per_second']:>12.2f}{p50:>10.0f}{p95:>10.0f}"
            f"{part['answers']:>10,}{sum(part['errors'].values()):>8}"
        )
    lines.append(f"ratio {found['ratio']}, {found['lanes']} lanes; first ready in {found['first_ready_s']} s")
    if memory := found.get("memory"):
        lines.append(
            f"memory over {memory['requests']:,} requests: {memory['first_mb']} MiB at first,"
            f" {memory['settled_mb']} settled, {memory['last_mb']} at last, {memory['most_mb']} at most;"
            f" {memory['mb_per_1000']:+} MiB per 1,000; errors: {memory['errors'] or 'none'}"
        )
    if killed := found.get("kill"):
        lines.append(f"killed: accepted {killed['accepted']}, lost {killed['lost']}, jobs {killed['jobs']}")
        lines.append(
            f"ready again in {killed['ready_s']} s; processes that were left ended in"
            f" {killed['others_ended_s']} s"
        )
    return lines


if __name__ == "__main__":
    main()
