"""Tuning again: documents keep their part, drift is told, old questions replayed, nothing is done twice."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.progress import Silent
from rag.catalog import Catalog
from rag.errors import UsageError
from tests.tuning.test_tune import Wider
from tests.tuning.tuned_library import NAMES, SETTINGS, add, make_library, now, questions
from tuning.asked_store import kept_asked
from tuning.items import Asked
from tuning.labeling import LabelStore
from tuning.retune import RetuneOptions, retune
from tuning.telling import told
from tuning.tune import TuneOptions, tune

TUNING = TuneOptions(stages=(Wider(),), target="hit@1", dev_share=0.5)
OLD, NEW = NAMES[:8], NAMES[8:]


class Counting(Silent):
    """Takes down how much each stage had to do."""

    def __init__(self) -> None:
        self.totals: dict[str, int] = {}

    def start(self, stage: str, total: int, unit: str, *, weight: int = 0) -> None:
        self.totals[stage] = total


def test_new_documents_are_labelled_alone_and_old_ones_keep_their_part(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", OLD)
    first, second = Counting(), Counting()
    tune(workspace, SETTINGS, questions(workspace, OLD), TUNING, first, now)
    _, before = kept_asked(workspace)
    add(workspace, NEW)
    report = retune(
        workspace, SETTINGS, questions(workspace, NEW), RetuneOptions(tuning=TUNING, replay=0.5), second, now
    )
    with Catalog(workspace.catalog_file) as catalog:
        assert set(report.documents) == {catalog.resolve(name) for name in NEW}
    # Votes of old items were found: the new documents have a smaller part of the library.
    assert second.totals["label"] < first.totals["label"]
    asked, after = kept_asked(workspace)
    assert len(asked) == 2 * len(NAMES)
    assert before.items() <= after.items()
    assert {after[document] for document in report.documents} == {True, False}
    trained = report.tuned.questions["train"]
    assert report.replayed == round(0.5 * (trained - report.replayed))
    written = json.loads(json.dumps(report.as_dict()))
    assert 0 < written["drift"]["new_words"] < 1
    assert written["drift"]["functions"]
    assert "words that old documents lack" in told(written)


def test_old_questions_held_apart_are_drawn(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", OLD)
    tune(workspace, SETTINGS, questions(workspace, OLD), TUNING, Silent(), now)
    _, settled = kept_asked(workspace)
    old = 2 * sum(settled.values())
    add(workspace, NEW)
    asked = questions(workspace, NEW)
    few = RetuneOptions(tuning=TUNING, replay=0.0, least_held=1)
    report = retune(workspace, SETTINGS, asked, few, Silent(), now)
    with Catalog(workspace.catalog_file) as catalog:
        _, parts = kept_asked(workspace)
        new = 2 * sum(parts[catalog.resolve(name)] for name in NEW)
    assert report.tuned.questions["dev"] == new + 1 < new + old
    assert settled.items() <= parts.items(), "where documents belong is not forgotten"
    whole = RetuneOptions(tuning=TUNING, replay=0.0)
    add(workspace, ["quince"])
    report = retune(workspace, SETTINGS, questions(workspace, ["quince"]), whole, Silent(), now)
    assert report.tuned.questions["dev"] >= new + old


@pytest.mark.parametrize(("least_loss", "trained"), [(1.0, False), (-1.0, True), (None, True)])
def test_what_finds_is_trained_again_where_new_documents_are_found_worse(
    tmp_path: Path, least_loss: float | None, trained: bool
) -> None:
    tuning = replace(TUNING, stages=(Wider(name="combiner"), Wider(name="values")))
    workspace = make_library(tmp_path / "work", OLD)
    tune(workspace, SETTINGS, questions(workspace, OLD), tuning, Silent(), now)
    add(workspace, NEW)
    options = RetuneOptions(tuning=tuning, least_loss=least_loss)
    report = retune(workspace, SETTINGS, questions(workspace, NEW), options, Silent(), now)
    assert [one.name for one in report.tuned.stages] == [*(["combiner"] if trained else []), "values"]
    written = report.as_dict()
    assert written["left_as_they_are"] == ([] if trained else ["combiner"])
    assert ("not trained again: combiner" in told(written)) is not trained


def test_untuned_workspaces_and_questions_about_nothing_new_are_refused(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", OLD)
    asked = questions(workspace, OLD)
    with pytest.raises(UsageError, match="not tuned yet"):
        retune(workspace, SETTINGS, asked, RetuneOptions(tuning=TUNING), Silent(), now)
    tune(workspace, SETTINGS, asked, TUNING, Silent(), now)
    with pytest.raises(UsageError, match="has not seen"):
        retune(workspace, SETTINGS, asked, RetuneOptions(tuning=TUNING), Silent(), now)


def test_what_people_asked_and_measures_since_is_not_replayed(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", OLD[:4])
    made = questions(workspace, OLD[:4])
    about: Any = {"kind": "asked", "document_ids": made[0].document_ids}
    people = [
        Asked(text="Who is the bank of alder?", origin="log", **about),
        Asked(text="Who is the bank of old alder?", origin="log", **about),
        Asked(text="Who is the bank of young alder?", origin="file", **about),
    ]
    tune(workspace, SETTINGS, [*made, *people], TUNING, Silent(), now)
    measured = [{"question": "WHO is the bank of alder"}, {"question": people[2].text}]
    workspace.regression.write_text("\n".join(map(json.dumps, measured)))
    add(workspace, NEW[:1])
    retune(workspace, SETTINGS, questions(workspace, NEW[:1]), RetuneOptions(tuning=TUNING), Silent(), now)
    kept = {one.text for one in kept_asked(workspace)[0]}
    assert {one.text for one in people} - kept == {"Who is the bank of alder?"}


def test_labels_survive_in_the_store_of_the_workspace(tmp_path: Path) -> None:
    workspace = make_library(tmp_path / "work", OLD[:4])
    report = tune(workspace, SETTINGS, questions(workspace, OLD[:4]), TUNING, Silent(), now)
    with LabelStore(workspace.root) as store:
        assert store.latest_model("passage") == report.label_model
