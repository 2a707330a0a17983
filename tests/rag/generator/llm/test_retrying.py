from __future__ import annotations

import pytest

from rag.generator.llm.retrying import Backoff, PassingError


def test_waits_grow_are_spread_and_end() -> None:
    slept: list[float] = []
    draws = iter([1.0, 0.5, 0.25])
    backoff = Backoff(retries=3, first_s=1.0, most_s=3.0, sleep=slept.append, draw=lambda: next(draws))
    tries = 0

    def call() -> None:
        nonlocal tries
        tries += 1
        raise PassingError(ValueError("busy"))

    with pytest.raises(PassingError, match="busy"):
        backoff.run(call)
    assert tries == 4
    assert slept == [1.0, 1.0, 0.75]


def test_a_wait_that_is_asked_for_is_kept_within_the_limit() -> None:
    backoff = Backoff(retries=1, most_s=5.0, draw=lambda: 0.0)
    assert backoff.wait_s(0, 2.0) == 2.0
    assert backoff.wait_s(0, 3600.0) == 5.0


def test_other_errors_are_not_tried_again() -> None:
    calls: list[int] = []

    def call() -> None:
        calls.append(1)
        raise KeyError("no")

    with pytest.raises(KeyError):
        Backoff(retries=5, sleep=lambda _: None).run(call)
    assert calls == [1]
