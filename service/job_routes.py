"""Jobs over HTTP: start one, see how far it is, cancel it, let it go on.

For operators that see the whole library: jobs read and change all of it. Every change is put into the audit
log. Leaves carrying jobs out to ``service.worker``, which is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from service.callers import LibrarianOf
from service.errors import ConflictError, NotThereError
from service.job_kinds import arguments_of
from service.job_schemas import JobOut, JobReply, JobRequest, JobsReply
from service.job_store import ENDED, KEPT_LINES, Job
from service.openapi import guarded
from service.records import Records, RecordsOf
from service.worker import is_working

router = APIRouter(tags=["jobs"])
_NO_JOB = (404, "not_there", "there is no such job", "see GET /v1/jobs")
_LOOK_S = 0.5
_STREAM_S = 20.0
"""A stream ends by itself, so that a service that is told to stop need not wait long; clients come again."""
JobIdOf = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$", description="A job's id.")]


@router.post(
    "/v1/jobs",
    summary="Start a job",
    status_code=202,
    responses=guarded(
        (400, "bad_request", "a file is not there, or not where jobs may read", "name one of the workspace")
    ),
)
def start(body: JobRequest, who: LibrarianOf, records: RecordsOf) -> JobOut:
    """Queues it; a worker (`covenant worker`) carries it out. What was accepted survives a loss of power.

    Files are paths in the workspace, or below a folder of `service.job_folders`.
    """
    arguments_of(body.kind, body.options, records.workspace, records.settings)
    return JobOut.of(records.queue_job(who, body.kind, body.options.model_dump(exclude_unset=True)))


@router.get("/v1/jobs", summary="List jobs", responses=guarded())
def jobs(who: LibrarianOf, records: RecordsOf, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JobsReply:
    """The newest jobs, newest first, and whether a worker is there."""
    found = [JobOut.of(one) for one in records.jobs.latest(limit)]
    return JobsReply(jobs=found, worker="working" if is_working(records.workspace) else "absent")


@router.get("/v1/jobs/{job}", summary="How far is a job?", responses=guarded(_NO_JOB))
def job_of(
    job: JobIdOf, who: LibrarianOf, records: RecordsOf, lines: Annotated[int, Query(ge=0, le=2000)] = 200
) -> JobReply:
    """Where it stands, with the last lines of its log."""
    found = _found(records, job)
    log = [line for _, line in records.jobs.lines(job, limit=lines)] if lines else []
    return JobReply.with_log(found, log)


@router.get(
    "/v1/jobs/{job}/events",
    summary="Follow a job",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        **guarded(_NO_JOB),
    },
)
async def follow(
    job: JobIdOf,
    who: LibrarianOf,
    records: RecordsOf,
    last_event_id: Annotated[str, Header(pattern=r"^[0-9]{1,18}$")] = "0",
) -> StreamingResponse:
    """Server-sent events: `job` (the job, when something has changed), `log` (`{line}`), `end` (the job).

    A stream lasts twenty seconds at most; a client that comes again with `Last-Event-ID`, as browsers do,
    misses no line of the log.
    """
    await run_in_threadpool(_found, records, job)
    return StreamingResponse(_events(records, job, int(last_event_id)), media_type="text/event-stream")


@router.post(
    "/v1/jobs/{job}/cancel",
    summary="Cancel a job",
    status_code=202,
    responses=guarded(_NO_JOB, (409, "conflict", "it has ended already", "see GET /v1/jobs")),
)
def cancel(job: JobIdOf, who: LibrarianOf, records: RecordsOf) -> JobOut:
    """Stops it where it can go on later: at once if it waits, else within a moment."""
    found = _found(records, job)
    if not records.jobs.cancel(job, at=records.now()):
        raise ConflictError(f"job {job} has ended: {found.status}", "see GET /v1/jobs")
    records.note(who, "job.cancel", job, kind=found.kind)
    return JobOut.of(_found(records, job))


@router.post(
    "/v1/jobs/{job}/resume",
    summary="Let a job go on",
    status_code=202,
    responses=guarded(_NO_JOB, (409, "conflict", "it did not fail and was not cancelled", "start another")),
)
def resume(job: JobIdOf, who: LibrarianOf, records: RecordsOf) -> JobOut:
    """Queues a job again that failed or was cancelled; what it has finished is not done again."""
    found = _found(records, job)
    if not records.jobs.resume(job):
        raise ConflictError(f"job {job} cannot go on: {found.status}", "start another")
    records.note(who, "job.resume", job, kind=found.kind)
    return JobOut.of(_found(records, job))


def _found(records: Records, job_id: str) -> Job:
    found = records.jobs.get(job_id)
    if found is None:
        raise NotThereError(f"there is no job {job_id}", "see GET /v1/jobs")
    return found


async def _events(records: Records, job_id: str, last: int) -> AsyncIterator[str]:
    told: Job | None = None
    clock = asyncio.get_running_loop().time
    until = clock() + _STREAM_S
    while clock() < until:
        # The state is read before the log: what is told to have ended has no line that is still to come.
        job = await run_in_threadpool(_found, records, job_id)
        lines = await run_in_threadpool(partial(records.jobs.lines, job_id, after=last, limit=KEPT_LINES))
        for last, line in lines:
            yield _event("log", {"line": line}, last)
        if job != told:
            told = job
            yield _event("job", JobOut.of(job).model_dump(mode="json"), last)
        if job.status in ENDED:
            yield _event("end", JobOut.of(job).model_dump(mode="json"), last)
            return
        await asyncio.sleep(_LOOK_S)


def _event(name: str, data: object, number: int) -> str:
    r"""A server-sent event with a number.

    >>> _event("log", {"line": "a"}, 3)
    'id: 3\nevent: log\ndata: {"line": "a"}\n\n'
    """
    return f"id: {number}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
