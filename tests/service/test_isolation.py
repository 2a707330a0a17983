"""No word of a collection reaches a key that does not see it: by no route, in no reply, header or stream.

Two keys share a service. Everything in the hidden collection is marked: its text, file names, titles and
parties, the questions and judgements about it. Every operation of the published interface is called by the
other key, with names and ids of what is hidden wherever one fits; no mark may come back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag import releases
from rag.catalog import Catalog
from rag.workspace import Workspace
from service.app import create_app
from tests.rag.releases.made import NOON, SETTINGS_FILE, release_of
from tests.service.conftest import HOST
from tests.service.developed import labelled, measured
from tests.service.people import SETTINGS, key, records_of, settled

MARK = re.compile(r"zyzzog|9\.99|quokka|ottoline", re.IGNORECASE)
INDENTURE = (
    "ALDER INDENTURE\n\nThis Indenture dated as of March 1, 2019 is between Alder Issuer LLC and Corvane"
    " Trust Company.\n\nSection 1.1 Definitions. The Trustee is Corvane Trust Company.\n\n"
    "Section 2.4 Interest. The Class B Notes bear interest at 4.25% per annum.\n"
)
HIDDEN = (
    "FIRST SUPPLEMENTAL INDENTURE (ZYZZOGETON)\n\nThis First Supplemental Indenture dated as of April 1, 2019"
    " amends the Indenture dated as of March 1, 2019 between Alder Issuer LLC and Ottoline Bank.\n\n"
    'Section 1.1 Definitions. "Quokka Rate" means 9.99%. The Trustee is Ottoline Bank.\n\n'
    "Section 2.4 Interest. The Class B Notes bear interest at the Quokka Rate of 9.99% per annum.\n"
)
QUESTIONS = (
    "What interest rate do the Class B Notes bear?",
    "Who is the Trustee?",
    "What does the term Rate mean?",
    "What does the supplemental indenture of Alder Issuer LLC amend?",
)
SAFE_WORDS = ("the first supplemental indenture", "April 1, 2019")
"""What a hidden document's name could be guessed by."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    workspace = Workspace.create(tmp_path_factory.mktemp("isolation"))
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST, raise_server_exceptions=False) as client:
        operator = key(client, "operator", "operate")
        for name, text, collection in (("alder", INDENTURE, "open"), ("zyzzogeton", HIDDEN, "closed")):
            sent = client.post(
                "/v1/documents",
                files={"file": (f"{name}.txt", text.encode())},
                data={"collection": collection},
                headers=operator,
            )
            assert sent.status_code == 202, sent.text
        settled(client)
        yield client


@pytest.fixture(scope="module")
def inside(started: TestClient) -> dict[str, str]:
    """What a key that sees the hidden collection leaves of it: answers, judgements, questions, failures."""
    mine = key(started, "insider", "operate", "closed")
    ids, reply = {}, {}
    for question in (*QUESTIONS, "Which bank is Ottoline?", "What is the Quokka Rate of Ottoline Bank?"):
        reply = started.post("/v1/ask", json={"question": question}, headers=mine).json()
        assert len(reply["searched"]) == 1
        ids["answer_id"] = reply["id"]
    assert MARK.search(json.dumps(reply))
    judged = started.post(
        "/v1/feedback",
        json={
            "answer_id": ids["answer_id"],
            "verdict": "wrong",
            "better_answer": "quokka",
            "right_place": {"document_id": "zyzzogeton", "page": 0, "quote": "Quokka Rate"},
            "comment": "ottoline",
        },
        headers=mine,
    )
    assert judged.status_code == 201, judged.text
    broken = started.post(
        "/v1/documents",
        files={"file": ("zyzzogeton broken.pdf", b"%PDF-1.7 quokka")},
        headers=mine,
    )
    settled(started)
    ids |= developed(records_of(started).workspace)
    with Catalog(records_of(started).workspace.catalog_file) as catalog:
        ids["document"] = catalog.resolve("zyzzogeton")
        chunk = next(catalog.iter_chunks(catalog.resolve("zyzzogeton")))
    return {**ids, "upload": broken.json()["id"], "chunk": chunk.id}


