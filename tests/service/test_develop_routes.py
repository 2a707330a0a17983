"""Runs, slices, errors and labels over HTTP: what is told, and that nobody is told what they do not see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.remove import remove
from rag.catalog import Catalog
from rag.workspace import Workspace
from service.app import create_app
from service.develop_schemas import ErrorsReply, LabelExamplesReply, LabelsReply, RunsReply, SlicesReply
from tests.service.conftest import HOST
from tests.service.developed import (
    BANKS,
    TREES,
    labelled,
    library_of,
    measured,
    questions_of,
    settings_of,
)
from tests.service.people import key

KNOWN = 3
"""So many indentures: alder is in the collection "east", the others are in the default one."""
OTHERS = re.compile("|".join((*TREES[1:KNOWN], *BANKS[1:KNOWN])), re.IGNORECASE)
HOSTILE = (
    "../covenant",
    "..%2Fcovenant",
    "%2e%2e/%2e%2e/etc/passwd",
    "/etc/passwd",
    "a\\b",
    "%00",
    "." * 300,
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Labels, and three runs: of the whole library, of each document alone, and about alder alone."""
    made = library_of(tmp_path_factory.mktemp("develop"), KNOWN)
    questions = questions_of(made, KNOWN)
    rows = questions.read_text().splitlines()
    own = made.root / "own.jsonl"
    own.write_text("\n".join(row for row in rows if json.loads(row)["doc_id"] == "alder"))
    measured(made, own, "--scope", "single")
    measured(made, questions, "--scope", "single")
    measured(made, questions, "--scope", "shared")
    labelled(made)
    with Catalog(made.catalog_file) as catalog:
        catalog.put_collection([catalog.resolve("alder")], "east")
    return made


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    app = create_app(workspace, settings_of(workspace))
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as started:
        yield started


@pytest.fixture(scope="module")
def everyone(client: TestClient) -> dict[str, str]:
    return key(client, "everyone", "annotate")


@pytest.fixture(scope="module")
def eastern(client: TestClient) -> dict[str, str]:
    """A key that may do all, in one collection."""
    return key(client, "eastern", "operate", "east")


def told(client: TestClient, path: str, headers: dict[str, str]) -> Any:  # noqa: ANN401
    reply = client.get(path, headers=headers)
    assert reply.status_code == 200, (path, reply.text)
    return reply.json()


def functions(client: TestClient, headers: dict[str, str]) -> list[str]:
    return [one["name"] for one in told(client, "/v1/labels", headers)["functions"]]


def test_runs_are_listed_newest_first(client: TestClient, everyone: dict[str, str]) -> None:
    runs = told(client, "/v1/runs", everyone)["runs"]
    assert [(one["name"], one["scope"], one["n"]) for one in runs] == [
        ("asked", "shared", 9), ("asked", "single", 9), ("own", "single", 3),
    ]  # fmt: skip
    assert sum(runs[0]["outcomes"].values()) == 9
    assert runs[0]["release"] == "none"
    assert len(told(client, "/v1/runs?limit=1", everyone)["runs"]) == 1


def test_slices_are_those_of_the_command(client: TestClient, everyone: dict[str, str]) -> None:
    latest, _, own = told(client, "/v1/runs", everyone)["runs"]
    found = told(client, "/v1/slices", everyone)
    assert found["run"] == latest
    assert found["slices"]["all"]["n"] == 9
    assert found["slices"]["category=lookup"]["n"] == 3
    assert set(found["slices"]["all"]["criteria"]) <= set(found["criteria"])
    assert found["measures"]["accuracy"]["n"] == 9
    assert told(client, f"/v1/slices?run={own['id']}", everyone)["slices"]["all"]["n"] == 3


def test_errors_are_those_of_the_command(client: TestClient, everyone: dict[str, str]) -> None:
    found = told(client, "/v1/errors", everyone)
    assert found["considered"] == 9
    assert found["wrong"] == len(found["errors"]) == sum(one["n"] for one in found["stages"].values()) > 0
    asked = {one["id"] for one in found["errors"]}
    assert all(set(one["questions"]) <= asked for one in found["clusters"])


def test_labels_are_those_of_the_command(client: TestClient, everyone: dict[str, str]) -> None:
    found = told(client, "/v1/labels", everyone)
    assert 0 < found["questions"] < found["items"]
    assert found["rows"]["rows"] == found["items"]
    by_name = {one["name"]: one for one in found["functions"]}
    assert 0 < by_name["sentence_cover"]["coverage"] <= 1
    shown = told(client, "/v1/labels/sentence_cover/examples", everyone)
    assert shown["source"].startswith("@labeling_function(")
    assert {one["vote"] for one in shown["examples"]} <= {0, 1}
    assert all(set(one) >= {"document_id", "page", "start", "end"} for one in shown["examples"])
    assert client.get("/v1/labels/nobodys/examples", headers=everyone).status_code == 404


