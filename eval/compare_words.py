"""A comparison in sentences: the verdict on its leading measure, and what to bear in mind with it.

A difference that the test does not show is never called none: beside it stands what the set could have shown.
Leaves figures to ``eval.compare``, tables to ``eval.compare_report``.
"""

from __future__ import annotations

from collections.abc import Iterator

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
    """What to bear in mind: few documents, questions left out, failures, slices, measures beside the first."""
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
    others = len(found.measures) - 1
    if others:
        yield (
            f"The verdict is about {found.headline}. The p-values of the"
            f" {counted(others, 'other measure')} stand for themselves: by chance alone, one in"
            f" {round(1 / ALPHA)} of them falls below {share(ALPHA)}."
        )


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
    by_verdict: dict[Verdict, list[str]] = {}
    tested = 0
    for name, measures in found.slices.items():
        one = measures.get(found.headline)
        if one is not None:
            tested += 1
            by_verdict.setdefault(one.verdict, []).append(name)
    if not tested:
        return
    moved = [
        f"{verdict} in {listed(tuple(by_verdict[verdict]))}"
        for verdict in ("better", "worse", "more", "less")
        if verdict in by_verdict
    ]
    told = "; ".join(moved) if moved else "no slice shows a change"
    yield f"Of {counted(tested, 'slice')}, with Holm's correction, {found.headline}: {told}."


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
