"""Killed anywhere, the next run goes on and ends where an undisturbed run ends.

A process is killed at stages that its progress tells, and at the files it opens for writing, renames or
removes, as Python's audit events tell: there is no step of the life cycle outside of these that lasts.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.catalog import Catalog
from rag.index.store import Index, current_version
from rag.workspace import Workspace
from tests.ingest.papers import paragraph, pdf
from tests.ingest.test_build import NOON, SETTINGS, dump, rankings, run
from tests.ingest.test_life_cycle import everything, id_of

KILLED = """
import json, os, signal, sys
from pathlib import Path
from ingest.build import ingest
from ingest.progress import Silent
from ingest.remove import remove
from rag.catalog import Catalog
from rag.workspace import Workspace
from tests.ingest.test_build import NOON, SETTINGS

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "sqlite3.connect"}

class Deadly(Silent):
    def __init__(self, root, moment):
        self.root, self.moment = root, moment
        self.stage, self.done, self.steps = "", 0, 0
    def die_at(self, reached):
        if reached == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)
    def start(self, stage, total, unit, *, weight=0):
        self.stage, self.done = stage, 0
        self.die_at(f"{stage}:start")
    def advance(self, amount=1, *, pages=0, weight=0):
        self.done += 1
        self.die_at(f"{self.stage}:{self.done}")
    def watch(self, event, arguments):
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if (event in CHANGES or opened) and any(str(value).startswith(self.root) for value in arguments):
            self.steps += 1
            self.die_at(f"step:{self.steps}")

def work(root, source, task, moment):
    deadly, workspace = Deadly(root, moment), Workspace.open(Path(root))
    sys.addaudithook(deadly.watch)
    if task == "ingest":
        ingest(workspace, [Path(source)], SETTINGS, progress=deadly, clock=lambda: NOON)
    else:
        with Catalog(workspace.catalog_file) as catalog:
            gone = catalog.resolve(task)
        remove(workspace, [gone], SETTINGS, progress=deadly, clock=lambda: NOON)
    print(deadly.steps, flush=True)

for job in json.loads(sys.argv[1]):
    process = os.fork()
    if process == 0:
        work(*job)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "credit.txt").write_text("CREDIT AGREEMENT\n\nSection 1.1 Fees. The fee number 4 is $4,000.\n")
    (folder / "notes.md").write_text("# Notes\n\nThe maturity date is May 1, 2030.\n")
    (folder / "page.html").write_text("<html><body><h1>Fees</h1><p>The fee is 0.25%.</p></body></html>")
    (folder / "deed.pdf").write_bytes(pdf(paragraph(72, 72, "DEED OF QUOKKA", "The quokka fee is $9.")))
    return folder


EVERY = 1 if os.environ.get("COVENANT_ALL_KILLS") else 2
"""Steps from one kill to the next: each second one in the usual run, all of them by `make tests-slow`."""


def work(jobs: list[tuple[Workspace, str]], source: Path, task: str) -> list[int]:
    """Do a task in each workspace, in a process of its own that dies at its moment; the numbers printed."""
    listed = [[str(workspace.root), str(source), task, moment] for workspace, moment in jobs]
    arguments = [sys.executable, "-c", KILLED, json.dumps(listed)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return [int(line) for line in done.stdout.split()]


def killed_everywhere(before: Workspace, source: Path, task: str) -> tuple[Workspace, list[Workspace]]:
    """A copy of a workspace in which a task was done, and copies in which it was killed at each step."""
    undisturbed = copy_of(before, before.root.with_name("undisturbed"))
    steps, code = work([(undisturbed, "never")], source, task)
    assert (code, steps > 10) == (0, True)
    jobs = [
        (copy_of(before, before.root.with_name(f"step {step}")), f"step:{step}")
        for step in range(1, steps + 1, EVERY)
    ]
    assert work(jobs, source, task) == [-signal.SIGKILL] * len(jobs)
    return undisturbed, [workspace for workspace, _ in jobs]


def copy_of(workspace: Workspace, root: Path) -> Workspace:
    shutil.copytree(workspace.root, root)
    return Workspace(root)


def state(workspace: Workspace) -> tuple[object, ...]:
    """All that must be equal: the catalog, the index, what is found, and the names of all files."""
    files = sorted(
        str(path.relative_to(workspace.root))
        for path in workspace.root.rglob("*")
        if path.name != ".lock" and not path.name.endswith(("-wal", "-shm"))
    )
    found = rankings(workspace)
    return dump(workspace.catalog_file), current_version(workspace.indexes), found, files


MOMENTS = [
    *(f"{stage}:start" for stage in ("read", "embed", "index", "compare")),
    *("read:1", "read:2", "read:3", "embed:1", "embed:2", "index:1", "compare:1", "compare:3"),
]


@pytest.mark.slow
def test_an_ingest_killed_at_a_stage(tmp_path: Path, source: Path) -> None:
    undisturbed = Workspace.create(tmp_path / "undisturbed")
    run(undisturbed, source)
    jobs = [(Workspace.create(tmp_path / moment.replace(":", " ")), moment) for moment in MOMENTS]
    assert work(jobs, source, "ingest") == [-signal.SIGKILL] * len(jobs)
    for workspace, moment in jobs:
        report = run(workspace, source)
        read = {"read:start": 4, "read:1": 3, "read:2": 2, "read:3": 1}.get(moment, 0)
        assert (moment, report.count("added")) == (moment, read)
        assert (moment, state(workspace)) == (moment, state(undisturbed))


@pytest.mark.slow
def test_an_ingest_killed_at_any_file(tmp_path: Path, source: Path) -> None:
    undisturbed, disturbed = killed_everywhere(Workspace.create(tmp_path / "before"), source, "ingest")
    for workspace in disturbed:
        run(workspace, source)
        assert (workspace.root, state(workspace)) == (workspace.root, state(undisturbed))


@pytest.mark.slow
def test_a_replacement_killed_at_any_file(tmp_path: Path, source: Path) -> None:
    before = Workspace.create(tmp_path / "before")
    run(before, source)
    (source / "deed.pdf").write_bytes(pdf(paragraph(72, 72, "DEED OF WOMBAT", "The wombat fee is $8.")))
    undisturbed, disturbed = killed_everywhere(before, source, "ingest")
    for workspace in disturbed:
        run(workspace, source)
        assert (workspace.root, state(workspace)) == (workspace.root, state(undisturbed))


@pytest.mark.slow
def test_a_delete_killed_at_any_file_never_leaks(tmp_path: Path, source: Path) -> None:
    before = Workspace.create(tmp_path / "before")
    run(before, source)
    gone = id_of(before, "deed")
    undisturbed, disturbed = killed_everywhere(before, source, "deed")
    (source / "deed.pdf").unlink()
    begun = 0
    for workspace in disturbed:
        with Catalog(workspace.catalog_file) as catalog:
            active, stored = catalog.active_ids(), {record.id for record in catalog.stored()}
            assert (gone in active) == (gone in stored and gone not in catalog.deleting())
        if gone not in active:
            begun += 1
            ingest(workspace, [source], SETTINGS, clock=lambda: NOON)
            assert (workspace.root, state(workspace)) == (workspace.root, state(undisturbed))
            assert gone not in Index.open(workspace.indexes).documents
            assert b"quokka" not in everything(workspace.root)
    assert begun > 10
