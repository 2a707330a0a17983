"""The worker as a process: killed in the middle of a job, cancelled, told to end, not alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.progress_lines import Standing
from rag.workspace import Workspace
from service.callers import LOCAL
from service.job_store import MOST_STARTS, End, JobStore
from service.worker import Worker, is_working
from tests.library import SETTINGS, make_workspace

AT = "2026-01-01T00:00:00+00:00"
QUESTIONS = 450
BLOCK = 2048
"""Votes are kept in blocks of about so many (``tuning.labeling.applier.ROWS``)."""
# ``counted`` leaves a byte for each call, and in the second block waits until somebody writes into the pipe.
COUNTED = f"""
import os
from pathlib import Path
from tuning.labeling import ABSTAIN, RELEVANT, labeling_function

ROOT = Path(__file__).parent

@labeling_function(on="passage", kind="pattern", revision="1")
def counted(item):
    with (ROOT / "calls").open("a") as calls:
        calls.write("x")
        calls.flush()
        called = calls.tell()
    if called == {BLOCK + 100}:
        (ROOT / "begun").write_text(str(os.getpid()))
        (ROOT / "gate").read_text()
    return RELEVANT if "Trustee is" in item.chunk.text else ABSTAIN
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = make_workspace(tmp_path / "team")
    made.settings_file.write_text(
        '[embedder]\nkind = "hashing"\ndim = 256\n[generator]\nkind = "best_sentence"\n'
        '[reranker]\nkind = "none"\n'
    )
    rows = [{"question": f"Who is the Trustee of the Notes, question {n}?"} for n in range(QUESTIONS)]
    (made.root / "asked.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return made


@contextmanager
def started(workspace: Workspace, *more: str) -> Iterator[subprocess.Popen[str]]:
    """``covenant worker`` in a process of its own, which does not outlive the test."""
    code = "from service.worker_commands import worker; from rag.command import covenant;"
    code += "covenant.add_command(worker); from rag.command import main; main()"
    command = [sys.executable, "-c", code, "--workspace", str(workspace.root), "worker", *more]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def queued(workspace: Workspace, text: str) -> tuple[JobStore, str]:
    """A job of labelling by these functions, all questions from a file."""
    (workspace.root / "labels.py").write_text(text)
    store = JobStore(workspace.service_file)
    return store, store.add(LOCAL, "label", {"questions": ["asked.jsonl"], "made": 0}, at=AT).id


def begun(workspace: Workspace) -> int:
    """Wait until the job waits in its second block; returns the number of its process."""
    return int((workspace.root / "begun").read_text())


def has_ended(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.slow
def test_a_job_goes_on_after_its_worker_was_killed(workspace: Workspace) -> None:
    os.mkfifo(workspace.root / "begun")
    os.mkfifo(workspace.root / "gate")
    store, job = queued(workspace, COUNTED)
    with started(workspace) as process:
        child = begun(workspace)
        running = store.get(job)
        assert running is not None
        assert (running.status, running.starts) == ("running", 1)
        assert is_working(workspace)
        process.kill()
        process.wait()
    before = (workspace.root / "calls").stat().st_size
    with started(workspace, "--until-idle") as process:
        assert process.wait(100) == 0
    assert has_ended(child)
    done = store.get(job)
    assert done is not None
    assert (done.status, done.error, done.starts) == ("done", None, 2), store.lines(job)
    items = int(done.result["items"])
    each = items // QUESTIONS
    first_block = -(-BLOCK // each) * each
    assert items > first_block
    # The first block was kept: only the items of the second were asked for again.
    assert (workspace.root / "calls").stat().st_size == before + items - first_block


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["cancel", "terminate"])
def test_a_job_that_is_stopped_can_go_on(workspace: Workspace, ending: str) -> None:
    questions = workspace.root / "asked.pipe"
    os.mkfifo(questions)
    store = JobStore(workspace.service_file)
    job = store.add(LOCAL, "eval", {"questions": "asked.pipe"}, at=AT).id
    with started(workspace, "--until-idle") as process, questions.open("w"):
        # The pipe opens when the command reads its questions, for which it waits from here on.
        if ending == "cancel":
            assert store.cancel(job, at=AT)
        else:
            process.send_signal(signal.SIGTERM)
        assert process.wait(100) == 0
    stopped = store.get(job)
    assert stopped is not None
    assert (stopped.status, stopped.error) == ("cancelled" if ending == "cancel" else "queued", None)
    assert any("interrupted" in line for _, line in store.lines(job))
    assert ending == "terminate" or store.resume(job)
    again = store.get(job)
    assert again is not None
    assert (again.status, again.cancelling) == ("queued", False)
    assert not is_working(workspace)


@pytest.mark.slow
def test_a_refused_job_says_why(workspace: Workspace) -> None:
    store = JobStore(workspace.service_file)
    (workspace.root / "bad.jsonl").write_text("{")
    job = store.add(LOCAL, "eval", {"questions": "bad.jsonl"}, at=AT).id
    gone = store.add(LOCAL, "eval", {"questions": "gone.jsonl"}, at=AT).id
    Worker(workspace, SETTINGS).run(threading.Event(), until_idle=True)
    failed = store.get(job)
    assert failed is not None
    assert failed.error is not None
    assert (failed.status, failed.error["code"]) == ("failed", "refused")
    assert "bad.jsonl" in failed.error["message"]
    other = store.get(gone)
    assert other is not None
    assert other.error is not None
    assert "gone.jsonl" in other.error["message"]


def test_only_one_worker_works(workspace: Workspace) -> None:
    stopping = threading.Event()
    threads = [threading.Thread(target=Worker(workspace, SETTINGS).run, args=(stopping,)) for _ in range(2)]
    for one in threads:
        one.start()
    stopping.set()
    for one in threads:
        one.join(30)
        assert not one.is_alive()
    assert not is_working(workspace)


def test_what_a_dead_worker_left_is_queued_again_but_not_for_ever(workspace: Workspace) -> None:
    store = JobStore(workspace.service_file)
    job = store.add(LOCAL, "label", {}, at=AT).id
    for start in range(1, MOST_STARTS + 1):
        claimed = store.claim(at=AT)
        assert claimed is not None
        assert claimed.starts == start
        assert store.claim(at=AT) is None
        assert store.recover(at=AT) == [job]
    lost = store.get(job)
    assert lost is not None
    assert lost.error is not None
    assert (lost.status, lost.error["code"]) == ("failed", "worker_lost")
    assert store.resume(job)
    assert store.claim(at=AT) is not None


def test_who_was_taken_for_dead_writes_nothing_more(workspace: Workspace) -> None:
    store = JobStore(workspace.service_file)
    store.add(LOCAL, "label", {}, at=AT)
    first = store.claim(at=AT)
    store.recover(at=AT)
    second = store.claim(at=AT)
    assert first is not None
    assert second is not None
    assert store.tell(first, Standing(stage="late"), ["late"]) == "lost"
    assert not store.end(first, End(status="done"), at=AT)
    store.put_back(first)
    assert store.tell(second, Standing(stage="fit"), ["in time"]) == "go on"
    assert [line for _, line in store.lines(second.id)] == ["in time"]
    assert store.end(second, End(status="done"), at=AT)


def test_what_was_accepted_outlives_the_service(workspace: Workspace) -> None:
    """The service is killed after its reply: nothing of it is closed or flushed."""
    code = """
import os, signal, sys
from pathlib import Path
from service.callers import LOCAL
from service.job_store import JobStore
JobStore(Path(sys.argv[1])).add(LOCAL, "eval", {}, at="2026-01-01T00:00:00+00:00")
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code, str(workspace.service_file)], check=False)
    assert done.returncode == -signal.SIGKILL
    (job,) = JobStore(workspace.service_file).latest(5)
    assert (job.kind, job.status) == ("eval", "queued")
