"""Two runs that fill every part of a report: ranks, confidences, times, slices, wins, losses, abstentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from eval.runs import Row, Run
from eval.scoring import HIT_CUTOFFS, PAGE_CUTOFFS
from tests.eval.made_rows import hits, row, run, wrong

QUESTIONS = 24
HOSTILE = "</dd><script>alert('x')</script><img src=x onerror=alert(1)>\" onload=\"y & | `c` {{ 7*7 }} $x_1$"


def two_runs(text: str = "a < b") -> tuple[Run, Run]:
    """A run and a better one, with ``text`` wherever a run holds words."""
    names = {
        "commit": "12" * 20,
        "machine": {"cores": 2, "platform": text},
        "settings": {"embedder": {"kind": text}},
    }
    before = run(_rows(text, every=3), name=f"made {text}", **names)
    after = run(
        _rows(text, every=8),
        name=f"made {text}",
        **{**names, "settings": {"embedder": {"kind": f"other {text}"}}},
    )
    return before, after


def _rows(text: str, every: int) -> Sequence[Row]:
    return [_row(at, text, every) for at in range(QUESTIONS)]


def _row(at: int, text: str, every: int) -> Row:
    rank = 1 + at % every
    right = rank < every // 2 + 1
    values = {f"hit@{k}": float(rank <= k) for k in HIT_CUTOFFS}
    values |= {f"page_hit@{k}": float(rank <= k) for k in PAGE_CUTOFFS}
    made = (row if right else wrong)(
        question_id=f"q{at} {text}",
        question=f"What was the revenue of {at}? {text}",
        gold=(f"{at} {text}",),
        text=f"{at} {text}",
        cluster=f"d{at // 2}",
        facets={"category": f"kind {at % 3} {text}", "split": "test"},
        hits=hits(*((f"x{i}", 1) for i in range(rank - 1)), ("a", 1)),
        confidence=(at % 10) / 10,
        asked_ms=10.0 + at,
        timings_ms={"retrieve": 5.0 + at, "generate": 2.0, "cite": 0.01, "total": 9.0 + at},
        values={**values, "mrr": 1 / rank, "wrong": float(not right), "abstained": 0.0},
    )
    if at % 5:
        return made
    abstained = {"accuracy": 0.0, "wrong": 0.0, "abstained": 1.0}
    return replace(made, outcome="abstained", citations=(), values={**made.values, **abstained})
