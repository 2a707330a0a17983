"""Near duplicates: documents and pages whose words are nearly the same. Reported, never removed.

Two texts are alike as far as their shingles (runs of five words, case and punctuation aside) are the same:
the Jaccard similarity of the two sets. Each page gets a MinHash signature (Broder, "On the resemblance and
containment of documents", 1997), a document's is the least of its pages'. Locality-sensitive hashing of
signatures in bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", ch. 3) finds what to
compare; what is found is compared shingle by shingle, so that what is reported is exact.

Of pages that are all alike (boilerplate) each is compared with the first, not with all others: the work
grows with the pages, not with their pairs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ingest.progress import Progress
from rag.catalog import Catalog
from rag.types import DocumentId

SIMILAR = 0.9
"""Jaccard similarity from which on two texts are near duplicates."""

_SHINGLE = 5
_MIN_WORDS = 30
_BLOCK = 2048
_BANDS, _ROWS = 16, 8
"""Texts of similarity 0.9 meet in at least one band with a probability of 0.9999, of 0.5 with 0.06."""
_LIKELY = 0.8
"""Estimates below this, five standard errors under ``SIMILAR``, are not compared exactly."""

_WORD = re.compile(r"\w+")
_RANDOM = np.random.default_rng(20)
_FACTORS: NDArray[np.uint64] = _RANDOM.integers(1, 1 << 63, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
_SHIFTS: NDArray[np.uint64] = _RANDOM.integers(0, 1 << 63, _BANDS * _ROWS, dtype=np.uint64)
_WEIGHTS: NDArray[np.uint64] = _RANDOM.integers(1, 1 << 63, _SHINGLE, dtype=np.uint64) | np.uint64(1)

Shingles = NDArray[np.uint64]
Signatures = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRun:
    """Pages ``first``..``last`` of one document that are nearly ``other_first``… of another, one by one.

    ``similarity`` is the mean of the pages'. Pages are 0-based.
    """

    first: int
    last: int
    other_first: int
    similarity: float

    @property
    def pages(self) -> int:
        """How many pages."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two documents with pages that are nearly the same, and how alike they are as a whole.

    ``document`` comes after ``other`` in the order of ids; both are the same for pages repeated within one.
    """

    document: DocumentId
    other: DocumentId
    similarity: float
    runs: tuple[PageRun, ...]

    @property
    def alike(self) -> bool:
        """Whether the documents as a whole are near duplicates."""
        return self.document != self.other and self.similarity >= SIMILAR


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A signed page."""

    document: DocumentId
    number: int


def shingles(text: str) -> Shingles:
    """The distinct runs of five words as hashes, ascending; none for a text of fewer than 30 words.

    >>> a, b = (shingles(f"{word} " + "the fee is due on each payment date " * 5) for word in ("Now", "now,"))
    >>> len(a), bool((a == b).all()), len(shingles("too short"))
    (9, True, 0)
    """
    words = np.array([crc32(word.encode()) for word in _WORD.findall(text.lower())], dtype=np.uint64)
    if len(words) < _MIN_WORDS:
        return np.zeros(0, dtype=np.uint64)
    runs = np.lib.stride_tricks.sliding_window_view(words, _SHINGLE)
    mixed: Shingles = (runs * _WEIGHTS).sum(axis=1, dtype=np.uint64)
    return np.unique(mixed)


def jaccard(a: Shingles, b: Shingles) -> float:
    """How much of two sets is in both, 0 to 1; 0 for two empty ones.

    >>> jaccard(np.array([1, 2, 3], dtype=np.uint64), np.array([2, 3, 4], dtype=np.uint64))
    0.5
    """
    both = len(np.intersect1d(a, b, assume_unique=True))
    every = len(a) + len(b) - both
    return both / every if every else 0.0


