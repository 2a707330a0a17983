"""Releases over HTTP: what there is and what the gate measured of it, promoting, rolling back.

For keys that see the whole library: a release answers everybody, and figures of slices name what is in it.
Each switch is put into the audit log and into the releases' own history. Lanes take a switch up with their
next question (``service.host``), so none is dropped. Leaves the switch to ``rag.releases``, measuring to the
gate.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import JsonValue, ValidationError
from starlette.concurrency import run_in_threadpool

from ingest.releasing import needs_index
from rag import releases as kept
from rag.errors import ReleaseError, UsageError
from rag.releases import NONE, Release
from service.callers import Caller, LibrarianOf, ReviewerOf
from service.errors import NotThereError
from service.job_schemas import JobOut
from service.openapi import guarded
from service.records import Records, RecordsOf
from service.release_schemas import (
    GateOut,
    InUseReply,
    PromoteRequest,
    ReleaseOut,
    ReleasesReply,
    RollbackRequest,
    SwitchOut,
    SwitchReply,
)
from service.routes import EngineOf

router = APIRouter(tags=["releases"])
_SWITCHES = 20
_LATER = {"model": SwitchReply, "description": "An index is made first: a job was queued that switches then."}
_BAD = (409, "bad_release", "the release was changed, or did not pass the gate", "see GET /v1/releases")
_NO_RELEASE = (404, "not_there", "there is no such release", "see GET /v1/releases")
ReleaseIdOf = Annotated[
    str, Path(pattern=r"^[0-9a-f]{4,20}$", description="A release's id, or the first digits of it.")
]


@router.get("/v1/releases", summary="List releases", responses=guarded(_BAD))
def releases(who: ReviewerOf, records: RecordsOf) -> ReleasesReply:
    """All releases, what the gate measured of each with intervals, and which one is in use."""
    workspace = records.workspace
    found, damaged = [], kept.damaged(workspace)
    for one in kept.listed(workspace):
        try:
            found.append(_release_out(one, records))
        except ValidationError:
            damaged[one.id] = "its gate's report cannot be read; measure it anew with covenant promote --gate"
    return ReleasesReply(
        **_in_use(records).model_dump(),
        releases=found,
        damaged=damaged,
        history=[
            SwitchOut.model_validate(one, from_attributes=True)
            for one in reversed(kept.history(workspace)[-_SWITCHES:])
        ],
    )


@router.post(
    "/v1/releases/rollback",
    summary="Go back to the release before",
    responses={202: _LATER, **guarded(_BAD)},
)
def rollback(
    who: LibrarianOf, records: RecordsOf, response: Response, body: RollbackRequest | None = None
) -> SwitchReply:
    """Puts in use what was before the last promotion; again, what was before that.

    Where an index has to be made for it first, a job does so and switches then (202).
    """
    reason = body.reason if body else ""
    before = kept.current_id(records.workspace)
    target, need = kept.previous(records.workspace)
    if not kept.index_ready(records.workspace, need):
        return _later("rollback", {"to": target, "reason": reason}, (who, records, response))
    release = kept.rollback(records.workspace, by=who.name, clock=records.clock(), reason=reason)
    after = NONE if release is None else release.id
    records.note(who, "release.rollback", after, before=before, reason=reason)
    return _switched(records)


@router.post(
    "/v1/releases/{release}/promote",
    summary="Put a release in use",
    responses={202: _LATER, **guarded(_NO_RELEASE, _BAD)},
)
async def promote(
    release: ReleaseIdOf,
    who: LibrarianOf,
    records: RecordsOf,
    engine: EngineOf,
    response: Response,
    body: PromoteRequest | None = None,
) -> SwitchReply:
    """Lets a release answer from the next question on, if it passed the gate against what is in use.

    It is opened first: one that does not open is not put in use. For one that needs an index of its own, and
    has none over the documents as they are, a job makes that first and switches then (202).
    """
    asked = body or PromoteRequest(force=False, reason="")
    chosen = await run_in_threadpool(_checked, records, release, asked)
    if not _index_ready(chosen, records):
        options = {"release": chosen.id, **asked.model_dump()}
        return await run_in_threadpool(_later, "promote", options, (who, records, response))
    await engine.check(chosen.id)
    return await run_in_threadpool(_promoted, records, chosen, asked, who)


def _later(kind: str, options: dict[str, JsonValue], asked: tuple[Caller, Records, Response]) -> SwitchReply:
    """Queue the job that makes an index and switches then."""
    who, records, response = asked
    job = records.queue_job(who, kind, options)
    response.status_code = 202
    return _switched(records, JobOut.of(job))


def _checked(records: Records, reference: str, asked: PromoteRequest) -> Release:
    """The release that is meant, if it may be put in use.

    Raises:
        NotThereError: there is none.
        UsageError: it is to be forced without a reason.
        ReleaseError: it was changed, or did not pass the gate.
    """
    workspace = records.workspace
    known = [one for one in (*kept.damaged(workspace), *_ids(records)) if one.startswith(reference)]
    if not known:
        raise NotThereError(f"there is no release {reference}", "see GET /v1/releases")
    release = kept.verify(kept.find(workspace, reference))
    if asked.force and not asked.reason:
        raise UsageError("a promotion by force needs a reason", "say why, for the history")
    if not asked.force:
        try:
            kept.check_gate(workspace, release)
        except ReleaseError as error:
            remedy = "measure it with a tune job, or promote it by force and say why"
            raise ReleaseError(error.message, remedy) from error
    return release


def _promoted(records: Records, release: Release, asked: PromoteRequest, who: Caller) -> SwitchReply:
    before = kept.current_id(records.workspace)
    kept.promote(records.workspace, release.id, by=who.name, clock=records.clock(), reason=asked.reason)
    records.note(who, "release.promote", release.id, before=before, forced=asked.force, reason=asked.reason)
    return _switched(records)


def _switched(records: Records, job: JobOut | None = None) -> SwitchReply:
    return SwitchReply(**_in_use(records).model_dump(), job=job)


def _in_use(records: Records) -> InUseReply:
    try:
        previous: str | None = kept.previous(records.workspace)[0]
    except ReleaseError:
        previous = None
    return InUseReply(current=kept.current_id(records.workspace), previous=previous)


def _release_out(one: Release, records: Records) -> ReleaseOut:
    return ReleaseOut(
        id=one.id,
        created=one.created,
        parent=one.parent,
        note=one.note,
        parts=sorted(one.settings),
        index_ready=_index_ready(one, records),
        gate=None if one.gate is None else GateOut.model_validate(dict(one.gate)),
    )


def _index_ready(release: Release, records: Records) -> bool:
    return not needs_index(records.workspace, release)


def _ids(records: Records) -> list[str]:
    return [one.id for one in kept.listed(records.workspace)]
