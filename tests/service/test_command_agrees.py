"""The command line and HTTP give the same object for the same question."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient

from rag.command import run
from rag.workspace import Workspace


@pytest.mark.parametrize(
    "question",
    ["What interest rate do the Class B Notes bear?", "Which football club does Zanzibar sponsor?"],
)
def test_ask_json_is_what_http_returns(
    client: TestClient, workspace: Workspace, capsys: pytest.CaptureFixture[str], question: str
) -> None:
    settings = ["--set", "reranker.kind=none", "--set", "embedder.kind=hashing", "--set", "embedder.dim=256"]
    settings += ["--set", "generator.kind=best_sentence"]
    assert run(["-w", str(workspace.root), *settings, "ask", question, "--doc", "alder", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    replied = client.post("/v1/ask", json={"question": question, "documents": ["alder"]}).json()
    assert printed.pop("timings_ms").keys() == replied.pop("timings_ms").keys()
    assert replied.pop("id")
    assert printed == replied
