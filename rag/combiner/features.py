"""Features of candidates for a question: what each ranking says, and what form and structure add.

========= =================================================================================== ========
feature   meaning                                                                             range
========= =================================================================================== ========
lexical   BM25 score over the best of the question                                            0 to 1
dense     inner product between the least and the best of the question's list                 0 to 1
ranks     reciprocal ranks of both lists, times the rank constant                             0 to 2
scope     place of the document among those that the question prefers                         0 to 1
heading   asked terms in the context line (document, section path, table), by rarity          0 to 1
coverage  asked terms in the passage, by rarity                                               0 to 1
section   it stands in the section that the question names                                    0 or 1
defines   it defines an asked term: the longest, of three words at most                       0 to 1
period    asked years that the passage has                                                    0 to 1
table     it is rows of a table                                                               0 or 1
figure    the same, where the question is after a figure                                      0 or 1
length    logarithm of its number of terms                                                    0 to 1
========= =================================================================================== ========

A term's rarity is its smoothed inverse frequency among the candidates, so what all have decides little.
Leaves weights to ``rag.combiner.model``.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.combiner.signals import asks_for_figure, defines_asked, is_table, sections_asked, stands_in_section
from rag.tokens import terms
from rag.types import Chunk, ChunkId, Hit, Rankings

Features = NDArray[np.float32]
"""``[n, len(FEATURES)]``, a row per candidate."""

FEATURES = (
    "lexical", "dense", "ranks", "scope", "heading", "coverage", "section", "defines", "period", "table",
    "figure", "length",
)  # fmt: skip
VERSION = 1
"""Part of a model's identity: changes whenever a value could."""

_RANK_CONSTANT = 60
_LONG = 400
_YEAR = re.compile(r"(?:19|20)\d\d$")


def features(found: Rankings, chunks: Sequence[Chunk]) -> Features:
    """The features of chunks among those found, ``[len(chunks), len(FEATURES)]``."""
    rows = np.zeros((len(chunks), len(FEATURES)), dtype=np.float32)
    if not chunks:
        return rows
    lexical, dense = _shares(found.lexical, floor=0.0), _shares(found.dense)
    ranks = _reciprocal_ranks(found)
    places = {document: place for place, document in enumerate(found.preferred)}
    asked = _Asked(found.question, chunks)
    for row, chunk in enumerate(chunks):
        place = places.get(chunk.document_id)
        rows[row] = (
            lexical.get(chunk.id, 0.0),
            dense.get(chunk.id, 0.0),
            ranks.get(chunk.id, 0.0),
            0.0 if place is None else _RANK_CONSTANT / (_RANK_CONSTANT + place),
            *asked.of(row),
            math.log1p(min(len(asked.texts[row]), _LONG)) / math.log1p(_LONG),
        )
    return rows


class _Asked:
    """A question's terms against the candidates' words."""

    def __init__(self, question: str, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._spoken = tuple(terms(question))
        self._terms = frozenset(self._spoken)
        self._years = frozenset(filter(_YEAR.match, self._terms))
        self._sections = sections_asked(question)
        self._figure = asks_for_figure(question)
        self.texts = [terms(chunk.text) for chunk in chunks]
        self._contexts = [frozenset(terms(chunk.context)) for chunk in chunks]
        self._sets = [frozenset(text) for text in self.texts]
        n = len(chunks)
        held = zip(self._sets, self._contexts, strict=True)
        frequency = Counter(term for text, context in held for term in (text | context) & self._terms)
        self._rarity = {t: math.log(1 + (n + 1) / (frequency[t] + 0.5)) for t in sorted(self._terms)}
        self._total = sum(self._rarity.values()) or 1.0

    def of(self, row: int) -> tuple[float, ...]:
        """From ``heading`` to ``figure``."""
        chunk, text, context = self._chunks[row], self._sets[row], self._contexts[row]
        spoken = self.texts[row]
        table = float(is_table(chunk.context, spoken))
        in_section = bool(self._sections) and stands_in_section(self._sections, chunk.context, chunk.text)
        return (
            self._weighed(context),
            self._weighed(text | context),
            float(in_section),
            defines_asked(self._spoken, chunk.text),
            _share(self._years, text | context),
            table,
            table * self._figure,
        )

    def _weighed(self, held: frozenset[str]) -> float:
        return sum(self._rarity[term] for term in sorted(held & self._terms)) / self._total


def _share(asked: frozenset[object], held: frozenset[object]) -> float:
    return len(asked & held) / len(asked) if asked else 0.0


def _shares(ranking: Sequence[Hit], floor: float | None = None) -> Mapping[ChunkId, float]:
    """Scores between the floor (the least of the ranking) and the best, as shares."""
    if not ranking:
        return {}
    best = max(hit.score for hit in ranking)
    least = min(hit.score for hit in ranking) if floor is None else floor
    width = max(best - least, 1e-6)
    return {hit.chunk_id: max(0.0, hit.score - least) / width for hit in ranking}


def _reciprocal_ranks(found: Rankings) -> Mapping[ChunkId, float]:
    summed: dict[ChunkId, float] = {}
    for ranking in (found.lexical, found.dense):
        for rank, hit in enumerate(ranking, start=1):
            share = _RANK_CONSTANT / (_RANK_CONSTANT + rank)
            summed[hit.chunk_id] = summed.get(hit.chunk_id, 0.0) + share
    return summed
