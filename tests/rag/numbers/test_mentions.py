"""Figures of tables and sentences come with their scale, sign, years and words."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.numbers.asked import Asked
from rag.numbers.cues import cues
from rag.numbers.mentions import Mention, mentions_of
from rag.numbers.sentence_figures import sentence_figures
from rag.types import Query
from rag.workspace import Workspace
from tests.library import SETTINGS

PAGE = """<html><body>
<p>The table below shows our sales (in thousands, except percentages):</p>
<table>
<tr><td></td><td>2019</td><td>2018</td></tr>
<tr><td>Product sales</td><td>$ 1,200</td><td>$ 1,000</td></tr>
<tr><td>Investment losses</td><td>$ -395 ( 395 )</td><td>$ -78 ( 78 )</td></tr>
</table>
<p>Advertising expense was $3.8 million, $4.0 million and $4.9 million in 2019, 2018 and 2017,
respectively.</p> </body></html>
"""


@pytest.fixture(scope="module")
def mentions(tmp_path_factory: pytest.TempPathFactory) -> list[Mention]:
    folder = tmp_path_factory.mktemp("mentions")
    (folder / "page.html").write_text(PAGE)
    workspace = Workspace.create(folder / "workspace")
    ingest(workspace, [Path(folder / "page.html")], SETTINGS)
    with open_pipeline(workspace, SETTINGS) as pipeline:
        prompt = pipeline.prompt(Query(text="What were product sales in 2019?"))
    assert prompt.whole
    return mentions_of(prompt)


def named(mentions: list[Mention], stem: str, year: int) -> Mention:
    (found,) = (one for one in mentions if stem in one.own and year in one.years)
    return found


def test_a_table_is_in_the_scale_that_the_text_says(mentions: list[Mention]) -> None:
    assert named(mentions, "produc", 2019).amount == Decimal(1_200_000)


def test_a_figure_printed_twice_is_read_with_its_minus(mentions: list[Mention]) -> None:
    assert named(mentions, "losse", 2018).value == Decimal(-78)


def test_figures_in_a_row_are_of_the_years_in_a_row(mentions: list[Mention]) -> None:
    spoken = {next(iter(one.years)): one.amount for one in mentions if not one.in_table and one.years}
    assert spoken == {2019: Decimal(3_800_000), 2018: Decimal(4_000_000), 2017: Decimal(4_900_000)}


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Note 7 of May 5, 2019 counts 12 sites and 3.5%", ["12", "3.5%"]),
        ("generated 17% ( 17 % ) of revenue", ["17%"]),
        ("Section 5.1 lets ( 2 ) of them go", []),
        ("a loss of $ -16 million", ["$ -16 million"]),
    ],
)
def test_what_names_is_no_figure(text: str, figures: list[str]) -> None:
    assert [one.text for one in sentence_figures(text)] == figures


def test_years_of_a_range_are_all_asked_for() -> None:
    assert Asked.of("average sales from 2016 to 2018").run == {2016, 2017, 2018}
    assert Asked.of("net change in staff in 2016").run == {2015, 2016}
    assert Asked.of("staff in 2016").run == {2016}


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("What was the percentage change in revenue?", ":growth"),
        ("What was the change in revenue?", ":moved plainly"),
        ("What portion of total debt is due in 2011?", ":share"),
        ("Debt is what as a percentage of assets?", ":numerator first"),
        ("What were sales in 2019 and 2018 respectively?", ":respectively"),
        ("Why did sales fall?", ":words"),
    ],
)
def test_cues_say_what_is_asked_for(question: str, cue: str) -> None:
    assert cue in set(cues(question))
