"""The checkout as these tests see it: which files there are, and their syntax trees."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("rag", "ingest", "tuning", "eval", "service")


@cache
def modules(*folders: str) -> tuple[Path, ...]:
    """The Python files below some folders, relative to the checkout, sorted."""
    found = [path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(found))


@cache
def tree(module: Path) -> ast.Module:
    """The syntax tree of a module given relative to the checkout."""
    return ast.parse((ROOT / module).read_text(encoding="utf-8"), filename=str(module))


def functions(module: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module, nested ones included."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return [node for node in ast.walk(tree(module)) if isinstance(node, kinds)]


def dotted(module: Path) -> str:
    """The import name of a module.

    >>> dotted(Path("rag/index/__init__.py")), dotted(Path("rag/types.py"))
    ('rag.index', 'rag.types')
    """
    parts = module.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
