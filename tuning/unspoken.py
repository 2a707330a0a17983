"""The phrases that people ask with and no document has: candidates for house words.

Phrases are runs of one to three words without stopwords or digits. One counts if questions about several
families of documents use it. Of phrases in the same questions the longest counts ("rainy-day pot", not
"pot"); one that only adds words to a more frequent one does not ("current bogey"). Leaves what they mean to
``tuning.house_words``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rag.tokens import STOPWORDS
from rag.types import DocumentId
from tuning.soft_lists import SoftList

LONGEST = 3
LEAST_QUESTIONS = 3
"""Of fewer questions nothing is learned."""
_WORD = re.compile(r"[^\W\d_]+(?:[-'’&/][^\W_]+)*|\d[\w.,%/-]*|[^\s\w]")
"""Words, figures and marks, so that a phrase does not reach over a figure or a comma."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """A phrase, lower case, and the questions that use it, by their ids."""

    text: str
    lists: tuple[SoftList, ...]


def unspoken(
    lists: Sequence[SoftList],
    passages: Iterable[str],
    families: Mapping[DocumentId, str],
    *,
    least_questions: int = LEAST_QUESTIONS,
    least_families: int = 2,
) -> list[Phrase]:
    """Phrases that enough of the questions use and no passage has, most used first."""
    users: dict[str, dict[str, SoftList]] = {}
    for one in lists:
        for phrase in phrases(one.question.text, LONGEST):
            users.setdefault(phrase, {})[one.question.id] = one
    often = {
        phrase: own
        for phrase, own in users.items()
        if len(own) >= least_questions and _families(own.values(), families) >= least_families
    }
    spoken: set[str] = set()
    for text in passages:
        spoken.update(often.keys() & set(phrases(text, LONGEST)))
    left = {phrase: own for phrase, own in often.items() if phrase not in spoken}
    kept = [phrase for phrase in left if not any(_covers(left, other, phrase) for other in left)]
    return [
        Phrase(text=phrase, lists=tuple(left[phrase][name] for name in sorted(left[phrase])))
        for phrase in sorted(kept, key=lambda phrase: (-len(left[phrase]), phrase))
    ]


def phrases(text: str, longest: int) -> Iterator[str]:
    """The phrases of a text, in order, shorter ones first at each place.

    >>> list(phrases("The bogey of Class 2, please", 2))
    ['bogey', 'class']
    """
    words = [word.lower() for word in _WORD.findall(text)]
    for start in range(len(words)):
        for end in range(start + 1, min(start + longest, len(words)) + 1):
            if not _says(words[end - 1]):
                break
            yield " ".join(words[start:end])


def _says(word: str) -> bool:
    return word[0].isalpha() and word not in STOPWORDS


def _families(lists: Iterable[SoftList], families: Mapping[DocumentId, str]) -> int:
    return len({families.get(document, document) for one in lists for document in one.documents})


def _covers(users: Mapping[str, Mapping[str, SoftList]], other: str, phrase: str) -> bool:
    """Whether another counts in the place of a phrase: longer in the same questions, or inside, in more."""
    if other == phrase:
        return False
    if f" {phrase} " in f" {other} ":
        return users[other].keys() == users[phrase].keys()
    return f" {other} " in f" {phrase} " and users[phrase].keys() < users[other].keys()
