"""A document's original and the text of its pages over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.build import ingest
from rag.catalog import Catalog
from rag.workspace import Workspace
from service.app import create_app
from tests.library import SETTINGS
from tests.service.conftest import HOST


def test_a_page_is_its_part_of_the_text(client: TestClient, workspace: Workspace) -> None:
    with Catalog(workspace.catalog_file) as catalog:
        record = catalog.documents()[0]
        own = catalog.pages(record.id)[0]
        text = catalog.text_of(record.id, own.start, own.end)
    for reference in (record.id, record.name):
        got = client.get(f"/v1/documents/{reference}/pages/0")
        assert got.json() == {"page": 0, "start": own.start, "end": own.end, "text": text}


def test_the_original_is_the_file_and_is_saved_rather_than_shown(tmp_path: Path) -> None:
    source = tmp_path / "note.html"
    source.write_text("<p>The Trustee is Dunmore Bank.</p><script>alert(1)</script>", encoding="utf-8")
    made = Workspace.create(tmp_path / "work")
    ingest(made, [source], SETTINGS)
    with TestClient(create_app(made, SETTINGS), base_url=HOST) as started:
        got = started.get("/v1/documents/note/original")
    assert got.content == source.read_bytes()
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["content-disposition"] == 'attachment; filename="note.html"'


@pytest.mark.parametrize(
    "path", ["nobody/original", "nobody/pages/0", "..%2f..%2fcatalog.db/original", "%00/original"]
)
def test_what_is_no_document_is_refused(client: TestClient, path: str) -> None:
    got = client.get(f"/v1/documents/{path}")
    assert got.status_code in (404, 422)
    assert set(got.json()["error"]) == {"code", "message", "remedy"}


def test_a_page_that_is_not_there(client: TestClient, workspace: Workspace) -> None:
    with Catalog(workspace.catalog_file) as catalog:
        record = catalog.documents()[0]
    assert client.get(f"/v1/documents/{record.id}/pages/{record.pages}").status_code == 404
    assert client.get(f"/v1/documents/{record.id}/pages/-1").status_code == 422
