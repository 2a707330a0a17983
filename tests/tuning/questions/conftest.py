from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.catalog import Catalog
from rag.workspace import Workspace
from tests.tuning.questions.library import make_library


@pytest.fixture(scope="package")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A library of three short papers."""
    return make_library(tmp_path_factory.mktemp("questions"))


@pytest.fixture
def catalog(workspace: Workspace) -> Iterator[Catalog]:
    """Its catalog."""
    with Catalog(workspace.catalog_file) as opened:
        yield opened
