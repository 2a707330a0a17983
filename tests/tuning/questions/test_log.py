"""The service's questions: each once, of what it was asked of, none that measures or that not all may see."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.errors import SourceError
from rag.filters import Filters
from service.database import writing
from service.keys import Keys, KeyTerms
from tests.library import fill
from tests.tuning.asking import AT, Service
from tuning.questions.filters import words_of
from tuning.questions.log import Log, read_log
from tuning.questions.measuring import measuring_words


@pytest.fixture
def service(tmp_path: Path) -> Service:
    return Service(tmp_path / "service.db")


@pytest.fixture
def shelves(tmp_path: Path) -> Iterator[Catalog]:
    """A library whose alder is in the collection "east", and birch in the default one."""
    with Catalog(tmp_path / "catalog.db") as catalog:
        fill(catalog)
        catalog.put_collection([catalog.resolve("alder")], "east")
        yield catalog


def texts(log: Log) -> list[str]:
    return [one.text for one in log.asked]


def test_each_question_is_read_once_the_last_asked_first(service: Service, catalog: Catalog) -> None:
    service.asks("Who is the  Trustee?", "alder-indenture")
    service.asks("What is the hurdle of Alder?")
    service.asks("who is the trustee", "alder-indenture.txt")
    service.asks("Who is the trustee?", "birch-indenture")
    service.asks("What is the HURDLE of\nalder?")
    alder, birch = (catalog.resolve(name) for name in ("alder-indenture", "birch-indenture"))
    log = read_log(service.path, catalog, limit=10)
    assert [(one.text, one.document_ids) for one in log.asked] == [
        ("What is the hurdle of Alder?", None),
        ("Who is the trustee?", (birch,)),
        ("Who is the Trustee?", (alder,)),
    ]
    assert {(one.kind, one.origin) for one in log.asked} == {("asked", "log")}
    assert log.left_out == {}
    # Asked again, it comes first, under the id that its labels are kept by.
    service.asks("who is the TRUSTEE?", "alder-indenture")
    again = read_log(service.path, catalog, limit=10)
    assert again.asked[0] == log.asked[2]
    assert [one.id for one in read_log(service.path, catalog, limit=1).asked] == [again.asked[0].id]
    assert read_log(service.path, catalog, limit=0) == Log()
    assert texts(read_log(service.path, catalog, limit=10, documents=[birch])) == ["Who is the trustee?"]


def test_documents_are_those_that_names_and_filters_fit_now(service: Service, catalog: Catalog) -> None:
    service.asks("What is its date?", filters=Filters(company="birch clo"))
    service.asks("Which fee is due?", "alder-indenture", "alder-supplement", filters=Filters(company="alder"))
    service.asks("Is it in none of these?", "alder-indenture", filters=Filters(company="birch clo"))
    service.asks("Is it gone or renamed?", "alder-indenture", "oak-indenture")
    service.asks("Does nobody fit this?", filters=Filters(company="nobody"))
    log = read_log(service.path, catalog, limit=10)
    named = [{catalog.name(document) for document in one.document_ids or ()} for one in log.asked]
    assert named == [{"alder-indenture", "alder-supplement"}, {"birch-indenture"}]
    assert log.left_out == {"of documents that are gone or renamed": 3}


def test_what_is_no_question_or_measures_is_left_out(service: Service, catalog: Catalog) -> None:
    for text in ("Trustee?", "fee " * 101, "x" * 600 + " " + "y" * 600, "fee fee " * 60):
        service.asks(text)
    service.asks("Fee rate?")
    service.asks("WHAT is the Senior Fee Rate")
    log = read_log(service.path, catalog, limit=10, measuring={words_of("What is the senior fee rate?")})
    assert texts(log) == ["Fee rate?"]
    # "fee", however often, is one and the same.
    assert log.left_out == {"of no usual length": 3, "that measure": 1}


def test_without_keys_all_is_learned_from(service: Service, shelves: Catalog) -> None:
    service.gives_key("desk")
    service.asks("Who is the trustee?")
    service.asks("Who is the agent?", collections=["east", "default"])
    assert texts(read_log(service.path, shelves, limit=10)) == ["Who is the agent?", "Who is the trustee?"]


def test_what_not_every_key_may_see_is_left_out(service: Service, shelves: Catalog) -> None:
    service.gives_key("desk")
    service.gives_key("eastern", "east", "empty")
    service.asks("Who is the trustee of them all?")
    service.asks("Who is the trustee of alder?", "alder")  # by somebody who sees birch, too
    service.asks("Who is the trustee in the east?", "alder", collections=["east"])
    service.asks("Who is it in the east?", collections=["east"])
    service.asks("Who is the trustee elsewhere?", "birch", collections=["default"])
    log = read_log(service.path, shelves, limit=10)
    # What a part of the library was asked is another question where all of it is asked.
    assert texts(log) == ["Who is the trustee in the east?"]
    assert log.left_out == {"that not every key may see": 3, "of a part of the library": 1}
    service.gives_key("western", "default")
    assert read_log(service.path, shelves, limit=10).asked == ()
    for name in ("eastern", "western"):
        service.takes_key(name)
    assert len(read_log(service.path, shelves, limit=10).asked) == 4


def test_names_are_of_what_whoever_asked_sees(service: Service, shelves: Catalog) -> None:
    service.asks("Who is the trustee?", "alder", collections=["default"])
    log = read_log(service.path, shelves, limit=10)
    assert log == Log(left_out={"of documents that are gone or renamed": 1})


def test_there_may_be_no_questions(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "service.db"
    assert read_log(path, catalog, limit=10) == Log()
    assert not path.exists()
    path.touch()
    assert read_log(path, catalog, limit=10) == Log()
    with closing(Keys(path)) as keys:
        keys.create("desk", KeyTerms(), at=AT)
    assert read_log(path, catalog, limit=10) == Log()


def test_the_service_may_write_meanwhile_or_have_been_killed(
    service: Service, catalog: Catalog, tmp_path: Path
) -> None:
    service.asks("Who is the trustee?")
    with writing(service.path) as connection:
        connection.execute("UPDATE answers SET question = 'What is not yet settled?'")
        assert texts(read_log(service.path, catalog, limit=10)) == ["Who is the trustee?"]
        killed = tmp_path / "killed"
        killed.mkdir()
        connection.execute("COMMIT")
        for name in ("service.db", "service.db-wal"):
            shutil.copy(tmp_path / name, killed / name)
        connection.execute("BEGIN")
    assert texts(read_log(killed / "service.db", catalog, limit=10)) == ["What is not yet settled?"]


@pytest.mark.parametrize(
    "change", ["UPDATE answers SET documents = 'alder'", "UPDATE answers SET filters = '{\"when\": 1}'",
               "UPDATE answers SET collections = '3'", "ALTER TABLE answers DROP COLUMN filters"]
)  # fmt: skip
def test_what_cannot_be_read_is_one_clear_line(service: Service, catalog: Catalog, change: str) -> None:
    service.asks("Who is the trustee?")
    with writing(service.path) as connection:
        connection.execute(change)
    with pytest.raises(SourceError, match=r"service\.db cannot be read: .*--logged 0") as refused:
        read_log(service.path, catalog, limit=10)
    assert "\n" not in str(refused.value)


def test_other_files_are_refused(tmp_path: Path, catalog: Catalog) -> None:
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("These are the minutes of a meeting. " * 100)
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE minutes (said TEXT)")
    for path, said in ((text, "not a database"), (other, "its tables are minutes")):
        with pytest.raises(SourceError, match=said):
            read_log(path, catalog, limit=10)


@pytest.mark.parametrize("table", ["jobs", "audit", "uploads", "keys"])
def test_a_service_that_nobody_asked_anything_has_no_questions(
    tmp_path: Path, catalog: Catalog, table: str
) -> None:
    with closing(sqlite3.connect(tmp_path / "service.db")) as database:
        columns = "collections TEXT, revoked TEXT" if table == "keys" else "id TEXT"
        database.execute(f"CREATE TABLE {table} ({columns})")
    assert not read_log(tmp_path / "service.db", catalog, limit=10).asked


def test_what_measures_is_known_by_its_words(tmp_path: Path) -> None:
    regression, asked = tmp_path / "questions.jsonl", tmp_path / "asked.jsonl"
    rows = [
        {"question": "What is the fee?", "split": "test"},
        {"question": "What is the rate?", "split": "tuning"},
        {"question": "What is the date?"},
    ]
    asked.write_text("\n".join(map(json.dumps, rows)))
    assert measuring_words([regression], [asked]) == {("fee",)}
    regression.write_text(json.dumps({"question": "Who is the Trustee?", "split": "regression"}) + "\n")
    assert measuring_words([regression], [asked]) == {("fee",), ("trustee",)}
    assert measuring_words([asked]) == {("fee",), ("rate",), ("date",)}
    regression.write_text("{")
    with pytest.raises(SourceError, match=r"questions\.jsonl:1"):
        measuring_words([regression])


def test_words_of_other_scripts_are_told_apart() -> None:
    assert words_of("Кто доверенное лицо?") != words_of("Какова ставка купона?")
