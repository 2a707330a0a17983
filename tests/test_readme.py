"""The README is run: its Python blocks on a small workspace, its commands against those registered."""

from __future__ import annotations

import importlib
import inspect
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from rag.credentials import filled_in
from rag.index.store import Index
from rag.settings import IndexSettings, Settings
from tests.library import SETTINGS, make_workspace

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_python_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_workspace(tmp_path / "work", SETTINGS)
    (tmp_path / "work" / "covenant.toml").write_text(
        '[embedder]\nkind = "hashing"\ndim = 256\n[generator]\nkind = "best_sentence"\n'
    )
    monkeypatch.chdir(tmp_path)
    block = python_block("open_pipeline")
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own README
    assert "The Trustee is" in capsys.readouterr().out


@pytest.mark.slow
def test_the_store_of_ones_own_keeps_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "my_store.py").write_text(python_block("MyStore"))
    monkeypatch.syspath_prepend(str(tmp_path))
    options = {"collection_name": "contracts"}
    index = IndexSettings(vector_store="my_store:MyStore", vector_store_options={**options})
    workspace = make_workspace(tmp_path / "work", SETTINGS.model_copy(update={"index": index}))
    opened = Index.open(workspace.indexes)
    client = importlib.import_module("my_store").CLIENT
    assert client.count("contracts").count == len(opened.chunk_ids)
    client.close()


def test_the_example_of_a_store_is_settings(tmp_path: Path) -> None:
    examples = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (example,) = [one for one in examples if "vector_store" in one]
    (tmp_path / "covenant.toml").write_text(example)
    index = Settings.load(tmp_path / "covenant.toml", environ={}).index
    options = index.vector_store_options
    # The class is there, and these are arguments of it.
    module, _, name = index.vector_store.partition(":")
    parameters = inspect.signature(getattr(importlib.import_module(module), name)).parameters
    assert filled_in(options, {"QDRANT_API_KEY": "k"})["api_key"] == "k"
    assert options.keys() <= parameters.keys()


def python_block(having: str) -> str:
    """The one Python block that has a word."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (block,) = [block for block in blocks if having in block]
    return block


def test_every_command_it_shows_is_registered() -> None:
    shown = set(re.findall(r"^covenant (?:--workspace \S+ )?(\w+)", README, re.MULTILINE))
    registered = {point.name for point in entry_points(group="covenant.commands")}
    assert shown
    assert shown <= registered
