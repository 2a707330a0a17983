"""Errors that belong together, by the meaning of the questions and by the words they share.

By meaning: the questions, without the words that documents are called by, are embedded and grouped
(``eval.errors.grouping``). By words: the phrase that most errors share, weighted by how rare it is among all
questions of the run and by how much more often questions with it fail, takes its errors; then the next one
those that are left. Both kinds propose a slice and labeling functions (``eval.errors.remedies``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.errors.grouping import group
from eval.errors.remedies import FunctionProposal, SliceProposal, functions_for, slice_source, stage_mix
from eval.errors.stages import Diagnosis, Stage
from eval.errors.words import covering, holds, naming_words, phrases, top_phrases, weights
from eval.runs import Row
from rag.protocols import Embedder

THRESHOLD = 0.5
"""Mean cosine between the questions of a group, for MiniLM; unlike questions are near 0.1."""

SMALLEST = 3
"""Fewer errors than this are no cluster."""

MOST_CLUSTERS = 10
MOST_EMBEDDED = 4000
"""So many errors are grouped by meaning, the first of the run; time and memory grow with the square."""

_NEARLY = 0.75
_NAME_CHARS = 80
_WORD = re.compile(r"[^\s]+")
_YEARS = re.compile(r"\b(?:FY|Q[1-4]\s?(?:of\s)?)?\s?'?(?:19|20)\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Errors that belong together; ``words`` name it, ``stages`` counts where its questions fail first."""

    name: str
    by: Literal["meaning", "words"]
    diagnoses: tuple[Diagnosis, ...]
    words: tuple[str, ...]
    stages: Mapping[Stage, int]
    slice: SliceProposal
    functions: tuple[FunctionProposal, ...]


def clusters_by_meaning(
    rows: Sequence[Row], diagnoses: Sequence[Diagnosis], embedder: Embedder, threshold: float = THRESHOLD
) -> tuple[Cluster, ...]:
    """The groups of at least ``SMALLEST`` errors, the largest first; ``rows`` are all of the run."""
    considered = diagnoses[:MOST_EMBEDDED]
    if len(considered) < SMALLEST:
        return ()
    names = naming_words(rows)
    vectors = embedder.embed_queries([subject(one.row.question, names) for one in considered])
    groups = [own for own in group(vectors, threshold) if len(own) >= SMALLEST]
    naming = _Naming(rows, names)
    return tuple(naming.cluster([considered[at] for at in own], "meaning") for own in groups[:MOST_CLUSTERS])


def clusters_by_words(rows: Sequence[Row], diagnoses: Sequence[Diagnosis]) -> tuple[Cluster, ...]:
    """Disjoint groups of at least ``SMALLEST`` errors that share a phrase, in the order they were taken."""
    naming = _Naming(rows, naming_words(rows))
    wrong = {one.row.question_id: one for one in diagnoses}
    left = dict.fromkeys(wrong)
    found: list[Cluster] = []
    while len(found) < MOST_CLUSTERS:
        phrase = naming.worst_phrase(left, wrong)
        if phrase is None:
            break
        own = [wrong[key] for key in left if phrase in naming.said[key]]
        found.append(naming.cluster(own, "words", phrase))
        for one in own:
            del left[one.row.question_id]
    return tuple(found)


def subject(question: str, names: frozenset[str]) -> str:
    """A question without years and without the words that documents are called by, for embedding.

    >>> subject("What is the FY2018 capital expenditure for 3M?", frozenset({"3m"}))
    'What is the capital expenditure for ?'
    """
    bare = _YEARS.sub(" ", question)
    kept = [
        "?" if word.endswith("?") and _core(word) in names else word
        for word in _WORD.findall(bare)
        if _core(word) not in names or word.endswith("?")
    ]
    return " ".join(kept)


def _core(word: str) -> str:
    return word.lower().strip(".,;:?!()\"'’").removesuffix("'s").removesuffix("’s")


class _Naming:
    """What all questions of a run say, and what they are weighed by."""

    def __init__(self, rows: Sequence[Row], names: frozenset[str]) -> None:
        self._rows = rows
        self.said = {row.question_id: phrases(row.question, names) for row in rows}
        self._weight = weights(self.said.values())

    def worst_phrase(self, left: Mapping[str, object], wrong: Mapping[str, object]) -> str | None:
        """The phrase with the most errors left, weighed; None where none has ``SMALLEST``."""
        counts: dict[str, int] = {}
        for key in left:
            for phrase in self.said[key]:
                counts[phrase] = counts.get(phrase, 0) + 1
        frequent = {phrase for phrase, count in counts.items() if count >= SMALLEST}
        if not frequent:
            return None
        asked, failed = dict.fromkeys(frequent, 0), dict.fromkeys(frequent, 0)
        for key, said in self.said.items():
            for phrase in said & frequent:
                asked[phrase] += 1
                failed[phrase] += key in wrong
        scores = {p: counts[p] * self._weight[p] * failed[p] / asked[p] for p in frequent}
        best = min(frequent, key=lambda p: (-scores[p], p))
        if scores[best] <= 0:
            return None
        # "balance sheet" says more than "balance", where nearly all mean it.
        longer = [
            p for p in frequent if best != p and best in p.split() and counts[p] >= _NEARLY * counts[best]
        ]
        return max(longer, key=lambda p: (counts[p], p)) if longer and " " not in best else best

    def cluster(self, own: Sequence[Diagnosis], by: Literal["meaning", "words"], phrase: str = "") -> Cluster:
        """A cluster with its words and proposals; ``phrase`` is what made it one, if that did."""
        members = [self.said[one.row.question_id] for one in own]
        keys = {one.row.question_id for one in own}
        others = [said for key, said in self.said.items() if key not in keys]
        telling = (phrase,) if phrase else covering(members, others)
        top = top_phrases(members, self._weight)
        words = tuple(dict.fromkeys([*telling[:1], *top])) if phrase else top or telling
        shortest = min((one.row.question for one in own), key=len)
        name = phrase or ", ".join(words[:3]) or f"like “{' '.join(shortest.split())[:_NAME_CHARS]}”"
        return Cluster(
            name=name,
            by=by,
            diagnoses=tuple(own),
            words=words,
            stages=stage_mix(own),
            slice=SliceProposal(
                name=name,
                phrases=telling,
                source=slice_source(name, telling) if telling else "",
                of_group=sum(holds(one.row.question, telling) for one in own),
                of_run=sum(holds(row.question, telling) for row in self._rows),
            ),
            functions=functions_for(own),
        )
