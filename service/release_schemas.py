"""The wire types of releases: what the gate measured of each, which is in use, promoting and rolling back."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.develop_schemas import EstimateOut, Told
from service.job_schemas import JobOut
from service.replies import Reply
from service.schemas import Reason

_GATE: JsonValue = {
    "promoted": True,
    "reason": "accuracy gets significantly better, .248 to .342 (+.094, p = .0004)",
    "target": "accuracy",
    "before": "none",
    "after": "3f1c9a5be20d4477c1aa",
    "fallen": [],
    "table": [
        {
            "name": "all",
            "before": {"value": 0.248, "low": 0.168, "high": 0.328, "n": 424},
            "after": {"value": 0.342, "low": 0.262, "high": 0.422, "n": 424},
            "difference": {"value": 0.094, "low": 0.044, "high": 0.144, "n": 424},
            "p": 0.0004,
            "detectable": 0.06,
            "documents": 31,
            "verdict": "better",
        }
    ],
}
_SWITCH: JsonValue = {
    "at": "2026-11-25T20:05:00+00:00",
    "by": "maria",
    "action": "promote",
    "before": "none",
    "after": "3f1c9a5be20d4477c1aa",
    "reason": "",
}
_RELEASES: JsonValue = {
    "current": "3f1c9a5be20d4477c1aa",
    "previous": "none",
    "releases": [
        {
            "id": "3f1c9a5be20d4477c1aa",
            "created": "2026-11-25T20:02:00+00:00",
            "parent": None,
            "note": "retuned with 31 judgements",
            "parts": ["embedder", "retrieval"],
            "index_ready": True,
            "gate": _GATE,
        }
    ],
    "damaged": {},
    "history": [_SWITCH],
}


class GateRowOut(Told):
    """The target measure over all questions or over a slice, before and after."""

    name: str
    before: EstimateOut
    after: EstimateOut
    difference: EstimateOut
    p: float = Field(description="Over the slices Holm's.")
    detectable: float = Field(description="The smallest difference that these questions find 4 times in 5.")
    documents: int
    verdict: str = Field(description="better, worse, or that there is no significant difference.")


class GateOut(Told):
    """What the gate measured of a release against the one that was in use."""

    promoted: bool = Field(description="Whether it passed.")
    reason: str
    target: str
    before: str
    after: str
    fallen: list[str] = Field(description="Slices that got significantly worse.")
    table: list[GateRowOut] = Field(description="All questions first, then slices.")


class ReleaseOut(Reply):
    """A release."""

    id: str
    created: str = Field(description="ISO 8601.")
    parent: str | None = Field(description="The release that it was tuned from.")
    note: str
    parts: list[str] = Field(description="Sections of the settings that it speaks of, as embedder.")
    index_ready: bool = Field(description="Whether there is an index for it over the documents as they are.")
    gate: GateOut | None = Field(description="Null where it was not measured.")


class SwitchOut(Told):
    """A promotion or rollback."""

    at: str = Field(description="ISO 8601.")
    by: str
    action: Literal["promote", "rollback"]
    before: str
    after: str
    reason: str


class ReleasesReply(Reply):
    """Releases, the newest first, and what is in use."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RELEASES]})

    current: str = Field(description='The release in use; "none": the settings as they are.')
    previous: str | None = Field(description="What a rollback goes back to; null where it goes nowhere.")
    releases: list[ReleaseOut]
    damaged: dict[str, str] = Field(description="What is wrong with those that cannot be read, by id.")
    history: list[SwitchOut] = Field(description="The last switches, the newest first.")


class PromoteRequest(BaseModel):
    """How a release is to be put in use."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{}, {"force": True, "reason": "asked for by the desk"}]},
    )

    force: bool = Field(False, description="Whatever the gate says; needs a reason.")
    reason: Reason = Field("", description="Why, for the history.")


class RollbackRequest(BaseModel):
    """Why to go back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})

    reason: Reason = Field("", description="Why, for the history.")


class InUseReply(Reply):
    """What answers from the next question on."""

    current: str = Field(description='The release in use; "none": the settings as they are.')
    previous: str | None = Field(description="What a rollback goes back to; null where it goes nowhere.")


class SwitchReply(InUseReply):
    """What answers from the next question on, or the job after which another release will."""

    job: JobOut | None = Field(
        None, description="Makes the index that is needed first, and switches then; null where that is done."
    )
