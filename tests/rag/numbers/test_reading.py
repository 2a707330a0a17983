"""Questions about figures are understood whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.numbers.formula import Item, items_of, lowered
from rag.numbers.ontology import BUILT_IN, LineItem, Ontology, Ratio
from rag.numbers.reading import Request, read

ONTOLOGY = Ontology.load()


def arithmetic(request: Request, year: int | None = None) -> str:
    return lowered(request.formula, year or request.years[-1], lambda words, of: f"[{words} {of}]")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What was Acme's revenue in FY2018?", "[revenue 2018]"),
        (
            "How much did Acme spend on capex in fiscal year 2020, in USD millions?",
            "[capital expenditure 2020]",
        ),
        (
            "According to the balance sheet, what is Acme's working capital ratio for 2021?",
            "([total current assets 2021] / [total current liabilities 2021])",
        ),
        (
            "What is the FY2019 - FY2020 revenue growth rate of Acme?",
            "(100 * (([revenue 2020] - [revenue 2019]) / [revenue 2019]))",
        ),
        (
            "What was the percentage change in net income in 2020?",
            "(100 * (([net income 2020] - [net income 2019]) / [net income 2019]))",
        ),
        ("What is the change in inventories from 2018 to 2020?", "([inventory 2020] - [inventory 2018])"),
        (
            "What is FY2022 unadjusted EBITDA less capex?",
            "(([operating income 2022] + [depreciation and amortization 2022]) - [capital expenditure 2022])",
        ),
        ("What is capex as a % of revenue in 2020?", "(100 * ([capital expenditure 2020] / [revenue 2020]))"),
        (
            "What is the FY2015 depreciation and amortization (D&A from the cash flow statement) % margin?",
            "(100 * ([depreciation and amortization 2015] / [revenue 2015]))",
        ),
        (
            "What is the FY2018 margin of safety? Margin of safety is defined as: (FY2018 revenue - goodwill)"
            " / average total assets between FY2017 and FY2018. Round to two decimal places.",
            "(([revenue 2018] - [goodwill 2018]) / (([total assets 2018] + [total assets 2017]) / 2))",
        ),
    ],
)
def test_what_is_asked_for(question: str, expected: str) -> None:
    request = read(question, ONTOLOGY)
    assert request is not None
    assert arithmetic(request) == expected


def test_an_average_over_years() -> None:
    request = read("What is the FY2018 - FY2020 three year average of operating margin?", ONTOLOGY)
    assert request is not None
    assert request.years == (2018, 2019, 2020)
    assert arithmetic(request, 2019) == "((100 * [operating income 2019]) / [revenue 2019])"


@pytest.mark.parametrize(
    ("question", "unit", "scale", "decimals"),
    [
        ("What was FY2018 revenue, in USD billions?", "amount", 10**9, None),
        ("What was the FY2018 effective tax rate? Round to one decimal place.", "percent", None, 1),
        ("What was the quick ratio in 2018, rounded to 3 decimals?", "number", None, 3),
    ],
)
def test_how_the_answer_is_wanted(question: str, unit: str, scale: int | None, decimals: int | None) -> None:
    request = read(question, ONTOLOGY)
    assert request is not None
    assert (request.unit, request.scale, request.decimals) == (unit, scale, decimals)


@pytest.mark.parametrize(
    "question",
    [
        "Why did revenue fall in 2020?",
        "What drove the change in operating margin in FY2022?",
        "Is net income positive in 2020?",
        "Which segment had the highest revenue in 2020?",
        "What was revenue in Q2 of 2020?",
        "What was adjusted EBITDA in 2020?",
        "What was revenue of the Asia region in 2020?",
        "What is the revenue growth rate?",
        "What was revenue in 2018 and in 2020?",
        "What is the interest rate of the Class B Notes?",
        "Who is the Trustee?",
        "What is the ratio? It is defined as: (revenue / zebras). Year 2020.",
        "",
    ],
)
def test_what_is_not_understood_whole_is_left_alone(question: str) -> None:
    assert read(question, ONTOLOGY) is None


def test_every_wording_of_the_ontology_asks_for_its_own_entry() -> None:
    for name, item in ONTOLOGY.items.items():
        assert ONTOLOGY.named(name) == item
    for name, ratio in ONTOLOGY.ratios.items():
        assert ONTOLOGY.named(name) == ratio
        assert all(
            isinstance(ONTOLOGY.named(word), LineItem | Ratio)
            for word in (one.words for one in _items(ratio))
        )


def _items(ratio: Ratio) -> list[Item]:
    return list(items_of(ratio.formula))


ITEM = "[[item]]\nname = 'x'\nstatement = 'income'\nrows = ['x']\n"


@pytest.mark.parametrize(
    "text",
    [
        "item = 3",
        "[[item]]\nname = 'x'\nstatement = 'income'\nrows = []",
        "[[item]]\nname = 'x'\nstatement = 'else'\nrows = ['x']",
        ITEM + "[[ratio]]\nname = 'r'\nformula = 'x / y'\nunit = 'number'",
        ITEM + "[[ratio]]\nname = 'r'\nformula = 'x / r'\nunit = 'number'",
        "[[item",
    ],
)
def test_an_ontology_that_does_not_hold_together_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text)
    with pytest.raises(SettingsError, match="ontology"):
        Ontology.load(path)


def test_the_fingerprint_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(BUILT_IN.read_bytes())
    assert Ontology.load(path).fingerprint == ONTOLOGY.fingerprint
    path.write_bytes(BUILT_IN.read_bytes() + b"\n# more\n")
    assert Ontology.load(path).fingerprint != ONTOLOGY.fingerprint
