"""Jobs of a workspace: what was asked for, how far each is, its log, how it ended. Rows of ``service.db``.

A job that was accepted is on disk before its caller is told so. One worker at a time carries jobs out, one
job at a time, because they all write to the same library; who that is, a lock of the operating system says,
which goes with the process that holds it (``service.worker``). So a job that is "running" when a worker
starts was left behind by one that died, and is queued again. Every such start has a number, and whoever
writes with an older one is refused.

Leaves what a kind of job runs to ``service.job_kinds``.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import Connection, Row
from typing import Any, Literal

from ingest.progress_lines import Standing
from service.callers import Caller
from service.database import create_tables, reading, writing

Status = Literal["queued", "running", "done", "failed", "cancelled"]
ENDED: tuple[Status, ...] = ("done", "failed", "cancelled")
MOST_STARTS = 5
"""A job whose worker died so often while it ran is not tried again by itself."""
KEPT_LINES = 2000
"""Lines of a job's log that are kept, the newest."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created TEXT NOT NULL,
  caller_id TEXT NOT NULL, caller TEXT NOT NULL, kind TEXT NOT NULL, options TEXT NOT NULL,
  status TEXT NOT NULL, cancelling INTEGER NOT NULL DEFAULT 0, starts INTEGER NOT NULL DEFAULT 0,
  tries INTEGER NOT NULL DEFAULT 0, stage TEXT NOT NULL DEFAULT '', done TEXT NOT NULL DEFAULT '',
  share REAL NOT NULL DEFAULT 0, started TEXT NOT NULL DEFAULT '', ended TEXT NOT NULL DEFAULT '',
  result TEXT NOT NULL DEFAULT '{}', error TEXT
);
CREATE INDEX IF NOT EXISTS jobs_status ON jobs(status, number);
CREATE TABLE IF NOT EXISTS job_lines (
  id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, line TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS job_lines_job ON job_lines(job, id);
"""
_ID_BYTES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its row has it.

    Times are ISO 8601, empty where it is not so far. ``starts`` counts how often it was begun; ``standing``
    is where it is, ``cancelling`` whether it was told to stop. ``error`` is code, message and remedy.
    """

    id: str
    created: str
    caller: str
    kind: str
    options: Mapping[str, Any]
    status: Status
    cancelling: bool
    starts: int
    standing: Standing
    started: str
    ended: str
    result: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a job ended, with what it came to and what went wrong."""

    status: Status
    result: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, str] | None = None


class JobStore:
    """The jobs of one workspace. Safe to share between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        create_tables(path, _SCHEMA)

    def add(self, who: Caller, kind: str, options: Mapping[str, Any], *, at: str) -> Job:
        """Queue a job; from here on it is not lost."""
        job_id = secrets.token_hex(_ID_BYTES)
        with writing(self._path) as connection:
            connection.execute(
                "INSERT INTO jobs (id, created, caller_id, caller, kind, options, status)"
                " VALUES (?,?,?,?,?,?,'queued')",
                (job_id, at, who.id, who.name, kind, json.dumps(dict(options), sort_keys=True)),
            )
            return _one(connection, job_id)

    def get(self, job_id: str) -> Job | None:
        """One job, or None."""
        with reading(self._path) as connection:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
        return None if row is None else _job(row)

    def latest(self, limit: int) -> list[Job]:
        """The newest jobs, newest first."""
        with reading(self._path) as connection:
            rows = connection.execute("SELECT * FROM jobs ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
        return [_job(row) for row in rows]

    def waiting(self) -> bool:
        """Whether a job is queued; only reads, so that it can be asked often."""
        with reading(self._path) as connection:
            return connection.execute("SELECT 1 FROM jobs WHERE status = 'queued'").fetchone() is not None

    def lines(self, job_id: str, *, after: int = 0, limit: int = 200) -> list[tuple[int, str]]:
        """The last lines of a job's log that came after a line, with their numbers."""
        with reading(self._path) as connection:
            rows = connection.execute(
                "SELECT id, line FROM job_lines WHERE job = ? AND id > ? ORDER BY id DESC LIMIT ?",
                (job_id, after, limit),
            ).fetchall()
        return [(row["id"], row["line"]) for row in reversed(rows)]

    def recover(self, *, at: str) -> list[str]:
        """Queue again what a dead worker left running; only for whoever holds the worker's lock.

        What had been told to stop is stopped; what was begun ``MOST_STARTS`` times has failed. Returns ids.
        """
        with writing(self._path) as connection:
            left = [_job(row) for row in connection.execute("SELECT * FROM jobs WHERE status = 'running'")]
            for job in left:
                if job.cancelling:
                    _end(connection, job.id, End(status="cancelled"), at)
                elif _tries(connection, job.id) >= MOST_STARTS:
                    error = {
                        "code": "worker_lost",
                        "message": f"the worker died {MOST_STARTS} times while it ran this job",
                        "remedy": "see the machine's memory and the worker's log, then resume it",
                    }
                    _end(connection, job.id, End(status="failed", error=error), at)
                else:
                    connection.execute("UPDATE jobs SET status = 'queued' WHERE id = ?", (job.id,))
        return [job.id for job in left]

    def claim(self, *, at: str) -> Job | None:
        """Begin the oldest job that is queued; None where none is."""
        with writing(self._path) as connection:
            row = connection.execute(
                "UPDATE jobs SET status = 'running', starts = starts + 1, tries = tries + 1,"
                " started = CASE started WHEN '' THEN ? ELSE started END, stage = '', done = '', share = 0"
                " WHERE number = (SELECT min(number) FROM jobs WHERE status = 'queued') RETURNING *",
                (at,),
            ).fetchone()
        return None if row is None else _job(row)

    def tell(self, job: Job, standing: Standing, lines: Sequence[str]) -> Literal["go on", "stop", "lost"]:
        """Note how far a job is; the reply is what to do: it may have been cancelled, or begun by another."""
        with writing(self._path) as connection:
            row = connection.execute(
                "UPDATE jobs SET stage = ?, done = ?, share = ?"
                " WHERE id = ? AND starts = ? AND status = 'running' RETURNING cancelling",
                (standing.stage, standing.done, standing.share, job.id, job.starts),
            ).fetchone()
            if row is None:
                return "lost"
            _add_lines(connection, job.id, lines)
        return "stop" if row["cancelling"] else "go on"

    def end(self, job: Job, end: End, *, at: str) -> bool:
        """Note how a job ended; False where another has begun it since."""
        with writing(self._path) as connection:
            if not _mine(connection, job):
                return False
            _end(connection, job.id, end, at)
        return True

    def put_back(self, job: Job) -> None:
        """Queue a job again whose worker is told to end; it goes on with the next one."""
        with writing(self._path) as connection:
            if _mine(connection, job):
                connection.execute(
                    "UPDATE jobs SET status = 'queued', tries = tries - 1 WHERE id = ?", (job.id,)
                )

    def cancel(self, job_id: str, *, at: str) -> bool:
        """Stop a job: at once where it waits, by its worker where it runs; False where it has ended."""
        with writing(self._path) as connection:
            row = connection.execute(
                "UPDATE jobs SET cancelling = 1 WHERE id = ? AND status IN ('queued', 'running')"
                " RETURNING status",
                (job_id,),
            ).fetchone()
            if row is not None and row["status"] == "queued":
                _end(connection, job_id, End(status="cancelled"), at)
        return row is not None

    def resume(self, job_id: str) -> bool:
        """Queue a job again that failed or was cancelled; False where it was not."""
        with writing(self._path) as connection:
            row = connection.execute(
                "UPDATE jobs SET status = 'queued', cancelling = 0, tries = 0, error = NULL, ended = ''"
                " WHERE id = ? AND status IN ('failed', 'cancelled') RETURNING id",
                (job_id,),
            ).fetchone()
        return row is not None


def _one(connection: Connection, job_id: str) -> Job:
    return _job(connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone())


def _tries(connection: Connection, job_id: str) -> int:
    return int(connection.execute("SELECT tries FROM jobs WHERE id = ?", (job_id,)).fetchone()["tries"])


def _mine(connection: Connection, job: Job) -> bool:
    """Whether a job runs still as it was begun."""
    return (
        connection.execute(
            "SELECT 1 FROM jobs WHERE id = ? AND starts = ? AND status = 'running'", (job.id, job.starts)
        ).fetchone()
        is not None
    )


def _end(connection: Connection, job_id: str, end: End, at: str) -> None:
    error = None if end.error is None else json.dumps(dict(end.error))
    connection.execute(
        "UPDATE jobs SET status = ?, result = ?, error = ?, ended = ?, cancelling = 0 WHERE id = ?",
        (end.status, json.dumps(dict(end.result)), error, at, job_id),
    )


def _add_lines(connection: Connection, job_id: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    connection.executemany(
        "INSERT INTO job_lines (job, line) VALUES (?,?)", [(job_id, line) for line in lines[-KEPT_LINES:]]
    )
    connection.execute(
        "DELETE FROM job_lines WHERE job = ?1 AND id <= (SELECT id FROM job_lines WHERE job = ?1"
        " ORDER BY id DESC LIMIT 1 OFFSET ?2)",
        (job_id, KEPT_LINES),
    )


def _job(row: Row) -> Job:
    return Job(
        id=row["id"],
        created=row["created"],
        caller=row["caller"],
        kind=row["kind"],
        options=json.loads(row["options"]),
        status=row["status"],
        cancelling=bool(row["cancelling"]),
        starts=row["starts"],
        standing=Standing(stage=row["stage"], done=row["done"], share=row["share"]),
        started=row["started"],
        ended=row["ended"],
        result=json.loads(row["result"]),
        error=json.loads(row["error"]) if row["error"] else None,
    )
