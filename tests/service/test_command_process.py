"""A command in a process of its own: what it printed and logged, its turn, its end."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock

from service.command_process import CommandProcess
from service.job_results import refusal

LONG_S = 100.0


def test_what_a_command_prints_and_how_it_ends(tmp_path: Path) -> None:
    with CommandProcess(tmp_path / "lock", ["--version"]) as running:
        assert running.wait(LONG_S) == 0
        assert running.printed().startswith("covenant")
        assert running.tail() == []


def test_why_a_command_refuses_stands_in_its_log(tmp_path: Path) -> None:
    with CommandProcess(tmp_path / "lock", ["--workspace", str(tmp_path), "ingest", "x"]) as running:
        assert running.wait(LONG_S) == 2
        message, remedy = refusal(running.tail())
    assert "is not a workspace" in message
    assert "init" in remedy


def test_one_after_the_other_and_ended_with_the_block(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with FileLock(lock), CommandProcess(lock, ["--version"]) as running:
        assert running.wait(0.1) is None
        process = running._process
        assert process.poll() is None
    assert process.poll() is not None
