"""Which stage failed first: explicit rules over one row of a run; from the top, the first that fits wins.

A row is looked at where its answer is not right and the grader could tell. "Given" is the answer, or, where
the system abstained, the best of its proposals: whatever it abstained from had been read wrong before.

======================== ===================================================================================
stage                    where
======================== ===================================================================================
failed                   the question ended in an error
should_have_abstained    the documents hold no answer, and one was given
wrong_document           the evidence was not handed over, neither its passage nor its page is among the
                         hits, and nothing that was handed over is of its document
ranked_low               its passage or its page is among the hits, behind those that were handed over
wrong_page               the rest: other pages of its document were handed over, or other passages of its page
should_not_have_abstained the evidence was handed over, and the system abstained from a right proposal, or
                         made none
wrong_scale              a number was asked for; the given one has gold's digits and another scale
arithmetic               a number was asked for that the evidence does not print, so it must be worked out
wrong_period             gold and the given number stand in one row or sentence, beside two years or more
misread                  all else: the evidence was handed over, and what was given is not what it says
======================== ===================================================================================

Evidence counts as handed over where any of its places was; where the number has to be worked out, all are
needed, and the retrieval rules speak of those that are missing. Without judged evidence retrieval cannot be
blamed, and a row goes on to the rules below it. Rows of runs that only retrieved are asked about retrieval
alone, and what they hand over are their first ``eval.reach.READ_DEPTH`` hits. Leaves groups of errors to
``eval.errors.clusters``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from eval.errors.places import page_text, used_places
from eval.errors.proposals import best_proposal, is_right
from eval.metrics.numbers import Quantity, find_quantities, scale_hint
from eval.printed import (
    first_quantity,
    gold_quantity,
    needs_arithmetic,
    printed_row,
    rescaled,
    row_label,
    same_value,
    texts_on,
    years_in,
)
from eval.reach import READ_DEPTH, handed_over, is_answerable, is_judged, on_page, overlaps, reach, read_depth
from eval.runs import Place, RankedChunk, Row

Stage = Literal[
    "wrong_document", "wrong_page", "ranked_low", "misread", "arithmetic", "wrong_period", "wrong_scale",
    "should_have_abstained", "should_not_have_abstained", "failed",
]  # fmt: skip

STAGES: tuple[Stage, ...] = get_args(Stage)
"""All stages, in the order in which a question passes them."""

MEANING: dict[Stage, str] = {
    "wrong_document": "wrong document",
    "wrong_page": "wrong page or passage",
    "ranked_low": "ranked too low",
    "misread": "misread",
    "arithmetic": "had to be worked out",
    "wrong_period": "another period's number",
    "wrong_scale": "wrong scale",
    "should_have_abstained": "should have abstained",
    "should_not_have_abstained": "should not have abstained",
    "failed": "ended in an error",
}
"""The stages in people's words."""

EXPLAINED: dict[Stage, str] = {
    "wrong_document": "What was handed over is of other documents than the evidence.",
    "wrong_page": "The document was found, but not the passage with the evidence.",
    "ranked_low": "The evidence, or its page, was found behind what was handed over.",
    "misread": "The evidence was handed over, and what was given is not what it says.",
    "arithmetic": "The evidence was handed over, but does not print the number: it must be worked out.",
    "wrong_period": "The given number stands beside the right one, in another column or year.",
    "wrong_scale": "The digits are right, the scale is not.",
    "should_have_abstained": "The documents hold no answer, and one was given.",
    "should_not_have_abstained": "A right proposal was held back, or none made from evidence that was there.",
    "failed": "The question could not be answered at all.",
}
"""The rules above in a sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The first stage that failed for a row, why in one line, and the evidence beside what was used.

    ``evidence`` are the places that should have carried the answer (where some are missing, those), ``used``
    what did: the citations, else what the best proposal rests on, else the best hits.
    """

    row: Row
    stage: Stage
    why: str
    evidence: tuple[Place, ...]
    used: tuple[Place, ...]


def diagnose(row: Row) -> Diagnosis | None:
    """The diagnosis of a row, or None where it is right, not judged, or could not be graded."""
    if not is_wrong(row):
        return None
    stage, why = _first_failure(row)
    missing = missing_places(row)
    return Diagnosis(row=row, stage=stage, why=why, evidence=missing or row.evidence, used=used_places(row))


def is_wrong(row: Row) -> bool:
    """Whether a row is an error to explain; an answer that the grader failed on is not."""
    if row.outcome == "failed":
        return True
    if row.outcome == "retrieved":
        return is_judged(row) and not handed_over(row)
    return row.values.get("accuracy") == 0.0 and not row.grader_error


def missing_places(row: Row) -> tuple[Place, ...]:
    """The evidence that should have been handed over and was not; empty where that did not hinder."""
    if not is_judged(row) or not is_answerable(row):
        return ()
    missing = tuple(place for place in row.evidence if not handed_over(row, [place]))
    # A row keeps the first few places only; others, which count as well, may have been handed over.
    some_there = len(missing) < len(row.evidence) or handed_over(row)
    return () if some_there and not needs_arithmetic(row) else missing


