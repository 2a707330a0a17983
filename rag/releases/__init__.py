"""Releases: which components answer, kept as immutable records; one of them is in use, by a pointer.

A release is a folder ``releases/<id>/`` with ``release.json``: settings that differ from the workspace's, the
hashes of the artifacts that they name, and where it came from. Without one in use ("none") the settings hold
as they are. Leaves training what a release names to ``tuning``, deciding whether it is better to
``eval.gate``, and building an index for it to ``ingest``.
"""

from rag.releases.applying import apply, artifact_folders, merged
from rag.releases.record import (
    NONE,
    IndexNeed,
    Release,
    create,
    damaged,
    find,
    listed,
    load,
    record_gate,
    verify,
)
from rag.releases.switching import (
    Switch,
    align_index,
    check_gate,
    current,
    current_id,
    history,
    in_force,
    in_use,
    index_ready,
    kept_versions,
    previous,
    promote,
    rollback,
)

__all__ = [
    "NONE",
    "IndexNeed",
    "Release",
    "Switch",
    "align_index",
    "apply",
    "artifact_folders",
    "check_gate",
    "create",
    "current",
    "current_id",
    "damaged",
    "find",
    "history",
    "in_force",
    "in_use",
    "index_ready",
    "kept_versions",
    "listed",
    "load",
    "merged",
    "previous",
    "promote",
    "record_gate",
    "rollback",
    "verify",
]