def developed(workspace: Workspace) -> dict[str, str]:
    """Leave runs, labels and a release behind, whose words are the hidden document's."""
    workspace.settings_file.write_text(SETTINGS_FILE)
    asked = workspace.root / "quokka.jsonl"
    question = {
        "id": "q",
        "question": "What is the Quokka Rate?",
        "answer": "ottoline",
        "answer_type": "span",
    }
    asked.write_text(json.dumps({**question, "doc_id": "zyzzogeton", "split": "evaluation"}))
    run = [measured(workspace, asked, "--scope", scope) for scope in ("shared", "single")][-1]
    labelled(workspace)
    release = release_of(workspace, "x", note="ottoline")
    releases.promote(workspace, release.id, by="ottoline", clock=NOON)
    releases.rollback(workspace, by="ottoline", clock=NOON)
    return {"run": run, "release": release.id, "function": "sentence_cover"}


@pytest.fixture(scope="module")
def outside(started: TestClient) -> dict[str, str]:
    """The headers of a key that may do everything, in the other collection."""
    return key(started, "outsider", "operate", "open")


def unmarked(response: Any, sent: str = "") -> None:  # noqa: ANN401
    """See that a reply says nothing that is hidden; what was sent may be repeated in an error."""
    text = response.text
    for word in filter(None, re.split(r"[^\w.-]+", sent)):
        text = text.replace(word, "")
    assert not MARK.search(text), text[:500]
    assert not MARK.search(str(response.headers).replace(sent, "") if sent else str(response.headers))


def test_the_insider_sees_what_is_hidden_from_the_other(started: TestClient, inside: dict[str, str]) -> None:
    insider = key(started, "again", "annotate", "closed")
    for path in (
        f"/v1/documents/{inside['document']}",
        f"/v1/documents/{inside['document']}/pages/0",
        "/v1/documents",
        "/v1/feedback",
        "/v1/questions",
        "/v1/queue",
        "/v1/uploads",
        f"/v1/answers/{inside['answer_id']}",
        "/v1/runs",
        "/v1/slices",
        f"/v1/errors?run={inside['run']}",
        "/v1/labels/sentence_cover/examples",
    ):
        assert MARK.search(started.get(path, headers=insider).text), path


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_of_what_is_seen(
    started: TestClient, inside: dict[str, str], outside: dict[str, str], question: str
) -> None:
    assert inside
    reply = started.post("/v1/ask", json={"question": question}, headers=outside)
    assert reply.status_code == 200
    unmarked(reply)
    assert [one["name"] for one in reply.json()["searched"]] == ["alder"]
    for citation in reply.json()["citations"]:
        assert citation["amended_by"] == []
    stream = started.post("/v1/ask", json={"question": question, "stream": True}, headers=outside)
    unmarked(stream)


def test_the_whole_library_knows_what_amends(started: TestClient, outside: dict[str, str]) -> None:
    everyone = key(started, "everyone", "ask")
    told = {}
    for name, headers in (("all", everyone), ("open", outside)):
        asked = {"question": "Who is the Trustee?", "documents": ["alder"]}
        reply = started.post("/v1/ask", json=asked, headers=headers).json()
        told[name] = reply["citations"][0]["amended_by"]
    assert told == {"all": ["zyzzogeton"], "open": []}


def test_no_operation_tells_what_is_hidden(
    started: TestClient, inside: dict[str, str], outside: dict[str, str]
) -> None:
    paths = started.get("/openapi.json").json()["paths"]
    called = set()
    for path, operations in paths.items():
        for method in operations:
            for value in (inside["document"], inside["document"][:8], "zyzzogeton", "zyzzogeton.txt"):
                for response, sent in calls(started, method, path, value, inside, outside):
                    assert response.status_code < 500, (method, path, response.text)
                    unmarked(response, sent)
                    called.add((method, path))
    assert called == {(method, path) for path, operations in paths.items() for method in operations}


