"""The README is run: its Python block on a small workspace, its commands against those registered."""

from __future__ import annotations

import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.library import SETTINGS, make_workspace

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_python_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_workspace(tmp_path / "work", SETTINGS)
    (tmp_path / "work" / "covenant.toml").write_text('[embedder]\nkind = "hashing"\ndim = 256\n')
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert "The Trustee is" in capsys.readouterr().out


def test_every_command_it_shows_is_registered() -> None:
    shown = set(re.findall(r"^covenant (?:--workspace \S+ )?(\w+)", README, re.MULTILINE))
    registered = {point.name for point in entry_points(group="covenant.commands")}
    assert shown
    assert shown <= registered
