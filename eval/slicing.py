"""The built-in slices: what a question asks, how, and of which kind of evidence.

Rules of thumb over a row of a run, each explained where it stands; none knows a particular set. Leaves the
shape of a slice to ``eval.slices``.
"""

from __future__ import annotations

import re

from eval.printed import is_figures, needs_arithmetic
from eval.runs import Row
from eval.slices import SlicingFunction, slicing_function
from rag.scope.times import find_times_and_kinds, what_is_asked

_QUESTION_WORD = re.compile(
    r"\b(how (?:much|many)|how|what|which|who|whom|whose|why|when|where)\b", re.IGNORECASE
)
_YES_NO = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|may|must|shall|should|will|would)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:^|[.:;,?!\n]\s*|\band\s+)", re.IGNORECASE)
_LENGTHS = ((10, "up to 10 words"), (20, "11 to 20 words"), (40, "21 to 40 words"))
_YEAR = re.compile(r"(?:19|20)\d\d")


@slicing_function("question word")
def question_word(row: Row) -> str | None:
    """The word that asks: of the first clause that begins with one, else the first in the text.

    "how many" counts as "how much", whom and whose as who; "is …" stands for all that asks for yes or no.
    """
    for clause in _CLAUSE.finditer(row.question):
        at = clause.end()
        if _YES_NO.match(row.question, at):
            return "is …"
        if match := _QUESTION_WORD.match(row.question, at):
            return _asking(match[1])
    match = _QUESTION_WORD.search(row.question)
    return _asking(match[1]) if match else "none"


@slicing_function("answer type")
def answer_type(row: Row) -> str | None:
    """The rule that gold is graded by."""
    return row.kind


@slicing_function("document kind")
def document_kind(row: Row) -> str | None:
    """What the question's document says it is, where it is one document."""
    return row.facets.get("document_kind")


@slicing_function("hops")
def hops(row: Row) -> str | None:
    """In how many places the evidence stands: pieces on one page are one place."""
    documents = {place.document_id for place in row.evidence}
    pages = {(place.document_id, place.first_page) for place in row.evidence}
    if not pages:
        return "none judged"
    return "several documents" if len(documents) > 1 else "several places" if len(pages) > 1 else "one place"


@slicing_function("question length")
def question_length(row: Row) -> str | None:
    """Words of the question, in four buckets."""
    count = len(row.question.split())
    return next((name for most, name in _LENGTHS if count <= most), "over 40 words")


@slicing_function("needs a table")
def needs_table(row: Row) -> str | None:
    """Whether evidence stands in a table, as the library read it, or else reads like one."""
    where = row.facets.get("evidence_in")
    if where in ("table", "both"):
        return "yes"
    if where == "text":
        return "no"
    if not row.evidence:
        return None
    return "yes" if any(is_figures(place.quote) for place in row.evidence) else "no"


@slicing_function("needs arithmetic")
def needs_working_out(row: Row) -> str | None:
    """Whether a gold number is printed nowhere in the evidence (``eval.printed``)."""
    needed = needs_arithmetic(row)
    return None if needed is None else "yes" if needed else "no"


@slicing_function("period asked")
def period_asked(row: Row) -> str | None:
    """The years a question names against the fiscal year of its document.

    "same" where it is among them, "earlier" where all lie before it, as in next year's report, "other" for
    the rest.
    """
    stated = {int(year) for year in _YEAR.findall(row.facets.get("fiscal_year", ""))}
    if not stated:
        return None
    asked = years_asked(row.question)
    if not asked:
        return "none named"
    if asked & stated:
        return "same"
    return "earlier" if max(asked) < min(stated) else "other"


@slicing_function("documents named")
def documents_named(row: Row) -> str | None:
    """How much of the library the question is about."""
    # A question about no document in particular is a cluster of its own (``eval.runs.Row``).
    if row.cluster == row.question_id:
        return "whole library"
    return "several documents" if " " in row.cluster else "one document"


BUILT_IN: tuple[SlicingFunction, ...] = (
    question_word,
    answer_type,
    document_kind,
    hops,
    question_length,
    needs_table,
    needs_working_out,
    period_asked,
    documents_named,
)
"""All built-in slices, in the order in which they are printed."""


def years_asked(question: str) -> frozenset[int]:
    """The years that a question names, those of dates included.

    >>> sorted(years_asked("Between FY2015 and March 4, 2017, and in Q2'18?"))
    [2015, 2017, 2018]
    """
    asked = what_is_asked(tuple(find_times_and_kinds(question, ())))
    return asked.years | {int(day[:4]) for day in asked.days}


def _asking(word: str) -> str:
    word = word.lower()
    return {"how many": "how much", "whom": "who", "whose": "who"}.get(word, word)
