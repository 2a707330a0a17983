"""``covenant quality``."""

from __future__ import annotations

import json
import math
from pathlib import Path

import click

_SHOWN = 6


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--functions",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of labeling functions on answers; the ready ones by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line instead of a table.")
def quality(file: Path, functions: Path | None, as_json: bool) -> None:
    """Score how likely answers are right, whoever gave them.

    FILE holds one JSON object a line: {"question", "answer", "evidence"} and perhaps "id"; evidence is a
    text, or a list of texts. Answers to one question are seen beside each other. No gold is needed: labeling
    functions vote, a label model adds the votes up.
    """
    from tuning.answer_quality import read_triples, score_triples, triple_votes
    from tuning.labeling import load_functions
    from tuning.labeling.functions import checked

    triples = read_triples(file)
    own = checked(load_functions(functions), "answer") if functions else None
    scores = score_triples(triples, own)
    names, votes = triple_votes(triples, own)
    for number, (triple, score, row) in enumerate(zip(triples, scores, votes, strict=True), 1):
        voted = zip(names, row.tolist(), strict=True)
        said = {key: round(vote, 4) for key, vote in voted if not math.isnan(vote)}
        name = triple.id or str(number)
        if as_json:
            click.echo(json.dumps({"id": name, "quality": round(float(score), 4), "votes": said}))
        else:
            shown = ", ".join(f"{key} {value:g}" for key, value in list(said.items())[:_SHOWN])
            click.echo(f"{score:.3f}  {name:<12} {triple.answer.strip()[:50]!r}  {shown}")
