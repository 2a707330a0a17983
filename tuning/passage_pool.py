"""The labelled passages of a library as rows of one matrix, and what is known of each for a question.

Vectors come from the store that indexes are made of, so that what was embedded once is not embedded again.
Leaves what is learned from them to ``tuning.embedder``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag import embedder
from rag.index.vectors import VectorStore
from rag.protocols import Vectors
from rag.settings import EmbedderSettings
from tuning.items import Labelled
from tuning.soft_lists import Cuts, SoftList

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What labels say of a pool's rows for one question: shares of the target, and rows left out.

    ``positives`` ``[p]`` have ``shares`` ``[p]`` that sum to 1; ``hidden`` ``[h]`` are ambiguous or copies.
    """

    positives: Rows
    shares: NDArray[np.float32]
    hidden: Rows

    def over(self, columns: Rows) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Target and mask over some rows, ``[len(columns)]``; the target sums to 1 again."""
        target = np.zeros(len(columns), dtype=np.float32)
        for row, share in zip(self.positives, self.shares, strict=True):
            target[columns == row] = share
        total = target.sum()
        return target / total if total > 0 else target, np.isin(columns, self.hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Vectors ``[n, dim]`` of passages, each chunk a row, with the document of each."""

    vectors: Vectors
    documents: NDArray[np.str_]
    places: dict[str, int]

    @classmethod
    def over(cls, lists: Iterable[SoftList], base: EmbedderSettings, folder: Path | None) -> Pool:
        """All passages of some lists, in the order of their chunks' ids; ``folder`` has kept vectors.

        Raises:
            ModelError: the embedder's weights are missing or were changed.
        """
        texts = {label.chunk_id: label for one in lists for label in one.labels}
        labels = [texts[chunk] for chunk in sorted(texts)]
        passages = [label.passage for label in labels]
        model = embedder.load(base)
        if folder is None:
            vectors = model.embed_passages(passages)
        else:
            with VectorStore(folder, model) as store:
                vectors = store.embed(passages, lambda _: None)
        documents = np.array([label.document for label in labels])
        return cls(vectors=vectors, documents=documents, places={c: i for i, c in enumerate(sorted(texts))})

    def rows(self, labels: Sequence[Labelled]) -> Rows:
        """Where some labelled passages stand."""
        return np.array([self.places[label.chunk_id] for label in labels], dtype=np.int64)

    def known(self, one: SoftList, cuts: Cuts, duplicate: float) -> Known:
        """What a list says; ``duplicate`` is the cosine from which on a row is a copy of a positive."""
        positives = one.positives(cuts)
        rows, shares = self.rows(positives), np.array([label.probability for label in positives], np.float32)
        copies = np.flatnonzero((self.vectors @ self.vectors[rows].T).max(axis=1) >= duplicate)
        judged = self.rows((*positives, *one.negatives(cuts)))
        hidden = np.union1d(self.rows(one.unsure(cuts)), np.setdiff1d(copies, judged))
        return Known(positives=rows, shares=shares / shares.sum(), hidden=hidden)

    def reciprocal(self, one: SoftList, vector: Vectors) -> float:
        """The best probability / rank of a list, ranked by a question's vector among its documents' rows."""
        own = [*one.documents, *(label.document for label in one.labels)]
        scope = np.flatnonzero(np.isin(self.documents, np.array(sorted(set(own)))))
        cosines = self.vectors @ vector
        rows = self.rows(one.labels)
        ranks = 1 + (cosines[scope][None, :] > cosines[rows][:, None]).sum(axis=1)
        return max(label.probability / int(rank) for label, rank in zip(one.labels, ranks, strict=True))
