"""From logits over pieces to spans: the likeliest, disjoint, each with how likely it is against "no answer".

A span's logit is that of its start plus that of its end; its margin is that less the logit of "no answer
here", so margins of different windows can be compared (shared normalisation would need all windows of a
question in training; Clark and Gardner, ACL 2018, find the no-answer option next best).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rag.generator.span.model import Reading

_STARTS = 12
"""Starts and ends that are looked at, the likeliest of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """``[start, end)`` of a window's text; ``margin`` in logits, ``share`` of the window's probability."""

    start: int
    end: int
    margin: float
    share: float


def spans_of(reading: Reading, count: int, longest: int) -> list[Span]:
    """The best spans of up to ``longest`` pieces, at most ``count``, none overlapping a better one."""
    start, end = reading.start, reading.end
    none = float(start[0] + end[0])
    log_norm = _log_sum(start) + _log_sum(end)
    firsts = [int(i) for i in np.argsort(-start, kind="stable")[: _STARTS + 1] if i and np.isfinite(start[i])]
    lasts = [int(i) for i in np.argsort(-end, kind="stable")[: _STARTS + 1] if i and np.isfinite(end[i])]
    pairs = [(float(start[i] + end[j]), i, j) for i in firsts for j in lasts if i <= j < i + longest]
    chosen: list[tuple[float, int, int]] = []
    for logit, i, j in sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if len(chosen) == count:
            break
        if all(j < a or b < i for _, a, b in chosen):
            chosen.append((logit, i, j))
    encoded = reading.encoded
    return [
        Span(
            start=int(encoded.starts[i]),
            end=int(encoded.ends[j]),
            margin=logit - none,
            share=float(np.exp(logit - log_norm)),
        )
        for logit, i, j in chosen
    ]


def _log_sum(logits: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    top = float(logits.max())
    return top + float(np.log(np.exp(logits[np.isfinite(logits)] - top).sum()))
