"""``covenant bench speed``: measure the embedder's forms, print them, remember the best.

Leaves timing to ``eval.speed``.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.settings import Settings

PASSAGES = 512
ROUNDS = 2


def run_speed(settings: Settings, limit: int | None, *, as_json: bool) -> None:
    """Measure, print and remember.

    Raises:
        SettingsError: the embedder has no forms.
        ModelError: weights are missing, were changed or do not fit.
        StorageError: the choice cannot be kept.
    """
    from eval.speed import BASELINE, choose, load_forms, measure, sample_passages
    from rag.embedder.forms import Remembered, remember_form
    from rag.embedder.transformer import TransformerEmbedder
    from rag.errors import SettingsError
    from rag.settings import HashingEmbedderSettings

    model = settings.embedder
    if isinstance(model, HashingEmbedderSettings):
        raise SettingsError("the hashing embedder has one form only", "set embedder.kind to a model")
    passages = sample_passages(limit or PASSAGES)
    speeds = measure(load_forms(model), passages, ROUNDS)
    form = choose(speeds)
    best = speeds[form]
    key = TransformerEmbedder.key_of(model)
    kept = remember_form(
        key, Remembered(form=form, min_cosine=best.min_cosine, speedup=round(best.cpu_speedup, 2))
    )
    if as_json:
        forms = {name: {**asdict(speed), "agrees": speed.agrees} for name, speed in speeds.items()}
        told = {"name": "speed", "n": len(passages), "baseline": BASELINE, "forms": forms, "chosen": form}
        click.echo(json.dumps({**told, "key": key}, indent=1))
    else:
        click.echo(f"{'form':32s} passages/s  per cpu s  times the baseline  least cosine  same ten nearest")
        for name, speed in speeds.items():
            click.echo(
                f"{name:32s} {speed.per_second:10.1f} {speed.per_cpu_second:10.1f}"
                f" {speed.speedup:10.2f} ({speed.cpu_speedup:.2f} cpu)"
                f" {speed.min_cosine:11.5f} {speed.neighbours:17.3f}"
            )
        click.echo(f"embedder.dtype = auto is {form} from now on for this model on this machine")
    click.echo(f"choice kept: {kept}", err=True)
