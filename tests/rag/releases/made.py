"""Releases made by hand: a combiner's weights as the artifact, on a small workspace without any model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rag import releases
from rag.combiner.model import BUILT_IN
from rag.releases import Release
from rag.workspace import Workspace
from tests.library import make_workspace

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
INTEREST = "What interest rate do the Class B Notes bear?"
SETTINGS_FILE = """\
[embedder]
kind = "hashing"
dim = 256
[reranker]
kind = "none"
[generator]
kind = "best_sentence"
"""
"""The same as ``tests.library.SETTINGS``."""


def workspace_at(root: Path) -> Workspace:
    """Two agreements, indexed, with settings that need no model."""
    workspace = make_workspace(root)
    workspace.settings_file.write_text(SETTINGS_FILE)
    return workspace


def weights(workspace: Workspace, name: str) -> Path:
    """A combiner's weights among the artifacts, which differ by ``name``; relative to the workspace."""
    file = workspace.artifacts / name / "weights.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    own = json.loads(BUILT_IN.read_text())
    own["calibration"]["intercept"] += sum(name.encode()) / 10_000
    file.write_text(json.dumps({**own, "note": name}))
    return file.relative_to(workspace.root)


def release_of(workspace: Workspace, name: str, **changed: Any) -> Release:  # noqa: ANN401 - what create takes
    """A release with weights of that name."""
    path = weights(workspace, name)
    settings: Mapping[str, Any] = {"retrieval": {"combiner": path.as_posix()}}
    given: dict[str, Any] = {
        "settings": settings,
        "artifacts": [path],
        "parent": None,
        "note": f"made of {name}",
        "clock": NOON,
        "facts": {},
    }
    return releases.create(workspace, **{**given, **changed})


def promoted(workspace: Workspace, name: str, **changed: Any) -> Release:  # noqa: ANN401 - what create takes
    """Such a release, put in use."""
    release = release_of(workspace, name, **changed)
    return releases.promote(workspace, release.id, by="tester", clock=NOON)
