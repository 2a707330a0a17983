from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ingest.parse import read_files
from ingest.reader import ReadDocument
from rag.errors import DocumentError
from rag.settings import IngestSettings


def fatal_reader(path: Path, settings: IngestSettings) -> ReadDocument | DocumentError:
    """Names its file as unreadable; dies of a "deadly" one and never ends with an "endless" one."""
    if "deadly" in path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    while "endless" in path.name:
        pass
    return DocumentError("read", path.name, f"in {settings.chunk_tokens}")


def outcomes(names: list[str], *, timeout_s: float = 60.0, workers: int = 2) -> list[tuple[str, str]]:
    settings = IngestSettings(workers=workers, file_timeout_s=timeout_s)
    read = read_files([Path(name) for name in names], settings, reader=fatal_reader)
    return [(path.name, result.reason) for path, result in read if isinstance(result, DocumentError)]


@pytest.mark.slow
def test_results_come_in_the_order_of_the_files() -> None:
    names = [f"file{n}" for n in range(12)]
    assert outcomes(names) == outcomes(names, workers=1) == [(name, "read") for name in names]


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [["deadly"], ["one", "deadly", "two", "three", "four", "five"], ["deadly1", "deadly2", "one"]],
)
def test_a_file_that_kills_its_worker_is_reported_and_the_rest_is_read(names: list[str]) -> None:
    assert outcomes(names) == [(name, "crashed" if "deadly" in name else "read") for name in names]


@pytest.mark.slow
def test_a_file_that_takes_too_long_is_reported_and_the_rest_is_read() -> None:
    names = ["one", "endless", "two", "three"]
    expected = [(name, "too-slow" if name == "endless" else "read") for name in names]
    assert outcomes(names, timeout_s=8.0) == expected


def test_no_files_no_workers() -> None:
    assert outcomes([]) == []
