from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest import parse
from ingest.parse import read_files
from ingest.reader import ReadDocument
from rag.errors import DocumentError
from rag.settings import IngestSettings

MIB = 1024 * 1024


def fatal_reader(path: Path, settings: IngestSettings) -> ReadDocument | DocumentError:
    """Names its file as unreadable; dies of a "deadly" one, never ends with an "endless" one.

    A "greedy" one takes 600 MiB, what a "vast" one holds does not fit beside itself when it is sent back.
    """
    if "greedy" in path.name:
        return DocumentError("read", path.name, f"{len(bytes(600 * MIB))}")
    if "vast" in path.name:
        return DocumentError("read", path.name, "x" * (200 * MIB))
    if "deadly" in path.name:
        os.kill(os.getpid(), signal.SIGKILL)
    while "endless" in path.name:
        pass
    if "process" in path.name:
        return DocumentError(str(os.getpid()), path.name, "")
    return DocumentError("read", path.name, f"in {settings.chunk_tokens}")


def outcomes(
    names: list[str], *, timeout_s: float = 60.0, workers: int = 2, memory_mb: int = 2048
) -> list[tuple[str, str]]:
    settings = IngestSettings(workers=workers, file_timeout_s=timeout_s, file_memory_mb=memory_mb)
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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_a_file_that_needs_too_much_memory_is_reported_and_the_rest_is_read() -> None:
    names = ["one", "greedy", "two", "vast", "three"]
    expected = [(name, "out-of-memory" if name in {"greedy", "vast"} else "read") for name in names]
    assert outcomes(names, memory_mb=256) == expected


@pytest.mark.slow
def test_a_worn_out_pool_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "_FILES_PER_WORKER", 2)
    names = [f"process{n}" for n in range(10)]
    found = outcomes(names)
    assert [name for name, _ in found] == names
    assert len({reason for _, reason in found}) >= 3


@pytest.mark.slow
def test_workers_end_with_a_run_that_was_killed() -> None:
    # They hold its output open: there is an end to read once all of them have gone.
    read, write = os.pipe()
    program = "from tests.ingest.test_parse import start_and_die; start_and_die()"
    process = subprocess.Popen([sys.executable, "-c", program], stdout=write)
    os.close(write)
    assert process.wait(60) == -signal.SIGKILL
    ended, _, _ = select.select([read], [], [], 20)
    assert ended
    assert os.read(read, 1) == b""
    os.close(read)


def start_and_die() -> None:
    for _ in read_files([Path("one"), Path("two")], IngestSettings(workers=2), reader=unread):
        os.kill(os.getpid(), signal.SIGKILL)


def unread(path: Path, _: IngestSettings) -> DocumentError:
    return DocumentError("empty", f"{path} is empty", "")


def test_no_files_no_workers() -> None:
    assert outcomes([]) == []
