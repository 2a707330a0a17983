"""Saved runs as the service sees them: what their headers tell, and which documents they speak of.

Of the format of runs no more is known here than that the first line is a header, that each other line is the
row of a question, and that a place names its ``document_id``. Who may see a run is decided by that: all of it
or nothing. Leaves figures to the commands that read runs (``service.reports``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rag.workspace import Workspace
from service.callers import Caller

FORMAT = 2
"""Of the runs that are listed; others are evaluated again."""
_SUFFIX = ".jsonl"
_KEPT = 256
"""Runs whose summaries are remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFile:
    """A saved run: its name, its header, and how many of its questions came to which outcome.

    ``version`` changes with the file. ``documents`` are the ids of all that it searched, found or quotes;
    ``known`` says whether they account for every question, so that nothing in it is of other documents.
    """

    id: str
    path: Path
    version: str
    header: Mapping[str, Any]
    n: int
    outcomes: Mapping[str, int]
    documents: frozenset[str]
    known: bool

    @property
    def release(self) -> str:
        """The id of the release that answered, "none" for the settings as they are."""
        return str(dict(self.header.get("fingerprints") or {}).get("release", "none"))


def latest_runs(workspace: Workspace) -> Iterator[RunFile]:
    """The saved runs of a workspace, the newest first; a file that is none is left out."""
    for path in sorted(workspace.runs.glob(f"[!.]*{_SUFFIX}"), reverse=True):
        if (found := _read(path)) is not None:
            yield found


def find_run(workspace: Workspace, run_id: str) -> RunFile | None:
    """The run of that name, None where there is none; a name is never made a path."""
    for path in workspace.runs.glob(f"[!.]*{_SUFFIX}"):
        if path.stem == run_id:
            return _read(path)
    return None


def may_see(run: RunFile, who: Caller, sees: Callable[[Iterable[str]], bool]) -> bool:
    """Whether a caller may see a run: whoever sees all documents that it searched.

    What was asked over the whole library is for those who see the whole library. ``sees`` says whether
    documents are in the caller's collections, as they are now (``Records.sight``).
    """
    if who.collections is None:
        return True
    return run.header.get("scope") == "single" and run.known and sees(run.documents)


def version_of(path: Path) -> str:
    """What tells one state of a file from another; empty where it is gone."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"


def _read(path: Path) -> RunFile | None:
    version = version_of(path)
    return _summary(path, version) if version else None


@lru_cache(maxsize=_KEPT)
def _summary(path: Path, version: str) -> RunFile | None:
    outcomes: Counter[str] = Counter()
    documents: set[str] = set()
    known = True
    try:
        with path.open(encoding="utf-8") as lines:
            header = json.loads(next(lines))["header"]
            for line in filter(str.strip, lines):
                row = json.loads(line)
                outcomes[str(row["outcome"])] += 1
                own = set(_documents(row))
                documents |= own
                known = known and bool(own)
    except (OSError, ValueError, KeyError, TypeError, StopIteration):
        return None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        return None
    return RunFile(
        id=path.stem,
        path=path,
        version=version,
        header=header,
        n=outcomes.total(),
        outcomes=dict(outcomes),
        documents=frozenset(documents),
        known=known,
    )


def _documents(row: Mapping[str, Any]) -> Iterator[str]:
    """The ids of the documents that stand in the places of a row."""
    for value in row.values():
        for place in value if isinstance(value, list) else ():
            if isinstance(place, dict) and isinstance(place.get("document_id"), str):
                yield place["document_id"]
