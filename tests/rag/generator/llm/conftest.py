from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripted_endpoint import Endpoint, serving
from tests.tiny_model import make_model


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A scripted endpoint on loopback."""
    with serving() as started:
        yield started


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny language model that always says ``tests.tiny_model.REPLY``."""
    return make_model(tmp_path_factory.mktemp("tiny"))
