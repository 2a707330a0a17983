"""``covenant ask``."""

from __future__ import annotations

import json
import textwrap
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from rag.command import release_option

if TYPE_CHECKING:
    from rag.catalog_reader import CatalogReader
    from rag.command import Context
    from rag.types import Citation, Derivation, Evidence, Operand, Response


@click.command()
@click.argument("question")
@click.option("--doc", "documents", multiple=True, help="Search only this document; may be repeated.")
@click.option(
    "--where",
    "conditions",
    multiple=True,
    metavar="FACT=VALUE",
    help="Search only documents with this company (or party), kind or year, as kind=10-K; may be repeated.",
)
@release_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def ask(
    context: Context,
    question: str,
    documents: tuple[str, ...],
    conditions: tuple[str, ...],
    release: str | None,
    as_json: bool,
) -> None:
    """Answer a question with the page and quote it rests on, or say that it is not in these documents."""
    from rag.assembly import open_pipeline
    from rag.filters import Filters
    from rag.types import Query

    with open_pipeline(context.workspace(), context.settings(), release) as pipeline:
        scope = pipeline.scope(documents, Filters.read(conditions))
        response = pipeline.ask(Query(text=question, document_ids=scope))
        printed = _as_dict(response, pipeline.catalog) if as_json else {}
    if as_json:
        click.echo(json.dumps(printed, indent=1))
        return
    for notice in response.notices:
        click.echo(f"covenant: {notice}", err=True)
    click.echo(_harmless(_as_text(response)))


def _as_dict(response: Response, catalog: CatalogReader) -> dict[str, Any]:
    """The same object that ``POST /v1/ask`` returns but for its id (a test compares them); 0-based pages."""
    from rag.types import Answer

    outcome = response.outcome
    names = catalog.names()
    found: dict[str, Any] = (
        {"outcome": "answered", "answer": outcome.text}
        if isinstance(outcome, Answer)
        else {"outcome": "abstained", "answer": None, "reason": outcome.reason}
    )
    return {
        **found,
        "confidence": round(outcome.confidence, 4),
        "citations": [_citation(c) for c in outcome.citations] if isinstance(outcome, Answer) else [],
        "derivation": _derivation(outcome.derivation) if isinstance(outcome, Answer) else None,
        "notices": list(response.notices),
        "searched": [{"id": one, "name": names[one]} for one in response.searched],
        "evidence": [_evidence(one, catalog) for one in response.evidence],
        "release": response.fingerprints["release"],
        "fingerprints": dict(response.fingerprints),
        "timings_ms": {stage: round(value, 3) for stage, value in response.timings_ms.items()},
    }


def _evidence(one: Evidence, catalog: CatalogReader) -> dict[str, Any]:
    chunk = one.chunk
    return {
        "chunk_id": chunk.id,
        "document": catalog.name(chunk.document_id),
        "document_id": chunk.document_id,
        "page": chunk.first_page,
        "pages": list(range(chunk.first_page, chunk.last_page + 1)),
        "section_path": list(catalog.section(chunk.section_id).path),
        "start": chunk.start,
        "end": chunk.end,
        "text": chunk.text,
        "why": one.why,
        "label": one.label,
    }


def _derivation(derivation: Derivation | None) -> dict[str, Any] | None:
    if derivation is None:
        return None
    return {
        "name": derivation.name,
        "formula": derivation.formula,
        "operands": [{**asdict(one), "amount": f"{one.amount:f}"} for one in derivation.operands],
        "value": f"{derivation.value:f}",
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "document": citation.document_name,
        "document_id": citation.document_id,
        "page": citation.first_page,
        "pages": list(range(citation.first_page, citation.last_page + 1)),
        "section_path": list(citation.section_path),
        "start": citation.start,
        "end": citation.end,
        "quote": citation.quote,
        "page_label": citation.page_label,
        "caption": citation.caption,
        "amended_by": list(citation.amended_by),
        "boxes": [asdict(box) for box in citation.boxes],
    }


def _row(operand: Operand) -> str:
    return f"{operand.label}, period to {operand.period}" if operand.period else operand.label


def _as_text(response: Response) -> str:
    from rag.types import Answer

    outcome = response.outcome
    if not isinstance(outcome, Answer):
        return f"Not in these documents ({outcome.reason}; {len(response.searched)} documents searched)."
    lines = [f"{outcome.text}   (confidence {outcome.confidence:.2f})"]
    if outcome.derivation is not None:
        lines.append(f"{outcome.derivation.name} = {outcome.derivation.formula}")
        lines += [f"    {one.name} = {one.text}   {_row(one)}" for one in outcome.derivation.operands]
    for citation in outcome.citations:
        printed = f" (printed {citation.page_label})" if citation.page_label else ""
        where = " > ".join(
            (citation.document_name, f"page {citation.first_page + 1}{printed}", *citation.section_path)
        )
        quote = " ".join(citation.quote.split())
        lines += ["", textwrap.shorten(where, 110, placeholder=" …")]
        lines += textwrap.wrap(f'"{quote}"', 106, initial_indent="    ", subsequent_indent="    ")
        if citation.amended_by:
            lines.append(f"    [this document is changed by {', '.join(citation.amended_by)}]")
        if citation.caption:
            lines.append(f"    [of the table: {citation.caption}]")
    return "\n".join(lines)


def _harmless(text: str) -> str:
    r"""Words of documents as a terminal may print them: without control sequences and turned directions.

    >>> _harmless("4.25%\x1b[2J" + chr(0x202E) + "!")
    '4.25%[2J!'
    """
    return "".join(char for char in text if char.isprintable() or char == "\n")
