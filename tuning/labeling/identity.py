"""What a labeling function is, as text: its source, and all of its own module that the source leads to.

A function whose helper or pattern changes votes differently, so these are part of it: other functions and
classes of the same module or of ``tuning.labeling`` by their source, plain values by what they are, what is
imported from elsewhere by name. Comments and blank lines count too; a function run once too often costs
little. Leaves hashing to ``tuning.labeling.versions``.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import re
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

_OWN = "tuning.labeling"
_PLAIN = (str, bytes, int, float, complex, bool, type(None), re.Pattern, range, slice)


def source_of(function: Callable[..., Any], *, known: bool = False) -> str:
    """The source of a function and of what it uses, each once.

    Raises:
        TypeError: it uses an object that nothing identifies; the message names it. Not where something else
            identifies it (``known``).
    """
    parts: dict[str, str] = {}
    try:
        _add(function, "call", getattr(function, "__module__", ""), parts)
    except TypeError:
        if not known:
            raise
    return "\n".join(f"{name}={text}" for name, text in sorted(parts.items()))


def _key(value: Any, home: str) -> str:  # noqa: ANN401 - a function, class or module
    """A name by module, without that of the home module: a file may be loaded under any."""
    module = getattr(value, "__module__", "")
    name = getattr(value, "__qualname__", value.__name__)
    return name if module == home else f"{module}.{name}"


def _add(value: object, name: str, home: str, parts: dict[str, str]) -> None:
    """Put a value's text into ``parts``, and those of what it uses."""
    if isinstance(value, types.FunctionType):
        _add_function(value, home, parts)
    elif isinstance(value, type | types.BuiltinFunctionType | types.ModuleType):
        key = _key(value, home)
        known = key in parts
        parts[key] = ""
        if isinstance(value, type) and _is_own(value.__module__, home) and not known:
            parts[key] = _text(value)
    else:
        parts[f":{name}"] = _plain(value, name, home, parts)


def _add_function(function: types.FunctionType, home: str, parts: dict[str, str]) -> None:
    key = _key(function, home)
    captured = dict(_captured(function))
    if captured:
        # Functions made by one maker differ by what they were made with.
        key = f"{key}#{len([one for one in parts if one.startswith(key)])}"
    elif key in parts:
        return
    parts[key] = ""
    if not _is_own(function.__module__, home):
        return
    parts[key] = _text(function)
    for name, value in captured.items():
        _add(value, f"{key}.{name}", home, parts)
    for name, value in _globals(function):
        _add(value, f"{'' if function.__module__ == home else function.__module__}.{name}", home, parts)


def _captured(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    names = function.__code__.co_freevars
    for name, cell in zip(names, function.__closure__ or (), strict=True):
        yield name, cell.cell_contents
    for name, value in (function.__kwdefaults__ or {}).items():
        yield name, value
    for number, value in enumerate(function.__defaults__ or ()):
        yield f"default {number}", value


def _globals(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    """The module's names that a function and those inside it use."""
    found = set()
    codes = [function.__code__]
    while codes:
        code = codes.pop()
        found |= set(code.co_names)
        codes += [one for one in code.co_consts if isinstance(one, types.CodeType)]
    for name in sorted(found):
        if name in function.__globals__ and not hasattr(builtins, name):
            yield name, function.__globals__[name]


def _plain(value: object, name: str, home: str, parts: dict[str, str]) -> str:
    """A value as text, without regard to the order of sets and mappings.

    Raises:
        TypeError: it is no plain value, and has no fingerprint.
    """

    def each(values: Iterable[object]) -> list[str]:
        return [_plain(one, name, home, parts) for one in values]

    if isinstance(value, re.Pattern):
        return f"{value.pattern!r}/{value.flags}"
    if isinstance(value, _PLAIN):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"({','.join(each(value))})"
    if isinstance(value, set | frozenset):
        return f"{{{','.join(sorted(each(value)))}}}"
    if isinstance(value, Mapping):
        return f"{{{','.join(sorted(each(value.items())))}}}"
    if isinstance(value, functools.partial):
        return "".join(each((value.func, value.args, value.keywords)))
    return _named(value, name, home, parts)


def _named(value: object, name: str, home: str, parts: dict[str, str]) -> str:
    """What is known by a name or a fingerprint; functions and classes become parts of their own."""
    identity = getattr(value, "fingerprint", None)
    if isinstance(identity, str):
        return identity
    if isinstance(value, types.FunctionType | type | types.BuiltinFunctionType):
        _add(value, name, home, parts)
        return value.__qualname__
    wrapped = getattr(value, "__wrapped__", None) or getattr(value, "call", None)
    if isinstance(wrapped, types.FunctionType):  # a cached function, or a labeling function
        _add_function(wrapped, home, parts)
        return wrapped.__qualname__
    module = type(value).__module__
    if module in {"typing", "types", "__future__"}:
        return f"{module}.{type(value).__qualname__}"
    raise TypeError(f"{name.rpartition('.')[2] or 'an object'}, a {type(value).__qualname__}")


def _is_own(module: str | None, home: str) -> bool:
    return module is not None and (module == home or module.startswith(_OWN))


def _text(value: types.FunctionType | type) -> str:
    try:
        return inspect.getsource(value)
    except (OSError, TypeError):
        # Written at a prompt: its code and its values tell as much.
        code = getattr(value, "__code__", None)
        return repr((code.co_code, code.co_consts, code.co_names)) if code else repr(value)
