from __future__ import annotations

from tuning.budget import Budget


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_each_stage_has_its_share_of_what_is_left() -> None:
    clock = Clock()
    budget = Budget(seconds=100.0, shares={"a": 1.0, "b": 1.0, "c": 2.0}, clock=clock)
    first = budget.begin("a")
    clock.now += 24.0
    assert not first()
    clock.now += 1.0
    assert first()
    clock.now -= 15.0  # it ended after ten seconds
    second = budget.begin("b")
    clock.now += 29.9
    assert not second()
    clock.now += 0.2
    assert second()


def test_without_a_limit_no_time_is_ever_up() -> None:
    clock = Clock()
    over = Budget(seconds=None, shares={"a": 1.0}, clock=clock).begin("a")
    clock.now += 1e9
    assert not over()
