"""Slices that are functions: a typed function of a row says which value of the slice the row has, or none.

    @slicing_function("asks for EBITDA")
    def asks_for_ebitda(row: Row) -> str | None:
        return "yes" if "ebitda" in row.question.lower() else None

A file of such functions is read by ``load_slices``; the fields of questions become slices by ``field_slice``.
A function that raises on a row is counted and reported, and the row is in no value of that slice. Leaves
what is measured to ``eval.criteria``, and the built-in functions to ``eval.slicing``.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from eval.runs import Row
from rag.errors import SourceError
from rag.fingerprints import hash_bytes

Slicer = Callable[[Row], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicingFunction:
    """A named function from a row to its value in the slice, None where it does not belong."""

    name: str
    function: Slicer

    def __call__(self, row: Row) -> str | None:
        """The row's value; whatever the function raises is raised."""
        return self.function(row)


def slicing_function(name: str) -> Callable[[Slicer], SlicingFunction]:
    """Decorate a function as the slice of that name.

    Raises:
        ValueError: the name is empty or holds "=", which parts names from values where slices are printed.

    >>> @slicing_function("long")
    ... def long(row): return "yes" if len(row.question) > 100 else None
    >>> long.name
    'long'
    """
    if not name.strip() or "=" in name:
        raise ValueError(f"a slice needs a name without '=', not {name!r}")
    return lambda function: SlicingFunction(name=name, function=function)


def field_slice(name: str) -> SlicingFunction:
    """The slice by a field of the questions, or by a facet that the run added."""
    return SlicingFunction(name=name, function=lambda row: row.facets.get(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A slicing function that raised: on how many rows, and what it said of the first of them."""

    slice_name: str
    count: int
    question_id: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliced:
    """Rows by slice, named ``slice=value``, in the order of functions and values; and what failed."""

    groups: Mapping[str, tuple[Row, ...]]
    failures: tuple[Failure, ...] = field(default=())


def slice_rows(rows: Sequence[Row], functions: Sequence[SlicingFunction]) -> Sliced:
    """Every function over every row.

    Raises:
        SourceError: two functions have one name.
    """
    names = [function.name for function in functions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SourceError(f"two slices are called {twice[0]!r}", "rename one of them")
    groups: dict[str, tuple[Row, ...]] = {}
    failures = []
    for function in functions:
        by_value, failure = _apply(function, rows)
        groups |= {f"{function.name}={value}": tuple(by_value[value]) for value in sorted(by_value)}
        if failure is not None:
            failures.append(failure)
    return Sliced(groups=groups, failures=tuple(failures))


def load_slices(path: Path) -> tuple[SlicingFunction, ...]:
    """The slicing functions that a Python file defines, in its order. The file is run.

    Raises:
        SourceError: it cannot be read or run, or defines no slice, or two of one name.
    """
    module = _run_file(path)
    found = [value for value in vars(module).values() if isinstance(value, SlicingFunction)]
    functions = tuple(dict.fromkeys(found))
    if not functions:
        raise SourceError(f"{path} defines no slice", "decorate a function with @slicing_function(name)")
    names = [function.name for function in functions]
    if len(set(names)) < len(names):
        raise SourceError(f"{path} gives two slices one name: {', '.join(names)}", "rename one of them")
    return functions


def _apply(function: SlicingFunction, rows: Sequence[Row]) -> tuple[dict[str, list[Row]], Failure | None]:
    by_value: dict[str, list[Row]] = {}
    failure: Failure | None = None
    for row in rows:
        try:
            value = function(row)
            if value is not None and not isinstance(value, str):
                raise TypeError(f"returned {value!r:.60}, which is neither a text nor None")  # noqa: TRY301
        except Exception as error:
            failure = Failure(
                slice_name=function.name,
                count=failure.count + 1 if failure else 1,
                question_id=failure.question_id if failure else row.question_id,
                error=failure.error if failure else f"{type(error).__name__}: {error}",
            )
            continue
        if value is not None:
            by_value.setdefault(value, []).append(row)
    return by_value, failure


def _run_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise SourceError(f"{path} is no file", "name a Python file of slicing functions")
    # The name keeps two files of one name apart; dataclasses in the file look their module up by it.
    name = f"covenant_slices_{hash_bytes(str(path.resolve()).encode())[:12]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SourceError(f"{path} is not a Python file", "give it a name that ends in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise SourceError(
            f"{path}{_line_of(error, path)}: {type(error).__name__}: {error}", "correct it"
        ) from error
    finally:
        del sys.modules[name]
    return module


def _line_of(error: BaseException, path: Path) -> str:
    """The line of the file at which it went wrong, as ``:12``; empty if that is elsewhere."""
    if isinstance(error, SyntaxError):
        return f":{error.lineno}" if error.lineno else ""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename) == path]
    return f":{frames[-1].lineno}" if frames else ""
