"""A team's own labeling functions, from ``labels.py`` in its workspace.

The file is Python and runs with the rights of whoever calls ``covenant label``: only those who may run
commands on this machine may write it. Nothing else loads it; a serving process never does.
"""

from __future__ import annotations

import importlib.util
import sys
import traceback
from pathlib import Path

from rag.fingerprints import hash_bytes
from tuning.labeling.functions import FunctionError, LabelingFunction, checked

FILE = "labels.py"


def load_functions(path: Path) -> list[LabelingFunction]:
    """The labeling functions that a file defines, and those it lists in ``FUNCTIONS``, by name.

    Raises:
        FunctionError: the file is missing, fails to run, or defines none; or names repeat.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FunctionError(
            f"no labeling functions: {path} cannot be read ({error.strerror})",
            f"write one with: covenant label --starter > {path.name}",
        ) from error
    name = f"covenant_labels_{hash_bytes(content)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise FunctionError(f"{path} is no Python file", "give it a name that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where inspect looks for the sources
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        where = _line_in(error, path)
        raise FunctionError(
            f"{path}{where} fails: {type(error).__name__}: {error}", "correct it and run the command again"
        ) from error
    found: dict[int, LabelingFunction] = {}
    for value in vars(module).values():
        listed = value if isinstance(value, list | tuple) else (value,)
        found |= {id(one): one for one in listed if isinstance(one, LabelingFunction)}
    if not found:
        raise FunctionError(
            f"{path} defines no labeling function", "see covenant label --starter for an example"
        )
    return checked(list(found.values()))


def _line_in(error: Exception, path: Path) -> str:
    """Where in the file it failed, as ", line 3"; empty where nothing tells."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return f", line {error.lineno}"
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return f", line {lines[-1]}" if lines and lines[-1] is not None else ""
