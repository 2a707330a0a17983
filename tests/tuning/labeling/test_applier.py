from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.errors import WorkspaceError
from rag.workspace import Workspace
from tests.tuning.labeling.cases import asked, passages
from tuning.items import PassageItem
from tuning.labeling import (
    ABSTAIN,
    IRRELEVANT,
    RELEVANT,
    FunctionError,
    LabelingFunction,
    LabelStore,
    Resources,
    Vote,
    apply,
    labeling_function,
)

TEXTS = ["The rent is $5.", "The tenant pays.", "Contents .... 3"]
ITEMS = [
    item
    for number in range(3)
    for item in passages(asked(f"What is the rent of flat {number}?"), [f"{t} {number}" for t in TEXTS])
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LabelStore]:
    with LabelStore(tmp_path) as opened:
        yield opened


def counted(calls: list[str], name: str = "rent", **declared: Any) -> LabelingFunction:  # noqa: ANN401
    """A function that notes what it is asked, in a resource, so that the list has no part in its version."""

    @labeling_function(on="passage", kind="pattern", name=name, resources=["calls"], **declared)
    def rent(item: PassageItem, *, calls: list[str]) -> Vote:
        calls.append(item.id)
        return RELEVANT if "rent is" in item.chunk.text else ABSTAIN

    return rent


def noting(calls: list[str]) -> Resources:
    return Resources(calls=calls, versions={"calls": "1"})


def test_only_new_items_and_functions_run(store: LabelStore) -> None:
    calls: list[str] = []
    first = apply(ITEMS[:3], [counted(calls)], noting(calls), store)
    assert first.ran[0].ran == 3
    again = apply(ITEMS, [counted(calls)], noting(calls), store)
    assert again.ran[0].ran == 6
    assert len(calls) == len(set(calls)) == 9
    assert np.nan_to_num(again.values[:, 0], nan=-1).tolist() == [1, -1, -1] * 3
    other = apply(ITEMS, [counted(calls), counted(calls, "second")], noting(calls), store)
    assert [(one.name, one.ran) for one in other.ran] == [("rent", 0), ("second", 9)]


def test_a_changed_resource_runs_a_function_anew_and_old_votes_stay(store: LabelStore) -> None:
    calls: list[str] = []
    function = counted(calls)
    first = apply(ITEMS, [function], noting(calls), store)
    second = apply(ITEMS, [function], Resources(calls=calls, versions={"calls": "2"}), store)
    assert second.ran[0].ran == 9
    assert first.versions != second.versions
    kept = store.read(store.find_function("rent", first.versions["rent"]), first.numbers)
    assert np.array_equal(kept, first.values[:, 0], equal_nan=True)


def test_a_function_that_raises_is_counted_and_tried_again(store: LabelStore) -> None:
    @labeling_function(on="passage", kind="pattern", resources=["broken"])
    def fragile(item: PassageItem, *, broken: list[str]) -> Vote:
        if broken and "tenant" in item.chunk.text:
            raise ValueError("no tenant here")
        return IRRELEVANT

    broken = ["yes"]
    resources = Resources(broken=broken, versions={"broken": "1"})
    applied = apply(ITEMS, [fragile], resources, store)
    [ran] = applied.ran
    assert (ran.raised, ran.ran) == (3, 9)
    assert ran.first.startswith("ValueError: no tenant here (test_applier.py:")
    assert "raise ValueError" in ran.first
    failures = store.failures(ran.number)
    assert [failure[0] for failure in failures] == [item.id for item in ITEMS if "tenant" in item.chunk.text]
    assert np.isnan(applied.values[1, 0])
    broken.clear()
    healed = apply(ITEMS, [fragile], resources, store)
    assert (healed.ran[0].ran, healed.ran[0].raised) == (3, 0)
    assert store.failures(ran.number) == []


