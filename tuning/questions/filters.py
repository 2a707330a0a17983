"""Which questions are worth learning from: answerable from their places, not copied from them, no repetition.

Leaves how many of each kind there are to ``tuning.questions.mix``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rag.quotes import locate
from rag.tokens import terms
from rag.types import DocumentId
from tuning.items import Asked
from tuning.questions.readings import NOT_ANSWERABLE

FEWEST_WORDS, MOST_WORDS = 3, 45
_COPIED_RUN, _COPIED_SHARE = 12, 0.7
"""Words in a row, and their share of a question, from which on it is its passage copied."""
_LONGEST_ANSWER = 1600
_WORD = re.compile(r"\w+")

Texts = Callable[[DocumentId, int, int], str]


@dataclass
class Filter:
    """Keeps what is worth it, and counts by reason what is not; near duplicates are of those kept before."""

    dropped: Counter[str] = field(default_factory=Counter)
    _seen: set[tuple[object, ...]] = field(default_factory=set)

    def keeps(self, asked: Asked, text_of: Texts) -> bool:
        """Whether a question is kept; ``text_of`` gives spans of the documents of its places."""
        reason = self.fault(asked, text_of)
        if reason:
            self.dropped[reason] += 1
        return not reason

    def note(self, asked: Asked) -> None:
        """Take a question for one that is kept already: what has its words is a duplicate."""
        self._seen.add(_key(asked))

    def fault(self, asked: Asked, text_of: Texts) -> str:
        """Why a question is not kept: "length", "duplicate", "unanswerable", "copied"; empty where it is."""
        if not FEWEST_WORDS <= len(asked.text.split()) <= MOST_WORDS or len(asked.answer) > _LONGEST_ANSWER:
            return "length"
        key = _key(asked)
        if key in self._seen:
            return "duplicate"
        if asked.from_documents and asked.kind != NOT_ANSWERABLE:
            texts = [text_of(place.document_id, place.start, place.end) for place in asked.places]
            if not _answered(asked, texts):
                return "unanswerable"
            if any(is_copied(asked.text, text) for text in texts):
                return "copied"
        self._seen.add(key)
        return ""


def _key(asked: Asked) -> tuple[object, ...]:
    """Questions with the same words in whatever order, asked of the same documents, are one."""
    documents = asked.document_ids or tuple(sorted({place.document_id for place in asked.places}))
    return documents, words_of(asked.text)


def words_of(text: str) -> tuple[str, ...]:
    """The different words that a question is searched by, sorted: whatever their order, case, and spaces.

    Of a text without any that searches know, in another script, all words.

    >>> words_of("What  is the FEE?") == words_of("the fee is what")
    True
    """
    return tuple(sorted(set(terms(text)) or set(text.casefold().split())))


def _answered(asked: Asked, texts: list[str]) -> bool:
    if not asked.answer.strip() or not texts or not all(text.strip() for text in texts):
        return False
    return asked.computed or any(locate(text, asked.answer) is not None for text in texts)


def is_copied(question: str, text: str) -> bool:
    """Whether most of a question stands in a text as one run of words.

    >>> is_copied("What is the fee?", "The fee is what is the fee.")
    False
    """
    words, others = (_WORD.findall(one.lower()) for one in (question, text))
    longest, before = 0, dict[int, int]()
    places: Mapping[str, list[int]] = _places(others)
    for word in words:
        now = {at: before.get(at - 1, 0) + 1 for at in places.get(word, ())}
        longest = max(longest, max(now.values(), default=0))
        before = now
    return longest >= _COPIED_RUN and longest >= _COPIED_SHARE * len(words)


def _places(words: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        found.setdefault(word, []).append(at)
    return found
