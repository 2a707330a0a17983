"""Who asks: a key with a role and the collections it sees, or this machine where no keys are in use.

``service.guard`` finds out before any route runs and puts the caller into the request's state; routes ask
for it with ``CallerOf``, for one of some role with ``AnnotatorOf`` and ``OperatorOf``, and for one that also
sees the whole library with ``ReviewerOf`` and ``LibrarianOf``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from rag.errors import UsageError
from service.errors import ForbiddenError, UnauthenticatedError

Role = Literal["ask", "annotate", "operate"]
ROLES: tuple[Role, ...] = ("ask", "annotate", "operate")
"""Each may do what those before it may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A key as the routes see it; ``collections`` None sees all. ``id`` is empty where no key was needed."""

    id: str
    name: str
    role: Role
    collections: frozenset[str] | None = None
    max_upload_mb: int | None = None

    def may(self, role: Role) -> bool:
        """Whether this caller may do what needs that role.

        >>> Caller(id="a", name="a", role="annotate").may("ask")
        True
        """
        return ROLES.index(self.role) >= ROLES.index(role)

    def sees(self, collection: str) -> bool:
        """Whether documents of a collection are there for this caller."""
        return self.collections is None or collection in self.collections

    def sees_all(self, collections: frozenset[str] | None) -> bool:
        """Whether this caller sees all that somebody with these collections sees."""
        if self.collections is None:
            return True
        return collections is not None and collections <= self.collections

    def home(self) -> str | None:
        """The collection for what this caller adds without saying where; None: the default one.

        Raises:
            UsageError: it sees several and has to say.
        """
        if self.collections is None:
            return None
        if len(self.collections) != 1:
            raise UsageError(
                "this key sees several collections, or none",
                f"say in which: {', '.join(sorted(self.collections))}",
            )
        return next(iter(self.collections))


LOCAL = Caller(id="", name="local", role="operate")
"""Whoever works on this machine, as long as the workspace has no keys."""


def caller(request: Request) -> Caller:
    """The request's caller.

    Raises:
        UnauthenticatedError: there is none.
    """
    found = request.scope.get("state", {}).get("caller")
    if not isinstance(found, Caller):
        raise UnauthenticatedError("this needs a key", "send it as Authorization: Bearer KEY")
    return found


CallerOf = Annotated[Caller, Depends(caller)]


def _needs(who: Caller, role: Role) -> Caller:
    if not who.may(role):
        raise ForbiddenError(
            f"this needs the role {role!r}, the key {who.name!r} has {who.role!r}",
            "ask the service's operator",
        )
    return who


def annotator(who: CallerOf) -> Caller:
    """A caller that may judge answers.

    Raises:
        ForbiddenError: it may not.
    """
    return _needs(who, "annotate")


def operator(who: CallerOf) -> Caller:
    """A caller that may change what the service does.

    Raises:
        ForbiddenError: it may not.
    """
    return _needs(who, "operate")


AnnotatorOf = Annotated[Caller, Depends(annotator)]
OperatorOf = Annotated[Caller, Depends(operator)]


def reviewer(who: AnnotatorOf) -> Caller:
    """A caller that may judge answers and whose key is not limited to some collections.

    Raises:
        ForbiddenError: it may not, or it is.
    """
    return _sees_everything(who)


def librarian(who: OperatorOf) -> Caller:
    """A caller that may change what the service does and whose key is not limited to some collections.

    Raises:
        ForbiddenError: it may not, or it is.
    """
    return _sees_everything(who)


def _sees_everything(who: Caller) -> Caller:
    if who.collections is not None:
        raise ForbiddenError(
            f"this is about the whole library, and the key {who.name!r} sees a part of it",
            "ask an operator whose key has no --collection",
        )
    return who


ReviewerOf = Annotated[Caller, Depends(reviewer)]
LibrarianOf = Annotated[Caller, Depends(librarian)]
