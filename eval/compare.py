"""Two runs side by side: before and after per measure and slice, what the difference is worth, who won.

Rows are joined by question id. The test of a difference draws signs by document (``eval.stats``); over the
slices of one measure p-values are Holm's. A difference below what the set can show is called that, not
"none". Leaves what else differed to ``eval.provenance``, sentences to ``eval.compare_words``, tables to
``eval.compare_report``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.chosen_slices import default_fields, named_slices
from eval.provenance import Change, header_changes, in_words
from eval.report import LATENCIES
from eval.runs import Row, Run
from eval.scoring import ANSWERS, CHARACTERS, PAGES, RETRIEVAL, SNIPPETS
from eval.slices import slice_rows
from eval.slicing import answer_type
from eval.stats import Comparison, Estimate, compare_paired, holm, quantile
from rag.errors import SourceError

ALPHA = 0.05
LOWER_IS_BETTER = frozenset({"wrong"})
NEITHER_IS_BETTER = frozenset({"abstained"})
LISTED = ("accuracy", "citation_right", "page_hit@5")
"""Measures told by slice, and by question, unless others are asked for: Holm's correction grows with slices,
and a reader's patience shrinks with tables."""

Verdict = Literal["better", "worse", "more", "less", "not shown", "same"]
"""``more`` and ``less`` of what is neither good nor bad; ``same``: no question differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One question in both runs."""

    before: Row
    after: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A measure over the questions that have it in both runs.

    ``p_adjusted`` is Holm's over the slices of the measure, the p-value itself over all questions. ``better``
    and ``worse`` count questions; for what is neither good nor bad, those that went up and down.
    """

    measure: str
    result: Comparison
    p_adjusted: float
    verdict: Verdict
    better: int
    worse: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedQuestion:
    """A question that won or lost, the measures it did so in, and both rows."""

    pair: Pair
    won: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunComparison:
    """Everything that two runs say about each other.

    ``headline`` is the measure that the verdict is about; ``slices`` are named ``field=value``. ``altered``
    are questions whose words or gold differ between the runs; ``listed`` the measures that ``slices`` and
    ``changed`` are about. ``times`` are latencies in milliseconds before and after, over the questions that
    did not fail.
    """

    before: Run
    after: Run
    pairs: tuple[Pair, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    altered: tuple[str, ...]
    headline: str
    measures: Mapping[str, Measured]
    slices: Mapping[str, Mapping[str, Measured]]
    listed: tuple[str, ...]
    changed: tuple[ChangedQuestion, ...]
    times: Mapping[str, tuple[Estimate, Estimate]]
    differs: tuple[Change, ...]
    provenance: tuple[str, ...]

    @property
    def documents(self) -> int:
        """How many documents (or groups of them) the questions are about: the sampling units."""
        return len({pair.before.cluster for pair in self.pairs})


def compare_runs(
    before: Run, after: Run, slices: Sequence[str] = (), measures: Sequence[str] = ()
) -> RunComparison:
    """Compare two runs by ``slices`` (names; a few fields for none); the first of ``measures`` leads.

    Raises:
        SourceError: the runs share no question or no measure, or lack a field or a measure that is asked for.
    """
    pairs = _join(before, after)
    chosen = _chosen(pairs, measures)
    groups = _groups(pairs, slices)
    overall = {name: _measured(name, pairs, before.header.seed) for name in chosen}
    listed = tuple(measures) or tuple(name for name in LISTED if name in overall) or (next(iter(overall)),)
    differs = header_changes(before.header, after.header)
    known_before, known_after = ({row.question_id for row in run.rows} for run in (before, after))
    return RunComparison(
        before=before,
        after=after,
        pairs=pairs,
        only_before=tuple(r.question_id for r in before.rows if r.question_id not in known_after),
        only_after=tuple(r.question_id for r in after.rows if r.question_id not in known_before),
        altered=tuple(p.before.question_id for p in pairs if _asked(p.before) != _asked(p.after)),
        headline=listed[0],
        measures=overall,
        slices=_by_slice(groups, listed, before.header.seed),
        listed=listed,
        changed=tuple(_changed(pairs, listed)),
        times=_times(pairs),
        differs=differs,
        provenance=in_words(differs, before.header, after.header),
    )


def gain(measure: str, before: float, after: float) -> float:
    """How much better a value became: the difference, turned round where lower is better.

    >>> gain("accuracy", 0.0, 1.0), gain("wrong", 0.0, 1.0)
    (1.0, -1.0)
    """
    return before - after if measure in LOWER_IS_BETTER else after - before


def judge(measure: str, difference: float, p: float, *, changed: int) -> Verdict:
    """The verdict on a difference with this (adjusted) p-value; ``changed`` counts questions that differ.

    >>> judge("wrong", -0.1, 0.01, changed=9), judge("wrong", -0.1, 0.2, changed=9)
    ('better', 'not shown')
    """
    if not changed:
        return "same"
    if p > ALPHA or difference == 0:
        return "not shown"
    if measure in NEITHER_IS_BETTER:
        return "more" if difference > 0 else "less"
    return "better" if gain(measure, 0.0, difference) > 0 else "worse"


def _join(before: Run, after: Run) -> tuple[Pair, ...]:
    rows = {row.question_id: row for row in after.rows}
    pairs = tuple(
        Pair(before=row, after=rows[row.question_id]) for row in before.rows if row.question_id in rows
    )
    if not pairs:
        raise SourceError(
            f"the runs share no question: {_described(before)} and {_described(after)}",
            "compare runs over the same questions",
        )
    return pairs


def _described(run: Run) -> str:
    ids = ", ".join(row.question_id for row in run.rows[:2])
    return (
        f"{run.header.name} ({len(run.rows)} questions: {ids}, …)"
        if run.rows
        else f"{run.header.name} (none)"
    )


def _chosen(pairs: Sequence[Pair], asked: Sequence[str]) -> tuple[str, ...]:
    """The measures that some question has in both runs, in the order reports have them."""
    found = {name for pair in pairs for name in pair.before.values.keys() & pair.after.values.keys()}
    if not found:
        raise SourceError("the runs have no measure in common", "compare two runs of one kind")
    unknown = [name for name in asked if name not in found]
    if unknown:
        raise SourceError(
            f"not a measure of both runs: {', '.join(unknown)}", f"both have {', '.join(sorted(found))}"
        )
    known = (*ANSWERS, *PAGES, *RETRIEVAL, *CHARACTERS, *SNIPPETS)
    return tuple(asked) or (*(n for n in known if n in found), *sorted(found - set(known)))


def _groups(pairs: Sequence[Pair], slices: Sequence[str]) -> dict[str, list[Pair]]:
    rows = [pair.before for pair in pairs]
    functions = named_slices(rows, slices) if slices else (*default_fields(rows), answer_type)
    by_row = {id(pair.before): pair for pair in pairs}
    # What is asked decides the slice, so the rows before speak for both.
    return {
        name: [by_row[id(row)] for row in members]
        for name, members in slice_rows(rows, functions).groups.items()
    }


def _measured(measure: str, pairs: Sequence[Pair], seed: int) -> Measured:
    both = [p for p in pairs if measure in p.before.values and measure in p.after.values]
    result = compare_paired(
        [p.before.values[measure] for p in both],
        [p.after.values[measure] for p in both],
        [p.before.cluster for p in both],
        seed=seed,
    )
    down = measure in LOWER_IS_BETTER
    return Measured(
        measure=measure,
        result=result,
        p_adjusted=result.p_value,
        verdict=_verdict(measure, result, result.p_value),
        better=result.losses if down else result.wins,
        worse=result.wins if down else result.losses,
    )


def _verdict(measure: str, result: Comparison, p: float) -> Verdict:
    return judge(measure, result.difference.value, p, changed=result.wins + result.losses)


def _by_slice(
    groups: Mapping[str, Sequence[Pair]], measures: Sequence[str], seed: int
) -> dict[str, dict[str, Measured]]:
    found: dict[str, dict[str, Measured]] = {name: {} for name in groups}
    for measure in measures:
        raw = {
            name: _measured(measure, pairs, seed)
            for name, pairs in groups.items()
            if any(measure in p.before.values and measure in p.after.values for p in pairs)
        }
        adjusted = holm([one.result.p_value for one in raw.values()])
        for (name, one), p in zip(raw.items(), adjusted, strict=True):
            found[name][measure] = Measured(
                measure=measure,
                result=one.result,
                p_adjusted=p,
                verdict=_verdict(measure, one.result, p),
                better=one.better,
                worse=one.worse,
            )
    return {name: measured for name, measured in found.items() if measured}


def _changed(pairs: Sequence[Pair], listed: Sequence[str]) -> Iterator[ChangedQuestion]:
    """Questions that lost something first, then those that only won, each in the order of the runs."""
    found = []
    for pair in pairs:
        gains = {
            name: gain(name, pair.before.values[name], pair.after.values[name])
            for name in listed
            if name in pair.before.values and name in pair.after.values
        }
        won = tuple(name for name, value in gains.items() if value > 0)
        lost = tuple(name for name, value in gains.items() if value < 0)
        if won or lost:
            found.append(ChangedQuestion(pair=pair, won=won, lost=lost))
    yield from (one for one in found if one.lost)
    yield from (one for one in found if not one.lost)


def _times(pairs: Sequence[Pair]) -> dict[str, tuple[Estimate, Estimate]]:
    both = [p for p in pairs if "failed" not in (p.before.outcome, p.after.outcome)]
    if not both:
        return {}
    return {
        name: (quantile([p.before.asked_ms for p in both], q), quantile([p.after.asked_ms for p in both], q))
        for name, q in LATENCIES.items()
    }


def _asked(row: Row) -> tuple[str, tuple[str, ...], str]:
    return row.question, row.gold, row.kind