def signature(found: Shingles) -> Signatures:
    """``[128]`` least hashes of a set that is not empty, each under a hash function of its own."""
    least = np.full(_BANDS * _ROWS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for first in range(0, len(found), _BLOCK):
        block = found[first : first + _BLOCK]
        np.minimum(least, (block[:, None] * _FACTORS + _SHIFTS).min(axis=0), out=least)
    return (least >> np.uint64(32)).astype(np.uint32)


def sign_documents(catalog: Catalog, progress: Progress) -> set[DocumentId]:
    """Give each document of the library that has none its signature, one after another; returns their ids."""
    signed = catalog.signatures()
    todo = [record for record in catalog.documents() if record.id not in signed]
    progress.start("compare", len(todo), "documents")
    for record in todo:
        text = catalog.text(record.id)
        numbers, rows = [], []
        for page in catalog.pages(record.id):
            found = shingles(text[page.start : page.end])
            if len(found):
                numbers.append(page.number)
                rows.append(signature(found))
        body = np.array(rows, dtype="<u4").tobytes()
        catalog.put_signature(record.id, np.array(numbers, dtype="<i4").tobytes(), body)
        progress.advance(pages=record.pages)
    return {record.id for record in todo}


def find_duplicates(catalog: Catalog, touching: Collection[DocumentId] | None = None) -> list[Pair]:
    """The pairs of the library's signed documents that are, or have pages that are, nearly the same.

    By document, then other; a document's own repeated pages are among them. ``touching`` limits them to
    pairs with one of these documents.
    """
    pages, table = _signed_pages(catalog)
    if not pages:
        return []
    compared = _Compared(catalog)
    likely: dict[tuple[DocumentId, DocumentId], list[tuple[int, int, float]]] = {}
    for later, earlier in _candidates(table):
        a, b = pages[later], pages[earlier]
        if touching is not None and a.document not in touching and b.document not in touching:
            continue
        similarity = compared.pages(a, b)
        if similarity >= SIMILAR:
            likely.setdefault((a.document, b.document), []).append((a.number, b.number, similarity))
    ids = sorted({page.document for page in pages})
    owners = np.searchsorted(np.array(ids), np.array([page.document for page in pages]))
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    whole = np.minimum.reduceat(table, starts, axis=0)
    for later, earlier in _candidates(whole):
        if touching is None or ids[later] in touching or ids[earlier] in touching:
            likely.setdefault((ids[later], ids[earlier]), [])
    found = [
        Pair(document=a, other=b, similarity=compared.documents(a, b), runs=tuple(_page_runs(likely[a, b])))
        for a, b in sorted(likely)
    ]
    return [pair for pair in found if pair.runs or pair.alike]


def _signed_pages(catalog: Catalog) -> tuple[list[_Page], Signatures]:
    """All signed pages by document and number, and ``[n, 128]`` their signatures."""
    pages: list[_Page] = []
    bodies: list[bytes] = []
    for document, (numbers, body) in catalog.signatures().items():
        pages += [_Page(document=document, number=int(n)) for n in np.frombuffer(numbers, dtype="<i4")]
        bodies.append(body)
    table = np.frombuffer(b"".join(bodies), dtype="<u4").reshape(-1, _BANDS * _ROWS)
    return pages, table


def _candidates(table: Signatures) -> Iterator[tuple[int, int]]:
    """Rows ``(later, earlier)`` that share a band and look alike; a row meets the first of each bucket."""
    met: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        keys = np.ascontiguousarray(table[:, band * _ROWS : (band + 1) * _ROWS])
        _, firsts, buckets = np.unique(
            keys.view(f"V{keys.itemsize * _ROWS}").ravel(), return_index=True, return_inverse=True
        )
        earlier = firsts[buckets]
        later = np.flatnonzero(earlier != np.arange(len(table)))
        met.update(zip(later.tolist(), earlier[later].tolist(), strict=True))
    for later_row, earlier_row in sorted(met):
        if float((table[later_row] == table[earlier_row]).mean()) >= _LIKELY:
            yield later_row, earlier_row


class _Compared:
    """Exact similarities, reading each text once in a while."""

    def __init__(self, catalog: Catalog) -> None:
        self._pages_of = lru_cache(maxsize=64)(self._shingled)
        self._catalog = catalog

    def pages(self, a: _Page, b: _Page) -> float:
        return jaccard(self._pages_of(a.document)[a.number], self._pages_of(b.document)[b.number])

    def documents(self, a: DocumentId, b: DocumentId) -> float:
        return jaccard(*(np.unique(np.concatenate(self._pages_of(document))) for document in (a, b)))

    def _shingled(self, document: DocumentId) -> list[Shingles]:
        text = self._catalog.text(document)
        return [shingles(text[page.start : page.end]) for page in self._catalog.pages(document)]


def _page_runs(pairs: Sequence[tuple[int, int, float]]) -> Iterator[PageRun]:
    """Pairs of pages as runs in which both advance by one.

    >>> [(r.first, r.last, r.other_first) for r in _page_runs([(3, 7, 1.0), (4, 8, 0.9), (9, 2, 1.0)])]
    [(3, 4, 7), (9, 9, 2)]
    """
    # A page may meet several; the most alike stands for it.
    best = {
        page: (other, similarity) for page, other, similarity in sorted(pairs, key=lambda p: (p[2], -p[1]))
    }
    ordered = [(page, *best[page]) for page in sorted(best)]
    for _, group in groupby(
        enumerate(ordered), key=lambda item: (item[1][0] - item[0], item[1][1] - item[0])
    ):
        run = [pair for _, pair in group]
        yield PageRun(
            first=run[0][0],
            last=run[-1][0],
            other_first=run[0][1],
            similarity=sum(pair[2] for pair in run) / len(run),
        )
