"""The pointer: promotion, rollback, and that a kill at any step leaves the old or the new release in use."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rag import releases
from rag.assembly import open_pipeline
from rag.errors import ReleaseError, WorkspaceError
from rag.index.store import current_version
from rag.releases.switching import CURRENT, HISTORY
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS
from tests.rag.releases.made import INTEREST, NOON, promoted, release_of, workspace_at

KILLED = """
import os, signal, sys
from pathlib import Path
from rag import releases
from rag.workspace import Workspace
from tests.rag.releases.made import NOON

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}
task, release_id, *roots = sys.argv[1:]

def work(root, moment):
    steps = 0
    def watch(event, arguments):
        nonlocal steps
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if (event in CHANGES or opened) and any(str(value).startswith(root) for value in arguments):
            steps += 1
            if steps == moment:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(watch)
    if task == "promote":
        releases.promote(Workspace(Path(root)), release_id, by="tester", clock=NOON)
    else:
        releases.rollback(Workspace(Path(root)), by="tester", clock=NOON)
    print(steps, flush=True)

for moment, root in enumerate(roots):
    process = os.fork()
    if process == 0:
        work(root, moment)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)
"""
"""The first workspace is worked in undisturbed (no step has number 0), the others die at their step."""


def work(task: str, release_id: str, roots: list[Path]) -> list[int]:
    """The steps of the undisturbed run, then the exit code of each."""
    arguments = [sys.executable, "-c", KILLED, task, release_id, *map(str, roots)]
    done = subprocess.run(arguments, check=True, capture_output=True, text=True)
    return [int(line) for line in done.stdout.split()]


def copies(workspace: Workspace, count: int) -> list[Path]:
    roots = [workspace.root.with_name(f"copy {at}") for at in range(count)]
    for root in roots:
        shutil.copytree(workspace.root, root, dirs_exist_ok=True)
    return roots


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_at(tmp_path / "workspace")


def answers(workspace: Workspace) -> str:
    """The release that answers a question asked now."""
    with open_pipeline(workspace, SETTINGS) as pipeline:
        return pipeline.ask(Query(text=INTEREST)).fingerprints["release"]


def test_nothing_is_in_use_at_first(workspace: Workspace) -> None:
    assert (releases.current(workspace), releases.current_id(workspace)) == (None, "none")
    assert (releases.history(workspace), releases.listed(workspace)) == ([], [])
    assert answers(workspace) == "none"
    with pytest.raises(ReleaseError, match="no promotion to go back behind"):
        releases.rollback(workspace, by="tester", clock=NOON)


def test_promotions_go_back_one_by_one(workspace: Workspace) -> None:
    one, two = promoted(workspace, "one"), promoted(workspace, "two")
    assert answers(workspace) == two.id

    back = releases.rollback(workspace, by="tester", clock=NOON, reason="worse on Mondays")
    assert back == one == releases.current(workspace)
    assert answers(workspace) == one.id
    assert releases.rollback(workspace, by="tester", clock=NOON) is None
    assert answers(workspace) == "none"
    with pytest.raises(ReleaseError, match="no promotion"):
        releases.rollback(workspace, by="tester", clock=NOON)

    told = [(switch.action, switch.before, switch.after) for switch in releases.history(workspace)]
    assert told == [
        ("promote", "none", one.id),
        ("promote", one.id, two.id),
        ("rollback", two.id, one.id),
        ("rollback", one.id, "none"),
    ]
    third = releases.history(workspace)[2]
    assert (third.at, third.by, third.reason) == ("2026-01-01T12:00:00+00:00", "tester", "worse on Mondays")
    assert third.index is not None
    assert third.index.version == current_version(workspace.indexes)


def test_after_a_rollback_one_goes_on_from_there(workspace: Workspace) -> None:
    one = promoted(workspace, "one")
    promoted(workspace, "two")
    releases.rollback(workspace, by="tester", clock=NOON)
    promoted(workspace, "three")

    assert releases.rollback(workspace, by="tester", clock=NOON) == one


def test_promoting_what_is_in_use_changes_nothing(workspace: Workspace) -> None:
    promoted(workspace, "one")
    before = (workspace.releases / HISTORY).read_bytes()
    promoted(workspace, "one")

    assert (workspace.releases / HISTORY).read_bytes() == before


def test_no_switch_while_another_process_writes(workspace: Workspace) -> None:
    made = release_of(workspace, "one")
    with workspace.writing(), pytest.raises(WorkspaceError, match="another process"):
        releases.promote(workspace, made.id, by="tester", clock=NOON)
    assert releases.current(workspace) is None


def test_a_release_that_was_tampered_with_is_not_gone_back_to(workspace: Workspace) -> None:
    promoted(workspace, "one")
    two = promoted(workspace, "two")
    (workspace.artifacts / "one" / "weights.json").write_text("{}")

    with pytest.raises(ReleaseError, match="has changed"):
        releases.rollback(workspace, by="tester", clock=NOON)
    assert releases.current(workspace) == two
    assert len(releases.history(workspace)) == 2


def test_what_is_in_use_changes_with_release_and_index(workspace: Workspace) -> None:
    seen = {releases.in_use(workspace)}
    one = promoted(workspace, "one")
    seen.add(releases.in_use(workspace))
    pinned = releases.in_use(workspace, one.id)
    promoted(workspace, "two")
    seen.add(releases.in_use(workspace))

    assert len(seen) == 3
    assert releases.in_use(workspace, one.id) == pinned
    (workspace.releases / CURRENT).write_text("f" * 20)
    assert releases.in_use(workspace) not in seen


def test_a_switch_written_down_but_not_made_did_not_happen(workspace: Workspace) -> None:
    one = promoted(workspace, "one")
    promoted(workspace, "two")
    # As a kill leaves it between the history and the pointer.
    (workspace.releases / CURRENT).write_text(one.id + "\n")

    assert [switch.after for switch in releases.history(workspace)] == [one.id]
    three = promoted(workspace, "three")
    assert [switch.after for switch in releases.history(workspace)] == [one.id, three.id]


@pytest.mark.slow
@pytest.mark.parametrize("task", ["promote", "rollback"])
def test_killed_at_any_step_the_old_or_the_new_is_in_use(workspace: Workspace, task: str) -> None:
    old = promoted(workspace, "old")
    new = release_of(workspace, "new")
    if task == "rollback":
        old, new = releases.promote(workspace, new.id, by="tester", clock=NOON), old
    steps, code = work(task, new.id, copies(workspace, 1))
    shutil.rmtree(workspace.root.with_name("copy 0"))
    assert (code, steps > 4) == (0, True)

    roots = copies(workspace, steps + 1)
    codes = work(task, new.id, roots)[1:]
    assert codes == [0] + [-signal.SIGKILL] * steps
    ended = []
    for root in roots[1:]:
        killed = Workspace(root)
        in_use = answers(killed)
        assert in_use in (old.id, new.id)
        ended.append(in_use)
        # The next switch goes through, and leaves nothing of the killed one behind.
        releases.promote(killed, new.id, by="tester", clock=NOON)
        assert answers(killed) == new.id
        last = releases.history(killed)[-1]
        assert (last.before, last.after) == (old.id, new.id)
        third = promoted(killed, "third")
        assert releases.rollback(killed, by="tester", clock=NOON) == new
        assert {path.name for path in killed.releases.iterdir()} == {
            CURRENT, HISTORY, old.id, new.id, third.id,
        }  # fmt: skip
    # Old up to the rename, new from there on.
    assert ended == sorted(ended, key=[old.id, new.id].index)
    assert old.id in ended
