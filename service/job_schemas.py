"""Jobs on the wire. Leaves what jobs are to ``service.job_store``, their options to ``service.job_kinds``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.job_kinds import (
    EvalOptions,
    IngestOptions,
    LabelOptions,
    PromoteOptions,
    RetuneOptions,
    RollbackOptions,
    TuneOptions,
)
from service.job_store import Job, Status
from service.replies import Reply
from service.schemas import ErrorDetail

JobId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


def _shown(*examples: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": list(examples)})


class IngestJob(_Asked):
    """Read files and folders into the library."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "ingest", "options": {"paths": ["inbox"]}}]}
    )

    kind: Literal["ingest"]
    options: IngestOptions


class EvalJob(_Asked):
    """Ask a set of questions and grade the answers."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "eval", "options": {"scope": "shared"}}]}
    )

    kind: Literal["eval"]
    options: EvalOptions = EvalOptions()


class LabelJob(_Asked):
    """Let the labeling functions vote."""

    model_config = _shown({"kind": "label", "options": {"made": 300}})

    kind: Literal["label"]
    options: LabelOptions = LabelOptions()


class TuneJob(_Asked):
    """Train on the labels and gate the result."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "tune", "options": {"made": 300, "minutes": 30, "parts": ["embedder", "reranker"]}},
                {"kind": "tune", "options": {"parts": ["embedder"], "teacher": "reranker", "mode": "both"}},
            ]
        }
    )

    kind: Literal["tune"]
    options: TuneOptions = TuneOptions()


class RetuneJob(_Asked):
    """Take new documents in and go on training."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "retune", "options": {"paths": ["inbox"]}}]}
    )

    kind: Literal["retune"]
    options: RetuneOptions = RetuneOptions()


class PromoteJob(_Asked):
    """Put a release in use, its index made first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "promote", "options": {"release": "3f1c9a5be20d4477c1aa"}}]}
    )

    kind: Literal["promote"]
    options: PromoteOptions


class RollbackJob(_Asked):
    """Go back behind the last promotion, the index for it made first."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "rollback", "options": {"to": "none"}}]}
    )

    kind: Literal["rollback"]
    options: RollbackOptions


JobRequest = Annotated[
    IngestJob | EvalJob | LabelJob | TuneJob | RetuneJob | PromoteJob | RollbackJob,
    Field(discriminator="kind"),
]
"""A job to be started: the kind says which options it takes, those of the command of that name."""


class JobOut(Reply):
    """A job, and how far it is."""

    id: str
    kind: str
    options: dict[str, JsonValue]
    status: Status
    cancelling: bool = Field(description="It was told to stop and has not yet.")
    progress: float = Field(ge=0, le=1, description="Share of the stage that is done; 1 when the job is.")
    stage: str = Field(description='What it does now, as "ask, 12/300 questions".')
    created: str = Field(description="ISO 8601.")
    started: str | None = Field(description="When it was first begun.")
    ended: str | None
    starts: int = Field(description="How often it was begun: again after each resumption.")
    caller: str = Field(description="The name of the key that started it.")
    result: dict[str, JsonValue] = Field(description="What it came to, once it is done.")
    error: ErrorDetail | None

    @classmethod
    def of(cls, job: Job, **more: Any) -> JobOut:  # noqa: ANN401 - fields of the class
        """The wire form of a job."""
        stage, done = job.standing.stage, job.standing.done
        return cls(
            id=job.id,
            kind=job.kind,
            options=dict(job.options),
            status=job.status,
            cancelling=job.cancelling,
            progress=1.0 if job.status == "done" else job.standing.share,
            stage=", ".join(filter(None, (stage, done))) if job.status == "running" else "",
            created=job.created,
            started=job.started or None,
            ended=job.ended or None,
            starts=job.starts,
            caller=job.caller,
            result=dict(job.result),
            error=ErrorDetail(**job.error) if job.error else None,
            **more,
        )


class JobReply(JobOut):
    """A job with the end of its log."""

    log: list[str] = Field(description="The last lines of its log.")

    @classmethod
    def with_log(cls, job: Job, log: list[str]) -> JobReply:
        """The wire form of a job and its log."""
        return cls(**JobOut.of(job).model_dump(), log=log)


class JobsReply(Reply):
    """Jobs, the newest first."""

    jobs: list[JobOut]
    worker: Literal["working", "absent"] = Field(
        description="absent: nothing is carried out before covenant worker runs."
    )
