"""The usual recipe, over the tiny library."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.plain import OVERLAP, WINDOW, cut_windows, plain_settings, plain_workspace
from ingest.progress import Silent
from rag.assembly import open_pipeline
from rag.catalog import Catalog
from rag.settings import SpanReaderSettings
from rag.types import Document, DocumentId, Page, Query, SectionId
from tests.library import SETTINGS, make_workspace


def _words(text: str) -> list[tuple[int, int]]:
    """Every word a token."""
    spans, at = [], 0
    for word in text.split():
        start = text.index(word, at)
        at = start + len(word)
        spans.append((start, at))
    return spans


def _document(words: int) -> Document:
    """Two pages of numbered words."""
    text = " ".join(f"w{number}" for number in range(words))
    half = len(text) // 2
    pages = (
        Page(number=0, start=0, end=half, width=612, height=792, lines=()),
        Page(number=1, start=half, end=len(text), width=612, height=792, lines=()),
    )
    return Document(id=DocumentId("d"), name="d", media_type="text/plain", title="d", text=text, pages=pages)


@given(st.integers(0, 3 * WINDOW))
def test_windows_cover_all_and_overlap(words: int) -> None:
    document = _document(words)
    windows = cut_windows(document, SectionId("s"), _words)
    spans = _words(document.text)
    assert all(one.text == document.text[one.start : one.end] for one in windows)
    assert [one.ordinal for one in windows] == list(range(len(windows)))
    for start, end in spans:
        assert any(one.start <= start and end <= one.end for one in windows)
    for before, after in pairwise(windows):
        shared = [one for one in spans if after.start <= one[0] and one[1] <= before.end]
        assert len(shared) == OVERLAP
    assert all(len(_words(one.text)) <= WINDOW for one in windows)


def test_a_window_knows_its_pages() -> None:
    document = _document(WINDOW + 10)
    first, last = cut_windows(document, SectionId("s"), _words)
    assert (first.first_page, first.last_page) == (0, 1)
    assert (last.first_page, last.last_page) == (1, 1)


def test_nothing_but_vectors_and_the_reader_is_left() -> None:
    found = plain_settings(SETTINGS)
    assert found.embedder == SETTINGS.embedder
    assert found.retrieval.lexical_hits == 0
    assert not found.retrieval.read_scope
    assert isinstance(found.generator, SpanReaderSettings)
    assert not found.generator.compute


@pytest.mark.slow
def test_the_same_documents_are_cut_into_windows_once(tmp_path: Path) -> None:
    source = make_workspace(tmp_path / "source")
    settings = plain_settings(SETTINGS)
    workspace = plain_workspace(source, tmp_path / "plain", settings, Silent())
    again = plain_workspace(source, tmp_path / "plain", settings, Silent())
    with Catalog(source.catalog_file) as read, Catalog(again.catalog_file) as written:
        assert [one.id for one in written.documents()] == [one.id for one in read.documents()]
        (first, *_) = written.documents()
        assert next(one.text for one in written.iter_chunks()) == written.text(first.id)
    with open_pipeline(workspace, settings) as pipeline:
        assert pipeline.retrieve(Query(text="Who is the Trustee of the Class B Notes?"))
