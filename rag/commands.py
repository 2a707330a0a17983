"""``covenant ask``."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rag.command import Context
    from rag.types import DocumentId, Response


@click.command()
@click.argument("question")
@click.option("--doc", "documents", multiple=True, help="Search only this document; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def ask(context: Context, question: str, documents: tuple[str, ...], as_json: bool) -> None:
    """Answer a question with the page and quote it rests on, or say that it is not in these documents."""
    from rag.assembly import open_pipeline
    from rag.types import Query

    with open_pipeline(context.workspace(), context.settings()) as pipeline:
        response = pipeline.ask(Query(text=question, document_ids=pipeline.scope(documents)))
        names = {i: pipeline.catalog.name(i) for i in response.searched}
    click.echo(json.dumps(as_dict(response, names), indent=1) if as_json else _as_text(response))


def as_dict(response: Response, names: Mapping[DocumentId, str]) -> dict[str, Any]:
    """The JSON form of a response; pages are 0-based. ``names`` maps document ids to names."""
    from rag.types import Answer

    outcome = response.outcome
    answered = isinstance(outcome, Answer)
    return {
        "question": response.query.text,
        "outcome": "answered" if answered else "abstained",
        "answer": outcome.text if isinstance(outcome, Answer) else None,
        "reason": None if isinstance(outcome, Answer) else outcome.reason,
        "confidence": round(outcome.confidence, 4),
        "citations": [asdict(c) for c in outcome.citations] if isinstance(outcome, Answer) else [],
        "searched": [names[document_id] for document_id in response.searched],
        "fingerprints": dict(response.fingerprints),
        "timings_ms": {stage: round(value, 2) for stage, value in response.timings_ms.items()},
    }


def _as_text(response: Response) -> str:
    from rag.types import Answer

    outcome = response.outcome
    if not isinstance(outcome, Answer):
        return f"Not in these documents ({outcome.reason}; {len(response.searched)} documents searched)."
    lines = [f"{outcome.text}   (confidence {outcome.confidence:.2f})"]
    for citation in outcome.citations:
        where = " > ".join(
            (citation.document_name, f"page {citation.first_page + 1}", *citation.section_path)
        )
        quote = " ".join(citation.quote.split())
        lines += ["", textwrap.shorten(where, 110, placeholder=" …")]
        lines += textwrap.wrap(f'"{quote}"', 106, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)
