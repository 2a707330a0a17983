"""Questions in house words: which there are, and that nothing but tuning can know the words."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from eval.sample.house import house_lines, house_words
from eval.sample.library import make_deal
from eval.sample.questions import more_lines, question_lines
from eval.sample.records import Deal
from eval.sample.sampling import LOGGED, SLOTS, draw_deal
from eval.sample.wording import source
from rag.glossary import BUILT_IN
from tuning.recipes.apart import sample_questions

pytestmark = pytest.mark.slow

LEAST = 4
"""Deals of a split that a word must be asked of: of fewer it is hardly learned."""
TEXTS = (
    "cover", "definitions", "form_note", "form_transfer", "indenture", "recitals", "supplement",
    "supplement_cover", "supplement_recitals",
)  # fmt: skip


@pytest.fixture(scope="module")
def deals() -> list[Deal]:
    """The whole library, laid out but not drawn."""
    return [make_deal(draw_deal(number, 7)) for number in range(len(SLOTS))]


@pytest.fixture(scope="module")
def rows(deals: Sequence[Deal]) -> list[dict[str, Any]]:
    """Its questions in house words."""
    return [json.loads(line) for line in house_lines(deals, 7)]


def _word(row: Mapping[str, Any]) -> str:
    (found,) = [word["name"] for word in house_words() if word["name"] in row["question"]]
    return str(found)


def test_each_word_is_asked_of_most_deals_of_both_splits(rows: Sequence[Mapping[str, Any]]) -> None:
    asked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        asked[_word(row), row["split"]].add(row["id"].rpartition("-house-")[0])
    assert len(asked) == 2 * len(house_words())
    assert min(map(len, asked.values())) >= LEAST


def test_a_deal_is_not_asked_the_same_twice(rows: Sequence[Mapping[str, Any]]) -> None:
    asked = [(row["id"].rpartition("-house-")[0], _word(row)) for row in rows]
    assert len(asked) == len(set(asked))


def test_a_log_asks_little_of_each_of_many_deals_and_all_words_of_each_firm() -> None:
    logged = [make_deal(draw_deal(len(SLOTS) + i, 7)) for i in range(len(LOGGED))]
    assert {deal.terms.split for deal in logged} == {"tuning"}
    found = [json.loads(line) for line in house_lines(logged, 7)]
    asked: dict[str, list[str]] = defaultdict(list)
    for row in found:
        asked[row["id"].rpartition("-house-")[0].partition("sample-")[2]].append(_word(row))
    assert {len(set(words)) for words in asked.values()} == {len(found) // len(LOGGED)}
    for style in "ABC":
        own = [deal.terms.slug for deal in logged if deal.terms.style == style]
        assert len({word for slug in own for word in asked[slug]}) == len(house_words())


def test_words_stand_for_what_no_supplement_changes(deals: Sequence[Deal]) -> None:
    facts = {word["fact"] for word in house_words()}
    assert not any(facts & deal.terms.amended for deal in deals)


def test_no_document_or_glossary_has_a_word_of_them() -> None:
    told = " ".join([*(source(name) for name in TEXTS), source("kinds", "toml")])
    told += BUILT_IN.read_text(encoding="utf-8")
    known = set(re.findall(r"[a-z]+", told.casefold()))
    for word in house_words():
        assert not known & set(word["name"].split()[1:]), word["name"]


def test_the_other_questions_are_asked_in_usual_words(deals: Sequence[Deal]) -> None:
    others = [json.loads(line) for line in [*question_lines(deals, 7), *more_lines(deals, 7)]]
    assert not any(word["name"] in row["question"] for word in house_words() for row in others)


def test_what_comes_with_covenant_learns_from_none_of_them(deals: Sequence[Deal], tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    usual = question_lines(deals[:2], 7)
    path.write_text("\n".join([*usual, *house_lines(deals[:2], 7)]), encoding="utf-8")
    found = sample_questions(path).questions
    assert {one.facets["split"] for one in found} == {"tuning"}
    assert {one.id for one in found} == {
        row["id"] for row in map(json.loads, usual) if row["split"] == "tuning"
    }


def test_recipes_read_the_sample_in_no_other_way() -> None:
    recipes = Path(__file__).parents[3] / "tuning" / "recipes"
    reading = [
        path
        for path in sorted(recipes.glob("*.py"))
        if "sample_questions(" in (text := path.read_text(encoding="utf-8")) or '"sample"' in text
    ]
    assert {"combiner.py", "quality.py", "values.py"} <= {path.name for path in reading}
    for path in reading:
        assert "training_questions(sample" not in path.read_text(encoding="utf-8"), path.name
