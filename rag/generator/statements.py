"""Kinds of statement: what agreements of a sort usually say of each.

Nearly all non-disclosure agreements limit use to their purpose, few forbid to solicit; what most of them say
is what a passage says more likely. Leaves weighing that to ``rag.generator.quality``, learning kinds to
``tuning.statements``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

_ALIKE = 0.85
"""Of the words of both together, so many are shared by statements that are one."""
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an"})
_NEGATIONS = frozenset({"not", "no", "never", "nor", "none", "neither", "without", "nothing"})
"""One more or less makes another statement."""


@dataclass(frozen=True, kw_only=True)
class StatementKind:
    """A statement with the log odds that an agreement says so, and that it says the contrary.

    Both are less those of all kinds together: 0 is as usual as any.
    """

    text: str
    entailed: float
    contradicted: float

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> StatementKind:
        """From a file's object.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(
            text=str(found["text"]),
            entailed=float(found["entailed"]),
            contradicted=float(found["contradicted"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """The file's object."""
        return {"text": self.text, "entailed": self.entailed, "contradicted": self.contradicted}

    def usual(self, verdict: str) -> float:
        """How usual a verdict is: "Yes" or "No"."""
        return self.entailed if verdict == "Yes" else self.contradicted

    def alike(self, statement: str) -> float:
        """The share of words that a statement has in common with it, in [0, 1]; 0 where one is negated."""
        own, other = self._words, _words(statement)
        return len(own & other) / max(len(own | other), 1) if not (own ^ other) & _NEGATIONS else 0.0

    @cached_property
    def _words(self) -> frozenset[str]:
        return _words(self.text)


def asked_statement(statement: str, kinds: tuple[StatementKind, ...]) -> StatementKind | None:
    """The kind that a statement is, in whatever order of words; None where none of them is.

    >>> known = (StatementKind(text="Recipient shall not copy the data.", entailed=1.0, contradicted=-1.0),)
    >>> asked_statement("The Recipient shall not copy the data", known) is known[0]
    True
    >>> asked_statement("The Recipient may copy what it likes.", known) is None
    True
    """
    best = max(kinds, key=lambda kind: kind.alike(statement), default=None)
    return best if best is not None and best.alike(statement) >= _ALIKE else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _ARTICLES
