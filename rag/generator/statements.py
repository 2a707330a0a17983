"""Kinds of statement: what agreements of a sort usually say of each, and the words they say it in.

Nearly all non-disclosure agreements limit use to their purpose, few forbid to solicit; and "solely for the
purpose" tells the former whoever drafted it. Both help to judge what a passage says of a statement. Leaves
weighing them to ``rag.generator.quality``, learning kinds to ``tuning.statements``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rag.tokens import terms

_MOST = 8.0
"""Log odds beyond count as these: a long passage has many words."""
_ALIKE = 0.85
"""Of the words of both together, so many are shared by statements that are one."""
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset({"the", "a", "an"})
_NEGATIONS = frozenset({"not", "no", "never", "nor", "none", "neither", "without", "nothing"})
"""One more or less makes another statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """Words that tell a verdict: the log odds of a passage without any, and what each word adds.

    Words are terms (``rag.tokens``).
    """

    start: float
    words: Mapping[str, float]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Telling:
        """From a file's object.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        words = {str(term): float(weight) for term, weight in found["words"].items()}
        return cls(start=float(found["start"]), words=words)

    def of(self, text: str) -> float:
        """Log odds that a passage says so.

        >>> Telling(start=-2.0, words={"purpose": 3.0}).of("Solely for the Purpose.")
        1.0
        """
        held = set(terms(text))
        whole = self.start + sum(weight for term, weight in self.words.items() if term in held)
        return min(_MOST, max(-_MOST, whole))


@dataclass(frozen=True, kw_only=True)
class StatementKind:
    """A statement with the log odds that an agreement says so, and that it says the contrary.

    Both are less those of all kinds together: 0 is as usual as any. ``says`` and ``denies`` are the words
    that tell the one and the other.
    """

    text: str
    entailed: float
    contradicted: float
    says: Telling
    denies: Telling

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
            says=Telling.read(found["says"]),
            denies=Telling.read(found["denies"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """The file's object."""
        return {
            "text": self.text,
            "entailed": self.entailed,
            "contradicted": self.contradicted,
            **{
                name: {"start": own.start, "words": dict(own.words)}
                for name, own in (("says", self.says), ("denies", self.denies))
            },
        }

    def usual(self, verdict: str) -> float:
        """How usual a verdict is: "Yes" or "No"."""
        return self.entailed if verdict == "Yes" else self.contradicted

    def telling(self, verdict: str, text: str) -> float:
        """Log odds, by the words of a passage, that it gives a verdict."""
        return (self.says if verdict == "Yes" else self.denies).of(text)

    def alike(self, words: frozenset[str]) -> float:
        """The share of words that a statement has in common with it, in [0, 1]; 0 where one is negated."""
        own = self._words
        return len(own & words) / max(len(own | words), 1) if not (own ^ words) & _NEGATIONS else 0.0

    @cached_property
    def _words(self) -> frozenset[str]:
        return _words(self.text)


def asked_statement(statement: str, kinds: tuple[StatementKind, ...]) -> StatementKind | None:
    """The kind that a statement is, in whatever order of words; None where none of them is.

    >>> silent = Telling(start=0.0, words={})
    >>> text = "Recipient shall not copy the data."
    >>> known = (StatementKind(text=text, entailed=1.0, contradicted=-1.0, says=silent, denies=silent),)
    >>> asked_statement("The Recipient shall not copy the data", known) is known[0]
    True
    >>> asked_statement("The Recipient may copy what it likes.", known) is None
    True
    """
    words = _words(statement)
    best = max(kinds, key=lambda kind: kind.alike(words), default=None)
    return best if best is not None and best.alike(words) >= _ALIKE else None


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold())) - _ARTICLES
