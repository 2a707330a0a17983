"""``covenant serve`` as users run it: a process, a port, signals."""

from __future__ import annotations

import errno
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from rag.command import run
from rag.errors import UsageError
from rag.workspace import Workspace
from service import server
from tests.library import make_workspace

_PATIENCE_S = 60.0
"""Longer than anything takes on a machine that is busy with something else."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = make_workspace(tmp_path_factory.mktemp("serve"))
    workspace.settings_file.write_text(
        '[embedder]\nkind = "hashing"\ndim = 256\n[generator]\nkind = "best_sentence"\n', encoding="utf-8"
    )
    return workspace


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which does not outlive the test."""
    command = [sys.executable, "-c", "from rag.command import main; main()", *arguments]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, -signal.SIGTERM)])
def test_serves_until_it_is_stopped(workspace: Workspace, ending: signal.Signals, code: int) -> None:
    with started("--workspace", str(workspace.root), "serve", "--port", "0") as process:
        assert process.stderr is not None
        said = ""
        while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
            line = process.stderr.readline()
            assert line, f"ended early: {said}"
            said += line
        question = {"question": "Who is the Trustee?"}
        reply = httpx2.post(f"{found[0]}/v1/ask", json=question, trust_env=False, timeout=_PATIENCE_S)
        process.send_signal(ending)
        output, log = process.communicate(timeout=_PATIENCE_S)
    assert reply.json()["outcome"] == "answered"
    assert process.returncode == code
    assert output == ""
    assert '"POST /v1/ask HTTP/1.1" 200' in log
    assert "Traceback" not in log


def refusal(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line that a refused command says; its exit code is 2."""
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err.splitlines()[-1]


def test_a_taken_port_is_said_in_one_line(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    with server.listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        said = refusal(["-w", str(workspace.root), "serve", "--port", port], capsys)
    assert f"127.0.0.1 port {port}: {os.strerror(errno.EADDRINUSE)}" in said
    assert "--port 0" in said


def test_an_unknown_workspace_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(["-w", str(tmp_path / "nowhere"), "serve", "--port", "0"], capsys)
    assert "not a workspace" in said
    assert not (tmp_path / "nowhere").exists()


def test_settings_that_do_not_fit_the_index_are_refused(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["-w", str(workspace.root), "--set", "embedder.dim=64", "serve", "--port", "0"]
    assert "another embedder" in refusal(arguments, capsys)


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_an_impossible_port_is_refused(
    workspace: Workspace, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    assert "--port" in refusal(["-w", str(workspace.root), "serve", f"--port={port}"], capsys)


def test_an_unknown_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UsageError, match="cannot listen on"):
        server.listen("nowhere.example", 0)


@pytest.mark.parametrize(
    ("host", "url"),
    [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:")],  # noqa: S104 - a test
)
def test_the_address_it_names_can_be_reached(host: str, url: str) -> None:
    with server.listen(host, 0) as listener:
        assert server.address(listener) == f"{url}{listener.getsockname()[1]}"
        with socket.create_connection(("127.0.0.1", listener.getsockname()[1]), timeout=5) as connection:
            assert connection.getpeername()[1] == listener.getsockname()[1]
