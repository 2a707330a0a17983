"""The record of a release: made once, named by what decides answers, checked whenever it is used.

The id is a hash of settings and artifacts: making the same release twice gives the first one back, so that a
tuning run that was killed can be repeated. Parent, note, time, facts and the gate's report describe it and
are not part of the id. Leaves which release is in use to ``rag.releases.switching``.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict, Unpack

from filelock import FileLock

from rag.errors import ReleaseError, StorageError
from rag.fingerprints import ID_LENGTH, fingerprint, hash_file
from rag.index.store import Manifest, read_manifest
from rag.releases.applying import COMPONENTS, apply, artifact_paths
from rag.settings import Settings
from rag.storage import new_folder, storage_errors, write_text
from rag.workspace import Workspace

NONE = "none"
"""The id of the unreleased state: the settings as they are."""

FORMAT = 1
RECORD = "release.json"
GATE = "gate.json"
_ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
_KINDS = ("embedder", "reranker", "generator")


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexNeed:
    """The index version that a release was measured on, and the embedder whose vectors it holds."""

    version: str
    embedder: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What ``release.json`` says, and below which workspace it lies.

    ``settings`` are overrides by section; paths in them that begin with ``artifacts/`` are below ``root``.
    ``artifacts`` are SHA-256 by path below ``root``. ``created`` is ISO 8601. ``facts`` are whatever its
    maker wants known: fingerprints, provenance, figures. ``gate`` is the report of the gate, None before it
    is measured.
    """

    id: str
    settings: Mapping[str, Mapping[str, Any]]
    artifacts: Mapping[str, str]
    parent: str | None
    created: str
    note: str
    index: IndexNeed | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    gate: Mapping[str, Any] | None = None
    root: Path = field(compare=False)

    def as_dict(self) -> dict[str, Any]:
        """What is printed with ``--json``."""
        record = _written(self)
        return {**record, "gate": None if self.gate is None else dict(self.gate)}


class Origin(TypedDict):
    """Where a release comes from: the release it was tuned from, a person's note, the time, and facts."""

    parent: str | None
    note: str
    clock: datetime
    facts: Mapping[str, Any]


