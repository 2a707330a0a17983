"""``covenant serve`` and ``covenant worker`` as processes of their own: started, watched, killed.

Leaves asking to ``benchmarks.asking``, what is measured to ``benchmarks.load``. Linux only: memory and
children are read from ``/proc``.
"""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
_COMMAND = "from rag.command import main; main()"
_ENDING_S = 40.0


class Command:
    """A ``covenant`` command in a process group of its own, its log in a file."""

    def __init__(self, workspace: Path, log: Path, *arguments: str, overrides: Sequence[str] = ()) -> None:
        sets = [part for one in overrides for part in ("--set", one)]
        command = [sys.executable, "-c", _COMMAND, "--workspace", str(workspace), *sets, *arguments]
        self.began = time.monotonic()
        with log.open("a") as file:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                command, stdout=file, stderr=file, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def processes(self) -> list[int]:
        """The ids of the process and of all below it."""
        found, open_ids = [], [self._process.pid]
        while open_ids:
            one = open_ids.pop()
            found.append(one)
            for tasks in Path(f"/proc/{one}/task").glob("*/children"):
                with suppress(OSError):
                    open_ids += [int(child) for child in tasks.read_text().split()]
        return found

    def memory_mb(self) -> float:
        """Resident memory of the process and of all below it, in MiB; what they share counts for each."""
        return sum(map(resident_mb, self.processes()))

    def kill(self) -> None:
        """End the process itself at once, as by a crash; those below it are left to find out."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Have it end in good order, or else not."""
        if self.running:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_ENDING_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def serve(workspace: Path, log: Path, port: int, overrides: Sequence[str] = ()) -> Command:
    """Start the service on a port; it is not waited for."""
    return Command(workspace, log, "serve", "--port", str(port), overrides=overrides)


def seconds_to_ready(service: Command, port: int, limit_s: float = 300.0) -> float:
    """How long after its start a service answers that questions can be asked.

    Raises:
        RuntimeError: it has ended, or does not within ``limit_s``.
    """
    while time.monotonic() < service.began + limit_s:
        if not service.running:
            raise RuntimeError("the service has ended; its log says why")
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return time.monotonic() - service.began
        connection.close()
        time.sleep(0.05)
    raise RuntimeError(f"the service was not ready within {limit_s:g} s")


def seconds_to_end(processes: Sequence[int], limit_s: float = 60.0) -> float | None:
    """How long it takes until none of some processes is left; None where one is still there at the limit."""
    began = time.monotonic()
    while any(map(is_there, processes)):
        if time.monotonic() > began + limit_s:
            return None
        time.sleep(0.02)
    return time.monotonic() - began


def is_there(process: int) -> bool:
    """Whether a process runs; one that has ended and was not asked about yet does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def resident_mb(process: int) -> float:
    """Resident memory of a process in MiB, 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
