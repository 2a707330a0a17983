"""The words that set some questions apart from others: words and pairs, weighted by document frequency.

A phrase is a term of ``rag.tokens`` or two that follow each other. Numbers, and the words that documents are
called by, are left out: they say which document was asked about, not what of it. Leaves what to make of the
phrases to ``eval.errors.clusters``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import log

from eval.runs import Row
from rag.tokens import terms

_PERIOD = re.compile(r"[qh][1-4]|fy")
_NAME_PARTS = re.compile(r"[^\W_]+")
_LONGEST_NAME = 60
_FILLERS = frozenset(
    "all among amount based between data drove during each end first last least like most no not one other"
    " same show shown three total two up used using year".split()
)
"""Words that frame a question without saying what it is about, beside the stopwords of ``rag.tokens``."""


def phrases(text: str, left_out: frozenset[str] = frozenset()) -> frozenset[str]:
    """The phrases of a text.

    >>> sorted(phrases("What is the capital expenditure of 3M in FY2018?", frozenset({"3m"})))
    ['capital', 'capital expenditure', 'expenditure']
    """
    found = terms(text)
    kept = [
        not (term[0].isdigit() or term in left_out or term in _FILLERS or _PERIOD.fullmatch(term))
        for term in found
    ]
    single = [term for term, keep in zip(found, kept, strict=True) if keep]
    marked = list(zip(found, kept, strict=True))
    pairs = [f"{one} {two}" for (one, first), (two, second) in pairwise(marked) if first and second]
    return frozenset([*single, *pairs])


def holds(text: str, wanted: Sequence[str]) -> bool:
    """Whether a text has one of some phrases; what the slices proposed by clusters do.

    >>> holds("What is the capital expenditure?", ["capital expenditure", "capex"])
    True
    """
    said = f" {' '.join(terms(text))} "
    return any(f" {phrase} " in said for phrase in wanted)


def naming_words(rows: Sequence[Row]) -> frozenset[str]:
    """The words that the documents of a run are called by: parts of file names, and of companies' names."""
    names = {one.document_name for row in rows for one in (*row.evidence, *row.shown, *row.citations)}
    names |= {row.facets.get("company", "") for row in rows}
    parts = [part for name in names for part in _NAME_PARTS.findall(name[:_LONGEST_NAME])]
    return frozenset(term for part in parts for term in terms(part))


def weights(questions: Iterable[frozenset[str]]) -> dict[str, float]:
    """``log(n / questions with the phrase)``: 0 for what all questions say.

    >>> found = weights([frozenset({"cash", "flow"}), frozenset({"cash"})])
    >>> found["cash"], round(found["flow"], 3)
    (0.0, 0.693)
    """
    counted = list(questions)
    spread = Counter(phrase for question in counted for phrase in question)
    return {phrase: log(len(counted) / count) for phrase, count in spread.items()}


def top_phrases(
    members: Sequence[frozenset[str]], weight: Mapping[str, float], limit: int = 5
) -> tuple[str, ...]:
    """The phrases that name a group: said by at least two of it (or by its only member), rare elsewhere.

    A phrase weighs the share of the group that says it times its weight. A word is left out where a phrase
    that holds it weighs more.
    """
    spread = Counter(phrase for member in members for phrase in member)
    least = min(2, len(members))
    scored = sorted(
        (-count / len(members) * weight[phrase], phrase)
        for phrase, count in spread.items()
        if count >= least and weight[phrase] > 0
    )
    chosen: list[str] = []
    for _, phrase in scored:
        words = phrase.split()
        if not any(set(words) & set(other.split()) for other in chosen):
            chosen.append(phrase)
        if len(chosen) == limit:
            break
    return tuple(chosen)


def covering(
    members: Sequence[frozenset[str]], others: Sequence[frozenset[str]], limit: int = 3
) -> tuple[str, ...]:
    """Up to ``limit`` phrases, one of which most members say and few others: the best by F1, found greedily.

    Each is said by two members or more: a phrase of one would only learn that member by heart.

    >>> covering([frozenset({"cash", "flow"}), frozenset({"flow"})], [frozenset({"cash"})])
    ('flow',)
    """
    spread = Counter(phrase for member in members for phrase in member)
    candidates = sorted(phrase for phrase, count in spread.items() if count >= min(2, len(members)))
    inside = {phrase: {at for at, one in enumerate(members) if phrase in one} for phrase in candidates}
    outside = {phrase: {at for at, one in enumerate(others) if phrase in one} for phrase in candidates}
    chosen: list[str] = []
    hit: set[int] = set()
    wrong: set[int] = set()
    best = 0.0
    while len(chosen) < limit:
        scored = [
            (_f1(len(hit | inside[phrase]), len(wrong | outside[phrase]), len(members)), phrase)
            for phrase in candidates
        ]
        score, phrase = max(scored, key=lambda one: (one[0], len(one[1].split()), one[1]), default=(0.0, ""))
        if score <= best:
            break
        best = score
        chosen.append(phrase)
        hit |= inside[phrase]
        wrong |= outside[phrase]
    return tuple(chosen)


def _f1(right: int, wrong: int, wanted: int) -> float:
    return 2 * right / (right + wrong + wanted) if right else 0.0
