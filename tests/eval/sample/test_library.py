"""The library as written: the PDFs against the questions, read back with another program."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, cast

import pymupdf
import pytest

from eval.questions import read_questions
from eval.sample import SampleLibrary, write_further, write_library
from eval.sample.drawing import BANNER
from eval.sample.house import house_lines
from eval.sample.library import MARKER, make_deal
from eval.sample.questions import question_lines
from eval.sample.records import Deal
from eval.sample.sampling import FURTHER, LOGGED, SLOTS, draw_deal
from rag.errors import UsageError

pytestmark = pytest.mark.slow

SLICES = {
    "lookup", "definition_hop", "cross_reference", "table_cell", "table_arithmetic", "amendment",
    "multi_document", "not_answerable", "house_words",
}  # fmt: skip
ON_ONE_PLACE = {"lookup", "definition_hop", "cross_reference", "table_cell", "amendment", "house_words"}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> SampleLibrary:
    """A small library: one deal of each split."""
    return write_library(tmp_path_factory.mktemp("library"), deals=2)


@pytest.fixture(scope="module")
def rows(library: SampleLibrary) -> list[Row]:
    """Its questions."""
    return [json.loads(line) for line in library.questions.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def pages(library: SampleLibrary) -> dict[str, list[str]]:
    """The text of every page, white space made single, by document."""
    found = {}
    for path in library.documents:
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            found[path.stem] = [_plain(page.get_text()) for page in document]
    return found


@pytest.fixture(scope="module")
def deals() -> list[Deal]:
    """The whole library, laid out but not drawn."""
    return [make_deal(draw_deal(number, 7)) for number in range(len(SLOTS))]


@pytest.fixture(scope="module")
def all_rows(deals: Sequence[Deal]) -> list[Row]:
    """Its questions."""
    return [json.loads(line) for line in [*question_lines(deals, 7), *house_lines(deals, 7)]]


def test_further_deals_are_a_library_to_learn_from(
    tmp_path: Path, library: SampleLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.sample.library.FURTHER", FURTHER[:2])
    further = write_further(tmp_path)
    asked = [json.loads(line) for line in further.questions.read_text(encoding="utf-8").splitlines()]
    assert {row["split"] for row in asked} == {"tuning"}
    assert {row["category"] for row in asked} == SLICES
    names = {path.name for path in further.documents}
    assert len(names) == 6
    assert not names & {path.name for path in library.documents}
    assert write_further(tmp_path) == further


def _plain(text: str) -> str:
    return " ".join(text.split())


def test_the_same_seed_gives_the_same_bytes(library: SampleLibrary, tmp_path: Path) -> None:
    again = write_library(tmp_path, deals=2)
    assert [path.name for path in again.documents] == [path.name for path in library.documents]
    for first, second in zip(library.documents, again.documents, strict=True):
        assert first.read_bytes() == second.read_bytes()
    assert library.questions.read_bytes() == again.questions.read_bytes()


def test_a_complete_library_is_left_alone_and_a_broken_one_made_again(tmp_path: Path) -> None:
    first = write_library(tmp_path, deals=2)
    written = first.documents[0].stat().st_mtime_ns
    assert write_library(tmp_path, deals=2) == first
    assert first.documents[0].stat().st_mtime_ns == written
    first.documents[1].unlink()
    assert write_library(tmp_path, deals=2) == first
    assert first.documents[1].is_file()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_an_unreadable_marker_is_no_marker(tmp_path: Path, content: str) -> None:
    (tmp_path / MARKER).write_text(content, encoding="utf-8")
    assert write_library(tmp_path, deals=2).questions.is_file()


def test_a_smaller_library_leaves_nothing_of_the_larger(tmp_path: Path) -> None:
    larger = write_library(tmp_path, deals=3)
    smaller = write_library(tmp_path, deals=2)
    assert set(smaller.documents) < set(larger.documents)
    assert set((tmp_path / "docs").iterdir()) == set(smaller.documents)


def test_logged_deals_add_house_words_and_nothing_else(
    library: SampleLibrary, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.sample.library.LOGGED", LOGGED[:1])
    larger = write_library(tmp_path, deals=2, logged=True)
    before, after = (one.questions.read_text(encoding="utf-8").splitlines() for one in (library, larger))
    more = [json.loads(line) for line in set(after) - set(before)]
    assert set(before) <= set(after)
    assert {row["category"] for row in more} == {"house_words"}
    assert {path.name for path in library.documents} < {path.name for path in larger.documents}
    assert larger.deals == library.deals + 1
    assert write_library(tmp_path, deals=2).deals == library.deals


def test_another_seed_gives_other_deals(library: SampleLibrary, tmp_path: Path) -> None:
    other = write_library(tmp_path, seed=8, deals=2)
    assert {path.name for path in other.documents}.isdisjoint(path.name for path in library.documents)


@pytest.mark.parametrize("deals", [0, 1, len(SLOTS) + 1])
def test_a_library_needs_both_splits(tmp_path: Path, deals: int) -> None:
    with pytest.raises(UsageError, match=r"ask for 2 to"):
        write_library(tmp_path, deals=deals)


def test_page_counts(library: SampleLibrary, pages: Mapping[str, Sequence[str]]) -> None:
    assert library.pages == sum(len(texts) for texts in pages.values())
    for stem, texts in pages.items():
        low, high = (60, 150) if stem.endswith("indenture") else (4, 12)
        assert low <= len(texts) <= high


def test_every_page_says_that_it_is_synthetic(pages: Mapping[str, Sequence[str]]) -> None:
    assert all(BANNER in text for texts in pages.values() for text in texts)


def test_no_gap_or_mark_of_the_template_language_is_printed(pages: Mapping[str, Sequence[str]]) -> None:
    for texts in pages.values():
        assert not re.search(r"[{}«»\[\]|*]|\?\w+ |@\w", " ".join(texts))


def test_contents_name_the_printed_page(pages: Mapping[str, Sequence[str]]) -> None:
    texts = next(texts for stem, texts in pages.items() if stem.endswith("indenture"))
    contents = " ".join(text for text in texts[:8] if ". . ." in text)
    match = re.search(r"Events of Default (?:\. )+(\d+)", contents)
    assert match is not None
    body = next(i for i, text in enumerate(texts) if "PRELIMINARY STATEMENT" in text)
    assert "wherever used herein, means any one of the following events" in texts[body + int(match[1]) - 1]


def test_evidence_stands_on_its_page(rows: Sequence[Row], pages: Mapping[str, Sequence[str]]) -> None:
    for row in rows:
        for item in row["evidence"]:
            assert _plain(item["text"]) in pages[item["doc_id"]][item["page"]], row["id"]


def test_an_answer_of_one_place_stands_in_its_evidence(all_rows: Sequence[Row]) -> None:
    for row in all_rows:
        if row["category"] in ON_ONE_PLACE:
            evidence = _plain(" ".join(item["text"] for item in row["evidence"]))
            assert any(_plain(answer["text"]) in evidence for answer in row["answers"]), row["id"]


def test_what_cannot_be_answered_is_really_absent(
    rows: Sequence[Row], pages: Mapping[str, Sequence[str]]
) -> None:
    absent = [row for row in rows if row["category"] == "not_answerable"]
    assert absent
    for row in absent:
        assert (row["answer"], row["answer_type"], row["evidence"]) == ("", "none", [])
        phrase = row["derivation"].removeprefix("absent: ").lower()
        texts = [text.lower() for stem in row["doc_ids"] for text in pages[stem]]
        assert not any(phrase in text for text in texts), row["id"]


def test_derivations_compute_their_answers(all_rows: Sequence[Row]) -> None:
    computed = [row for row in all_rows if " = " in row["derivation"]]
    assert {"table_arithmetic", "multi_document"} <= {row["category"] for row in computed}
    for row in computed:
        expression = row["derivation"].split(" = ")[0]
        answer = _number(row["answer"])
        value = _evaluate(re.sub(r"[$%,]", "", expression))
        exponent = cast("int", answer.as_tuple().exponent)
        assert value.quantize(Decimal(1).scaleb(exponent), ROUND_HALF_UP) == answer, row["id"]


def test_arithmetic_starts_from_the_evidence(all_rows: Sequence[Row]) -> None:
    for row in all_rows:
        if row["category"] != "table_arithmetic" or row["question"].count("accrual period"):
            continue
        evidence = re.sub(r",", "", " ".join(item["text"] for item in row["evidence"]))
        for operand in re.findall(r"\d+\.?\d*", row["derivation"].split(" = ")[0]):
            assert operand == "100" or operand in evidence, (row["id"], operand)


def _number(text: str) -> Decimal:
    return Decimal(re.sub(r"[$%,]", "", text))


def _evaluate(expression: str) -> Decimal:
    """Left to right, which is right for what derivations hold: products and quotients, or one sum."""
    first, *rest = expression.split()
    value = Decimal(first)
    for operator, operand in zip(rest[::2], map(Decimal, rest[1::2]), strict=True):
        match operator:
            case "+":
                value += operand
            case "-":
                value -= operand
            case "*":
                value *= operand
            case "/":
                value /= operand
            case _:
                raise AssertionError(operator)
    return value


def test_comparisons_name_the_deal_with_more(all_rows: Sequence[Row]) -> None:
    named = [row for row in all_rows if " > " in row["derivation"]]
    assert len(named) > 20
    for row in named:
        slug = row["answer"].lower().replace(" ", "-")
        assert row["evidence"][0]["doc_id"].startswith(slug)
        high, low = row["derivation"].split(" > ")
        assert high != low


def test_the_amended_value_is_not_the_original(all_rows: Sequence[Row]) -> None:
    amended = [row for row in all_rows if row["category"] == "amendment"]
    assert all("supplement" in row["doc_id"] for row in amended)
    changed = [row for row in amended if row["derivation"]]
    assert changed
    for row in changed:
        assert not row["answer"].startswith(row["derivation"].removeprefix("before the amendment: "))


def test_slices_and_splits_are_balanced(all_rows: Sequence[Row]) -> None:
    counts = Counter((row["category"], row["split"]) for row in all_rows)
    assert {category for category, _ in counts} == SLICES
    assert len(all_rows) >= 600
    for category in SLICES:
        assert counts[category, "tuning"] >= 40
        assert counts[category, "evaluation"] >= 40


def test_ids_and_questions_are_unique(all_rows: Sequence[Row]) -> None:
    assert len({row["id"] for row in all_rows}) == len(all_rows)
    assert len({row["question"] for row in all_rows}) == len(all_rows)


def test_no_question_crosses_the_splits(all_rows: Sequence[Row]) -> None:
    split_of = {(terms := draw_deal(i, 7)).slug: terms.split for i in range(len(SLOTS))}
    for row in all_rows:
        stems = row.get("doc_ids") or [row["doc_id"]]
        splits = {split for slug, split in split_of.items() for stem in stems if stem.startswith(f"{slug}-")}
        assert splits == {row["split"]}, row["id"]


def test_the_evaluation_reads_the_questions(library: SampleLibrary, rows: Sequence[Row]) -> None:
    assert len(read_questions(library.questions).questions) == len(rows)
