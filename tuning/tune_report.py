"""What a tuning run came to: parts, gate, release, times. Leaves telling it to ``tuning.telling``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.releases import Release
from tuning.gating import Verdict
from tuning.stages import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class StageReport:
    """What a stage came to, and how long it took."""

    name: str
    change: Change
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "name": self.name,
            "artifact": self.change.artifact.name if self.change.artifact else None,
            "settings": {section: dict(values) for section, values in self.change.settings.items()},
            "dev": dict(self.change.figures),
            "note": self.change.note,
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneReport:
    """What a run came to; ``release`` is the candidate, None where no part changed."""

    questions: Mapping[str, int]
    labels: int
    label_model: str
    stages: tuple[StageReport, ...]
    release: Release | None
    verdict: Verdict | None
    promoted: bool
    seconds: Mapping[str, float]

    @property
    def reason(self) -> str:
        """Why it was promoted or not, in a sentence."""
        if self.release is None:
            return "no part got better on the development part"
        return "not measured" if self.verdict is None else self.verdict.reason

    def as_dict(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "release": None if self.release is None else self.release.id,
            "promoted": self.promoted,
            "reason": self.reason,
            "questions": dict(self.questions),
            "labels": self.labels,
            "label_model": self.label_model,
            "stages": [one.as_dict() for one in self.stages],
            "gate": None if self.verdict is None else self.verdict.as_dict(),
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
        }
