"""Reports about saved runs: made by ``covenant report`` and ``covenant errors``, kept as long as they hold.

Serving carries no harness, so a report is made by the command in a process of its own, one at a time, and
kept in the workspace's cache under the run's name: a run that was changed since (``ingest.redact``) has none,
and deleting a document removes all of them. The embedder that groups errors is that of the workspace's
settings.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from rag.errors import CovenantError, UsageError
from rag.storage import write_text
from rag.workspace import Workspace
from service.command_process import CommandProcess
from service.errors import OverloadedError, TimedOutError
from service.job_results import printed_object, refusal
from service.run_files import RunFile, version_of

ReportKind = Literal["report", "errors"]
"""The command that makes it."""

FOLDER = "run-reports"
_MOST_WAITING = 4
_REFUSED = 2
_RETRY_S = 5


class Reports:
    """The reports of one workspace. Safe to share between threads."""

    def __init__(self, workspace: Workspace, timeout_s: float = 60.0) -> None:
        """A report is waited for, and may take, so many seconds."""
        self._workspace = workspace
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(_MOST_WAITING)

    def of(self, run: RunFile, kind: ReportKind) -> Mapping[str, Any]:
        """The object that the command prints about a run.

        Raises:
            OverloadedError: others wait for reports already.
            TimedOutError: it takes too long.
            UsageError: the command refuses the run.
            StorageError: the disk is full or not writable.
        """
        kept = self._kept(run, kind)
        if kept is not None:
            return kept
        if not self._places.acquire(blocking=False):
            raise OverloadedError("reports are being made already", "try again in a moment", _RETRY_S)
        try:
            if not self._turn.acquire(timeout=self._timeout_s):
                raise self._late()
            try:
                # Whoever had the turn before may have made it.
                return self._kept(run, kind) or self._made(run, kind)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _file(self, run: RunFile, kind: ReportKind) -> Path:
        return self._workspace.cache / FOLDER / f"{run.id}.{kind}.json"

    def _kept(self, run: RunFile, kind: ReportKind) -> Mapping[str, Any] | None:
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = json.loads(self._file(run, kind).read_text(encoding="utf-8"))
            if kept["of"] == _mark(run.version):
                found: Mapping[str, Any] = kept["report"]
                return found
        return None

    def _made(self, run: RunFile, kind: ReportKind) -> Mapping[str, Any]:
        arguments = ["--workspace", str(self._workspace.root), kind, "--json", str(run.path)]
        with CommandProcess(self._workspace.root / ".report.lock", arguments) as running:
            code = running.wait(self._timeout_s)
            if code is None:
                raise self._late()
            if code == _REFUSED:
                message, remedy = refusal(running.tail())
                # Folders of the server stay with the server.
                raise UsageError(message.replace(str(run.path), run.id), remedy)
            found = printed_object(running.printed())
        if code or found is None:
            raise CovenantError(f"covenant {kind} ended with code {code}", "run it to see why")
        self._keep(run, kind, found)
        return found

    def _keep(self, run: RunFile, kind: ReportKind, found: Mapping[str, Any]) -> None:
        file = self._file(run, kind)
        text = json.dumps({"of": _mark(run.version), "report": found}, ensure_ascii=False)
        write_text(file, text)
        if version_of(run.path) != run.version:
            # Words of a document that was deleted meanwhile; the cache may have been emptied before.
            file.unlink(missing_ok=True)

    def _late(self) -> TimedOutError:
        return TimedOutError(
            f"there was no report within {self._timeout_s:g} s", "try again when the machine is less busy"
        )


def _mark(run_version: str) -> str:
    """By what a kept report is known to hold: the state of the run, and whose shapes it has."""
    return f"{version('covenant-qa')} {run_version}"
