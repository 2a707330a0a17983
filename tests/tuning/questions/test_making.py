"""The questions of a library: the same for a seed, of all kinds, named in several ways, none twice."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.errors import SourceError, UnknownDocumentError
from rag.types import DocumentId
from tuning.items import Asked, Place
from tuning.questions import make_questions, read_asked
from tuning.questions.filters import Filter, is_copied
from tuning.questions.mix import estimated_mix, mixed
from tuning.questions.readings import Reading
from tuning.questions.synonyms import Synonyms

EVERY = 999


def test_the_same_seed_gives_the_same_questions(catalog: Catalog) -> None:
    first, again, other = (make_questions(catalog, seed=seed, count=EVERY) for seed in (1, 1, 2))
    assert first == again
    assert {one.text for one in first} != {one.text for one in other}
    assert len({one.id for one in first}) == len(first)


def test_all_kinds_are_made_and_know_their_places(catalog: Catalog) -> None:
    asked = make_questions(catalog, seed=1, count=EVERY)
    assert {one.kind for one in asked} == {
        "definition", "value", "clause", "fact", "cross_reference", "hop", "amendment", "comparison",
        "not_answerable",
    }  # fmt: skip
    for one in asked:
        assert one.origin == "documents"
        assert one.maker
        assert bool(one.places) == bool(one.answer) == (one.kind != "not_answerable")
        if one.document_ids is not None:
            assert {place.document_id for place in one.places} <= set(one.document_ids)


def test_some_name_the_document_and_some_are_asked_of_the_library(catalog: Catalog) -> None:
    asked = [one for seed in range(5) for one in make_questions(catalog, seed=seed, count=EVERY)]
    of_library = [one for one in asked if one.document_ids is None]
    assert of_library
    assert all("Alder CLO 2022-1" in one.text or "Birch CLO 2023-2" in one.text for one in of_library)
    assert any("CLO" not in one.text for one in asked)
    # Nobody can tell which document is asked, but who asked.
    assert all(one.document_ids for one in asked if "CLO" not in one.text)


def test_the_mix_is_kept_where_there_is_enough(catalog: Catalog) -> None:
    some = make_questions(catalog, seed=1, count=4, mix={"value": 3.0, "fact": 1.0})
    assert Counter(one.kind for one in some) == {"value": 3, "fact": 1}
    assert make_questions(catalog, seed=1, count=9, documents=()) == []
    only = catalog.resolve("birch-indenture")
    of_one = make_questions(catalog, seed=1, count=EVERY, documents=[only])
    assert {place.document_id for one in of_one for place in one.places} == {only}


def test_progress_is_told_of_each_document(catalog: Catalog) -> None:
    told: list[int] = []
    make_questions(catalog, seed=1, count=1, advance=lambda: told.append(1))
    assert len(told) == 3


def asked_of(text: str, **more: object) -> Asked:
    place = Place(document_id=DocumentId("d"), start=0, end=9)
    given: dict[str, object] = {
        "kind": "value",
        "origin": "documents",
        "places": (place,),
        "answer": "5%",
        **more,
    }
    return Asked(text=text, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (asked_of("What is the fee?"), ""),
        (asked_of("Fee?"), "length"),
        (asked_of("What is the fee?", answer="6%"), "unanswerable"),
        (asked_of("What is the fee?", answer="6%", computed=True), ""),
        (asked_of("What is the fee?", places=()), "unanswerable"),
        (asked_of("What is the fee?", kind="not_answerable", places=(), answer=""), ""),
    ],
)
def test_filters_say_what_is_wrong(asked: Asked, fault: str) -> None:
    assert Filter().fault(asked, lambda *_: "The fee is 5% a year.") == fault


def test_near_duplicates_are_dropped_and_counted() -> None:
    check = Filter()
    texts = ("What is the senior fee?", "The senior fee: what is it?", "What is the junior fee?")
    kept = [check.keeps(asked_of(text), lambda *_: "5%") for text in texts]
    assert kept == [True, False, True]
    assert check.dropped == {"duplicate": 1}


def test_copied_is_a_long_run_of_the_passage() -> None:
    passage = "the Issuer shall within thirty days after the end of each year deliver to the Trustee a report"
    assert is_copied(f"What if {passage}?", passage)
    assert not is_copied("When must the Issuer deliver a report to the Trustee?", passage)


def test_documents_take_turns_in_the_mix() -> None:
    made = [asked_of(f"What is fee {i}?", places=(Place(document_id=DocumentId(name), start=0, end=1),))
            for name, times in (("long", 20), ("short", 2)) for i in range(times)]  # fmt: skip
    chosen = mixed({"value": made}, 4, {"value": 1.0}, 1)
    assert Counter(one.places[0].document_id for one in chosen) == {"long": 2, "short": 2}


def test_the_mix_of_real_questions_is_estimated_by_their_nearest() -> None:
    made = [
        asked_of("How many days' notice must the tenant give?", kind="value"),
        asked_of("Which section governs assignment?", kind="cross_reference"),
    ]
    mix = estimated_mix(["how many days notice?", "notice in days?", "which section is it?"], made)
    assert mix["value"] > mix["cross_reference"] > 0
    assert sum(mix.values()) == pytest.approx(1.0)
    assert estimated_mix(["anything"], []) == {}


def test_synonyms_leave_terms_and_quotes_alone() -> None:
    words = Synonyms.load()
    question = "may the Trustee terminate “terminate” after Termination"
    reading = Reading(question=question, kind="clause", maker="m", answer="Yes", places=())
    said = {words.reworded(reading, random.Random(seed)).question for seed in range(20)}  # noqa: S311
    assert said == {
        f"may the Trustee {word} “terminate” after Termination" for word in ("terminate", "end", "cancel")
    }


def test_files_are_read_without_their_answers(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "questions.jsonl"
    rows = [
        {"question": "Who is the trustee?", "documents": ["alder-indenture"], "answer": "Dunmore"},
        {"question": "Who is the trustee?", "documents": ["alder-indenture"]},
        {"question": "What is the fee?", "split": "test"},
        {"question": "What is the rate?", "category": "value"},
    ]
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")
    alder = catalog.resolve("alder-indenture")
    asked = read_asked(path, catalog)
    assert [(one.text, one.kind, one.origin, one.document_ids, one.answer) for one in asked] == [
        ("Who is the trustee?", "asked", "file", (alder,), ""),
        ("What is the rate?", "value", "file", None, ""),
    ]
    assert [one.text for one in read_asked(path, catalog, documents=[alder])] == ["Who is the trustee?"]
    log = tmp_path / "questions.log.jsonl"
    log.write_text(json.dumps({"question": "Who is it?"}), encoding="utf-8")
    assert [one.origin for one in read_asked(log, catalog)] == ["log"]


@pytest.mark.parametrize("line", ["no json", '{"text": "?"}', "[]"])
def test_lines_that_are_no_questions_are_named(line: str, tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"questions\.jsonl:1"):
        read_asked(path, catalog)


def test_files_that_cannot_be_read_or_name_strangers_are_refused(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(SourceError, match="cannot read"):
        read_asked(tmp_path / "none.jsonl", catalog)
    path = tmp_path / "questions.jsonl"
    path.write_text(json.dumps({"question": "Who is it?", "documents": ["nowhere"]}), encoding="utf-8")
    with pytest.raises(UnknownDocumentError):
        read_asked(path, catalog)
