"""What is left after kill -9 of service and worker under load: nothing that was accepted may be lost.

Accepted is what a client was told an id of: answers, judgements, regression questions, jobs. Leaves processes
to ``benchmarks.serving``, asking to ``benchmarks.asking``.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.asking import Client, ask
from benchmarks.serving import Command, seconds_to_end, seconds_to_ready, serve

_JUDGED_EVERY = 5
_JOBS = 2
_JOBS_S = 600.0
_WARM_S = 120.0
_ENDED = ("done", "failed", "cancelled")


@dataclass(slots=True)
class Accepted:
    """Ids that clients were told."""

    answers: list[str] = field(default_factory=list)
    judgements: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    jobs: list[str] = field(default_factory=list)


def kill_under_load(
    workspace: Path, log: Path, port: int, questions: Sequence[str], clients: int, seconds: float
) -> dict[str, Any]:
    """Ask and judge for some seconds with jobs queued, kill, start again, look for all that was accepted."""
    accepted, killed = Accepted(), threading.Event()
    service = serve(workspace, log, port)
    worker = Command(workspace, log, "worker")
    try:
        seconds_to_ready(service, port)
        _begin_jobs(port, questions, accepted)
        load = threading.Thread(target=_load, args=(port, questions, clients, accepted, killed))
        load.start()
        _wait_for_answers(accepted, clients)
        time.sleep(seconds)
        below = [one for command in (service, worker) for one in command.processes()]
        service.kill()
        worker.kill()
        killed.set()
        ended_s = seconds_to_end(below)
        load.join()
        # What was started together with the service is not waited for: a new one does not know of it.
        service, worker = serve(workspace, log, port), Command(workspace, log, "worker")
        ready_s = seconds_to_ready(service, port)
        lost, jobs = _missing(port, accepted)
    finally:
        service.stop()
        worker.stop()
    return {
        "accepted": {name: len(getattr(accepted, name)) for name in Accepted.__dataclass_fields__},
        "lost": {name: len(ids) for name, ids in lost.items()},
        "jobs": jobs,
        "ready_s": round(ready_s, 2),
        "others_ended_s": None if ended_s is None else round(ended_s, 2),
    }


def _wait_for_answers(accepted: Accepted, count: int) -> None:
    """Until so many were answered: models are opened by then. Whatever goes wrong is found later."""
    until = time.monotonic() + _WARM_S
    while len(accepted.answers) < count and time.monotonic() < until:
        time.sleep(0.05)


def _begin_jobs(port: int, questions: Sequence[str], accepted: Accepted) -> None:
    """Leave regression questions, and jobs that ask them."""
    client = Client(port)
    for question in questions[:3]:
        _, reply = client.send("POST", "/v1/questions", {"question": question, "answer": None})
        accepted.questions.append(reply["id"])
    for _ in range(_JOBS):
        _, reply = client.send("POST", "/v1/jobs", {"kind": "eval", "options": {"scope": "shared"}})
        accepted.jobs.append(reply["id"])
    client.close()


def _load(
    port: int, questions: Sequence[str], clients: int, accepted: Accepted, killed: threading.Event
) -> None:
    turn = threading.Lock()

    def answered(client: Client, answer: str) -> None:
        with turn:
            accepted.answers.append(answer)
            judged = len(accepted.answers) % _JUDGED_EVERY == 0
        if judged:
            status, reply = client.send("POST", "/v1/feedback", {"answer_id": answer, "verdict": "wrong"})
            if status == http.HTTPStatus.CREATED:
                with turn:
                    accepted.judgements.append(reply["id"])

    ask(port, questions, clients, goes_on=lambda _: not killed.is_set(), answered=answered)


def _missing(port: int, accepted: Accepted) -> tuple[dict[str, list[str]], dict[str, int]]:
    """What of the accepted is not there any more, and how the jobs ended."""
    client = Client(port)
    answers = [
        one for one in accepted.answers if client.send("GET", f"/v1/answers/{one}")[0] != http.HTTPStatus.OK
    ]
    listed = {
        "judgements": client.send("GET", "/v1/feedback?limit=1000")[1]["feedback"],
        "questions": client.send("GET", "/v1/questions")[1]["questions"],
        "jobs": client.send("GET", "/v1/jobs?limit=200")[1]["jobs"],
    }
    kept = {name: {one["id"] for one in rows} for name, rows in listed.items()}
    lost = {name: [one for one in getattr(accepted, name) if one not in kept[name]] for name in kept}
    ends: dict[str, int] = {}
    until = time.monotonic() + _JOBS_S
    for job in accepted.jobs:
        status = "lost"
        while time.monotonic() < until:
            with suppress(KeyError):
                status = client.send("GET", f"/v1/jobs/{job}")[1]["status"]
            if status in _ENDED or status == "lost":
                break
            time.sleep(0.2)
        ends[status] = ends.get(status, 0) + 1
    client.close()
    return {"answers": answers, **lost}, ends
