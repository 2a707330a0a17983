"""Errors are grouped by meaning and by words, named, and given a slice and labeling functions that fit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.errors.clusters import SMALLEST, Cluster, clusters_by_meaning, clusters_by_words
from eval.errors.remedies import RULES
from eval.errors.stages import STAGES, Diagnosis, diagnose
from eval.runs import Row
from eval.slices import load_slices
from rag.protocols import Told, Vectors, untold
from tests.eval.made_rows import hits, place, row, wrong

CAPEX = "What is the capital expenditure of {} in FY201{}?"
MARGIN = "What is the gross margin of {} for 201{}?"


class ByFirstWord:
    """An embedder that only looks at whether a question speaks of a margin."""

    fingerprint = passage_fingerprint = "first"
    dim = 2

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        found = [[float("margin" in text), float("margin" not in text)] for text in texts]
        return np.asarray(found, dtype=np.float32).reshape(-1, self.dim)

    def embed_passages(self, texts: Sequence[str], told: Told = untold) -> Vectors:
        return self.embed_queries(texts)


def made_rows() -> list[Row]:
    """Four questions on capital expenditure lost to another document, three on margins, five right."""
    lost = [
        wrong(
            question_id=f"capex{at}",
            question=CAPEX.format(company, at),
            hits=hits(("b", 1)),
            citations=(),
            cluster=company,
        )
        for at, company in enumerate(("Alder", "Birch", "Cedar", "Dogwood"))
    ]
    worked_out = [
        wrong(question_id=f"margin{at}", question=MARGIN.format(company, at), gold=("157",), cluster=company)
        for at, company in enumerate(("Elm", "Fir", "Gum"))
    ]
    right = [row(question_id=f"right{at}", question=f"Who is auditor number {at}?") for at in range(5)]
    return [*lost, *worked_out, *right]


def diagnoses(rows: Sequence[Row]) -> list[Diagnosis]:
    return [found for one in rows if (found := diagnose(one)) is not None]


def both(rows: Sequence[Row]) -> list[tuple[Cluster, ...]]:
    return [
        clusters_by_meaning(rows, diagnoses(rows), ByFirstWord()),
        clusters_by_words(rows, diagnoses(rows)),
    ]


@pytest.mark.parametrize("by", [0, 1], ids=["meaning", "words"])
def test_two_kinds_of_questions_are_two_clusters(by: int) -> None:
    capex, margin = both(made_rows())[by]

    assert [len(capex.diagnoses), len(margin.diagnoses)] == [4, 3]
    assert "capital" in capex.name
    assert "margin" in margin.name
    assert dict(capex.stages) == {"wrong_document": 4}
    assert dict(margin.stages) == {"arithmetic": 3}


@pytest.mark.parametrize("by", [0, 1], ids=["meaning", "words"])
def test_the_kinds_of_labeling_function_are_those_of_the_stage(by: int) -> None:
    capex, margin = both(made_rows())[by]

    assert capex.functions[0].kind == "document facts"
    assert margin.functions[0].kind == "numeric agreement"
    assert all(function.reason for cluster in (capex, margin) for function in cluster.functions)


@pytest.mark.parametrize("by", [0, 1], ids=["meaning", "words"])
def test_the_proposed_slice_is_a_file_that_holds_the_cluster(by: int, tmp_path: Path) -> None:
    rows = made_rows()
    for cluster in both(rows)[by]:
        path = tmp_path / "proposed.py"
        path.write_text(cluster.slice.source)
        (function,) = load_slices(path)
        held = [one for one in rows if function(one) == "yes"]

        assert len(held) == cluster.slice.of_run
        assert sum(one.row in held for one in cluster.diagnoses) == cluster.slice.of_group
        assert cluster.slice.of_group == len(cluster.diagnoses), "the words are all of the group's"


def test_the_same_errors_give_the_same_clusters() -> None:
    assert both(made_rows()) == both(made_rows())


def test_clusters_by_words_share_no_error() -> None:
    rows = made_rows()
    found = clusters_by_words(rows, diagnoses(rows))
    names = [one.row.question_id for cluster in found for one in cluster.diagnoses]

    assert len(names) == len(set(names))


def test_names_of_documents_are_no_words_of_a_cluster() -> None:
    rows = [
        wrong(
            question_id=str(at),
            question=f"What did Alder say on {topic}?",
            evidence=(place("alder", 1, "Revenue  1,577"),),
        )
        for at, topic in enumerate(("goodwill", "leases", "pensions"))
    ]
    other = [row(question_id="r", question="Who signed?")]

    assert not any("alder" in cluster.words for found in both([*rows, *other]) for cluster in found)


@pytest.mark.parametrize("count", [0, 1, SMALLEST - 1])
def test_a_few_errors_are_no_cluster(count: int) -> None:
    rows = [wrong(question_id=str(at)) for at in range(count)]

    assert both([*rows, row()]) == [(), ()]


def test_questions_without_a_word_are_grouped_all_the_same() -> None:
    rows = [wrong(question_id=str(at), question="2018 ?") for at in range(3)]
    (cluster,) = clusters_by_meaning(rows, diagnoses(rows), ByFirstWord())

    assert cluster.name
    assert not cluster.slice.source, "there is nothing to slice by"


def test_every_stage_but_failures_has_a_rule_that_always_speaks_or_one_for_each_content() -> None:
    always = {stage for rule in RULES if rule.content == "any" for stage in rule.stages}
    by_content = {
        stage
        for stage in STAGES
        if {"table", "text"} <= {rule.content for rule in RULES if stage in rule.stages}
    }

    assert always | by_content == set(STAGES) - {"failed"}
