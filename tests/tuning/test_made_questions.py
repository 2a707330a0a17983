"""Questions made over a page's figures mean the programs that they come with, and count for less."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from rag.numbers.asked import Asked
from rag.numbers.matching import match
from rag.numbers.mentions import Mention
from rag.numbers.program_features import candidates
from rag.numbers.programs import Program
from tests.rag.numbers.made_mentions import mention
from tests.tuning.test_numbers import LOOSE, examples
from tuning import made_wordings
from tuning.made_questions import made_questions
from tuning.number_answers import answer_of, right_programs
from tuning.numbers import learn

LABELS = ("Net sales", "Cost of sales", "Research expense", "Total expense")
TABLE: list[Mention] = [
    mention(label, f"{(row + 3) * 100 + column * 7}", 2019 - column, row=row, column=column)
    for row, label in enumerate(LABELS)
    for column in range(3)
]


def test_the_same_page_is_asked_the_same_different_questions() -> None:
    made = made_questions(TABLE, 12)
    assert made == made_questions(TABLE, 12)
    assert len({one.program for one in made}) == len(made) == 12
    assert all("{" not in one.text and len(one.text.split()) > 3 for one in made)


def test_programs_are_those_that_the_words_ask_for() -> None:
    for one in made_questions(TABLE, 40):
        figures = [TABLE[place] for place in one.program.operands]
        match one.program.operation:
            case "growth":
                new, old = figures
                assert new.row == old.row
                assert max(new.years) > max(old.years)
            case "share":
                part, whole = figures
                assert part.column == whole.column
                assert part.amount <= whole.amount
            case "average" | "sum" | "most" | "least":
                assert len(figures) > 1


def test_pages_without_rows_are_asked_nothing() -> None:
    assert made_questions([], 5) == []
    assert made_questions([replace(TABLE[0], printed="2019")], 5) == []


def test_what_a_program_comes_to_is_its_answer() -> None:
    programs = candidates(match(Asked.of("percent change in net sales from 2018 to 2019"), TABLE))
    growth = Program("growth", (0, 1))
    answer = answer_of(growth, programs)
    assert answer is not None
    assert answer.values[0] == pytest.approx((300 - 307) / 307)
    assert right_programs(answer, programs)["pair"].sum() == 1
    assert answer_of(Program("growth", (0, 99)), programs) is None


def test_patterns_hold_only_what_is_filled_in() -> None:
    known = {*made_wordings.SMALL, *made_wordings.UP, "x", "a", "b", "span", "when", "over"}
    known |= {"earlier", "later", "first", "second"}
    groups = [group for name, group in vars(made_wordings).items() if name.isupper()]
    patterns = {one for group in groups for one in group if {"{be}", "{x}", "{a}"} & set(one.split())}
    assert len(patterns) > 90
    for pattern in patterns:
        fields = {part.partition("}")[0] for part in pattern.split("{")[1:]}
        assert fields <= known, pattern


def test_made_questions_teach_as_far_as_they_count() -> None:
    taught = [replace(one, from_template=number > 2) for number, one in enumerate(examples())]
    ranker = learn(taught, {}, LOOSE)
    assert ranker.facts["questions"] == 3
    assert ranker.facts["from_templates"] == 2
    assert Counter(ranker.phrases)["why"] == 0  # brought by a made question alone
    whole = learn(taught, {}, replace(LOOSE, template=1.0))
    assert ranker.to_json() != whole.to_json()
