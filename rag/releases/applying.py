"""The settings of a release: the workspace's own, with what the release says of components on top.

A component of another kind takes the place of the whole section; of the same kind, only the keys that the
release names. What a release says goes before the settings file, the environment and ``--set``: figures of a
release are figures of these values. To ask with other ones, ask the release "none".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeGuard

from rag.settings import Settings

COMPONENTS = ("embedder", "reranker", "retrieval", "generator", "answer")
"""The sections of the settings that a release may speak of."""

_ARTIFACTS = "artifacts/"


class Overriding(Protocol):
    """What is needed of a release."""

    @property
    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Overrides by section."""
        ...

    @property
    def root(self) -> Path:
        """The workspace's folder."""
        ...


def apply(settings: Settings, release: Overriding | None) -> Settings:
    """The settings under a release; as they are for None. Applying a release twice changes nothing.

    Raises:
        SettingsError: the release's settings do not fit these.
    """
    if release is None:
        return settings
    return settings.overridden(
        {
            section: {key: _placed(value, release.root) for key, value in values.items()}
            for section, values in release.settings.items()
        }
    )


def artifact_paths(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The paths of artifacts that overrides name, as they name them.

    >>> list(artifact_paths({"retrieval": {"combiner": "artifacts/c/weights.json", "hits": 50}}))
    ['artifacts/c/weights.json']
    """
    for values in settings.values():
        for value in values.values():
            if _is_artifact(value):
                yield value.rstrip("/")


def artifact_folders(settings: Mapping[str, Mapping[str, Any]]) -> list[Path]:
    """The artifacts that overrides name, each once as its folder below the workspace, sorted.

    >>> artifact_folders({"retrieval": {"combiner": "artifacts/c/weights.json", "hits": 50}})
    [PosixPath('artifacts/c')]
    """
    return sorted({Path(*Path(path).parts[:2]) for path in artifact_paths(settings)})


def merged(
    settings: Mapping[str, Mapping[str, Any]], change: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Overrides with a change on top, value by value.

    >>> merged({"retrieval": {"hits": 5, "evidence": 3}}, {"retrieval": {"hits": 8}, "answer": {}})
    {'answer': {}, 'retrieval': {'hits': 8, 'evidence': 3}}
    """
    names = {*settings, *change}
    return {name: {**settings.get(name, {}), **change.get(name, {})} for name in sorted(names)}


def _placed(value: object, root: Path) -> object:
    return str(root / value) if _is_artifact(value) else value


def _is_artifact(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith(_ARTIFACTS)
