"""A ``covenant`` command in a process of its own: its progress, its log, what it printed, its end.

Leaves the life of that process to ``service.job_process``, what is run and why to the worker and to
``service.reports``.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO

from ingest.progress_lines import VARIABLE, WANTED, Standing, read_line
from service.job_store import KEPT_LINES

_STEP_S = 0.3
"""Between two looks whether a command that was interrupted has ended."""
_GRACE_S = 30.0
"""What an interrupted command has to put its things in order, before it is killed."""
_LINE_CHARS = 1000
_TAIL = 20
_PRINTED_BYTES = 64 * 2**20


class CommandProcess:
    """A command at work in a process group of its own, which ends with this process."""

    def __init__(self, lock: Path, arguments: Sequence[str]) -> None:
        """Start ``covenant`` with these arguments; it begins once it has the lock."""
        self.standing = Standing()
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._tail: deque[str] = deque(maxlen=_TAIL)
        self._printed: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block
        command = [sys.executable, "-P", "-m", "service.job_process", str(lock)]
        self._process = subprocess.Popen(  # noqa: S603 - our own command, arguments checked
            [*command, *arguments],
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=subprocess.PIPE,
            env={**os.environ, VARIABLE: WANTED, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> CommandProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._printed.close()

    def wait(self, seconds: float) -> int | None:
        """The exit code, once it has ended and all that it logged was read."""
        with suppress(subprocess.TimeoutExpired):
            code = self._process.wait(seconds)
            self._reader.join(_GRACE_S)
            return code
        return None

    def lines(self) -> list[str]:
        """What was logged since this was last asked."""
        return [self._lines.popleft() for _ in range(len(self._lines))]

    def tail(self) -> list[str]:
        """The last lines of its log."""
        return list(self._tail)

    def printed(self) -> str:
        """What it has printed, once it has ended."""
        self._printed.seek(0)
        return self._printed.read(_PRINTED_BYTES).decode("utf-8", "replace")

    def interrupt(self) -> None:
        """Tell the command to stop where it can go on, and see that it does."""
        self._signal(signal.SIGINT)
        until = monotonic() + _GRACE_S
        while self.wait(_STEP_S) is None and monotonic() < until:
            pass
        self.kill()

    def kill(self) -> None:
        """End it at once, with all that it started."""
        self._signal(signal.SIGKILL)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def _signal(self, what: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, what)

    def _read(self) -> None:
        stream = self._process.stderr
        with suppress(ValueError, OSError):
            while stream is not None and (raw := stream.readline(16 * _LINE_CHARS)):
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                if (standing := read_line(line)) is not None:
                    self.standing = standing
                elif shown := _printable(line):
                    self._lines.append(shown)
                    self._tail.append(shown)


def _printable(line: str) -> str:
    r"""A line of a log without control characters, cut.

    >>> _printable("a\x1b[2Jb ")
    'a[2Jb'
    """
    kept = "".join(one for one in line if one.isprintable() or one == "\t")
    return kept[:_LINE_CHARS].rstrip()
