"""Passages that functions find where no search does."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from rag.catalog import Catalog
from rag.types import DocumentId
from tests.tuning.tuned_library import make_library
from tuning.items import Asked, PassageItem
from tuning.labeling import ABSTAIN, RELEVANT, Vote, labeling_function
from tuning.labeling.functions import FunctionError
from tuning.labeling.resources import Resources
from tuning.questions.proposing import with_proposed


@labeling_function(on="passage", kind="pattern", proposes=True)
def liens(item: PassageItem) -> Vote:
    """Where liens are spoken of."""
    return RELEVANT if "lien" in item.chunk.text else ABSTAIN


@labeling_function(on="passage", kind="pattern", proposes=True)
def fails(item: PassageItem) -> Vote:
    """Raises everywhere."""
    raise RuntimeError(item.id)


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(make_library(tmp_path, ("alder", "birch")).catalog_file)


def first(catalog: Catalog, name: str, origin: str = "log") -> PassageItem:
    document: DocumentId = catalog.resolve(name)
    asked = Asked(text="The bogey?", kind="log", origin=origin, document_ids=(document,))  # type: ignore[arg-type]
    return PassageItem(question=asked, chunk=next(iter(catalog.iter_chunks(document))))


def test_what_functions_vote_for_comes_behind_a_questions_own_passages(catalog: Catalog) -> None:
    items = [first(catalog, "alder"), first(catalog, "birch")]
    found = with_proposed(items, [liens], Resources(catalog, reader="r"), catalog)
    added = [one for one in found if one not in items]
    assert [found.index(one) for one in items] == [0, 1 + len(added) // 2]
    assert {one.chunk.document_id for one in added} == {one.chunk.document_id for one in items}
    assert all("lien" in one.chunk.text for one in added)
    assert all((one.lexical, one.dense) == (None, None) for one in added)
    known = with_proposed(found, [liens], Resources(catalog, reader="r"), catalog)
    assert {one.id for one in known} == {one.id for one in found}, "none twice"


def test_made_questions_and_other_functions_propose_nothing(catalog: Catalog) -> None:
    made, asked = first(catalog, "alder", "documents"), first(catalog, "alder")
    resources = Resources(catalog, reader="r")
    assert with_proposed([made], [liens], resources, catalog) == [made]
    quiet = labeling_function(on="passage", kind="pattern", name="quiet")(liens.call)
    assert with_proposed([asked], [quiet], resources, catalog) == [asked]


def test_one_that_raises_is_told(catalog: Catalog, caplog: pytest.LogCaptureFixture) -> None:
    items = [first(catalog, "alder")]
    with caplog.at_level(logging.WARNING):
        assert with_proposed(items, [fails], Resources(catalog, reader="r"), catalog) == items
    assert "labeling function fails raised on" in caplog.text


def test_only_votes_on_single_passages_propose() -> None:
    with pytest.raises(FunctionError, match="proposes"):
        labeling_function(on="passage", kind="rank", proposes=True, batch=True)(lambda items: items)
