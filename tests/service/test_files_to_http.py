"""The main job over HTTP: files of two formats go in, cited answers come out."""

from __future__ import annotations

from pathlib import Path

from fastapi.testclient import TestClient

from ingest.build import ingest
from rag.settings import (
    BestSentenceSettings,
    HashingEmbedderSettings,
    IngestSettings,
    NoRerankerSettings,
    Settings,
)
from rag.workspace import Workspace
from service.answers import ASK_REPLY, Answered
from service.app import create_app
from tests.service.conftest import HOST

SETTINGS = Settings(
    embedder=HashingEmbedderSettings(),
    generator=BestSentenceSettings(),
    reranker=NoRerankerSettings(),
    ingest=IngestSettings(workers=1),
)
ALDER = """\
ARTICLE I DEFINITIONS

Section 1.1 Definitions. The Trustee is Corvane Trust Company.

Section 2.4 Interest. The Class B Notes bear interest at 4.25% per annum.
"""
BIRCH = """\
<html><head><title>Birch</title></head><body>
<h1>Section 1.1 Definitions</h1><p>The Trustee is <b>Dunmore Bank</b>.</p>
<h1>Section 2.4 Interest</h1><p>The Class B Notes bear interest at 5.10% per annum.</p>
</body></html>
"""


def test_from_files_to_cited_answers(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "alder.txt").write_text(ALDER, encoding="utf-8")
    (sources / "birch.html").write_text(BIRCH, encoding="utf-8")
    workspace = Workspace.create(tmp_path / "library")
    report = ingest(workspace, [sources], SETTINGS)
    assert report.documents == 2

    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        listed = client.get("/v1/documents").json()["documents"]
        assert [(d["name"], d["media_type"], d["files"]) for d in listed] == [
            ("alder", "text/plain", ["alder.txt"]),
            ("birch", "text/html", ["birch.html"]),
        ]
        for name, trustee in (("alder", "Corvane Trust Company"), ("birch", "Dunmore Bank")):
            response = client.post("/v1/ask", json={"question": "Who is the Trustee?", "documents": [name]})
            reply = ASK_REPLY.validate_json(response.content)
            assert isinstance(reply, Answered)
            assert trustee in reply.answer
            assert trustee in reply.citations[0].quote
            assert reply.citations[0].document == name
            assert "Definitions" in " ".join(reply.citations[0].section_path)
