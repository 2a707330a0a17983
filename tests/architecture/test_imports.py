"""What may import what, and what an import may cost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.architecture.sources import PACKAGES, ROOT, dotted, modules

HEAVY = {"torch", "transformers", "sentence_transformers", "llama_index", "fastapi", "faiss", "pymupdf"}
LIGHT = ("rag.types", "rag.errors")
"""Import nothing but the standard library: not even numpy or pydantic."""

NO_MODELS = ("rag.settings", "rag.protocols", "rag.catalog", "rag.fusion", "rag.command", "eval.stats")
COMMANDS = [dotted(path) for path in modules(*PACKAGES) if path.name == "commands.py"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )


def loaded_by(module: str) -> set[str]:
    """The top-level packages in memory after importing one module in a new process."""
    code = (
        f"import json, sys, {module}; print(json.dumps(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    )
    result = run("-c", code)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout))


@pytest.mark.slow
def test_import_contracts_hold() -> None:
    result = run(
        "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.mark.parametrize("module", LIGHT)
def test_the_vocabulary_needs_only_the_standard_library(module: str) -> None:
    foreign = loaded_by(module) - set(sys.stdlib_module_names) - loaded_by("sys") - {"rag"}
    assert foreign == set()


@pytest.mark.slow
@pytest.mark.parametrize("module", [*NO_MODELS, *COMMANDS])
def test_light_modules_load_no_model_library(module: str) -> None:
    assert loaded_by(module) & HEAVY == set()


@pytest.mark.slow
@pytest.mark.parametrize("module", COMMANDS)
def test_command_modules_load_next_to_nothing(module: str) -> None:
    assert loaded_by(module) & {"numpy", "pydantic", "rich", "lxml", "uvicorn"} == set()


def test_there_are_command_modules() -> None:
    assert {"rag.commands", "ingest.commands", "eval.commands", "service.commands"} <= set(COMMANDS)


@pytest.mark.slow
def test_help_is_there_at_once() -> None:
    """By the processor time that it takes: how long one waits for that depends on who else is at work."""
    code = """
import json, os, sys
from rag.command import run
assert run(["--help"]) == 0
spent = os.times()
print(json.dumps([spent.user + spent.system, sorted({name.partition(".")[0] for name in sys.modules})]))
"""

    def taken() -> float:
        result = run("-c", code)
        assert result.returncode == 0, result.stderr
        for name in ("init", "ingest", "ask", "eval", "serve", "demo"):
            assert f"\n  {name} " in result.stdout
        seconds, loaded = json.loads(result.stdout.splitlines()[-1])
        assert not {*HEAVY, "numpy", "pydantic", "rich", "lxml", "uvicorn"} & set(loaded)
        return float(seconds)

    assert min(taken() for _ in range(3)) < 0.8
