"""What the application holds for its routes, by name.

Leaves making it to ``service.app``.
"""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request

T = TypeVar("T")


def held(request: Request, name: str, kind: type[T]) -> T:
    """The application's ``name``.

    Raises:
        TypeError: the application was made by something else.
    """
    found = getattr(request.app.state, name, None)
    if not isinstance(found, kind):
        raise TypeError("the application was not made by create_app")
    return found
