"""Figures are found in their row, year and scale, computed, checked, and shown with what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.generator.several import SeveralGenerators
from rag.numbers.checking import holds
from rag.prompt import Prompt
from rag.settings import IngestSettings, Settings
from rag.types import Abstention, Answer, Candidate, Derivation, Operand, Query, Response
from rag.workspace import Workspace
from tests.library import SETTINGS

REPORT = """<html><body>
<h1>ACME INDUSTRIES, INC.</h1>
<p>FORM 10-K. Annual report pursuant to Section 13 of the Securities Exchange Act of 1934.
For the fiscal year ended December 31, 2020.</p>
<h2>Consolidated Statements of Income</h2><p>(in millions, except per share data)</p>
<table>
<tr><th>Years ended December 31,</th><th>2020</th><th>2019</th><th>2018</th></tr>
<tr><td>Net sales</td><td>$ 1,200</td><td>$ 1,000</td><td>$ 800</td></tr>
<tr><td>Cost of sales</td><td>700</td><td>600</td><td>500</td></tr>
<tr><td>Operating income</td><td>300</td><td>240</td><td>160</td></tr>
<tr><td>Net income attributable to noncontrolling interests</td><td>9</td><td>8</td><td>7</td></tr>
<tr><td>Net income</td><td>$ 180</td><td>$ (20)</td><td>$ 90</td></tr>
<tr><td>Diluted earnings per share</td><td>$ 1.25</td><td>$ (0.15)</td><td>$ 0.64</td></tr>
</table>
<h2>Consolidated Balance Sheets</h2><p>(in millions)</p>
<table>
<tr><th>December 31,</th><th>2020</th><th>2019</th></tr>
<tr><td>Cash and cash equivalents</td><td>$ 50</td><td>$ 40</td></tr>
<tr><td>Inventories</td><td>110</td><td>90</td></tr>
<tr><td>Total current assets</td><td>400</td><td>380</td></tr>
<tr><td>Total assets</td><td>$ 2,000</td><td>$ 1,900</td></tr>
<tr><td>Total current liabilities</td><td>250</td><td>190</td></tr>
</table>
<h2>Consolidated Statements of Cash Flows</h2><p>(in millions)</p>
<table>
<tr><th>Years ended December 31,</th><th>2020</th><th>2019</th><th>2018</th></tr>
<tr><td>Depreciation and amortization</td><td>60</td><td>55</td><td>50</td></tr>
<tr><td>Net cash provided by operating activities</td><td>210</td><td>150</td><td>140</td></tr>
<tr><td>Purchases of property, plant and equipment</td><td>(75)</td><td>(70)</td><td>(65)</td></tr>
<tr><td>Net cash used in investing activities</td><td>(80)</td><td>(75)</td><td>(60)</td></tr>
<tr><td>Net cash used in financing activities</td><td>(120)</td><td>(70)</td><td>(75)</td></tr>
</table></body></html>
"""
WITHOUT = SETTINGS.model_copy(update={"ingest": IngestSettings(workers=1)})


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("numbers")
    workspace = Workspace.create(folder / "workspace")
    (folder / "acme.html").write_text(REPORT)
    ingest(workspace, [folder / "acme.html"], WITHOUT)
    return workspace


def ask(workspace: Workspace, question: str) -> Response:
    with open_pipeline(workspace, WITHOUT) as pipeline:
        return pipeline.ask(Query(text=question))


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What were Acme's net sales in FY2019, in USD millions?", "$1,000 million"),
        ("What was Acme's revenue in FY2020? Answer in USD billions.", "$1.20 billion"),
        ("How much did Acme spend on capital expenditure in 2018, in USD millions?", "$65 million"),
        ("What was net income of Acme in 2019, in millions?", "-$20 million"),
        ("What was the diluted EPS of Acme in 2020?", "$1.25"),
        ("What is Acme's FY2020 working capital ratio? Round to two decimal places.", "1.60"),
        ("What was Acme's EBITDA margin in 2020?", "30.00%"),
        ("What was the gross margin of Acme in 2019? Round to two decimals.", "40.00%"),
        ("What is the FY2018 - FY2020 3 year average of capex as a % of revenue for Acme?", "7.13%"),
        ("What was the revenue growth rate of Acme between 2019 and 2020?", "20.00%"),
        ("What is Acme's inventory turnover ratio for FY2020?", "7.00"),
        ("What was free cash flow of Acme in 2020, in USD millions?", "$135 million"),
    ],
)
def test_figures_are_found_and_computed(workspace: Workspace, question: str, answer: str) -> None:
    outcome = ask(workspace, question).outcome
    assert isinstance(outcome, Answer)
    assert outcome.text == answer
    assert outcome.derivation is not None
    assert len(outcome.derivation.operands) == len(outcome.citations)
    for operand, citation in zip(outcome.derivation.operands, outcome.citations, strict=True):
        assert operand.text.strip("$ ()") in citation.quote
    assert holds(outcome.text, outcome.derivation, [one.quote for one in outcome.citations])


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("What was revenue of Acme in FY2012?", "revenue in 2012"),
        ("What was research and development expense of Acme in 2020?", "research and development expense"),
        ("What is Acme's fixed asset turnover ratio for FY2020?", "property, plant and equipment in 2020"),
        ("What was Acme's inventory at the end of FY2018?", "inventory in 2018"),
    ],
)
def test_a_missing_figure_is_named_and_not_guessed(workspace: Workspace, question: str, missing: str) -> None:
    outcome = ask(workspace, question).outcome
    assert isinstance(outcome, Abstention)
    assert missing in outcome.reason


def test_a_wrong_derivation_is_never_given(workspace: Workspace) -> None:
    question = "What is Acme's FY2020 working capital ratio?"
    with open_pipeline(workspace, WITHOUT) as pipeline:
        response = pipeline.ask(Query(text=question))
        (good, *_) = response.candidates
        assert good.derivation is not None
        first, *others = good.derivation.operands
        lies = [
            replace(good, text="1.70"),
            replace(good, derivation=replace(good.derivation, value=Decimal("1.7"), formula="a / b + 0.1")),
            replace(
                good,
                derivation=replace(
                    good.derivation, operands=(replace(first, text="401", amount=Decimal(401)), *others)
                ),
            ),
            replace(good, supports=good.supports[::-1]),
        ]
        for lie in lies:
            lying = replace(pipeline, generator=SeveralGenerators([_Saying(lie)]))
            assert isinstance(lying.ask(Query(text=question)).outcome, Abstention)


class _Saying:
    """A generator that has one answer for everything."""

    fingerprint = "saying"

    def __init__(self, candidate: Candidate) -> None:
        self._candidate = candidate

    def complete(self, prompts: Sequence[Prompt]) -> list[tuple[Candidate, ...]]:
        """The same for each."""
        return [(self._candidate,) for _ in prompts]


def test_computing_can_be_turned_off(workspace: Workspace) -> None:
    settings = Settings.model_validate(
        WITHOUT.model_dump() | {"generator": {"kind": "best_sentence", "compute": False}}
    )
    with open_pipeline(workspace, settings) as pipeline:
        response = pipeline.ask(Query(text="What was Acme's EBITDA margin in 2020?"))
    assert all(candidate.derivation is None for candidate in response.candidates)


@pytest.mark.parametrize(
    ("text", "quote", "stands"),
    [
        ("$1.58 billion", "Capital spending  (1,577)  (1,373)", True),
        ("$1,577 million", "Capital spending  (1,577)  (1,373)", True),
        ("$1,578 million", "Capital spending  (1,577)  (1,373)", False),
        ("-$1,577 million", "Capital spending  (1,577)  (1,373)", False),
        ("$1,577 million", "Capital spending  (11,577)  (1,373)", False),
        ("none", "Capital spending  (1,577)", False),
    ],
)
def test_what_is_said_is_what_it_comes_to(text: str, quote: str, stands: bool) -> None:
    amount = Decimal(1_577_000_000)
    operand = Operand(name="a", label="Capital spending", period="2018-12-31", text="(1,577)", amount=amount)
    derivation = Derivation(name="capital expenditure", formula="a", operands=(operand,), value=amount)
    assert holds(text, derivation, [quote]) is stands
