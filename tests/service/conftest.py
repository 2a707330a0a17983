from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from rag.workspace import Workspace
from service.app import create_app
from tests.library import SETTINGS, make_workspace

HOST = "http://localhost"


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two agreements, indexed; not written to."""
    return make_workspace(tmp_path_factory.mktemp("service"))


@pytest.fixture(scope="session")
def client(workspace: Workspace) -> Iterator[TestClient]:
    """The service over that workspace, started."""
    app = create_app(workspace, SETTINGS)
    with TestClient(app, base_url=HOST, raise_server_exceptions=False) as started:
        yield started
