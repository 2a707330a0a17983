"""``covenant keys``: make, list and revoke the keys of the service. Imports nothing heavy until it runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rag.command import Context
    from service.callers import Caller
    from service.keys import KeyRecord, Keys


@click.command()
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice(["ask", "annotate", "operate"]),
    default="ask",
    show_default=True,
    help="What it may do; each may do what those before it may.",
)
@click.option(
    "--collection",
    "collections",
    multiple=True,
    metavar="NAME",
    help="A collection it sees; may be repeated. Without this it sees all documents.",
)
@click.option("--per-minute", type=click.IntRange(1), help="Requests a minute; the service's by default.")
@click.option(
    "--max-upload-mb", type=click.IntRange(1), help="Largest upload in MiB; the service's by default."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.pass_obj
def create(
    context: Context,
    name: str,
    role: str,
    collections: tuple[str, ...],
    per_minute: int | None,
    max_upload_mb: int | None,
    as_json: bool,
) -> None:
    """Make a key for NAME and print it, this once: only its hash is kept."""
    from service.keys import KeyTerms

    store, now = _opened(context)
    terms = KeyTerms(
        role=role,  # type: ignore[arg-type]
        collections=collections or None,
        per_minute=per_minute,
        max_upload_mb=max_upload_mb,
    )
    record, key = store.create(name, terms, at=now)
    _note(context, "key.create", record, now)
    click.echo(json.dumps({**_as_dict(record), "key": key}, indent=1) if as_json else key)


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of text.")
@click.pass_obj
def list_keys(context: Context, as_json: bool) -> None:
    """List the keys, without what would let anybody use them."""
    store, _ = _opened(context)
    records = store.records()
    lines = [
        f"{one.id}  {one.terms.role:<8}  {one.name}  [{', '.join(one.terms.collections or ('all',))}]"
        + (f"  revoked {one.revoked}" if one.revoked else "")
        for one in records
    ]
    click.echo(json.dumps([_as_dict(one) for one in records], indent=1) if as_json else "\n".join(lines))


@click.command()
@click.argument("reference", metavar="KEY")
@click.pass_obj
def revoke(context: Context, reference: str) -> None:
    """End a key, by its id or name; a running service refuses it from the next request on."""
    store, now = _opened(context)
    record = store.revoke(reference, at=now)
    _note(context, "key.revoke", record, now)
    click.echo(f"{record.id} ({record.name}) is revoked")


@click.group(commands=[create, list_keys, revoke])
def keys() -> None:
    """Keys of the HTTP service: who may ask, judge, or operate.

    As soon as a workspace has a key, every request needs one.
    """


def _opened(context: Context) -> tuple[Keys, str]:
    from datetime import UTC, datetime

    from service.keys import Keys

    return Keys(context.workspace().service_file), datetime.now(UTC).isoformat(timespec="seconds")


def _note(context: Context, action: str, record: KeyRecord, now: str) -> None:
    from service.audit import AuditLog

    AuditLog(context.workspace().service_file).add(
        _operator(), action, record.id, at=now, detail={"name": record.name, "role": record.terms.role}
    )


def _operator() -> Caller:
    from service.callers import Caller

    return Caller(id="", name="command line", role="operate")


def _as_dict(record: KeyRecord) -> dict[str, object]:
    terms = record.terms
    return {
        "id": record.id,
        "name": record.name,
        "role": terms.role,
        "collections": terms.collections,
        "per_minute": terms.per_minute,
        "max_upload_mb": terms.max_upload_mb,
        "created": record.created,
        "revoked": record.revoked or None,
    }
