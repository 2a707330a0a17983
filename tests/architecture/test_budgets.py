"""Sizes, names and words that every module keeps to; the numbers are the hard limits of the house rules."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from pathlib import Path

from tests.architecture.sources import PACKAGES, ROOT, functions, modules, tree

MODULE_LINES = 500
FUNCTION_LINES = 60
PARAMETERS = 6
VAGUE_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
OURS = modules(*PACKAGES)
EVERYTHING = modules(*PACKAGES, "tests")

# Places on one person's or one company's machines; split, so that this file does not find itself.
FORBIDDEN = re.compile(
    "|".join(["/" + "tmp" + "/", "/" + "work" + "/", "/" + "home" + "/", "/" + "root" + "/"])
)
TEXTS = {".py", ".toml", ".md", ".txt", ".yaml", ".json", ""}


def report(found: Iterable[str]) -> str:
    return "\n".join(found)


def test_there_is_something_to_check() -> None:
    assert {path.parts[0] for path in EVERYTHING} == {*PACKAGES, "tests"}


def test_modules_are_short() -> None:
    lengths = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in EVERYTHING}
    assert not report(f"{path}: {n} lines" for path, n in lengths.items() if n > MODULE_LINES)


def test_functions_are_short() -> None:
    assert not report(
        f"{path}:{node.lineno} {node.name}: {lines} lines"
        for path in EVERYTHING
        for node in functions(path)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    )


def test_functions_take_few_parameters() -> None:
    def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        return len(names) - (names[:1] in (["self"], ["cls"]))

    # A command's parameters are the options of its command line; click passes them one by one.
    def is_command(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        return any("click.command" in ast.unparse(decorator) for decorator in node.decorator_list)

    assert not report(
        f"{path}:{node.lineno} {node.name}: {count} parameters"
        for path in OURS
        for node in functions(path)
        if (count := parameters(node)) > PARAMETERS and not is_command(node)
    )


def test_names_say_what_is_inside() -> None:
    assert not report(str(path) for path in EVERYTHING if VAGUE_NAMES & {*path.with_suffix("").parts})


def test_every_module_says_what_it_is_for() -> None:
    assert not report(str(path) for path in OURS if not (ast.get_docstring(tree(path)) or "").strip())


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    folders = (*PACKAGES, "tests", "docs", ".ci")
    files = [path for folder in folders for path in sorted((ROOT / folder).rglob("*"))]
    files += [path for path in sorted(ROOT.iterdir()) if path.name != ".git"]
    texts = [
        path for path in files if path.is_file() and path.suffix in TEXTS and "__pycache__" not in path.parts
    ]
    assert ROOT / "pyproject.toml" in texts
    assert not report(
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in texts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if FORBIDDEN.search(line)
    )


def test_nothing_is_left_for_later() -> None:
    marker = re.compile(r"#\s*(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HACK"]) + r")\b")
    assert not report(
        f"{path}:{number}"
        for path in EVERYTHING
        for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), start=1)
        if marker.search(line)
    )


def test_packages_mark_themselves_as_typed() -> None:
    assert all((ROOT / package / "py.typed").is_file() for package in PACKAGES)


def test_tests_mirror_packages() -> None:
    known = {*PACKAGES, "contracts", "architecture", "golden"}
    folders = {path.relative_to("tests").parts[0] for path in modules("tests") if len(path.parts) > 2}
    assert folders <= known
    assert Path("tests/service/test_routes.py") in modules("tests")
