from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag.catalog import Catalog
from rag.workspace import Workspace
from service.answers import ASK_REPLY, Abstained, Answered
from service.app import create_app
from tests.library import ALDER, SETTINGS, fill, make_workspace, reindex
from tests.service.conftest import HOST

INTEREST = "What interest rate do the Class B Notes bear?"


def ask(client: TestClient, question: str, *documents: str) -> Answered | Abstained:
    body = {"question": question, **({"documents": documents} if documents else {})}
    response = client.post("/v1/ask", json=body)
    assert response.status_code == 200, response.text
    return ASK_REPLY.validate_json(response.content)


def test_answers_with_a_citation_that_stands_in_the_document(client: TestClient) -> None:
    reply = ask(client, INTEREST, "alder")
    assert isinstance(reply, Answered)
    assert reply.answer == "4.25%"
    citation = reply.citations[0]
    assert (citation.document, citation.page, citation.pages) == ("alder", 1, [1])
    assert citation.section_path == ["Section 2.4 Interest"]
    assert ALDER[citation.start : citation.end] == citation.quote
    assert [box.page for box in citation.boxes] == [1]
    assert [one.id for one in reply.searched] == [citation.document_id]
    parts = {"embedder", "combiner", "reranker", "generator", "house_words", "index", "release"}
    assert set(reply.fingerprints) == parts
    assert reply.timings_ms["total"] >= reply.timings_ms["retrieve"] >= 0


def test_abstains_without_answer_or_citation(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "zzyzx quux"})
    reply = ASK_REPLY.validate_json(response.content)
    assert isinstance(reply, Abstained)
    assert reply.reason
    assert response.json()["answer"] is None
    assert response.json()["citations"] == []


def test_a_question_reaches_only_the_documents_it_names(client: TestClient) -> None:
    assert isinstance(alder := ask(client, INTEREST, "alder"), Answered)
    assert isinstance(birch := ask(client, INTEREST, "birch.txt"), Answered)
    assert (alder.answer, birch.answer) == ("4.25%", "5.10%")
    assert len(ask(client, INTEREST).searched) == 2


def test_lists_documents_without_telling_folders(client: TestClient) -> None:
    response = client.get("/v1/documents")
    listed = response.json()["documents"]
    assert [document["name"] for document in listed] == ["alder", "birch"]
    assert [document["passages"] for document in listed] == [3, 2]
    assert listed[0]["characters"] == len(ALDER)
    assert listed[0]["files"] == ["alder.txt"]
    assert "/library" not in response.text


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    assert ready.json()["fingerprints"] == ask(client, INTEREST).fingerprints


def test_threads_get_the_answers_that_one_gets(client: TestClient) -> None:
    asked = [
        (INTEREST, "alder"),
        (INTEREST, "birch"),
        ("Who is the Trustee?", "alder"),
        ("zzyzx", "birch"),
    ] * 6

    def untimed(pair: tuple[str, str]) -> Answered | Abstained:
        return ask(client, *pair).model_copy(update={"id": "", "timings_ms": {}})

    alone = [untimed(pair) for pair in asked]
    with ThreadPoolExecutor(max_workers=8) as threads:
        assert list(threads.map(untimed, asked)) == alone
    assert len({reply.model_dump_json() for reply in alone}) == 4


def test_an_empty_library_starts_and_answers_once_something_is_indexed(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/documents").json() == {"documents": []}
        assert client.get("/readyz").status_code == 503
        assert client.get("/readyz").json()["error"]["code"] == "empty_index"
        refused = client.post("/v1/ask", json={"question": INTEREST})
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "empty_index")
        make_workspace(tmp_path)
        assert client.get("/readyz").status_code == 200
        assert isinstance(ask(client, INTEREST, "alder"), Answered)


def test_what_is_ingested_meanwhile_is_found_by_the_next_question(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        before = ask(client, INTEREST)
        with Catalog(workspace.catalog_file) as catalog:
            fill(catalog, [("cedar", "Section 3.1 Fees. The Servicing Fee is 0.15% per annum.\n")])
        reindex(workspace)
        after = ask(client, "What is the Servicing Fee?", "cedar")
    assert isinstance(after, Answered)
    assert "0.15%" in after.answer
    assert after.fingerprints["index"] != before.fingerprints["index"]


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/v1/documents", "/nowhere"])
def test_every_response_carries_headers_that_browsers_obey(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "script-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
