"""The units of the evidence that values are looked for in, sentences, items and rows, and what is theirs.

A unit has its own words, those of the headings above it and of what stands before it, and of the definitions
that lead to it: where the question names a term, and its definition uses another one, the definition of that
one is meant too. Words count by their rarity among the units. Leaves values to ``features``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.generator.focus import subject
from rag.prompt import Prompt
from rag.sentences import sentence_spans
from rag.tokens import terms
from rag.types import Chunk, DocumentId, Evidence

_STEM = 5
_BEFORE = 220
_AROUND = 110
_DEFINED = re.compile(
    r"\s*(?:\(\w{1,4}\)\s*)?[“\"]?([A-Z][\w’'&/-]*(?: (?:of|the|and|or|to|in|for"
    r"|[A-Z0-9(][\w’'&/)-]*)){0,7})[”\"]?"
    r"\s*(?::|,? means?\b|,? shall mean\b|,? has the meaning\b|,? shall have the meaning\b)"
)
_QUOTED = re.compile(r"[“\"]([^”\"]{3,60})[”\"]")
_NAMED = re.compile(r"(?<![\w.’'-])(?:[A-Z](?:-\d)?)(?:/[A-Z](?:-\d)?)*(?![\w.’'-])(?!\. [A-Z])")
_PLACE = re.compile(r"\b(?:Section|Article|Clause|§)\s*(\d[\d.]*)((?:\(\w{1,5}\))*)", re.IGNORECASE)

Words = frozenset[str]


def stems(text: str) -> list[str]:
    """Index terms, words cut to five letters, so that "resigns" and "resignation" are one.

    >>> stems("The Trustee's resignation, 30 days")
    ['trust', 'resig', '30', 'day']
    """
    return [term[:_STEM] if term.isalpha() else term for term in terms(text)]


def letters_in(text: str) -> Words:
    """The letters that name something, as in "Class A/B" and "tranche D-1".

    >>> sorted(letters_in("Class A/B and the D-1 Notes"))
    ['A', 'B', 'D-1']
    """
    return frozenset(letter for match in _NAMED.findall(text) for letter in match.split("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question's words, without those that name the documents; letters, quotations and places it names.

    ``text`` is what is asked, ``whole`` all that is said around it, too.
    """

    text: str
    whole: str
    words: Words
    letters: Words
    quoted: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    weights: Mapping[str, float]

    def weigh(self, words: Words) -> float:
        """The share in [0, 1] of the question's words, by their weights, that is among ``words``."""
        total = sum(self.weights.values())
        return sum(self.weights.get(word, 0.0) for word in words & self.words) / total if total else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit ``[start, end)`` of a chunk, and the question's words in it, above it and before it.

    ``defines`` is the term that it defines, ``hop`` the question's words around the use of that term in the
    definition of a term that the question names, None where there is none.
    """

    rank: int
    evidence: Evidence
    start: int
    end: int
    own: Words
    heading: Words
    before: Words
    defines: str
    hop: Words | None

    @property
    def chunk(self) -> Chunk:
        """The chunk it stands in."""
        return self.evidence.chunk

    @property
    def text(self) -> str:
        """As printed."""
        return self.chunk.text[self.start : self.end]


def units_of(prompt: Prompt) -> tuple[Asked, list[Unit]]:
    """The question, and all units of the evidence in its order."""
    question = subject(prompt.question)
    words = frozenset(stems(question)) - _document_words(prompt, frozenset(stems(question)))
    places = [
        (rank, one, start, end)
        for rank, one in enumerate(prompt.evidence)
        for start, end in sentence_spans(one.chunk.text)
    ]
    held = [frozenset(stems(one.chunk.text[start:end])) & words for _, one, start, end in places]
    frequency = Counter(word for own in held for word in own)
    asked = Asked(
        text=question,
        whole=prompt.question,
        words=words,
        letters=letters_in(question),
        quoted=tuple(" ".join(match.lower().split()) for match in _QUOTED.findall(question)),
        places=tuple((match[1].rstrip("."), match[2]) for match in _PLACE.finditer(question)),
        weights={word: math.log(1 + (len(places) + 1) / (frequency[word] + 5.0)) for word in words},
    )
    defined = [_term(one.chunk.text[start:end]) for _, one, start, end in places]
    texts = [one.chunk.text[start:end] for _, one, start, end in places]
    hops = _hops(texts, defined, asked)
    units = [
        Unit(
            rank=rank,
            evidence=one,
            start=start,
            end=end,
            own=own,
            heading=frozenset(stems(one.chunk.context)) & words,
            before=frozenset(stems(one.chunk.text[max(0, start - _BEFORE) : start])) & words,
            defines=term,
            hop=hops.get(term) if term else None,
        )
        for (rank, one, start, end), own, term in zip(places, held, defined, strict=True)
    ]
    return asked, units


def _document_words(prompt: Prompt, words: Words) -> Words:
    """The question's words that name a document: those in the names of all evidence of one."""
    named: dict[DocumentId, Words] = {}
    for chunk in (one.chunk for one in prompt.evidence):
        own = frozenset(stems(chunk.headings.partition(" > ")[0]))
        named[chunk.document_id] = named.get(chunk.document_id, words) & own
    return frozenset().union(*named.values())


def _term(text: str) -> str:
    """The term that a unit defines at its beginning; empty where it defines none."""
    match = _DEFINED.match(text)
    return match[1].strip() if match else ""


def _hops(texts: Sequence[str], defined: Sequence[str], asked: Asked) -> dict[str, Words]:
    """For terms that the definitions of terms in the question use: the question's words around their use."""
    said = {*asked.quoted}
    sources = [
        text
        for text, term in zip(texts, defined, strict=True)
        if term and (term.lower() in said or frozenset(stems(term)) <= asked.words)
    ]
    found: dict[str, Words] = {}
    for term in dict.fromkeys(filter(None, defined)):
        for source in sources:
            flat = " ".join(source.split())
            at = flat.find(term, len(term) + 3)
            while at >= 0:
                around = (
                    flat[max(0, at - _AROUND) : at] + " " + flat[at + len(term) : at + len(term) + _AROUND]
                )
                near = frozenset(stems(around)) & asked.words
                found[term] = (
                    found.get(term, frozenset()) | near | (frozenset(stems(source[:60])) & asked.words)
                )
                at = flat.find(term, at + 1)
    return found
