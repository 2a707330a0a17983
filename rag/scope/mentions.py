"""What is found in a question, and what it means for the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rag.types import DocumentId

MentionKind = Literal["name", "year", "date", "quarter", "kind"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """What a question speaks of: the words ``question[start:end]``, and what they were taken for.

    ``value`` is the year ("2018"), the date (ISO 8601), the quarter ("2"), the kind, or the words that name
    ``documents``. ``sure`` is false where the words may name nothing (a lower-case "target"): such a mention
    prefers documents and restricts to none.
    """

    kind: MentionKind
    value: str
    start: int
    end: int
    documents: frozenset[DocumentId] = frozenset()
    sure: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The documents a question means: ``named``, or all where it is None; the likeliest, best first."""

    named: frozenset[DocumentId] | None
    preferred: tuple[DocumentId, ...]
    mentions: tuple[Mention, ...]

    def compared(self, within: frozenset[DocumentId] | None = None) -> tuple[frozenset[DocumentId], ...]:
        """The documents of each name, where a question names several that share none; else nothing.

        ``within`` limits them, by default to ``named``: the deals of "has A or B the higher fee?", not the
        parties of one contract.
        """
        wanted = self.named if within is None else within
        groups = {one.documents & wanted for one in self.mentions if one.sure and wanted is not None}
        apart = sorted(filter(None, groups), key=sorted)
        disjoint = sum(map(len, apart)) == len(frozenset[DocumentId]().union(*apart))
        return tuple(apart) if len(apart) > 1 and disjoint else ()


NOTHING_NAMED = Scope(named=None, preferred=(), mentions=())
