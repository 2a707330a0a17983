"""The process of one job: a ``covenant`` command that never outlives its worker.

    python -P -m service.job_process LOCK ARGUMENT...

Its standard input is a pipe whose other end the worker holds. When that closes, however the worker died, the
process and all that it started are killed: from the command's side it is a loss of power, after which it goes
on where it was. ``LOCK`` is held as long as the process lives, so that no two jobs run at a time even where a
worker was taken for dead. Knows nothing of the service: the command is found by ``rag.command``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from filelock import FileLock

from rag.command import run

_RETRY_S = 1.0
"""Between two tries where somebody else writes to the workspace: an upload, a command on the machine."""


def main() -> None:
    """Run the command and end with its exit code."""
    lock, *arguments = sys.argv[1:]
    # A shell that starts a worker in the background has its children ignore interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with_the_worker, daemon=True).start()
    with FileLock(lock):
        code = run(arguments, retry_s=_RETRY_S)
    sys.stdout.flush()
    sys.exit(code)


def _end_with_the_worker() -> None:
    while os.read(0, 1024):
        pass
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
