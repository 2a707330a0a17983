"""The weightless generator: the sentence or table row of the evidence that says most of the question.

Terms that name the document itself (they stand in the context line of all its evidence) are set aside:
every sentence of that document has them. Each other term counts by its rarity among the evidence, fully in
the sentence, less in the heading above it; another wording of the same concept (``rag.glossary``) is as
good. The score is the share of that weight which is found, less where few terms are asked for. In a table
row under a header that the question names, the answer is that cell; else, where the question asks for a
figure or a date, the value nearest to the question's terms; else the sentence. No model, deterministic:
baseline, fallback and test double in one.

Leaves the decision to answer or to abstain to ``rag.pipeline``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.fingerprints import fingerprint
from rag.generator.focus import focus, subject
from rag.generator.tables import Cell, row_cells
from rag.generator.values import ValueKind, asked_kind, values
from rag.glossary import Glossary, Mention
from rag.prompt import Prompt
from rag.sentences import sentence_spans
from rag.settings import BestSentenceSettings
from rag.tokens import terms
from rag.types import Candidate, Chunk, DocumentId, Support

_VERSION = 2
_HEADING_SHARE = 0.7
"""A term found only in the heading above the sentence counts this much."""
_RANK_LOSS = 0.004
"""What each rank of its chunk costs a sentence; the rest of the score is in [0, 1]."""
_FEW_TERMS = 0.5
"""Covering one term of one says less than five of five: n terms count n / (n + this)."""
_OTHER_YEAR = 0.8
"""Factor for a sentence that speaks of years, but of none that the question names."""
_NO_YEAR = 0.92
"""Factor for a sentence that speaks of no year where the question names one."""
_MISSING_VALUE = 0.5
"""Factor for a sentence without a value of the kind that is asked for."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A unit of a chunk; ``own`` and ``heading`` are the asked terms that it and its context line hold.

    ``cell`` is the cell of a table row under a header that the question names; its header counts as own.
    """

    chunk: Chunk
    rank: int
    start: int
    end: int
    own: frozenset[str]
    heading: frozenset[str]
    cell: Cell | None

    @property
    def text(self) -> str:
        return self.chunk.text[self.start : self.end]


class BestSentenceGenerator:
    """Candidates with scores in [0, 1]: covered weight of the question, less a little for low rank."""

    def __init__(self, settings: BestSentenceSettings, glossary: Glossary) -> None:
        self._count = settings.candidates
        self._glossary = glossary

    @property
    def fingerprint(self) -> str:
        """Identity of the algorithm and its settings."""
        return fingerprint(
            {
                "generator": "best_sentence",
                "version": _VERSION,
                "candidates": self._count,
                "glossary": self._glossary.fingerprint,
            }
        )

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """The best candidates of each prompt, best first; none where no sentence shares a term."""
        return [self._complete(prompt) for prompt in prompts]

    def _complete(self, prompt: Prompt) -> tuple[Candidate, ...]:
        question = subject(prompt.question)
        asked = frozenset(terms(question))
        mentions = self._glossary.mentions(question)
        chunks = [one.chunk for one in prompt.evidence]
        wanted = _wanted(chunks, asked)
        sentences = [
            sentence
            for rank, chunk in enumerate(chunks)
            for sentence in _sentences(chunk, rank, wanted[chunk.document_id], mentions)
        ]
        weight = _weights(asked, sentences)
        kind = asked_kind(focus(prompt.question))
        years = _years(question)
        scored = [
            (_score(s, weight, wanted[s.chunk.document_id], kind) * _period(s, years), s) for s in sentences
        ]
        scored = [(score, s) for score, s in scored if score > 0]
        scored.sort(key=lambda item: (-item[0], item[1].rank, item[1].start))
        return tuple(_candidate(s, score, asked, kind) for score, s in scored[: self._count])


def _wanted(evidence: Sequence[Chunk], asked: frozenset[str]) -> dict[DocumentId, frozenset[str]]:
    """Per document, the asked terms without those that the context lines of all its chunks share."""
    named: dict[DocumentId, frozenset[str]] = {}
    for chunk in evidence:
        named[chunk.document_id] = named.get(chunk.document_id, asked).intersection(terms(chunk.context))
    return {document_id: asked - found for document_id, found in named.items()}


def _sentences(
    chunk: Chunk, rank: int, asked: frozenset[str], mentions: Sequence[Mention]
) -> list[_Sentence]:
    heading = _held(chunk.context, asked, mentions)
    found = []
    for start, end in sentence_spans(chunk.text):
        own = _held(chunk.text[start:end], asked, mentions)
        cell, named = _named_cell(row_cells(chunk.text, start, end), asked - own, mentions)
        found.append(_Sentence(chunk, rank, start, end, own | named, heading, cell))
    return found


def _named_cell(
    cells: Sequence[Cell], asked: frozenset[str], mentions: Sequence[Mention]
) -> tuple[Cell | None, frozenset[str]]:
    """The leftmost cell whose header holds most of the asked terms, with those; None where none holds any."""
    best: tuple[Cell | None, frozenset[str]] = (None, frozenset())
    for cell in cells:
        named = _held(cell.header, asked, mentions)
        if len(named) > len(best[1]):
            best = (cell, named)
    return best


def _held(text: str, asked: frozenset[str], mentions: Sequence[Mention]) -> frozenset[str]:
    """The asked terms that a text has; it has those of a concept if it has any wording of it whole."""
    own = frozenset(terms(text))
    held = asked & own
    for mention in mentions:
        if any(own.issuperset(wording.terms) for wording in mention.others):
            held |= asked.intersection(mention.found.terms)
    return held


def _weights(asked: frozenset[str], sentences: Sequence[_Sentence]) -> dict[str, float]:
    """Smoothed inverse frequency of each asked term among the sentences."""
    frequency = Counter(term for sentence in sentences for term in sentence.own)
    return {t: math.log(1 + (len(sentences) + 1) / (frequency[t] + 5.0)) for t in asked}


def _score(sentence: _Sentence, weight: dict[str, float], asked: frozenset[str], kind: ValueKind) -> float:
    if not sentence.own:
        return 0.0
    covered = sum(weight[t] for t in sorted(sentence.own))
    covered += _HEADING_SHARE * sum(weight[t] for t in sorted(sentence.heading - sentence.own))
    share = covered / sum(weight[t] for t in sorted(asked))
    share *= len(asked) / (len(asked) + _FEW_TERMS)
    if kind != "text" and not values(sentence.text, kind):
        share *= _MISSING_VALUE
    return min(1.0, max(0.0, share - _RANK_LOSS * sentence.rank))


def _period(sentence: _Sentence, asked: frozenset[str]) -> float:
    """1, or less where a sentence speaks of no year, still less where of others than those asked for.

    The row of a table speaks of the years of its columns, which the context line tells behind a bar.
    """
    if not asked:
        return 1.0
    spoken = _years(sentence.text)
    if "  " in sentence.text:
        spoken |= _years(sentence.chunk.table_line)
    if asked & spoken:
        return 1.0
    return _OTHER_YEAR if spoken else _NO_YEAR


def _years(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text))


def _candidate(sentence: _Sentence, score: float, asked: frozenset[str], kind: ValueKind) -> Candidate:
    text = sentence.text
    found = values(text, kind)
    if sentence.cell is not None:
        text = sentence.chunk.text[sentence.cell.start : sentence.cell.end]
    elif found:
        start, end = _nearest(text, found, asked)
        text = text[start:end].strip()
    support = Support(chunk_id=sentence.chunk.id, start=sentence.start, end=sentence.end)
    text = re.sub(r"\s+", " ", text)
    return Candidate(text=text, score=score, supports=(support,), signals={"words": score})


_SUBSTITUTED = re.compile(
    r"\b(?:substitut\w+|replac\w+ (?:\w+ )?(?:with|by)|insert\w+|so (?:as to|that)\b.*?\breads?)\b"
)
"""What follows these words in an amendment is the new text; what it deletes stands before them."""


def _nearest(text: str, spans: Sequence[tuple[int, int]], asked: frozenset[str]) -> tuple[int, int]:
    """The value that follows the last of the question's terms most closely; the first where none does.

    In a sentence that amends, only the new text counts.
    """
    amended = [match.end() for match in _SUBSTITUTED.finditer(text)]
    spans = [span for span in spans if span[0] >= amended[-1]] or spans if amended else spans
    ends = [m.end() for m in re.finditer(r"[\w.&'-]+", text) if asked.intersection(terms(m.group()))]
    anchor = ends[-1] if ends else 0
    following = [span for span in spans if span[0] >= anchor]
    return following[0] if following else spans[-1] if ends else spans[0]
