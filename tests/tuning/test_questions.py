"""Questions made from documents: what they ask for, where they say it stands, how they are mixed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from ingest.build import ingest
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.settings import Settings
from rag.workspace import Workspace
from tuning.items import Asked
from tuning.questions import make_questions
from tuning.questions.candidates import REFUSAL, answers, passage_items
from tuning.questions.makers import from_definitions

TEXT = """INDENTURE

This Indenture is among Alder Funding, Ltd. (the “Issuer”) and the Trustee.

ARTICLE I

DEFINITIONS

Section 1.1 Definitions.

“Minimum Denomination” means U.S.$250,000 and integral multiples thereof.

“Supermajority” means Holders of at least 66 2/3% of the Notes.

“Trustee” means Dunmore Bank & Trust Company, and its successors.

“Redemption Price” has the meaning specified in Section 9.2.

“Business Day” means any day on which banks are open in New York.
"""
SETTINGS = Settings.model_validate(
    {
        "ingest": {"workers": 1},
        "embedder": {"kind": "hashing"},
        "reranker": {"kind": "none"},
        "generator": {"kind": "best_sentence"},
    }
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A library of one short indenture."""
    root = tmp_path_factory.mktemp("questions")
    (root / "docs").mkdir()
    (root / "docs" / "alder.txt").write_text(TEXT, encoding="utf-8")
    made = Workspace.create(root / "work")
    ingest(made, [root / "docs"], SETTINGS)
    return made


@pytest.fixture
def catalog(workspace: Workspace) -> Iterator[Catalog]:
    """Its catalog."""
    with Catalog(workspace.catalog_file) as opened:
        yield opened


def test_definitions_give_values_parties_places_and_meanings(catalog: Catalog) -> None:
    (record,) = catalog.documents()
    asked = list(from_definitions(catalog, record.id, random.Random(1)))  # noqa: S311
    said = {(one.kind, one.answer) for one in asked}
    assert ("value", "U.S.$250,000") in said
    assert ("cross_reference", "Section 9.2") in said
    assert ("fact", "Dunmore Bank & Trust Company") in said
    assert ("definition", "any day on which banks are open in New York.") in said
    assert not any("3%" in answer for _, answer in said)
    text = catalog.text(record.id)
    for one in asked:
        (place,) = one.places
        assert " ".join(text[place.start : place.end].split()) == one.answer
        assert one.document_ids == (record.id,)


def test_the_same_seed_gives_the_same_questions(catalog: Catalog) -> None:
    first, again, other = (make_questions(catalog, seed=seed, count=50) for seed in (1, 1, 2))
    assert first == again
    assert {one.text for one in first} != {one.text for one in other}
    assert len({one.id for one in first}) == len(first)


def test_the_mix_is_kept_where_there_is_enough(catalog: Catalog) -> None:
    everything = Counter(one.kind for one in make_questions(catalog, seed=1, count=99))
    assert set(everything) >= {"value", "fact", "cross_reference", "definition"}
    some = make_questions(catalog, seed=1, count=2, mix={"value": 1.0, "fact": 1.0})
    assert sorted(one.kind for one in some) == ["fact", "value"]
    assert make_questions(catalog, seed=1, count=9, documents=()) == []


def test_what_the_maker_read_is_among_passages_and_answers(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        (asked,) = make_questions(pipeline.catalog, seed=1, count=1, mix={"value": 1.0})
        items = list(passage_items(pipeline, [asked], limit=1))
        assert any("Minimum Denomination" in item.chunk.text for item in items)
        assert len({item.id for item in items}) == len(items)
        (proposed,) = answers(pipeline, [asked])
    texts = [item.candidate.text for item in proposed.items]
    assert asked.answer in texts
    assert proposed.items[-1].candidate == REFUSAL
    assert len({item.id for item in proposed.items}) == len(proposed.items)
    of_maker = next(item for item in proposed.items if item.candidate.text == asked.answer)
    assert asked.answer in of_maker.words_around


def test_a_question_without_places_has_what_is_found(workspace: Workspace) -> None:
    with open_pipeline(workspace, SETTINGS) as pipeline:
        asked = Asked(text="Who is the trustee?", kind="fact", origin="log")
        items = list(passage_items(pipeline, [asked], limit=3))
    assert 0 < len(items) <= 3
    assert {item.lexical for item in items} - {None}
