"""Slices are functions of a row; one that raises is counted, and a file that is none is one clear error."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.runs import Row
from eval.slices import field_slice, load_slices, slice_rows, slicing_function
from eval.slicing import BUILT_IN
from rag.errors import SourceError
from tests.eval.made_rows import place, row

SLICES = {function.name: function for function in BUILT_IN}


def test_a_function_that_raises_is_counted_with_the_first_of_its_errors() -> None:
    @slicing_function("fragile")
    def fragile(one: Row) -> str | None:
        return {"a": "fine", "b": None}[one.cluster]

    rows = [row(question_id=str(at), cluster=cluster) for at, cluster in enumerate("aabcd")]
    found = slice_rows(rows, [fragile, field_slice("split")])

    assert {name: len(own) for name, own in found.groups.items()} == {"fragile=fine": 2}
    (failure,) = found.failures
    assert (failure.slice_name, failure.count, failure.question_id) == ("fragile", 2, "3")
    assert failure.error == "KeyError: 'c'"


def test_a_value_that_is_no_text_counts_as_a_failure() -> None:
    found = slice_rows([row()], [slicing_function("number")(lambda one: len(one.gold))])  # type: ignore[arg-type,return-value]

    assert not found.groups
    assert "1" in found.failures[0].error


def test_values_come_in_the_order_of_functions_and_then_by_name() -> None:
    rows = [row(facets={"split": name}, kind=kind) for name, kind in (("z", "text"), ("a", "number"))]
    found = slice_rows(rows, [field_slice("split"), SLICES["answer type"]])

    assert list(found.groups) == ["split=a", "split=z", "answer type=number", "answer type=text"]


@pytest.mark.parametrize("name", ["", "  ", "a=b"])
def test_a_name_that_cannot_be_printed_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a slice needs a name"):
        slicing_function(name)


def test_two_slices_of_one_name_are_refused() -> None:
    with pytest.raises(SourceError, match="two slices are called 'split'"):
        slice_rows([row()], [field_slice("split"), field_slice("split")])


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How much was it?", "how much"),
        ("How many were there?", "how much"),
        ("In 2018, what was it?", "what"),
        ("Whose notes are they?", "who"),
        ("Is it secured?", "is …"),
        ("Based on the note: does it pay interest?", "is …"),
        ("Name the trustee.", "none"),
    ],
)
def test_question_words(question: str, expected: str) -> None:
    assert SLICES["question word"](row(question=question)) == expected


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ((), "none judged"),
        ((place("a", 1), place("a", 1, offset=60)), "one place"),
        ((place("a", 1), place("a", 2)), "several places"),
        ((place("a", 1), place("b", 1)), "several documents"),
    ],
)
def test_hops(evidence: tuple[object, ...], expected: str) -> None:
    assert SLICES["hops"](row(evidence=evidence)) == expected


@pytest.mark.parametrize(
    ("count", "expected"),
    [(10, "up to 10 words"), (11, "11 to 20 words"), (40, "21 to 40 words"), (41, "over 40 words")],
)
def test_length(count: int, expected: str) -> None:
    assert SLICES["question length"](row(question="word " * count)) == expected


@pytest.mark.parametrize(
    ("facets", "quote", "expected"),
    [
        ({"evidence_in": "both"}, "Prose.", "yes"),
        ({"evidence_in": "text"}, "Revenue  1,577  1,420  1,300", "no"),
        ({}, "Revenue  1,577  1,420  1,300", "yes"),
        ({}, "It rose because more was sold.", "no"),
    ],
)
def test_tables(facets: dict[str, str], quote: str, expected: str) -> None:
    assert SLICES["needs a table"](row(facets=facets, evidence=(place("a", 1, quote),))) == expected


@pytest.mark.parametrize(
    ("gold", "kind", "quote", "expected"),
    [
        ("1,577", "number", "Revenue  1,577  1,420", "no"),
        ("$1,577 million", "number", "Revenue  1,577  1,420", "no"),
        ("157", "number", "Revenue  1,577  1,420", "yes"),
        ("yes", "boolean", "Revenue  1,577  1,420", None),
    ],
)
def test_arithmetic(gold: str, kind: str, quote: str, expected: str | None) -> None:
    one = row(gold=(gold,), kind=kind, evidence=(place("a", 1, quote),))

    assert SLICES["needs arithmetic"](one) == expected


def test_nothing_is_said_of_arithmetic_where_nothing_is_judged() -> None:
    assert SLICES["needs arithmetic"](row(evidence=())) is None


@pytest.mark.parametrize(
    ("question", "year", "expected"),
    [
        ("What was revenue in FY2018?", "2018", "same"),
        ("What was revenue in FY2017?", "2018", "earlier"),
        ("What was revenue between 2016 and 2018?", "2018", "same"),
        ("What is due in 2031?", "2018", "other"),
        ("What was revenue?", "2018", "none named"),
        ("What was revenue in FY2018?", "", None),
    ],
)
def test_periods(question: str, year: str, expected: str | None) -> None:
    assert SLICES["period asked"](row(question=question, facets={"fiscal_year": year})) == expected


def test_a_facet_that_a_row_lacks_puts_it_in_no_slice() -> None:
    assert SLICES["document kind"](row()) is None
    assert SLICES["document kind"](row(facets={"document_kind": "10-K"})) == "10-K"


def test_a_file_of_one_s_own(tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(
        "from eval.slices import slicing_function\n"
        "@slicing_function('ebitda')\n"
        "def ebitda(row):\n    return 'yes' if 'EBITDA' in row.question else None\n"
    )
    (function,) = load_slices(path)

    assert function.name == "ebitda"
    assert function(row(question="What was EBITDA?")) == "yes"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\n", "defines no slice"),
        ("x = (\n", r"own\.py:1: SyntaxError"),
        ("x = 1\nraise KeyError('k')\n", r"own\.py:2: KeyError"),
        ("import sys\nsys.exit(3)\n", r"own\.py:2: SystemExit"),
        (
            "from eval.slices import field_slice\na, b = field_slice('x'), field_slice('x')\n",
            "two slices one name",
        ),
    ],
)
def test_a_file_that_does_not_fit_is_one_error(source: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "own.py"
    path.write_text(source)

    with pytest.raises(SourceError, match=message):
        load_slices(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is no file"):
        load_slices(tmp_path / "none.py")
