"""Which saved run a name means: a path, the name of a file in the workspace's runs, or the latest of them.

Leaves the format to ``eval.runs``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eval.runs import Run, load_run
from rag.errors import SourceError, WorkspaceError

if TYPE_CHECKING:
    from rag.command import Context

LATEST = "latest"
_SUFFIX = ".jsonl"
_SHOWN = 3


def open_run(context: Context, reference: str) -> Run:
    """The run that a command names; one named by its path needs no workspace.

    Raises:
        SourceError: there is no such run, more than one, or it cannot be read.
    """
    try:
        folder = context.workspace().runs
    except WorkspaceError:
        folder = None
    return load_run(find_run(reference, folder))


def find_run(reference: str, folder: Path | None) -> Path:
    """The file of a run; ``folder`` is where the workspace keeps its runs, None where there is no workspace.

    A path goes before a name. Names may lack ".jsonl" or be the first part of one only; the latest run is the
    last by name, since names begin with the time.

    Raises:
        SourceError: there is no such run, or more than one whose name begins so.
    """
    path = Path(reference)
    if path.is_file():
        return path
    known = sorted(folder.glob(f"*{_SUFFIX}")) if folder is not None else []
    if reference == LATEST and known:
        return known[-1]
    exact = [file for file in known if reference in (file.name, file.stem)]
    found = exact or [file for file in known if reference and file.name.startswith(reference)]
    if len(found) == 1:
        return found[0]
    if found:
        raise SourceError(
            f"{len(found)} runs begin with {reference!r}", f"name one: {_listed([f.name for f in found])}"
        )
    newest = [file.name for file in reversed(known)]
    raise SourceError(
        f"no run {reference!r}: neither a file nor one of the workspace's runs",
        f"the newest are: {_listed(newest)}" if newest else "name a file, or a workspace that has runs",
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
