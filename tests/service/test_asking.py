"""Asking step by step and whole, searching, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag.settings import OpenAILikeSettings
from rag.workspace import Workspace
from service.answers import ASK_REPLY, Answered
from service.app import create_app
from service.asking import prefers_events
from tests.library import ALDER, SETTINGS
from tests.scripted_endpoint import Endpoint, Reply, serving
from tests.service.conftest import HOST
from tests.service.people import key

INTEREST = "What interest rate do the Class B Notes bear?"
BEARING = "What do Class B Notes bear?"
STREAM = {"accept": "text/event-stream, application/json;q=0.5"}


def events(text: str) -> list[tuple[str, Any]]:
    """Names and data of server-sent events."""
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        assert name.startswith("event: ")
        assert data.startswith("data: ")
        found.append((name[7:], json.loads(data[6:])))
    return found


def untimed(reply: dict[str, Any]) -> dict[str, Any]:
    return {**reply, "id": "", "timings_ms": {}}


def test_a_reply_names_what_was_searched_and_shows_what_was_read(client: TestClient) -> None:
    reply = ASK_REPLY.validate_json(
        client.post("/v1/ask", json={"question": INTEREST, "documents": ["alder"]}).content
    )
    assert isinstance(reply, Answered)
    assert [one.name for one in reply.searched] == ["alder"]
    assert reply.searched[0].id == reply.citations[0].document_id
    assert reply.release == reply.fingerprints["release"] == "none"
    best = reply.evidence[0]
    assert (best.document, best.why, best.pages) == ("alder", "hit", [1])
    assert best.section_path == ["Section 2.4 Interest"]
    assert ALDER[best.start : best.end] == best.text


@pytest.mark.parametrize("question", [INTEREST, "zzyzx quux"])
def test_a_stream_ends_in_the_reply_that_is_given_whole(client: TestClient, question: str) -> None:
    body = {"question": question, "documents": ["alder"]}
    streamed = client.post("/v1/ask", json=body, headers=STREAM)
    assert streamed.headers["content-type"].startswith("text/event-stream")
    told = events(streamed.text)
    whole = client.post("/v1/ask", json=body).json()
    assert [name for name, _ in told] == ["searched", "evidence", "answer"]
    assert told[0][1] == {"documents": whole["searched"]}
    assert told[1][1] == {"evidence": whole["evidence"]}
    assert untimed(told[2][1]) == untimed(whole)
    assert client.get(f"/v1/answers/{told[2][1]['id']}").json()["reply"] == told[2][1]


def test_a_stream_can_be_asked_for_in_the_body(client: TestClient) -> None:
    streamed = client.post("/v1/ask", json={"question": INTEREST, "stream": True})
    assert events(streamed.text)[-1][0] == "answer"


@pytest.mark.parametrize(
    ("accept", "streamed"),
    [
        ("text/event-stream", True),
        ("*/*", False),
        ("application/json, text/event-stream", False),
        ("", False),
    ],
)
def test_streams_go_to_those_who_prefer_them(accept: str, streamed: bool) -> None:
    assert prefers_events(accept) == streamed


def test_what_cannot_be_asked_has_a_status_though_a_stream_was_wanted(client: TestClient) -> None:
    refused = client.post("/v1/ask", json={"question": "Who?", "documents": ["nobody"]}, headers=STREAM)
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_document")


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving() as running:
        yield running


@pytest.fixture
def written(workspace: Workspace, endpoint: Endpoint) -> Iterator[TestClient]:
    """The service with a language model behind it."""
    model = OpenAILikeSettings(
        base_url=endpoint.url, model="m", candidates=1, retries=0, fallback="best_sentence"
    )
    settings = SETTINGS.model_copy(update={"generator": model})
    with TestClient(create_app(workspace, settings), base_url=HOST) as started:
        yield started


def test_what_a_language_model_writes_is_shown_while_it_writes(
    written: TestClient, endpoint: Endpoint
) -> None:
    said = 'ANSWER: 4.25%\nQUOTE [1]: "The Class B Notes bear interest at 4.25% per annum."'
    endpoint.says(said)
    told = events(written.post("/v1/ask", json={"question": BEARING}, headers=STREAM).text)
    assert "".join(data["text"] for name, data in told if name == "token").split() == said.split()
    assert [name for name, _ in told if name != "token"] == ["searched", "evidence", "answer"]
    assert told[-1][1]["answer"] == "4.25%"


def test_a_stream_of_a_language_model_that_breaks_off_ends_in_the_answer_all_the_same(
    written: TestClient, endpoint: Endpoint
) -> None:
    endpoint.script = lambda number, body: Reply("ANSWER: 4.25%", broken_off=bool(body.get("stream")))
    told = events(written.post("/v1/ask", json={"question": BEARING}, headers=STREAM).text)
    assert told[-1][0] == "answer"


def test_search_finds_passages_with_their_places(client: TestClient) -> None:
    reply = client.post(
        "/v1/search", json={"question": "interest on the Class B Notes", "documents": ["alder"], "limit": 2}
    )
    hits = reply.json()["hits"]
    assert len(hits) == 2
    assert hits[0]["score"] >= hits[1]["score"]
    best = hits[0]
    assert (best["document"], best["page"], best["section_path"]) == ("alder", 1, ["Section 2.4 Interest"])
    assert ALDER[best["start"] : best["end"]] == best["text"]
    assert [box["page"] for box in best["boxes"]] == [1, 1]
    shown = best["snippet"]
    assert ALDER[shown["start"] : shown["end"]] == shown["text"]
    assert shown["text"] == "The Class B Notes bear interest at 4.25% per annum."


def test_search_refuses_what_asking_refuses(client: TestClient) -> None:
    assert client.post("/v1/search", json={"question": " "}).status_code == 422
    assert client.post("/v1/search", json={"question": "Who?", "limit": 0}).status_code == 422
    assert client.post("/v1/search", json={"question": "Who?", "documents": ["nobody"]}).status_code == 404
    nothing = client.post("/v1/search", json={"question": "Who?", "where": {"company": "Zanzibar"}})
    assert nothing.status_code == 404


def test_conditions_may_stand_in_one_object(client: TestClient) -> None:
    for body in ({"where": {"kind": "10-K"}}, {"kind": "10-K"}):
        refused = client.post("/v1/ask", json={"question": "Who?", **body})
        assert "kind '10-K'" in refused.json()["error"]["message"]


def test_a_key_searches_its_collections_only(tmp_path: Path) -> None:
    from tests.library import make_workspace

    with TestClient(create_app(make_workspace(tmp_path), SETTINGS), base_url=HOST) as started:
        outside = key(started, "outside", "ask", "elsewhere")
        found = started.post("/v1/search", json={"question": INTEREST}, headers=outside)
        assert found.json() == {"hits": []}
        told = events(
            started.post("/v1/ask", json={"question": INTEREST}, headers={**STREAM, **outside}).text
        )
    assert told[0] == ("searched", {"documents": []})
    assert told[-1][1]["outcome"] == "abstained"
