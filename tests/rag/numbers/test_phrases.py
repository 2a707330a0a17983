"""Plain questions about figures of any table: read by form, matched by words, or left alone."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.numbers.formula import lowered
from rag.numbers.phrases import read_phrases
from rag.settings import IngestSettings
from rag.types import Answer, Query
from rag.workspace import Workspace
from tests.library import SETTINGS

NOTES = """<html><body><h1>Notes of Birch Holdings</h1>
<p>Unrecognized tax benefits (in thousands)</p>
<table>
<tr><th></th><th>2019</th><th>2018</th><th>2017</th></tr>
<tr><td>Unrecognized tax benefits</td><td>1,200</td><td>960</td><td>1,000</td></tr>
<tr><td>Other assets (see Note 4)</td><td>18.5</td><td>9.2</td><td>7.0</td></tr>
<tr><td>Total other assets</td><td>140.1</td><td>111.9</td><td>90.0</td></tr>
<tr><td>Raw materials, net</td><td>222</td><td>191</td><td>180</td></tr>
<tr><td>Twice printed</td><td>5</td><td>6</td><td>7</td></tr>
<tr><td>Twice printed</td><td>8</td><td>9.5</td><td>10</td></tr>
</table>
<p>Leases</p>
<table>
<tr><th></th><th>2019 (in millions)</th><th>2018</th></tr>
<tr><td>Operating lease cost</td><td>$ 12.5</td><td>$ 10.0</td></tr>
<tr><td>Short-term lease cost</td><td>1.5</td><td>2.0</td></tr>
</table>
<p>Profit</p>
<table>
<tr><th></th><th>30 June 2019 $’000</th><th>30 June 2018 $’000</th></tr>
<tr><td>Profit of the joint venture</td><td>9,819</td><td>6,639</td></tr>
<tr><td>Profit of the associate</td><td>819</td><td>639</td></tr>
</table>
<p>Classes of Notes</p>
<table>
<tr><th>Class</th><th>Spread</th><th>Issue Price</th></tr>
<tr><td>Class C</td><td>2.37%</td><td>99.50%</td></tr>
<tr><td>Class D</td><td>3.52%</td><td>98.75%</td></tr>
</table></body></html>
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder: Path = tmp_path_factory.mktemp("phrases")
    workspace = Workspace.create(folder / "workspace")
    (folder / "birch.html").write_text(NOTES)
    settings = SETTINGS.model_copy(update={"ingest": IngestSettings(workers=1)})
    ingest(workspace, [folder / "birch.html"], settings)
    return workspace


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (
            "What was the change in other assets from 2018 to 2019?",
            "([other assets 2019] - [other assets 2018])",
        ),
        (
            "What is the percentage change in raw materials in 2019 from 2018?",
            "(100 * (([raw materials 2019] - [raw materials 2018]) / [raw materials 2018]))",
        ),
        (
            "By what percent did revenue from software maintenance increase between 2018 and 2019?",
            "(100 * (([revenue from software maintenance 2019] - [revenue from software maintenance 2018])"
            " / [revenue from software maintenance 2018]))",
        ),
        ("What is the sum of the lease costs in 2018 and 2019?", "([lease costs 2018] + [lease costs 2019])"),
        (
            "What is the difference between the fair value and the amortized cost as of December 31, 2018?",
            "([fair value 2018] - [amortized cost 2018])",
        ),
        ("How much were other assets in 2019 (in thousands)?", "[other assets 2019]"),
    ],
)
def test_what_is_asked_for(question: str, expected: str) -> None:
    request = read_phrases(question)
    assert request is not None
    found = lowered(request.formula, request.years[-1], lambda words, year: f"[{words} {year}]")
    assert found == expected


@pytest.mark.parametrize(
    "question",
    [
        "Why did other assets fall in 2019?",
        "What was the revenue in Q4 2019?",
        "What were other assets in 2018 and 2019, respectively?",
        "What was the change in the average tax expense from 2018 to 2019?",
        "What are the other assets in 2018 and in 2016?",
        "What was the average of other assets from 1950 to 2019?",
        "Who signed in 2019?",
    ],
)
def test_other_questions_are_left_alone(question: str) -> None:
    assert read_phrases(question) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What was the percentage change in unrecognized tax benefits between 2018 and 2019?", "25.00%"),
        ("What was the change in other assets from 2018 to 2019?", Decimal("9.3")),
        ("What were total other assets in 2018?", Decimal("111.9")),
        ("What is the average value of raw materials for 2018 and 2019?", Decimal("206.50")),
        ("What is the difference in unrecognized tax benefits between 2017 and 2018?", Decimal("40")),
        ("What was the change in operating lease cost from 2018 to 2019?", "$2.5 million"),
        ("What was the profit of the joint venture in 2019, in dollars?", "$9,819 thousand"),
        ("What was the profit of the joint venture (in millions of dollars) in 2019?", "$9.82 million"),
        ("What is the issue price of Class D?", "98.75%"),
        ("Please tell me the spread of Class C.", "2.37%"),
        ("What does the document of Birch Holdings give as the spread of Class D?", "3.52%"),
    ],
)
def test_figures_are_found_by_words(workspace: Workspace, question: str, answer: str | Decimal) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        outcome = pipeline.ask(Query(text=question)).outcome
    assert isinstance(outcome, Answer)
    assert outcome.derivation is not None
    said = outcome.text if isinstance(answer, str) else Decimal(outcome.text.split()[0].lstrip("$"))
    assert said == answer


@pytest.mark.parametrize(
    "question",
    [
        "What was the change in Twice printed from 2018 to 2019?",
        "What was the change in deferred taxes from 2018 to 2019?",
        "What were other assets in 2009?",
        "What are other assets?",
        "What is the spread of Class E?",
    ],
)
def test_what_is_ambiguous_or_missing_is_not_computed(workspace: Workspace, question: str) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        outcome = pipeline.ask(Query(text=question)).outcome
    assert not isinstance(outcome, Answer) or outcome.derivation is None


@pytest.mark.parametrize("piece", ["in ", "what was the change in ", "in 2019 ", "(", "the of in and to "])
def test_hostile_questions_take_no_time(piece: str) -> None:
    start = time.perf_counter()
    read_phrases("What was the change in " + piece * 1000)
    read_phrases(("What was the change in " + piece * 100)[:290])
    assert time.perf_counter() - start < 2.0