def _first_failure(row: Row) -> tuple[Stage, str]:
    if row.outcome == "failed":
        return "failed", row.text
    if not is_answerable(row):
        return (
            "should_have_abstained",
            f"the documents hold no answer; given with confidence {row.confidence:.2f}",
        )
    missing = missing_places(row)
    if missing:
        return _retrieval_failure(row, missing)
    return _reading_failure(row)


def _retrieval_failure(row: Row, missing: Sequence[Place]) -> tuple[Stage, str]:
    got, depth = reach(row, missing), read_depth(row)
    part = (
        f"{len(missing)} of {len(row.evidence)} places of evidence: "
        if len(missing) < len(row.evidence)
        else ""
    )
    read = (
        f"the first {READ_DEPTH} hits" if row.outcome == "retrieved" else f"the {depth} passages handed over"
    )
    rank = got.passage or got.page
    where = page_text(missing[0] if rank is None else _reached(row.hits[rank - 1], missing))
    if got.passage is not None:
        return "ranked_low", f"{part}{where} is hit {got.passage}, behind {read}"
    if got.page is not None and got.page > depth:
        return "ranked_low", f"{part}another passage of {where} is hit {got.page}, behind {read}"
    if got.page is not None:
        return (
            "wrong_page",
            f"{part}hit {got.page} is of {where}, but the passage with the evidence is no hit",
        )
    own = sum(hit.document_id == missing[0].document_id for hit in row.hits[:depth])
    if own:
        return (
            "wrong_page",
            f"{part}{where} is not among {len(row.hits)} hits; {own} of {read} are of its document",
        )
    others = list(dict.fromkeys(place.document_name for place in row.shown))
    seen = f", but of {', '.join(others[:2])}" if others else ""
    return "wrong_document", f"{part}none of {read} is of {missing[0].document_name}{seen}"


def _reached(hit: RankedChunk, places: Sequence[Place]) -> Place:
    """The first of the places that a hit lies over, else the first whose page it is on."""
    over = [place for place in places if overlaps(hit, place)]
    return (over or [place for place in places if on_page(hit, place)])[0]


def _reading_failure(row: Row) -> tuple[Stage, str]:
    given, said = row.text, "the answer"
    if row.outcome == "abstained":
        best = best_proposal(row)
        if best is None:
            return "should_not_have_abstained", "the evidence was handed over, and nothing was proposed"
        if is_right(row, best.text):
            return "should_not_have_abstained", f"the grader takes the best proposal for right; {row.text}"
        given, said = best.text, "abstained; the best proposal"
    gold, number = gold_quantity(row), first_quantity(given)
    if gold is not None:
        found = _number_failure(row, gold, number, said)
        if found is not None:
            return found
    return "misread", f"{said} {_where_read(row)}"


def _number_failure(row: Row, gold: Quantity, given: Quantity | None, said: str) -> tuple[Stage, str] | None:
    if given is not None and rescaled(given, gold, scale_hint(row.question)):
        return "wrong_scale", f"{said} has the digits of {_figure(gold)}, in another scale"
    if needs_arithmetic(row):
        return (
            "arithmetic",
            f"{row.gold[0]} is not printed in the evidence; {said} is not what it works out to",
        )
    texts = [text for place in row.evidence for text in texts_on(row, place)]
    texts += [place.quote for place in row.citations]
    for text in texts if given is not None else ():
        line = printed_row(gold, text)
        if given is None or not any(same_value(given, other) for other in find_quantities(line)):
            continue
        label = row_label(line)
        if len(years_in(text) | _years_of(row)) > 1 and not same_value(given, gold):
            return (
                "wrong_period",
                f"{said} stands beside {_figure(gold)} in “{label}”, of another period",
            )
    return None


def _where_read(row: Row) -> str:
    """Whether the evidence itself was read, or something else in its place."""
    used = used_places(row)
    if not row.evidence or not used:
        return "is not gold; the set does not say where gold stands"
    if any(overlaps(one, place) for one in used for place in row.evidence):
        return f"rests on the evidence ({page_text(row.evidence[0])}), but does not say what gold says"
    rank = reach(row).passage
    there = f", which was hit {rank}" if rank is not None else ""
    if any(on_page(used[0], place) for place in row.evidence):
        return f"is read from another passage of {page_text(used[0])} than the evidence{there}"
    return f"is read from {page_text(used[0])} instead of {page_text(row.evidence[0])}{there}"


def _figure(gold: Quantity) -> str:
    """Gold's number in few characters, in whatever scale it is printed."""
    return f"{gold.numeral * 100 * (gold.scale or 1):,.10g} %" if gold.percent else f"{gold.numeral:,.10g}"


def _years_of(row: Row) -> frozenset[int]:
    """The years that the evidence's own text prints: those of a table whose row is quoted apart."""
    return frozenset(year for place in row.evidence for year in years_in(place.quote))
