"""Judgements: kept with who, when and release; read by tuning; grown into questions; queued by gain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from eval.questions import read_questions
from rag.workspace import Workspace
from service.app import create_app
from service.expert_queue import Asked, entropy, order
from service.judgements import Judgements
from tests.library import SETTINGS as LIBRARY
from tests.library import make_workspace
from tests.service.conftest import HOST
from tests.service.people import key, records_of
from tuning.labeling.judged import read_judgements

TRUSTEE = "Who is the Trustee?"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


@pytest.fixture
def started(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace, LIBRARY), base_url=HOST, raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, question: str, *documents: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    body = {"question": question, **({"documents": documents} if documents else {})}
    reply = client.post("/v1/ask", json=body, **more)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def judge(client: TestClient, answer: dict[str, Any], verdict: str, **more: Any) -> Any:  # noqa: ANN401
    headers = more.pop("headers", {})
    sent = {"answer_id": answer["id"], "verdict": verdict, **more}
    return client.post("/v1/feedback", json=sent, headers=headers)


def test_a_judgement_is_kept_told_and_read_by_tuning(started: TestClient, workspace: Workspace) -> None:
    answer = ask(started, TRUSTEE, "alder")
    birch = ask(started, TRUSTEE, "birch")
    place = {"document_id": "birch", "page": 0, "quote": "The Trustee is Dunmore Bank."}
    right = judge(started, answer, "right")
    wrong = judge(
        started,
        birch,
        "wrong",
        better_answer="Dunmore Bank",
        right_place=place,
        tags=["wrong document"],
        comment="no",
    )
    assert (right.status_code, wrong.status_code) == (201, 201)
    told = started.get("/v1/feedback").json()["feedback"]
    assert [(one["id"], one["verdict"], one["annotator"]) for one in told] == [
        (wrong.json()["id"], "wrong", "local"),
        (right.json()["id"], "right", "local"),
    ]
    assert told[0]["right_place"]["document"] == "birch"
    assert (told[0]["tags"], told[0]["comment"]) == (["wrong document"], "no")
    assert told[1]["answer"] == answer["answer"]
    rows = [json.loads(line) for line in workspace.judgements.read_text(encoding="utf-8").splitlines()]
    cited = {one["chunk_id"] for one in answer["evidence"] if answer["citations"][0]["quote"] in one["text"]}
    assert set(rows[0]["evidence_ids"]) == cited
    assert rows[1]["evidence_ids"] == []
    assert rows[0]["release"] == answer["release"]
    read = read_judgements(workspace.judgements).of(TRUSTEE, "local")
    assert [(one.right, one.better) for one in read] == [(True, ""), (False, "Dunmore Bank")]


def test_right_answers_become_questions_of_an_evaluation_set(
    started: TestClient, workspace: Workspace
) -> None:
    answer = ask(started, TRUSTEE, "alder")
    first = judge(started, answer, "right").json()["question_id"]
    again = judge(started, ask(started, TRUSTEE, "alder"), "partly", better_answer="Corvane").json()[
        "question_id"
    ]
    assert first == again
    assert judge(started, answer, "wrong").json()["question_id"] is None
    written = started.post(
        "/v1/questions", json={"question": "Which club does Zanzibar sponsor?", "answer": None}
    )
    assert written.status_code == 201
    listed = started.get("/v1/questions").json()["questions"]
    assert [(one["answer"], one["source"]) for one in listed] == [("Corvane", "feedback"), (None, "written")]
    questions = read_questions(workspace.regression).checked().questions
    assert {one.text: one.gold.kind for one in questions}["Which club does Zanzibar sponsor?"] == "none"
    assert {len(one.documents) for one in questions} == {0, 1}


def test_the_queue_asks_for_what_teaches_most(started: TestClient) -> None:
    answers = [ask(started, question) for question in ("Who is the Trustee?", "zzyzx quux", "zzyzx quux")]
    queued = started.get("/v1/queue").json()["queue"]
    assert {one["answer_id"] for one in queued} <= {one["id"] for one in answers}
    assert [one["gain"] for one in queued] == sorted((one["gain"] for one in queued), reverse=True)
    assert [one["question"] for one in queued if one["reason"].endswith("none like it")] == [
        "Who is the Trustee?"
    ]
    judge(started, answers[0], "right")
    judge(started, answers[1], "wrong")
    left = {one["answer_id"]: one for one in started.get("/v1/queue").json()["queue"]}
    assert answers[0]["id"] not in left
    (again,) = left.values()
    assert (again["answer_id"], again["alike"], again["judged"], again["right"]) == (
        answers[2]["id"],
        1,
        1,
        0,
    )
    assert again["reason"].endswith("1 like it, 1 of them judged, 0 right")


def test_gain_falls_with_certainty_and_with_what_was_judged() -> None:
    unsure = [
        Asked(answer_id=f"u{i}", question=f"What is the servicing fee of deal {i}?", confidence=0.5)
        for i in range(3)
    ]
    sure = Asked(answer_id="s", question="Who is the trustee?", confidence=0.99)
    ranked = order([sure, *unsure], {}, 9)
    assert [one.answer_id for one in ranked] == ["u0", "u1", "u2", "s"]
    assert (ranked[0].alike, ranked[0].judged) == (2, 0)
    after = {one.answer_id: one for one in order([sure, *unsure], {"u0": "partly"}, 9)}
    # Three alike with a bit each; now two of them judge for one, and half right says nothing of the others.
    assert after["u1"].gain == pytest.approx(ranked[0].gain / 2)
    assert (after["u1"].judged, after["u1"].right) == (1, 0.5)
    assert after["s"].gain == ranked[-1].gain
    settled = {one.answer_id: one for one in order([sure, *unsure], {"u0": "right"}, 9)}
    assert settled["u1"].gain == pytest.approx(entropy(0.75) * 3 / 2)


def test_where_a_sure_answer_was_wrong_those_like_it_are_open_again() -> None:
    fees = [
        Asked(answer_id=f"f{i}", question=f"What is the servicing fee of deal {i}?", confidence=0.95)
        for i in range(3)
    ]
    other = Asked(answer_id="o", question="Who is the trustee?", confidence=0.8)
    assert next(iter(order([*fees, other], {"f0": "right"}, 9))).answer_id == "o"
    wrong = order([*fees, other], {"f0": "wrong"}, 9)
    assert [one.answer_id for one in wrong] == ["f1", "f2", "o"]
    assert wrong[0].gain == pytest.approx(entropy(0.475) * 3 / 2)


def test_judging_needs_the_role_and_what_is_judged(started: TestClient) -> None:
    asks, annotates = key(started, "asks"), key(started, "Ada", "annotate")
    answer = ask(started, TRUSTEE, headers=asks)
    assert judge(started, answer, "right", headers=asks).status_code == 403
    assert judge(started, answer, "right", headers=annotates).status_code == 201
    assert judge(started, {"id": "0" * 16}, "right", headers=annotates).status_code == 404
    assert judge(started, answer, "fine", headers=annotates).status_code == 422
    nowhere = {"document_id": "alder", "page": 99}
    assert judge(started, answer, "wrong", right_place=nowhere, headers=annotates).status_code == 404
    half = b'{"answer_id": "%s", "verdict": "right", "comment": "\\ud800"}' % answer["id"].encode()
    assert started.post("/v1/feedback", content=half, headers=annotates).status_code == 422
    told = started.get("/v1/feedback", headers=annotates).json()["feedback"]
    assert [one["annotator"] for one in told] == ["Ada"]


def test_a_line_that_a_killed_service_did_not_write_is_added(
    started: TestClient, workspace: Workspace
) -> None:
    answer = ask(started, TRUSTEE)
    for verdict in ("right", "wrong"):
        judge(started, answer, verdict)
    whole = workspace.judgements.read_text(encoding="utf-8")
    workspace.judgements.write_text(whole[: len(whole) * 3 // 4], encoding="utf-8")
    Judgements(workspace.service_file, workspace.judgements)
    assert workspace.judgements.read_text(encoding="utf-8") == whole
    Judgements(workspace.service_file, workspace.judgements)
    assert workspace.judgements.read_text(encoding="utf-8") == whole


def test_what_speaks_of_a_deleted_document_goes_with_it(started: TestClient, workspace: Workspace) -> None:
    for name in ("alder", "birch"):
        judge(started, ask(started, TRUSTEE, name), "right", comment=f"said of {name}")
    assert started.delete("/v1/documents/alder").status_code == 200
    assert [one["comment"] for one in started.get("/v1/feedback").json()["feedback"]] == ["said of birch"]
    assert len(started.get("/v1/questions").json()["questions"]) == 1
    for path in (workspace.judgements, workspace.regression, workspace.service_file):
        assert b"Corvane" not in path.read_bytes()
        assert b"Dunmore" in path.read_bytes() or path == workspace.service_file
    assert records_of(started).judgements.latest(9)[0].comment == "said of birch"
