from __future__ import annotations

from pathlib import Path
from time import perf_counter

import numpy as np
import pytest

from ingest.duplicates import Pair, find_duplicates, jaccard, shingles, sign_documents, signature
from ingest.progress import Silent
from rag.catalog import Catalog
from rag.types import Document, DocumentId, Page

WORDS = [f"{a}{b}{c}" for a in "bdfgkl" for b in "aeiou" for c in "mnprst"]


def prose(seed: int, words: int = 300) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, words).tolist())


def changed(text: str, every: int) -> str:
    """The text with one word in so many replaced."""
    return " ".join("other" if i % every == 0 else word for i, word in enumerate(text.split()))


def put(catalog: Catalog, name: str, pages: list[str]) -> DocumentId:
    document_id = DocumentId(name * 4)
    spans, at = [], 0
    for number, page in enumerate(pages):
        spans.append(Page(number=number, start=at, end=at + len(page) + 1))
        at += len(page) + 1
    document = Document(
        id=document_id,
        name=name,
        media_type="text/plain",
        title="",
        text="".join(page + "\n" for page in pages),
        pages=tuple(spans),
    )
    catalog.put_document(document, (), (), fingerprint="", added_at="")
    catalog.put_source(f"/{name}", document_id)
    return document_id


def found_in(folder: Path, library: dict[str, list[str]]) -> list[Pair]:
    with Catalog(folder / "catalog.db") as catalog:
        for name, pages in library.items():
            put(catalog, name, pages)
        sign_documents(catalog, Silent())
        return find_duplicates(catalog)


def test_a_library_without_repetition_has_none(tmp_path: Path) -> None:
    assert found_in(tmp_path, {"a": [prose(1), prose(2)], "b": [prose(3)], "c": ["too short", ""]}) == []


def test_an_empty_library_has_none(tmp_path: Path) -> None:
    assert found_in(tmp_path, {}) == []


def test_a_document_with_few_changes_is_a_near_duplicate(tmp_path: Path) -> None:
    pages = [prose(seed) for seed in range(5)]
    [pair] = found_in(tmp_path, {"a": pages, "b": [*pages[:4], changed(pages[4], 150)]})
    assert (pair.document, pair.other, pair.alike) == ("bbbb", "aaaa", True)
    assert [(run.first, run.last, run.other_first) for run in pair.runs] == [(0, 4, 0)]
    assert 0.95 < pair.similarity < 1.0


def test_shared_pages_are_reported_as_ranges(tmp_path: Path) -> None:
    pages = [prose(seed) for seed in range(8)]
    library = {"a": pages, "b": [prose(90), prose(91), *pages[3:6], prose(92), pages[0]]}
    [pair] = found_in(tmp_path, library)
    assert not pair.alike
    assert [(run.first, run.last, run.other_first) for run in pair.runs] == [(2, 4, 3), (6, 6, 0)]
    assert [run.similarity for run in pair.runs] == [1.0, 1.0]


def test_pages_below_the_threshold_are_not_reported(tmp_path: Path) -> None:
    page = prose(1)
    # One word in 60 changed: five of sixty shingles on either side differ, 55 / 65 = 0.85 are shared.
    assert jaccard(shingles(page), shingles(changed(page, 60))) == pytest.approx(0.85, abs=0.02)
    assert found_in(tmp_path, {"a": [page], "b": [changed(page, 60)]}) == []


def test_boilerplate_meets_its_first_page_only(tmp_path: Path) -> None:
    library = {name: [prose(ord(name)), prose(0)] for name in "abcdefgh"}
    pairs = found_in(tmp_path, library)
    assert [(pair.document, pair.other) for pair in pairs] == [(name * 4, "aaaa") for name in "bcdefgh"]


def test_repetition_within_one_document(tmp_path: Path) -> None:
    [pair] = found_in(tmp_path, {"a": [prose(1), prose(2), prose(1)]})
    assert (pair.document, pair.other, pair.alike) == ("aaaa", "aaaa", False)
    assert [(run.first, run.other_first) for run in pair.runs] == [(2, 0)]


def test_replaced_documents_are_left_out(tmp_path: Path) -> None:
    with Catalog(tmp_path / "catalog.db") as catalog:
        old, page = put(catalog, "a", [prose(1)]), changed(prose(1), 150)
        new = put(catalog, "b", [page])
        catalog.put_source("/a", new)
        sign_documents(catalog, Silent())
        assert old not in catalog.signatures()
        assert find_duplicates(catalog) == []


@pytest.mark.parametrize("every", [10, 40, 100, 1000])
def test_signatures_estimate_the_similarity(every: int) -> None:
    a = prose(1, 2000)
    b = changed(a, every)
    estimate = float((signature(shingles(a)) == signature(shingles(b))).mean())
    exact = jaccard(shingles(a), shingles(b))
    assert estimate == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 128) + 1e-9)


def test_the_least_of_the_pages_is_the_signature_of_all() -> None:
    parts = [shingles(prose(seed, 3000)) for seed in (1, 2)]
    whole = signature(np.unique(np.concatenate(parts)))
    np.testing.assert_array_equal(whole, np.minimum(*(signature(part) for part in parts)))


def test_a_page_takes_less_than_a_millisecond() -> None:
    pages = [prose(seed, 450) for seed in range(50)]
    seconds = []
    for _ in range(5):
        start = perf_counter()
        for page in pages:
            signature(shingles(page))
        seconds.append(perf_counter() - start)
    assert min(seconds) / len(pages) < 0.002
