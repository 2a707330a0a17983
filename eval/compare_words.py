"""A comparison in sentences: the verdict on its leading measure, and what to bear in mind with it.

A difference that the test does not show is never called none: beside it stands what the set could have shown.
Leaves figures to ``eval.compare``, tables to ``eval.compare_report``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from eval.compare import ALPHA, LOWER_IS_BETTER, Measured, RunComparison, Verdict
from eval.number_texts import counted, listed, p_text, share, signed, signed_interval
from eval.stats import FEW_DOCUMENTS

TONES: dict[Verdict, str] = {
    "better": "good", "worse": "bad", "more": "warn", "less": "warn", "not shown": "soft", "same": "soft",
}  # fmt: skip


def verdict(found: RunComparison) -> str:
    """The verdict on the leading measure: one sentence, or two where nothing is shown."""
    name, one = found.headline, found.measures[found.headline]
    result, units = one.result, _units(one)
    moved = f"{share(result.before.value)} to {share(result.after.value)}"
    evidence = (
        f"difference {signed(result.difference.value)}, 95 % interval {signed_interval(result.difference)},"
        f" p {_equals(p_text(result.p_value))} over {units}"
    )
    like = "" if _alike(found) else "What was asked or how it was graded differs. As it stands: "
    if one.verdict == "same":
        return (
            f"{like}No question differs in {name}: {share(result.before.value)} in both runs, over {units}."
        )
    if one.verdict == "not shown":
        return (
            f"{like}No change of {name} is shown: {moved} ({evidence})."
            f" Such a set shows a true change of {share(result.detectable)} four times in five;"
            " a smaller one may be there, either way."
        )
    named = {"better": "is better", "worse": "is worse", "more": "went up", "less": "went down"}[one.verdict]
    return f"{like}The second run {named} in {name}: {moved} ({evidence})."


def cautions(found: RunComparison) -> tuple[str, ...]:
    """What to bear in mind: few documents, questions left out, failures, slices, the other measures."""
    return tuple(_cautions(found))


def _cautions(found: RunComparison) -> Iterator[str]:
    lead = found.measures[found.headline]
    if lead.result.few_documents:
        yield (
            f"Only {counted(lead.result.documents, 'document')}: below {FEW_DOCUMENTS},"
            " intervals and the smallest difference shown are rough."
        )
    yield from _left_out(found)
    failed = found.before.failed, found.after.failed
    if any(failed):
        yield f"Questions that failed and score zero: {failed[0]} before, {failed[1]} after."
    ungraded = tuple(sum(bool(row.grader_error) for row in run.rows) for run in (found.before, found.after))
    if any(ungraded):
        yield f"Answers the grader failed on, which are not right: {ungraded[0]} before, {ungraded[1]} after."
    yield from _about_slices(found)
    apart = tuple(name for name, one in found.measures.items() if _interval_alone(one))
    if apart:
        yield (
            f"In {listed(apart)}, the interval leaves out zero and the test shows nothing: too few documents"
            " differ for signs to tell. The test decides."
        )
    others = {name: one.verdict for name, one in found.measures.items() if name != found.headline}
    if others:
        yield (
            f"The verdict is about {found.headline}. Of {counted(len(others), 'other measure')},"
            f" {_moved(others)}. Their p-values stand for themselves: by chance alone, one in"
            f" {round(1 / ALPHA)} falls below {share(ALPHA)}."
        )


def _interval_alone(one: Measured) -> bool:
    """Whether the interval speaks of a difference that the test does not show."""
    found = one.result.difference
    return one.verdict == "not shown" and not found.low <= 0.0 <= found.high


def _left_out(found: RunComparison) -> Iterator[str]:
    missing = (("first", found.only_before), ("second", found.only_after))
    sides = [
        f"{counted(len(ids), 'question')} only in the {side} run ({listed(ids, 3)})"
        for side, ids in missing
        if ids
    ]
    if sides:
        yield f"Left out: {', '.join(sides)}."
    if found.altered:
        yield (
            f"{counted(len(found.altered), 'question')} changed in words, gold or kind between the runs"
            f" ({listed(found.altered, 3)}): their difference is not the system's alone."
        )


def _about_slices(found: RunComparison) -> Iterator[str]:
    """Which slices the leading measure moved in, by Holm's p-values."""
    verdicts = {
        name: measures[found.headline].verdict
        for name, measures in found.slices.items()
        if found.headline in measures
    }
    if verdicts:
        yield (
            f"{found.headline} by slice, with Holm's correction: of {counted(len(verdicts), 'slice')},"
            f" {_moved(verdicts)}."
        )


def _moved(verdicts: Mapping[str, Verdict]) -> str:
    """Which names moved, by the way they went."""
    ways = (("better", "better in"), ("worse", "worse in"), ("more", "more"), ("less", "less"))
    moved = []
    for way, said in ways:
        names = tuple(name for name, verdict in verdicts.items() if verdict == way)
        if names:
            moved.append(f"{said} {listed(names)}")
    return "; ".join(moved) or "none shows a change"


def _units(one: Measured) -> str:
    return f"{counted(one.result.difference.n, 'question')} of {counted(one.result.documents, 'document')}"


def _alike(found: RunComparison) -> bool:
    return not any(change.concern == "asked" for change in found.differs)


def _equals(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"


def direction(measure: str) -> str:
    """What is better, for the head of a row.

    >>> direction("wrong"), direction("accuracy")
    ('lower is better', '')
    """
    return "lower is better" if measure in LOWER_IS_BETTER else ""
