"""What a question and a passage say, as far as functions compare it; each text is read once.

The names of the documents that a question is asked of say nothing about where in them an answer stands and
are left out; so are the words of asking. Words are stems of six letters; a class or series letter is a word
of its own ("class c"), and so is the letter that a table's row begins with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.combiner.signals import asks_for_figure
from rag.numbers.asked import Asked as AskedFigures
from rag.scope import ScopeIndex
from rag.sentences import sentence_spans
from rag.tokens import terms
from rag.types import Chunk, DocumentId
from tuning.items import Asked

STEM = 6
_NEAR = 8192
_CLASS = re.compile(
    r"\b(?:class|series|tranche)(?:es)?\s+([a-z](?:-\d[a-z]?)?)(?:\s+(?:and|or)\s+([a-z]))?\b", re.I
)
_ROW = re.compile(r"^\s*([A-Z](?:-\d[A-Z]?)?)\s+(?=\S*\d)", re.M)
_QUOTED = re.compile(r"[“\"]([^”\"\n]{2,80})[”\"]")
_PLACE = re.compile(
    r"\b(?:Sections?|Clauses?|Articles?|Paragraphs?|§)\s*(\d{1,3}(?:\.\d{1,3}){0,3}(?:\s?\([A-Za-z0-9]{1,5}\))*)",
    re.I,
)
_CHANGED = re.compile(r"\b(?:as amended|amend\w*|supplement\w*|restate\w*|in force|now)\b", re.I)
_BEFORE = re.compile(
    r"\b(?:original\w*|initially|before (?:any|the|it|its)?\s*\w*\s*amend\w*|at closing|as issued)\b", re.I
)
_ASKING = frozenset(
    word[:STEM]
    for word in terms(
        "ask asking name named tell kind type following many much long large high low level set way"
        " according pursuant respect respectively please provide list describe"
    )
)  # fmt: skip
_VALUES = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        ("percent", r"\b(?:percent(?:age)?s?|share|rate|spread|ratio|yield|margin|level)\b|%"),
        ("money", r"\b(?:how much|amounts?|balance|price|cost|fees?|dollars?|deposit|usd|sums?)\b|\$"),
        ("date", r"\b(?:when|date|on which day|deadline|expir\w+|matur\w+)\b"),
        (
            "duration",
            r"\b(?:how (?:long|far ahead|many (?:business )?(?:days|months|years))|period|notice)\b",
        ),
        ("place", r"\b(?:which|what) (?:section|article|clause|schedule|exhibit|page)\b"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question: its text without names of documents, its stems, and what it asks for.

    ``wants`` are the kinds of value that an answer may be ("percent", "money", "date", "duration", "place");
    ``figure``: it is after a figure. ``quoted`` are the terms it puts in quotes, ``places`` the numbers of
    sections it names. ``changed``: it asks for what was amended; ``original``: for what was before.
    ``years``, ``months`` and ``days`` (ISO 8601) are those it names, ``kinds`` the kinds of document.
    ``preferred`` are the documents it means first.
    """

    text: str
    words: frozenset[str]
    wants: frozenset[str]
    figure: bool
    quoted: tuple[str, ...]
    places: tuple[str, ...]
    changed: bool
    original: bool
    years: frozenset[int]
    months: frozenset[str]
    days: frozenset[str]
    kinds: frozenset[str]
    named: frozenset[DocumentId] | None
    preferred: tuple[DocumentId, ...]


class QuestionReader:
    """Reads questions, each once; knows the names of a library's documents where there is one."""

    fingerprint = "questions 1"

    def __init__(self, scopes: ScopeIndex | None = None) -> None:
        self._scopes = scopes
        self._read = lru_cache(maxsize=_NEAR)(self._reading)

    def __call__(self, question: Asked) -> Reading:
        """What a question says."""
        return self._read(question.text)

    def _reading(self, question: str) -> Reading:
        scope = None if self._scopes is None else self._scopes.resolve(question)
        mentions = () if scope is None else scope.mentions
        text = question
        for one in sorted(mentions, key=lambda one: -one.start):
            if one.kind == "name" and one.sure:
                text = f"{text[: one.start]} {text[one.end :]}"
        figures = AskedFigures.of(text)
        plain = _PLACE.sub(" ", text)
        return Reading(
            text=text,
            words=stems(plain) - _ASKING,
            wants=frozenset(kind for kind, pattern in _VALUES if pattern.search(plain)),
            figure=asks_for_figure(text),
            quoted=tuple(match[1] for match in _QUOTED.finditer(text)),
            places=tuple(match[1] for match in _PLACE.finditer(text)),
            changed=_CHANGED.search(text) is not None,
            original=_BEFORE.search(text) is not None,
            years=frozenset(figures.years),
            months=figures.months,
            days=frozenset(one.value for one in mentions if one.kind == "date"),
            kinds=frozenset(one.value for one in mentions if one.kind == "kind"),
            named=None if scope is None else scope.named,
            preferred=() if scope is None else scope.preferred,
        )


@lru_cache(maxsize=65_536)
def stems(text: str) -> frozenset[str]:
    """The stems of a text, class letters among them.

    >>> sorted(stems("the spreads of Class C notes"))
    ['c', 'class', 'class c', 'note', 'spread']
    """
    found = {term if term[0].isdigit() else term[:STEM] for term in terms(text)}
    for match in _CLASS.finditer(text):
        found |= {f"class {one.lower()}" for one in match.groups() if one}
    found |= {f"class {match[1].lower()}" for match in _ROW.finditer(text)}
    return frozenset(found)


@lru_cache(maxsize=_NEAR)
def parts_of(chunk: Chunk) -> tuple[frozenset[str], ...]:
    """The stems of each sentence or row of a passage, of each row together with what stands above it."""
    return tuple(frozenset(words) for words in _parts(chunk)) or (stems(chunk.text),)


def _parts(chunk: Chunk) -> Iterator[frozenset[str]]:
    above = stems(chunk.table_line)
    for start, end in sentence_spans(chunk.text):
        yield stems(chunk.text[start:end]) | above


def heading_words(chunk: Chunk) -> frozenset[str]:
    """The stems of the innermost heading around a passage."""
    return stems(chunk.headings.rpartition(" > ")[2])