def create(
    workspace: Workspace,
    *,
    settings: Mapping[str, Any],
    artifacts: Sequence[Path],
    **origin: Unpack[Origin],
) -> Release:
    """Write down a candidate release; it is not in use before ``promote``.

    ``settings`` are all that differs from the workspace's own: nothing is taken over from ``parent``.
    ``artifacts`` are files or folders below the workspace's ``artifacts/``, relative to the workspace or not;
    every path that the settings name there must be among them. ``facts["index"]``, or "index" of
    ``facts["fingerprints"]``, is the index version that it was measured on.

    Raises:
        ReleaseError: there is no such parent, a section is no component's, an artifact is missing or not
            below ``artifacts/``, or one that the settings name is not listed.
        SettingsError: the settings do not fit.
        StorageError: the disk is full or not writable.
    """
    # Where the settings file names no kind, the release says which one it was made for.
    own = Settings.load(workspace.settings_file, environ=os.environ)
    overrides = {
        section: {"kind": getattr(own, section).kind, **values} if section in _KINDS else dict(values)
        for section, values in _checked(settings).items()
    }
    hashes = dict(sorted(_hashes(workspace, artifacts)))
    for path in artifact_paths(overrides):
        if not any(name == path or name.startswith(f"{path}/") for name in hashes):
            raise ReleaseError(
                f"the settings name {path}, which is not listed", "list it among the artifacts"
            )
    parent = origin["parent"]
    release = Release(
        id=_identity(overrides, hashes),
        settings=overrides,
        artifacts=hashes,
        parent=None if parent in (None, NONE) else load(workspace, parent).id,
        created=origin["clock"].isoformat(timespec="seconds"),
        note=origin["note"],
        index=_index_need(workspace, origin["facts"]),
        facts=dict(origin["facts"]),
        root=workspace.root,
    )
    apply(own, release)
    text = json.dumps(_written(release), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    with _writing(workspace), new_folder(workspace.releases / release.id) as aside:
        (aside / RECORD).write_text(text, encoding="utf-8")
    return load(workspace, release.id)


def load(workspace: Workspace, release_id: str) -> Release:
    """A release by its id; its artifacts are not looked at (``verify`` does).

    Raises:
        ReleaseError: there is no such release, or its record was changed.
    """
    folder = workspace.releases / release_id
    if not _ID.fullmatch(release_id) or not (folder / RECORD).is_file():
        raise ReleaseError(f"there is no release {release_id!r:.60}", "list them with covenant releases")
    try:
        written = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        gate = folder / GATE
        release = _read(
            written, workspace.root, json.loads(gate.read_text("utf-8")) if gate.exists() else None
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReleaseError(
            f"release {release_id} cannot be read ({type(error).__name__}: {error})", _REMEDY
        ) from error
    if not release.id == release_id == _identity(release.settings, release.artifacts):
        raise ReleaseError(f"the record of release {release_id} was changed", _REMEDY)
    return release


def verify(release: Release) -> Release:
    """The release, after all its artifacts were found to be what they were.

    Raises:
        ReleaseError: one is missing or has changed.
    """
    for name, expected in release.artifacts.items():
        path = release.root / name
        if not path.is_file():
            raise ReleaseError(f"release {release.id} needs {name}, which is missing", _REMEDY)
        if hash_file(path) != expected:
            raise ReleaseError(
                f"release {release.id} needs {name}, which has changed (SHA-256 differs)", _REMEDY
            )
    return release


def find(workspace: Workspace, reference: str) -> Release:
    """The release that a person names: by its id, or the first digits of it.

    Raises:
        ReleaseError: there is none, or more than one.
    """
    fitting = [name for name in _ids(workspace) if reference and name.startswith(reference)]
    if len(fitting) > 1:
        raise ReleaseError(f"{len(fitting)} releases begin with {reference!r}", "give more digits of the id")
    return load(workspace, fitting[0] if fitting else reference)


def listed(workspace: Workspace) -> list[Release]:
    """All releases whose records can be read, the newest first."""
    found = []
    for name in _ids(workspace):
        with suppress(ReleaseError):
            found.append(load(workspace, name))
    return sorted(found, key=lambda one: (one.created, one.id), reverse=True)


def damaged(workspace: Workspace) -> dict[str, str]:
    """What is wrong with the others, by id."""
    found = {}
    for name in _ids(workspace):
        try:
            load(workspace, name)
        except ReleaseError as error:
            found[name] = str(error)
    return found


def record_gate(workspace: Workspace, release_id: str, report: Mapping[str, Any]) -> Release:
    """Keep what the gate said of a release, in the place of what it said before.

    Raises:
        ReleaseError: there is no such release.
        StorageError: the disk is full or not writable.
    """
    load(workspace, release_id)
    with _writing(workspace):
        text = json.dumps(dict(report), indent=1, sort_keys=True, ensure_ascii=False)
        write_text(workspace.releases / release_id / GATE, text + "\n")
    return load(workspace, release_id)


_REMEDY = "restore it from a backup, tune again, or go back with covenant rollback"


def _writing(workspace: Workspace) -> FileLock:
    """One writer of records at a time; a record takes a moment, so a second one waits."""
    with storage_errors(str(workspace.releases)):
        workspace.releases.mkdir(parents=True, exist_ok=True)
    return FileLock(workspace.root / ".releases.lock", timeout=60)


def _ids(workspace: Workspace) -> list[str]:
    if not workspace.releases.is_dir():
        return []
    return sorted(path.name for path in workspace.releases.iterdir() if _ID.fullmatch(path.name))


def _checked(settings: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    for section, values in settings.items():
        if section not in COMPONENTS or not isinstance(values, Mapping):
            raise ReleaseError(
                f"a release cannot set {section!r}", f"its settings are sections of {', '.join(COMPONENTS)}"
            )
    plain: Mapping[str, Mapping[str, Any]] = json.loads(json.dumps(settings, default=str))
    return plain


def _hashes(workspace: Workspace, artifacts: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Path below the workspace and SHA-256 of every file of the artifacts."""
    for given in artifacts:
        path = (workspace.root / given).resolve()
        if not path.is_relative_to(workspace.artifacts):
            raise ReleaseError(f"{given} is not below {workspace.artifacts}", "put the artifact there")
        files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
        if not files:
            raise ReleaseError(f"the artifact {given} is missing", "train it again")
        for file in files:
            try:
                yield file.relative_to(workspace.root).as_posix(), hash_file(file)
            except OSError as error:
                raise StorageError(f"{file} cannot be read: {error.strerror}", "check the disk") from error


def _identity(settings: Mapping[str, Any], artifacts: Mapping[str, str]) -> str:
    return fingerprint({"format": FORMAT, "settings": dict(settings), "artifacts": dict(artifacts)})


def _index_need(workspace: Workspace, facts: Mapping[str, Any]) -> IndexNeed | None:
    version = facts.get("index") or dict(facts.get("fingerprints") or {}).get("index")
    if not isinstance(version, str) or not (workspace.indexes / version).is_dir():
        return None
    manifest: Manifest = read_manifest(workspace.indexes / version)
    return IndexNeed(version=version, embedder=manifest.embedder)


def _written(release: Release) -> dict[str, Any]:
    need = release.index
    return {
        "format": FORMAT,
        "id": release.id,
        "settings": {section: dict(values) for section, values in release.settings.items()},
        "artifacts": dict(release.artifacts),
        "parent": release.parent,
        "created": release.created,
        "note": release.note,
        "index": None if need is None else {"version": need.version, "embedder": need.embedder},
        "facts": dict(release.facts),
    }


def _read(written: Mapping[str, Any], root: Path, gate: Mapping[str, Any] | None) -> Release:
    fields = {name: value for name, value in written.items() if name != "format"}
    if written["format"] != FORMAT:
        raise ValueError(f"format {written['format']}, this version reads {FORMAT}")
    need = fields.pop("index")
    return Release(**fields, index=None if need is None else IndexNeed(**need), gate=gate, root=root)
