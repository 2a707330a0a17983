"""Ranking measures for one query: a ranking (ids, best first, no id twice) against qrels (id → grade).

A grade of 1 or more is relevant. Every measure lies in [0, 1]; an empty ranking, and qrels without a
relevant id, score 0. Definitions are those of trec_eval (nDCG: gain = grade, discount log2(rank + 1);
AP: divided by all relevant ids), so values agree with ``ir_measures``. ``k`` counts from 1.

``page_hit`` works on pages: a cited page is what a reader opens, whatever the chunks are.
Leaves to others: which chunks are relevant (``eval.judgements``) and means over queries (``eval.report``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log2

PageKey = tuple[str, int]
"""A document's id and a 0-based page."""


def hit(ranking: Sequence[str], qrels: Mapping[str, int], k: int) -> float:
    """1 where one of the first k is relevant.

    >>> hit(["a", "b", "c"], {"b": 1}, 1), hit(["a", "b", "c"], {"b": 1}, 2)
    (0.0, 1.0)
    """
    return float(any(qrels.get(i, 0) > 0 for i in ranking[:k]))


def recall(ranking: Sequence[str], qrels: Mapping[str, int], k: int) -> float:
    """Share of the relevant ids that the first k hold.

    >>> recall(["a", "b", "c"], {"b": 1, "z": 2}, 3)
    0.5
    """
    relevant = _count(qrels)
    return sum(qrels.get(i, 0) > 0 for i in ranking[:k]) / relevant if relevant else 0.0


def precision(ranking: Sequence[str], qrels: Mapping[str, int], k: int) -> float:
    """Relevant ids among the first k, divided by k even where the ranking is shorter.

    >>> precision(["a", "b"], {"b": 1}, 4)
    0.25
    """
    return sum(qrels.get(i, 0) > 0 for i in ranking[:k]) / k


def mrr(ranking: Sequence[str], qrels: Mapping[str, int], k: int | None = None) -> float:
    """1 / rank of the first relevant id within the first k (all of them for None), else 0.

    >>> mrr(["a", "b", "c"], {"b": 1, "c": 1}), mrr(["a", "b"], {"b": 1}, 1)
    (0.5, 0.0)
    """
    for rank, i in enumerate(ranking[:k], start=1):
        if qrels.get(i, 0) > 0:
            return 1.0 / rank
    return 0.0


def average_precision(ranking: Sequence[str], qrels: Mapping[str, int], k: int | None = None) -> float:
    """Precision at each relevant rank within the first k, summed, over the number of relevant ids.

    >>> average_precision(["a", "x", "b"], {"a": 1, "b": 1})  # (1/1 + 2/3) / 2
    0.8333333333333333
    """
    relevant = _count(qrels)
    found, total = 0, 0.0
    for rank, i in enumerate(ranking[:k], start=1):
        if qrels.get(i, 0) > 0:
            found += 1
            total += found / rank
    return total / relevant if relevant else 0.0


def ndcg(ranking: Sequence[str], qrels: Mapping[str, int], k: int) -> float:
    """Discounted gain of the first k over that of the best possible order; grades are whole numbers from 0.

    >>> round(ndcg(["x", "a"], {"a": 1}, 10), 4)  # 1 / log2(3)
    0.6309
    >>> ndcg(["a", "b"], {"a": 3, "b": 1}, 10)
    1.0
    """
    ideal = _dcg(sorted((g for g in qrels.values() if g > 0), reverse=True)[:k])
    return _dcg([max(0, qrels.get(i, 0)) for i in ranking[:k]]) / ideal if ideal else 0.0


def distinct_pages(places: Iterable[tuple[str, int, int]]) -> list[PageKey]:
    """The pages of a ranking in the order a reader meets them, each once.

    ``places`` are (document, first page, last page) of the hits, best first; a hit over several pages
    brings them in order.

    >>> distinct_pages([("d", 4, 5), ("d", 5, 5), ("e", 5, 5)])
    [('d', 4), ('d', 5), ('e', 5)]
    """
    seen: dict[PageKey, None] = {}
    for document, first, last in places:
        seen.update(dict.fromkeys((document, page) for page in range(first, last + 1)))
    return list(seen)


def page_hit(pages: Sequence[PageKey], evidence: Collection[PageKey], k: int) -> float:
    """1 where one of the first k distinct pages carries evidence (the FinanceBench measure).

    >>> page_hit([("d", 4), ("d", 5)], {("d", 5)}, 1), page_hit([("d", 4), ("d", 5)], {("d", 5)}, 2)
    (0.0, 1.0)
    """
    return float(any(page in evidence for page in pages[:k]))


def _count(qrels: Mapping[str, int]) -> int:
    return sum(grade > 0 for grade in qrels.values())


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1) if gain)
