"""Secrets among options: written as ``env:NAME``, read from the environment when they are used, never saved.

Leaves what the options are for to whoever has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

from rag.errors import SettingsError

_ENVIRONMENT = "env:"
_NAME = re.compile(
    r"(^|[_-])((api|access|private|account)[_-]?key|secret|token|password|passwd|pwd|credentials?"
    r"|authorization)$",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def written_out(value: JsonValue, name: str = "") -> list[str]:
    """The names of options that look like secrets and do not come from the environment.

    >>> written_out({"url": "http://a:b@c", "headers": {"X-Api-Key": "k"}, "token": "env:T", "text_key": "t"})
    ['url', 'headers.X-Api-Key']
    """
    if isinstance(value, dict):
        return [found for key, part in value.items() for found in written_out(part, f"{name}.{key}")]
    if isinstance(value, list):
        return [found for part in value for found in written_out(part, name)]
    if not isinstance(value, str) or not value or value.startswith(_ENVIRONMENT):
        return []
    looks = _NAME.search(name.rpartition(".")[2]) or _IN_ADDRESS.search(value)
    return [name.removeprefix(".")] if looks else []


def filled_in(value: JsonValue, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - arguments of any class
    """Options with their variables' values.

    >>> filled_in({"hosts": ["a", "env:B"], "port": 1}, {"B": "b"})
    {'hosts': ['a', 'b'], 'port': 1}

    Raises:
        SettingsError: a variable is not set.
    """
    if isinstance(value, dict):
        return {key: filled_in(part, environ) for key, part in value.items()}
    if isinstance(value, list):
        return [filled_in(part, environ) for part in value]
    name = _variable(value)
    if name is None:
        return value
    if name not in environ:
        raise SettingsError(
            f"the environment variable {name}, which an option names, is not set",
            f"set {name}, or correct the option env:{name}",
        )
    return environ[name]


def hidden(text: str, value: JsonValue, environ: Mapping[str, str]) -> str:
    """A text without the values of the options' variables.

    >>> hidden("bad key abc", {"key": "env:K"}, {"K": "abc"})
    'bad key ***'
    """
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        text = hidden(text, part, environ)
    secret = environ.get(_variable(value) or "", "")
    return text.replace(secret, "***") if secret else text


def _variable(value: JsonValue) -> str | None:
    """The name of the variable that an option stands for, or None."""
    if not isinstance(value, str) or not value.startswith(_ENVIRONMENT):
        return None
    return value.removeprefix(_ENVIRONMENT)
