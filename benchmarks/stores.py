"""External vector stores that run in the process, beside FAISS: time to send, time of a question, recall.

``python -m benchmarks.stores [--size N] [--json]``. Vectors are made, not embedded: unit rows of 384 columns
around directions, 40 to a direction (seed 20); 100 queries are drawn in the same way. recall@10 is the share
of the exact ten, in float32, that is found; milliseconds are medians over queries asked one by one, of
processor time and of the clock. A question over an external store asks it for 42, as for ten hits.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import faiss
import numpy as np
from llama_index.core.vector_stores import SimpleVectorStore
from llama_index.vector_stores.qdrant import QdrantVectorStore
from qdrant_client import QdrantClient

from rag.index.dense import DenseIndex, make_dense, open_dense
from rag.protocols import Vectors
from rag.settings import IndexSettings

DIM = 384
K = 10
QUERIES = 100
SEED = 20

Row = dict[str, Any]
_NODES = SimpleVectorStore()
_CLIENT = QdrantClient(":memory:")


class Simple(SimpleVectorStore):
    """LlamaIndex's own store: a dictionary, compared one by one in Python."""

    def __init__(self) -> None:
        super().__init__(data=_NODES.data)


class Qdrant(QdrantVectorStore):
    """Qdrant's local mode: an array, compared by numpy, without its index."""

    def __init__(self) -> None:
        super().__init__("benchmark", client=_CLIENT, index_doc_id=False)


KINDS = {
    "FAISS, flat": IndexSettings(),
    "FAISS, lists": IndexSettings(flat_up_to=0),
    "SimpleVectorStore": IndexSettings(vector_store="benchmarks.stores:Simple"),
    "Qdrant, local": IndexSettings(vector_store="benchmarks.stores:Qdrant"),
}


def made(size: int) -> Vectors:
    """``[size, DIM]`` unit rows around ``size / 40`` directions."""
    random = np.random.default_rng(SEED)
    centres = random.normal(size=(max(1, size // 40), DIM))
    rows = centres[random.integers(len(centres), size=size)] + 0.7 * random.normal(size=(size, DIM))
    unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def measured(index: DenseIndex, queries: Vectors, exact: list[set[int]]) -> Row:
    """Recall and medians of one index; the first question, which sorts names, is left out."""
    index.search(queries[:1], K)
    used, passed, shares = [], [], []
    for query, best in zip(queries, exact, strict=True):
        start, begin = time.process_time(), time.perf_counter()
        found, _ = index.search(query[None], K)
        used.append(time.process_time() - start)
        passed.append(time.perf_counter() - begin)
        shares.append(len({*found[0].tolist()} & best) / K)
    return {
        "recall@10": round(float(np.mean(shares)), 4),
        "processor_ms": round(float(np.median(used)) * 1000, 2),
        "clock_ms": round(float(np.median(passed)) * 1000, 2),
    }


def compare(size: int) -> list[Row]:
    """A row for each kind."""
    everything = made(size + QUERIES)
    vectors, queries = everything[:size], everything[size:]
    plain = faiss.IndexFlatIP(DIM)
    plain.add(vectors)
    exact = [{*row} for row in plain.search(queries, K)[1].tolist()]
    rows = []
    for name, settings in KINDS.items():
        with tempfile.TemporaryDirectory() as folder:
            start = time.process_time()
            make_dense(np.arange(size), vectors, settings).save(Path(folder))
            made_in = time.process_time() - start
            row = measured(open_dense(Path(folder)), queries, exact)
        rows.append({"kind": name, "made_processor_s": round(made_in, 2), **row})
    return rows


@click.command()
@click.option("--size", default=10_000, show_default=True, help="How many vectors.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def main(size: int, as_json: bool) -> None:
    """Compare FAISS with stores in the process."""
    rows = compare(size)
    if as_json:
        print(json.dumps(rows, indent=1))
        return
    for row in rows:
        print("  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
