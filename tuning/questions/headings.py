"""Headings as topics that people speak of: which name one, and how it is said within a sentence."""

from __future__ import annotations

import random
import re

from rag.types import Section
from tuning.questions.source import Source

_MOST_WORDS, _LONGEST, _INITIALS = 9, 80, 2
_NO_TOPIC = re.compile(
    r"^(?:definitions?|defined terms|general|miscellaneous|introduction|preamble|recitals?|background"
    r"|overview"
    r"|signatures?|table of contents|index|article|section|part|schedule|exhibit|annex|appendix|item"
    r"|other|notes?"
    r"|contents|reserved|intentionally omitted|interpretation|basis of presentation|in witness whereof|by"
    r"|name"
    r"|title|date|clause|paragraph|certain definitions|rules of construction|whereas|witnesseth"
    r"|now, therefore)\b\W*(?:[\w.()-]+\W*)?$"
    r"|^form of\b|\b(?:exhibit|annex|appendix|attachment)\b|\bcontinued\b|^sample\b",
    re.IGNORECASE,
)
_SMALL = frozenset(
    "a an and as at by for from in into of on or per the to upon with without after before under".split()
)
_WORD = re.compile(r"[A-Za-z][\w’'&-]*")
_LETTERED = re.compile(r"\b(class|group|series|tranche|type|category|schedule|part) a\b", re.IGNORECASE)
"""Behind these words an A is no article."""


def is_topic(title: str) -> bool:
    """Whether a heading names something to ask of.

    >>> is_topic("Resignation of the Trustee"), is_topic("Definitions"), is_topic("The Issuer shall pay.")
    (True, False, False)
    """
    words = _WORD.findall(title)
    if not 0 < len(words) <= _MOST_WORDS or not 3 < len(title) <= _LONGEST or _NO_TOPIC.match(title.strip()):
        return False
    if title.rstrip()[-1] in ".:,;?" or re.search(r"\b(?:shall|means|hereby)\b|[_*|=\[\]]|\d{5}", title):
        return False
    # Headings have capitals; a line of a sentence has not.
    telling = [word for word in words if word.lower() not in _SMALL]
    capital = sum(word[0].isupper() for word in telling)
    return bool(telling) and capital >= 0.6 * len(telling)


def spoken(title: str, source: Source, draw: random.Random) -> str:
    """A heading as it is said within a question: as printed, or in small letters but for defined terms.

    Headings all in capitals are never left so.
    """
    plain = re.sub(r"^[\dIVX.]+\s", "", " ".join(title.split())).strip(" .:;–-")
    if not plain.isupper() and draw.random() < 0.3:
        return plain
    return lowered(plain, source)


def lowered(words: str, source: Source) -> str:
    """Words in small letters, but for defined terms of several words and names of the parties."""
    shouted = words.isupper()
    small = " ".join(_lower(word, source, shouted=shouted) for word in words.split())
    small = _LETTERED.sub(r"\1 A", small)
    kept = [term for term in source.terms if " " in term and term in small.lower()]
    for term in sorted(kept, key=len, reverse=True)[:5]:
        small = re.sub(rf"\b{re.escape(term)}\b", source.terms[term], small, flags=re.IGNORECASE)
    for party in source.parties:
        small = re.sub(rf"\b{re.escape(party)}\b", party, small, flags=re.IGNORECASE)
    return small


def _lower(word: str, source: Source, *, shouted: bool) -> str:
    """A word in small letters; a letter or acronym alone, and a word never printed small, as it is."""
    plain = word.strip(",;:()’'s")
    if any(c.isdigit() for c in word):
        return word
    acronym = not shouted and plain.isupper() and plain.lower() not in _SMALL
    if acronym and (len(plain) <= _INITIALS or plain.lower() not in source.small_words):
        return word
    known = re.sub(r"[^a-z].*$", "", word.lower().lstrip("(“"))
    if not shouted and known and known not in source.small_words:
        return word
    return word.lower()


def topic_of(source: Source, section: Section) -> tuple[str, int]:
    """What a section is about and where its text begins: its title, its first line, or what it is in.

    Empty where nothing says it.
    """
    body = _behind(source, section.start, section.end, f"{section.number} {section.title}")
    if is_topic(section.title):
        return section.title, body
    # A heading that was printed below its number is the first line.
    line = source.text[body : section.end].partition("\n")[0].strip()
    if is_topic(line):
        return line, _behind(source, body, section.end, line)
    outer = next((one.title for one in source.around(section) if is_topic(one.title)), "")
    return outer, body


def _behind(source: Source, start: int, end: int, words: str) -> int:
    """Where a text goes on behind the words it begins with."""
    pattern = r"\W*".join(map(re.escape, re.findall(r"\w+", words)))
    found = re.compile(rf"\W*{pattern}").match(source.text, start, end)
    at = found.end() if found else start
    while at < end and source.text[at] in " .:;\n–-\t":
        at += 1
    return at
