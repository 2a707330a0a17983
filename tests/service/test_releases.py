"""A release that is promoted or rolled back while questions come: none is dropped, the next ones get it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from rag import releases
from rag.workspace import Workspace
from service.app import create_app
from service.engine import Engine
from tests.library import SETTINGS
from tests.rag.releases.made import INTEREST, NOON, promoted, release_of, workspace_at
from tests.rag.releases.test_switching import copies, work
from tests.service.conftest import HOST


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as started:
        yield started


def release_asked(client: TestClient) -> str:
    reply = client.post("/v1/ask", json={"question": INTEREST})
    assert reply.status_code == 200, reply.text
    return str(reply.json()["fingerprints"]["release"])


def test_the_next_question_is_answered_by_what_is_in_use(workspace: Workspace, client: TestClient) -> None:
    assert release_asked(client) == "none"
    one = promoted(workspace, "one")
    assert release_asked(client) == one.id
    two = promoted(workspace, "two")
    assert release_asked(client) == two.id
    releases.rollback(workspace, by="tester", clock=NOON)
    assert release_asked(client) == one.id


def test_no_question_is_dropped_by_a_switch(workspace: Workspace, client: TestClient) -> None:
    one, two = release_of(workspace, "one"), release_of(workspace, "two")
    with ThreadPoolExecutor(max_workers=4) as threads:
        asked = []
        for made in (one, two) * 3:
            asked += [threads.submit(release_asked, client) for _ in range(4)]
            releases.promote(workspace, made.id, by="tester", clock=NOON)
        answered = [one.result() for one in asked]
    assert set(answered) <= {"none", one.id, two.id}
    assert len(answered) == 24
    assert release_asked(client) == two.id


@pytest.mark.slow
def test_no_question_is_dropped_by_promotions_that_are_killed(
    workspace: Workspace, client: TestClient
) -> None:
    old, new = promoted(workspace, "old"), release_of(workspace, "new")
    steps, code = work("promote", new.id, copies(workspace, 1))
    assert (code, steps > 4) == (0, True)
    # One copy undisturbed, then the same workspace again and again, killed a step later each time.
    roots = [copies(workspace, 2)[1], *[workspace.root] * 3 * steps]
    with ThreadPoolExecutor(max_workers=1) as thread:
        killing = thread.submit(work, "promote", new.id, roots)
        answered = [release_asked(client)]
        while not killing.done():
            answered.append(release_asked(client))
    # What one leaves is a step more for the next; the last ones have no such step left to die at.
    assert killing.result().count(-signal.SIGKILL) >= steps
    assert killing.result()[-1] == 0
    assert set(answered) <= {old.id, new.id}
    assert answered[0] == old.id
    assert release_asked(client) == new.id


def test_a_release_that_does_not_open_leaves_the_one_before(
    workspace: Workspace, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    one = promoted(workspace, "one")
    assert release_asked(client) == one.id
    two = promoted(workspace, "two")
    (workspace.artifacts / "two" / "weights.json").write_text("{}")

    with caplog.at_level(logging.ERROR, logger="service.engine"):
        assert [release_asked(client) for _ in range(3)] == [one.id] * 3
    assert [record.message for record in caplog.records if "goes on answering" in record.message] == [
        f"the release before goes on answering: release {two.id} needs artifacts/two/weights.json, which has"
        " changed (SHA-256 differs); restore it from a backup, tune again, or go back with covenant rollback"
    ]
    three = promoted(workspace, "three")
    assert release_asked(client) == three.id


def test_a_service_may_hold_one_release(workspace: Workspace) -> None:
    one = promoted(workspace, "one")
    engine = Engine(workspace, SETTINGS, release=releases.NONE)
    with TestClient(create_app(workspace, SETTINGS, engine=engine), base_url=HOST) as client:
        assert release_asked(client) == "none"
        promoted(workspace, "two")
        assert release_asked(client) == "none"
    with TestClient(create_app(workspace, SETTINGS), base_url=HOST) as client:
        assert release_asked(client) != one.id
