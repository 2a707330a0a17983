"""Keys, uploads and small papers for the tests of what callers may see and change."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient

from rag.settings import BestSentenceSettings, HashingEmbedderSettings, NoRerankerSettings, Settings
from service.keys import KeyTerms
from service.records import Records
from tests.ingest.papers import Print, paragraph, pdf

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(dim=256),
    reranker=NoRerankerSettings(),
    generator=BestSentenceSettings(),
)
AT = "2026-01-01T00:00:00+00:00"


def records_of(client: TestClient) -> Records:
    """What the service behind a client works with."""
    records = client.app.state.records  # type: ignore[attr-defined]
    assert isinstance(records, Records)
    return records


def key(client: TestClient, name: str, role: str = "ask", *collections: str, **terms: Any) -> dict[str, str]:  # noqa: ANN401
    """The headers of a new key; without collections it sees all."""
    made = KeyTerms(role=role, collections=collections or None, **terms)  # type: ignore[arg-type]
    return {"Authorization": f"Bearer {records_of(client).keys.create(name, made, at=AT)[1]}"}


def settled(client: TestClient) -> None:
    """Wait until the librarian has done all that it was given."""
    records_of(client).librarian._thread.submit(lambda: None).result(timeout=100)


def paper(*lines: str) -> bytes:
    """A PDF of one page with these lines under a title."""
    return pdf([Print(72, 60, "Indenture", size=18, bold=True), *paragraph(72, 100, *lines)])
