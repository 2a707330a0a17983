"""Which release is in use: a pointer, switched atomically, and the history of its switches.

``releases/current`` holds the id (absent, or "none": the settings as they are). Every switch is first written
to ``releases/history.jsonl`` and then made by renaming the new pointer into place: the rename is the switch.
A switch that was written but killed before its rename did not happen; readers leave it out, and the next
switch strikes it.

A release whose embedder is another than the one in use needs an index of its own over the library as it is
now. It is not put in use before there is one (``ingest.indexing.index_aside`` makes it).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime

from rag.errors import ReleaseError
from rag.index.store import current_version, manifest_in_use, use_version, version_for
from rag.releases.record import NONE, IndexNeed, Release, find, listed, load, verify
from rag.storage import remove_leftovers, write_text
from rag.workspace import Workspace

CURRENT = "current"
HISTORY = "history.jsonl"
KEPT_RELEASES = 3
"""Index versions of so many releases and switches are kept, so that one can go back and ask again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One switch: when (ISO 8601), by whom, which way and why; ``index`` is what was in use before it."""

    at: str
    by: str
    action: str
    before: str
    after: str
    reason: str = ""
    index: IndexNeed | None = None


def current_id(workspace: Workspace) -> str:
    """The id of the release in use, "none" where the settings hold as they are; reads one small file."""
    try:
        return (workspace.releases / CURRENT).read_text(encoding="utf-8").strip() or NONE
    except FileNotFoundError:
        return NONE


def current(workspace: Workspace) -> Release | None:
    """The release in use, None where the settings hold as they are.

    Raises:
        ReleaseError: its record is missing or was changed.
    """
    release_id = current_id(workspace)
    return None if release_id == NONE else load(workspace, release_id)


def in_force(workspace: Workspace, release: str | Release | None = None) -> Release | None:
    """The release to answer with, its artifacts checked: the one named, or the one in use for None.

    A name is an id, the first digits of one, or "none" for the settings as they are, which is None.

    Raises:
        ReleaseError: there is no such release, or it was changed.
    """
    if isinstance(release, Release):
        return verify(release)
    if release == NONE:
        return None
    chosen = current(workspace) if release is None else find(workspace, release)
    return None if chosen is None else verify(chosen)


def in_use(workspace: Workspace, release: str | None = None) -> str:
    """What a pipeline opened now would be made of; whoever holds one open opens another when this changes.

    Reads two small files and fails for no release, however broken. ``release`` is the one asked for, if any.
    """
    return f"{release or current_id(workspace)} {current_version(workspace.indexes) or NONE}"


def check_gate(workspace: Workspace, release: Release) -> None:
    """Whether a release has passed the gate against the one in use.

    Raises:
        ReleaseError: it has not.
    """
    force = "or say why it is to be used all the same with --force REASON"
    if release.gate is None:
        raise ReleaseError(f"release {release.id} was not measured", f"measure it with --gate, {force}")
    if not release.gate["promoted"]:
        raise ReleaseError(f"release {release.id} did not pass the gate: {release.gate['reason']}", force)
    current = current_id(workspace)
    if current not in (release.gate["before"], release.id):
        raise ReleaseError(
            f"release {release.id} was measured against {release.gate['before']}, and {current} is in use",
            f"measure it anew with --gate, {force}",
        )


def promote(workspace: Workspace, release_id: str, *, by: str, clock: datetime, reason: str = "") -> Release:
    """Put a release in use; nothing is done where it is already.

    Raises:
        ReleaseError: there is no such release, it or an artifact of it was changed, or it needs an index that
            is not there; the one in use stays in use.
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable; the one in use stays in use.
    """
    release = verify(load(workspace, release_id))
    with workspace.writing():
        before = current_id(workspace)
        if before != release.id:
            _check_index(workspace, release.id, release.index)
            _switch(workspace, _entry(workspace, "promote", (before, release.id), (by, reason), clock))
        align_index(workspace)
    return release


def rollback(workspace: Workspace, *, by: str, clock: datetime, reason: str = "") -> Release | None:
    """Put the release in use that was before the last promotion; None where that was none.

    Again it goes a promotion further back.

    Raises:
        ReleaseError: there is nothing to go back to, or it cannot be used any more; nothing is changed.
        WorkspaceError: another process is writing to the workspace.
        StorageError: the disk is full or not writable; the one in use stays in use.
    """
    with workspace.writing():
        target, need = previous(workspace)
        release = None if target == NONE else verify(load(workspace, target))
        _check_index(workspace, target, need)
        entry = _entry(workspace, "rollback", (current_id(workspace), target), (by, reason), clock)
        _switch(workspace, entry)
        _align(workspace, need)
    return release


def previous(workspace: Workspace) -> tuple[str, IndexNeed | None]:
    """What ``rollback`` would put in use, and the index that was in use with it.

    Raises:
        ReleaseError: there is nothing to go back to.
    """
    stack: list[Switch] = []
    for switch in history(workspace):
        if switch.action == "promote":
            stack.append(switch)
        elif stack:
            stack.pop()
    if not stack:
        raise ReleaseError("no promotion to go back behind", "list releases with covenant releases")
    return stack[-1].before, stack[-1].index


def history(workspace: Workspace) -> list[Switch]:
    """All switches that happened, the oldest first.

    Raises:
        ReleaseError: the file cannot be read.
    """
    path = workspace.releases / HISTORY
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        switches = [_switch_of(json.loads(line)) for line in lines]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise ReleaseError(f"{path} cannot be read ({error})", "restore it from a backup") from error
    if switches and switches[-1].after != current_id(workspace):
        switches.pop()
    return switches


def index_ready(workspace: Workspace, need: IndexNeed | None) -> bool:
    """Whether there is an index with the embedder of ``need`` over the library as it is indexed now."""
    if need is None or current_version(workspace.indexes) is None:
        return True
    return version_for(workspace.indexes, need.embedder) is not None


def align_index(workspace: Workspace) -> None:
    """Let the version in use be the one of the release in use; the caller holds the workspace for writing.

    Both are over the same library, and a pipeline finds its own: this only tells those who build on the
    version in use which embedder is meant.
    """
    release = None
    with suppress(ReleaseError):
        release = current(workspace)
    if release is not None:
        _align(workspace, release.index)


def _align(workspace: Workspace, need: IndexNeed | None) -> None:
    version = None if need is None else version_for(workspace.indexes, need.embedder)
    if version is not None and version != current_version(workspace.indexes):
        use_version(workspace.indexes, version)


def kept_versions(workspace: Workspace) -> set[str]:
    """The index versions that releases need: of the last ones made and switched, and of the one in use.

    A record that cannot be read needs none.
    """
    needs: list[IndexNeed | None] = []
    needs += [one.index for one in listed(workspace)[:KEPT_RELEASES]]
    with suppress(ReleaseError):
        switches = history(workspace)[-KEPT_RELEASES:]
        needs += [switch.index for switch in switches]
        for name in {switch.before for switch in switches} - {NONE}:
            with suppress(ReleaseError):
                needs.append(load(workspace, name).index)
    with suppress(ReleaseError):
        release = current(workspace)
        needs.append(release.index if release is not None else None)
    embedders = {need.embedder for need in needs if need is not None}
    built = {version_for(workspace.indexes, embedder) for embedder in embedders}
    return {need.version for need in needs if need is not None} | {one for one in built if one is not None}


def _check_index(workspace: Workspace, release_id: str, need: IndexNeed | None) -> None:
    if not index_ready(workspace, need):
        raise ReleaseError(
            f"release {release_id} has an embedder of its own, and no index over the documents as they are",
            "run covenant promote or covenant rollback, which make it first",
        )


def _entry(
    workspace: Workspace, action: str, way: tuple[str, str], who: tuple[str, str], clock: datetime
) -> Switch:
    """A switch ``way`` from one id to another, by and why as ``who`` says."""
    manifest = manifest_in_use(workspace.indexes)
    return Switch(
        at=clock.isoformat(timespec="seconds"),
        by=who[0],
        action=action,
        before=way[0],
        after=way[1],
        reason=who[1],
        index=None if manifest is None else IndexNeed(version=manifest.id, embedder=manifest.embedder),
    )


def _switch(workspace: Workspace, entry: Switch) -> None:
    """Write the switch down, then make it."""
    folder = workspace.releases
    lines = [json.dumps(asdict(one), ensure_ascii=False) for one in (*history(workspace), entry)]
    remove_leftovers(folder)
    write_text(folder / HISTORY, "\n".join(lines) + "\n")
    write_text(folder / CURRENT, entry.after + "\n")


def _switch_of(written: Mapping[str, object]) -> Switch:
    need = written["index"]
    fields = {**written, "index": IndexNeed(**need) if isinstance(need, dict) else None}
    return Switch(**fields)  # type: ignore[arg-type] # what asdict wrote