def test_a_batch_that_raises_loses_the_question_it_fails_on(store: LabelStore) -> None:
    @labeling_function(on="passage", kind="rank", batch=True, query_wise=True)
    def fragile(items: Sequence[PassageItem]) -> Sequence[Vote]:
        if any("flat 1" in item.question.text for item in items):
            raise KeyError("flat 1")
        return [RELEVANT] * len(items)

    applied = apply(ITEMS, [fragile], Resources(), store)
    assert applied.ran[0].raised == 3
    assert np.isnan(applied.values[:, 0]).tolist() == [False] * 3 + [True] * 3 + [False] * 3


def test_what_depends_on_other_items_runs_anew_when_these_change(store: LabelStore) -> None:
    @labeling_function(on="passage", kind="rank", batch=True, query_wise=True)
    def longest(items: Sequence[PassageItem]) -> Sequence[Vote]:
        most = max(len(item.chunk.text) for item in items)
        return [RELEVANT if len(item.chunk.text) == most else IRRELEVANT for item in items]

    calls: list[str] = []
    functions = [longest, counted(calls)]
    first = apply(ITEMS[:2], functions, noting(calls), store)
    assert first.values[:, 0].tolist() == [0, 1]
    more = passages(ITEMS[0].question, [*(item.chunk.text for item in ITEMS[:2]), "x" * 99])
    second = apply(more, functions, noting(calls), store)
    assert second.values[:, 0].tolist() == [0, 0, 1]
    assert [one.ran for one in second.ran] == [3, 1]
    moved = [replace(item, lexical=9) for item in more]
    assert [one.ran for one in apply(moved, functions, noting(calls), store).ran] == [3, 0]


def test_another_answer_to_a_question_runs_all_functions_anew(store: LabelStore) -> None:
    calls: list[str] = []
    apply(ITEMS[:3], [counted(calls)], noting(calls), store)
    question = replace(ITEMS[0].question, answer="$5")
    again = [replace(item, question=question) for item in ITEMS[:3]]
    assert [item.id for item in again] == [item.id for item in ITEMS[:3]]
    assert apply(again, [counted(calls)], noting(calls), store).ran[0].ran == 3
    assert apply(again, [counted(calls)], noting(calls), store).ran[0].ran == 0


def test_slices_bind_a_function_to_kinds_of_question(store: LabelStore) -> None:
    calls: list[str] = []
    applied = apply(ITEMS, [counted(calls, slices=["definition"])], noting(calls), store)
    assert (applied.ran[0].ran, calls) == (0, [])
    assert np.isnan(applied.values).all()


def test_names_must_differ(store: LabelStore) -> None:
    with pytest.raises(FunctionError, match="called rent"):
        apply(ITEMS, [counted([]), counted([])], noting([]), store)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    Workspace(tmp_path).labels_file.write_text("no database, but long enough to be looked at as one" * 20)
    with pytest.raises(WorkspaceError, match="holds no labels"):
        LabelStore(tmp_path)


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.tuning.labeling.test_applier import many
from tuning.labeling import LabelStore, Resources, apply, labeling_function

@labeling_function(on="passage", kind="pattern", resources=["left"])
def dies(item, *, left):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return 1

with LabelStore(Path(sys.argv[1])) as store:
    found = apply(many(), [dies], Resources(left=[int(sys.argv[2])], versions={"left": "1"}), store)
print(found.ran[0].ran)
"""


def many() -> list[PassageItem]:
    return [
        item
        for number in range(70)
        for item in passages(asked(f"Which flat is {number}?"), [f"Flat {number}, {n}" for n in range(100)])
    ]


def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    script = tmp_path / "run.py"
    script.write_text(KILLED)

    def run(left: int) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(script), str(tmp_path), str(left)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)

    assert run(5000).returncode == -signal.SIGKILL
    finished = run(0)
    assert finished.returncode == 0, finished.stderr
    assert 7000 - 5000 < int(finished.stdout) < 7000