def calls(
    client: TestClient, method: str, path: str, document: str, ids: dict[str, str], headers: dict[str, str]
) -> Iterator[tuple[Any, str]]:
    """An operation called with what is hidden in every place that takes a name or id."""
    values = {
        "document": document,
        "page": "0",
        "upload": ids["upload"],
        "answer_id": ids["answer_id"],
        **{name: ids[name] for name in ("release", "function")},
    }
    url = re.sub(r"{(\w+)}", lambda match: values.get(match[1], ids["document"]), path)
    place = {"document_id": document, "page": 0}
    bodies: list[dict[str, Any]] = [
        {"question": QUESTIONS[0], "documents": [document]},
        {"question": f"{QUESTIONS[0]} I mean {SAFE_WORDS[0]} of {SAFE_WORDS[1]}"},
        {"question": QUESTIONS[1], "answer": "x", "right_place": place},
        {"answer_id": ids["answer_id"], "verdict": "right", "right_place": place},
        {"key": "cov_a_b"},
        {"messages": [{"role": "user", "content": QUESTIONS[0]}], "model": "covenant"},
    ]
    if method in ("get", "delete"):
        yield client.request(method, url, headers=headers, params={"limit": 100}), document
        yield client.request(method, url, headers=headers, params={"run": ids["run"]}), document
        return
    if path.startswith("/v1/documents"):
        for data in ({}, {"collection": "closed"}):
            files = {"file": ("a.txt", HIDDEN.encode())}
            yield client.request(method, url, headers=headers, files=files, data=data), document
        return
    for body in bodies:
        yield client.request(method, url, headers=headers, json=body), document


def test_the_same_file_elsewhere_is_refused_without_a_word_of_it(
    started: TestClient, inside: dict[str, str], outside: dict[str, str]
) -> None:
    assert inside
    reply = started.post("/v1/documents", files={"file": ("mine.txt", HIDDEN.encode())}, headers=outside)
    assert (reply.status_code, reply.json()["error"]["code"]) == (409, "conflict")
    unmarked(reply)
    with Catalog(records_of(started).workspace.catalog_file) as catalog:
        assert catalog.collection_of(inside["document"]) == "closed"


def test_a_guessed_name_and_one_that_is_nobodys_look_the_same(
    started: TestClient, inside: dict[str, str], outside: dict[str, str]
) -> None:
    for rest in ("", "/original", "/pages/0", "/pages/0.png"):
        hidden, nobody = (
            started.get(f"/v1/documents/{name}{rest}", headers=outside)
            for name in (inside["document"], "f" * 20)
        )
        assert hidden.status_code == nobody.status_code == 404
        assert hidden.text.replace(inside["document"], "") == nobody.text.replace("f" * 20, "")
    asked = [
        started.post("/v1/ask", json={"question": QUESTIONS[0], "documents": [name]}, headers=outside)
        for name in (inside["document"], "f" * 20)
    ]
    assert [reply.status_code for reply in asked] == [404, 404]


def test_what_is_moved_away_takes_kept_answers_with_it(started: TestClient, outside: dict[str, str]) -> None:
    reply = started.post("/v1/ask", json={"question": "Who is the Trustee?"}, headers=outside).json()
    path = f"/v1/answers/{reply['id']}"
    assert started.get(path, headers=outside).status_code == 200
    with Catalog(records_of(started).workspace.catalog_file) as catalog:
        alder = catalog.resolve("alder")
        catalog.put_collection([alder], "elsewhere")
        try:
            assert started.get(path, headers=outside).status_code == 404
            assert reply["id"] not in started.get("/v1/answers", headers=outside).text
        finally:
            catalog.put_collection([alder], "open")
    assert started.get(path, headers=outside).status_code == 200
