"""Kinds of clause: how usual they are in contracts, and which words tell them.

Nearly all contracts have a governing law, few a source code escrow; and "inspect", "records" and "books" tell
an audit right. Both help to judge whether a passage is the clause that a question highlights. Leaves weighing
them to ``rag.generator.quality``, learning kinds to ``tuning.clauses``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.tokens import terms

_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseKind:
    """``usual``: log odds that a contract has it, less those of all kinds together.

    ``words`` are the terms that tell it (``rag.tokens``), each with what it says, above 0.
    """

    usual: float
    words: Mapping[str, float]

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> ClauseKind:
        """From a file's object.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        words = {str(term): float(weight) for term, weight in found["words"].items()}
        return cls(usual=float(found["usual"]), words=words)

    def telling(self, text: str) -> float:
        """The share of what its words say that a text has, in [0, 1]; 0 where no word tells it.

        >>> ClauseKind(usual=0.0, words={"audit": 3.0, "record": 1.0}).telling("May audit at any time.")
        0.75
        """
        whole = sum(self.words.values())
        if not whole:
            return 0.0
        held = set(terms(text))
        return sum(weight for term, weight in self.words.items() if term in held) / whole


def kind_name(text: str) -> str:
    """The name of a kind in lower case, its words alone.

    >>> kind_name("Non-Compete"), kind_name("Unlimited/All-You-Can-Eat-License")
    ('non compete', 'unlimited all you can eat license')
    """
    return " ".join(_WORD.findall(text.casefold()))


def quoted_kind(question: str) -> str:
    """The name of what a question puts in quotation marks first; empty where there are none.

    >>> quoted_kind('Highlight the parts related to "Governing  Law", if any. Details: what "law" is.')
    'governing law'
    """
    quoted = _QUOTED.search(question)
    return kind_name(quoted[1]) if quoted else ""


def asked_clause(question: str, kinds: Mapping[str, ClauseKind]) -> ClauseKind | None:
    """The kind that a question names; None where it names none of those that are known.

    It is what stands in quotation marks, else the longest name that the question holds.

    >>> law, audit = ClauseKind(usual=2.0, words={}), ClauseKind(usual=0.3, words={})
    >>> known = {"governing law": law, "audit rights": audit}
    >>> asked_clause("Highlight the governing law.", known) is law
    True
    >>> asked_clause('Highlight the "Rent", whatever the governing law.', known) is None
    True
    """
    own = quoted_kind(question)
    if own:
        return kinds.get(own)
    asked = f" {kind_name(question)} "
    held = [name for name in kinds if f" {name} " in asked]
    return kinds[max(held, key=lambda name: (len(name), name))] if held else None
