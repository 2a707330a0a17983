"""Choices of data side by side, and the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from rag.command import Context
from rag.errors import UsageError
from rag.types import DocumentId
from tests.tuning.test_reader_labels import group, settings, start
from tests.tuning.tuned_library import make_library
from tuning.choice_bench import BEFORE, LIKELY, Held, asked_by_document, by_labels, compare_choices, variants
from tuning.preference_commands import preferences
from tuning.soft_lists import NothingToLearnError

__all__ = ["start"]


@pytest.mark.slow
def test_choices_are_measured_on_the_same_questions(start: Path, tmp_path: Path) -> None:
    groups = [group(name) for name in ("alder", "birch", "cedar", "elm")]
    held = [group(name) for name in ("ivy", "larch", "maple")]
    chosen = settings(start)
    measured = by_labels(held, chosen)
    assert measured.documents == ["ivy", "larch", "maple"]
    told: list[None] = []
    rows = compare_choices(
        groups, measured, chosen, tmp_path, only=["drawn answers", LIKELY, "best against worst"],
        advance=lambda: told.append(None),
    )  # fmt: skip
    assert [one.name for one in rows] == [BEFORE, "drawn answers", LIKELY, "best against worst"]
    assert len(told) == 4
    before, _, likely, pairs = rows
    assert before.compared.difference.value == 0.0
    assert likely.compared.after.value == pytest.approx(0.9)
    assert pairs.reader != likely.reader != before.reader
    assert (likely.shown, pairs.shown) == (4, 4)
    assert likely.as_dict()["difference"]["value"] > 0
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "best against worst",
        "drawn answers",
        LIKELY,
    ]


def test_nothing_to_compare(start: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToLearnError):
        by_labels([], settings(start))
    unsure = [group("alder", right=0.4)]
    with pytest.raises(NothingToLearnError):
        compare_choices(unsure, Held(documents=["alder"], score=lambda _: [0.0]), settings(start), tmp_path)


def test_every_choice_is_another(start: Path) -> None:
    found = variants(settings(start))
    assert len({(one.taught, one.pairs, one.preferring.listwise) for one in found.values()}) == len(found)


def test_families_are_kept_apart() -> None:
    asked = [group(name).question for name in ("alder", "birch", "cedar", "elm", "fir")]
    families = {DocumentId(name): "one" for name in ("alder", "birch", "cedar")}
    train, dev = asked_by_document(asked, families, seed=3)
    sides = [{families.get(d, str(d)) for q in side for d in q.document_ids or ()} for side in (train, dev)]
    assert not sides[0] & sides[1]
    assert len(train) + len(dev) == 5
    with pytest.raises(UsageError, match="two documents"):
        asked_by_document(asked[:1], {}, seed=3)


def test_the_command_says_what_it_cannot_do(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", ("alder", "birch"))
    context = Context(workspace_path=workspace.root, overrides=("generator.kind=best_sentence",))
    result = CliRunner().invoke(preferences, ["--made", "5"], obj=context)
    assert "best_sentence is not tuned here" in str(result.exception)
    context = Context(workspace_path=workspace.root, overrides=())
    result = CliRunner().invoke(preferences, ["--choice", "no such"], obj=context)
    assert "no choice is called 'no such'" in str(result.exception)
