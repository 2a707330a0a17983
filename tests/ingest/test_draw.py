"""Pictures of pages come from a process of their own, which may die."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.draw import Drawer
from rag.errors import DocumentError
from rag.settings import IngestSettings
from tests.ingest.papers import Print, pdf

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def paper(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("draw") / "paper.pdf"
    path.write_bytes(pdf([Print(72, 72, "The Trustee is Corvane Trust Company.")]))
    return path


@pytest.fixture(scope="module")
def drawer() -> Iterator[Drawer]:
    drawer = Drawer(IngestSettings())
    yield drawer
    drawer.close()


def test_a_page_that_is_not_there_is_no_end(drawer: Drawer, paper: Path, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="page 8 that cannot be drawn"):
        drawer.draw(paper, 7, (), 72)
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 broken")
    with pytest.raises(DocumentError, match="cannot be drawn"):
        drawer.draw(tmp_path / "broken.pdf", 0, (), 72)
    assert drawer.draw(paper, 0, (), 72).startswith(PNG)


def test_a_process_that_dies_costs_one_picture(drawer: Drawer, paper: Path) -> None:
    drawer.draw(paper, 0, (), 72)
    assert drawer._executor is not None
    (worker,) = drawer._executor._processes
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(DocumentError, match="cannot be drawn"):
        drawer.draw(paper, 0, (), 72)
    assert drawer.draw(paper, 0, (), 72).startswith(PNG)


def test_a_page_that_takes_too_long_is_given_up(paper: Path) -> None:
    impatient = Drawer(IngestSettings(), seconds=0.0)
    with pytest.raises(DocumentError, match="Timeout"):
        impatient.draw(paper, 0, (), 72)
    impatient.close()
