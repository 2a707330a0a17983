"""Which stages tune, in which order."""

from __future__ import annotations

from tuning.stage_list import every_stage, standard_stages


def test_values_are_chosen_among_what_the_parts_before_find() -> None:
    names = [one.name for one in standard_stages()]
    assert names == ["house_words", "embedder", "reranker", "combiner", "values"]
    assert [one.name for one in every_stage()] == [*names, "generator"]


def test_what_the_embedder_is_taught_by_is_handed_on() -> None:
    first = every_stage("both", "reranker")[1]
    assert (first.mode, first.teacher) == ("both", "reranker")  # type: ignore[attr-defined]