def test_words_that_searches_do_not_know_are_told_apart(
    client: TestClient, workspace: Workspace, everyone: dict[str, str], eastern: dict[str, str]
) -> None:
    assert told(client, "/v1/labels", everyone)["unsearched"] is None
    as_it_was = workspace.label_report.read_text()
    kept = json.loads(as_it_was)
    kept["report"]["unsearched"] = {**kept["report"], "questions": 1}
    workspace.label_report.write_text(json.dumps(kept))
    try:
        for headers in (everyone, eastern):
            found = told(client, "/v1/labels", headers)
            other = found["unsearched"]
            # What one more function would tell may be in a document's words.
            assert set(other) == {"items", "questions", "rows", "functions"}
            assert (other["questions"], other["functions"]) == (1, found["functions"])
    finally:
        workspace.label_report.write_text(as_it_was)


@pytest.mark.parametrize("path", ["/v1/runs", "/v1/slices", "/v1/errors", "/v1/labels"])
def test_they_are_for_those_who_may_judge(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 401
    refused = client.get(path, headers=key(client, f"asker of {path}", "ask"))
    assert refused.status_code == 403
    assert "annotate" in refused.json()["error"]["message"]


def test_a_run_is_for_those_who_see_all_that_it_speaks_of(
    client: TestClient, workspace: Workspace, everyone: dict[str, str], eastern: dict[str, str]
) -> None:
    shared, single, own = told(client, "/v1/runs", everyone)["runs"]
    assert told(client, "/v1/runs", eastern)["runs"] == [own]
    for what in ("slices", "errors"):
        assert told(client, f"/v1/{what}", eastern)["run"] == own
        assert told(client, f"/v1/{what}?run={own['id']}", eastern)["run"] == own
        hidden = [client.get(f"/v1/{what}?run={one['id']}", headers=eastern) for one in (shared, single)]
        nobodys = client.get(f"/v1/{what}?run=nobodys", headers=eastern)
        assert {(one.status_code, one.text) for one in (*hidden, nobodys)} == {(404, nobodys.text)}
    with Catalog(workspace.catalog_file) as catalog:
        alder = catalog.resolve("alder")
        catalog.put_collection([alder], "west")
        try:
            assert told(client, "/v1/runs", eastern)["runs"] == []
            assert client.get("/v1/errors", headers=eastern).status_code == 404
        finally:
            catalog.put_collection([alder], "east")


def test_no_word_of_other_collections_is_told(
    client: TestClient, everyone: dict[str, str], eastern: dict[str, str]
) -> None:
    names = functions(client, everyone)
    paths = ["/v1/runs", "/v1/slices", "/v1/errors", "/v1/labels"]
    paths += [f"/v1/labels/{name}/examples" for name in names]
    seen = {path: json.dumps(told(client, path, everyone)) for path in paths}
    assert OTHERS.search(seen["/v1/errors"])
    assert OTHERS.search(seen["/v1/labels/sentence_cover/examples"])
    own = 0
    for path in paths:
        reply = json.dumps(told(client, path, eastern))
        assert not OTHERS.search(reply), path
        own += "alder" in reply
    # It is not that nothing is told at all.
    assert own > 2
    assert functions(client, eastern) == names


def test_the_source_of_functions_is_for_those_who_see_all(
    client: TestClient, eastern: dict[str, str]
) -> None:
    assert told(client, "/v1/labels/sentence_cover/examples", eastern)["source"] == ""
    report = told(client, "/v1/labels", eastern)
    assert (report["wanted"], report["failures"]) == ([], [])


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_never_paths(client: TestClient, everyone: dict[str, str], name: str) -> None:
    for path in (f"/v1/slices?run={name}", f"/v1/errors?run={name}", f"/v1/labels/{name}/examples"):
        reply = client.get(path, headers=everyone)
        assert reply.status_code in (404, 422), (path, reply.text)
        assert reply.json()["error"]["message"]


@pytest.mark.parametrize("model", [RunsReply, SlicesReply, ErrorsReply, LabelsReply, LabelExamplesReply])
def test_examples_fit_their_own_schema(model: type[Any]) -> None:
    (example,) = model.model_json_schema()["examples"]
    assert model.model_validate(example).model_dump(mode="json") == example


def test_nothing_is_told_where_nothing_was_done_and_nothing_after_a_deletion(
    workspace: Workspace,
    client: TestClient,
    everyone: dict[str, str],
    tmp_path: Any,  # noqa: ANN401
) -> None:
    empty = Workspace.create(tmp_path / "empty")
    with TestClient(create_app(empty, settings_of(empty)), base_url=HOST) as none:
        assert none.get("/v1/runs").json() == {"runs": []}
        for path in ("/v1/slices", "/v1/errors", "/v1/labels"):
            assert none.get(path).json()["error"]["code"] == "not_there"
    # Last, because it changes the workspace.
    with Catalog(workspace.catalog_file) as catalog:
        cedar = catalog.resolve("cedar")
    assert "Ellery" in json.dumps(told(client, "/v1/errors", everyone))
    remove(workspace, [cedar], settings_of(workspace))
    errors = told(client, "/v1/errors", everyone)
    assert "Ellery Trust Company." not in json.dumps([one["used"] for one in errors["errors"]])
    assert client.get("/v1/labels", headers=everyone).status_code == 404
