"""The interface as published: a change of ``openapi.json`` is a change for every client.

Where it is meant, record it anew and read the difference: ``python -m tests.service.test_openapi``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from rag.workspace import Workspace
from service import answers, chat_schemas, schemas
from service.app import create_app
from tests.library import SETTINGS

SNAPSHOT = Path(__file__).with_name("openapi.json")


def published(folder: Path) -> dict[str, Any]:
    """The document that the service publishes; its version is that of the package."""
    app = create_app(Workspace.create(folder), SETTINGS)
    document = app.openapi()
    app.state.engine.close()
    return {**document, "info": {**document["info"], "version": "*"}}


def test_the_interface_is_the_recorded_one(tmp_path: Path) -> None:
    assert published(tmp_path) == json.loads(SNAPSHOT.read_text(encoding="utf-8")), __doc__


def test_the_service_serves_what_it_publishes(client: TestClient) -> None:
    served = client.get("/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    assert set(served["paths"]) == {
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/answers",
        "/v1/answers/{answer_id}",
        "/v1/answers/{answer_id}/replay",
        "/v1/ask",
        "/v1/audit",
        "/v1/chat/completions",
        "/v1/documents",
        "/v1/documents/{document}",
        "/v1/documents/{document}/original",
        "/v1/documents/{document}/pages/{page}",
        "/v1/documents/{document}/pages/{page}.png",
        "/v1/errors",
        "/v1/feedback",
        "/v1/jobs",
        "/v1/jobs/{job}",
        "/v1/jobs/{job}/cancel",
        "/v1/jobs/{job}/events",
        "/v1/jobs/{job}/resume",
        "/v1/labels",
        "/v1/labels/{function}/examples",
        "/v1/models",
        "/v1/models/{model}",
        "/v1/questions",
        "/v1/queue",
        "/v1/releases",
        "/v1/releases/rollback",
        "/v1/releases/{release}/promote",
        "/v1/runs",
        "/v1/search",
        "/v1/session",
        "/v1/slices",
        "/v1/uploads",
        "/v1/uploads/{upload}",
    }


@pytest.mark.parametrize(
    "model", [schemas.AskRequest, answers.CitationOut, answers.Answered, answers.Abstained]
)
def test_examples_fit_their_own_schema(model: type[BaseModel]) -> None:
    examples = model.model_json_schema()["examples"]
    assert examples
    for example in examples:
        assert model.model_validate(example).model_dump(mode="json", exclude_unset=True) == example


def error_model(path: str) -> type[BaseModel]:
    """The one shape; where OpenAI's clients ask, with two fields more."""
    theirs = path.startswith(("/v1/chat/", "/v1/models"))
    return chat_schemas.ChatErrorReply if theirs else schemas.ErrorReply


def test_errors_in_the_interface_have_the_one_shape(tmp_path: Path) -> None:
    for path, methods in published(tmp_path)["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    model = error_model(path)
                    schema = response["content"]["application/json"]["schema"]
                    assert schema == {"$ref": f"#/components/schemas/{model.__name__}"}, (path, status)
                    model.model_validate(response["content"]["application/json"]["example"])


def test_the_reference_page_needs_nothing_from_elsewhere(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text
    assert "<script>" not in page.text
    for name in ("start.js", "swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"):
        asset = client.get(f"/docs/assets/{name}")
        assert asset.status_code == 200
        assert f"docs/assets/{name}" in page.text
        assert len(asset.content) > 100
    assert (
        client.get("/docs/assets/swagger-ui-bundle.js").headers["content-type"].startswith("text/javascript")
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        text = json.dumps(published(Path(scratch)), indent=1, ensure_ascii=False) + "\n"
    SNAPSHOT.write_text(text, encoding="utf-8")
    sys.stdout.write(f"recorded {SNAPSHOT.name}\n")
