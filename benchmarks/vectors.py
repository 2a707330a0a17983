"""Dense search: what smaller codes cost on real embeddings, and a million vectors in lists.

``python -m benchmarks.vectors real|million [--json]``. One thread, one query at a time; milliseconds are
medians of processor time (and, for the million, of the clock); recall@10 is the share of the exact ten that
is found.

``real``: the vectors that ``covenant bench financebench`` kept below COVENANT_CACHE, 500 of them held out as
queries, and the set's questions below COVENANT_DATA.

``million``: 1,000,000 unit vectors of 384 columns, made, not embedded. A vector is a subject + a matter of
that subject + its own part, unit again: 2,000 subjects, 40,000 matters, each part normal, of weights 1, 0.8
and 1.3, and column i of standard deviation (1 + i / 48) ** -0.5, so that, as in real embeddings, a few
directions hold most. Queries are drawn in the same way. Seed 20.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import faiss
import numpy as np
from numpy.typing import NDArray

from benchmarks.data_folder import data_folder
from rag import embedder
from rag.index.dense import make_dense, open_dense
from rag.index.inverted import InvertedIndex
from rag.protocols import Vectors
from rag.settings import IndexSettings, Settings

DIM = 384
K = 10
QUERIES = 200
SUBJECTS, MATTERS = 2_000, 40_000
SEED = 20
_BLOCK = 50_000

Search = Callable[[Vectors, int], NDArray[np.int64]]
Row = dict[str, object]


def unit(rows: NDArray[Any]) -> Vectors:
    """Rows of length 1."""
    result: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return result


def made(random: np.random.Generator, centres: NDArray[np.float32], size: int) -> Iterator[Vectors]:
    """Vectors around ``centres`` ``[MATTERS, DIM]``, block by block."""
    widths = spectrum()
    for first in range(0, size, _BLOCK):
        count = min(_BLOCK, size - first)
        own = random.standard_normal((count, DIM), dtype=np.float32) * widths
        yield unit(centres[random.integers(len(centres), size=count)] + np.float32(1.3) * own)


def spectrum() -> NDArray[np.float32]:
    """Standard deviations of the columns, falling."""
    return ((1 + np.arange(DIM) / 48) ** -0.5).astype(np.float32)


def matters(random: np.random.Generator) -> NDArray[np.float32]:
    """``[MATTERS, DIM]`` the centres of matters, each near its subject."""
    subjects = random.standard_normal((SUBJECTS, DIM), dtype=np.float32) * spectrum()
    own = random.standard_normal((MATTERS, DIM), dtype=np.float32) * spectrum()
    return subjects[random.integers(SUBJECTS, size=MATTERS)] + np.float32(0.8) * own


def exact(vectors: Vectors, queries: Vectors) -> NDArray[np.int64]:
    """``[q, K]`` the nearest in float32."""
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    found: NDArray[np.int64] = index.search(queries, K)[1]
    return found


def recall(found: NDArray[np.int64], best: NDArray[np.int64]) -> float:
    """Share of the best that was found."""
    return float(np.mean([len({*a} & {*b}) / K for a, b in zip(found.tolist(), best.tolist(), strict=True)]))


def milliseconds(search: Search, queries: Vectors) -> tuple[float, float]:
    """Medians over queries, one by one: processor time, clock."""
    used, passed = [], []
    for query in queries[:QUERIES]:
        start, begin = time.thread_time(), time.perf_counter()
        search(query[None], K)
        used.append(time.thread_time() - start)
        passed.append(time.perf_counter() - begin)
    return float(np.median(used)) * 1000, float(np.median(passed)) * 1000


def stored_vectors() -> Vectors:
    """What the bench of FinanceBench embedded."""
    cache = Path(os.environ.get("COVENANT_CACHE", ""))
    files = sorted(cache.glob("financebench-*/indexes/vectors-*.db")) if cache.name else []
    if not files:
        sys.exit("COVENANT_CACHE holds no vectors; run covenant bench financebench with that cache first")
    with closing(sqlite3.connect(f"{files[0].resolve().as_uri()}?immutable=1", uri=True)) as db:
        rows = [row[0] for row in db.execute("SELECT vector FROM vectors ORDER BY key")]
    return np.frombuffer(b"".join(rows), dtype=np.float32).reshape(len(rows), -1)


def questions() -> Vectors:
    """The set's questions, embedded."""
    lines = (data_folder("financebench") / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    texts = [json.loads(line)["question"] for line in lines]
    return embedder.load(Settings().embedder).embed_queries(texts)


def libraries(vectors: Vectors) -> Iterator[tuple[str, Search, int]]:
    """FAISS's own codes, trained on the data: name, search, bytes of codes per vector."""
    kinds = faiss.ScalarQuantizer
    flat: Any = faiss.IndexFlatIP(DIM)
    flat.add(vectors)
    yield "float32 flat", lambda q, k: flat.search(q, k)[1], 4 * DIM
    for name in ("QT_fp16", "QT_8bit", "QT_6bit", "QT_4bit"):
        index: Any = faiss.IndexScalarQuantizer(DIM, getattr(kinds, name), faiss.METRIC_INNER_PRODUCT)
        index.train(vectors)
        index.add(vectors)
        yield f"{name} flat, trained", lambda q, k, index=index: index.search(q, k)[1], index.sq.code_size  # type: ignore[misc]


def ours(vectors: Vectors) -> Iterator[tuple[str, Search, int]]:
    """Covenant's two kinds."""
    ids = np.arange(len(vectors))
    for name, kind in (("flat", IndexSettings()), ("lists", IndexSettings(flat_up_to=0))):
        index = make_dense(ids, vectors, kind)
        yield f"Covenant 8-bit {name}", lambda q, k, index=index: index.search(q, k)[0], DIM + 8  # type: ignore[misc]


def real() -> list[Row]:
    """Codes compared on real embeddings."""
    everything = stored_vectors()
    order = np.random.default_rng(SEED).permutation(len(everything))
    held_out, vectors = everything[order[:500]], np.ascontiguousarray(everything[order[500:]])
    asked = questions()
    best, best_asked = exact(vectors, held_out), exact(vectors, asked)
    rows: list[Row] = []
    for source in (libraries, ours):
        for name, search, size in source(vectors):
            used, _ = milliseconds(search, held_out)
            rows.append(
                {
                    "index": name,
                    "recall@10 passages": round(recall(search(held_out, K), best), 4),
                    "recall@10 questions": round(recall(search(asked, K), best_asked), 4),
                    "cpu ms": round(used, 2),
                    "MB": round(size * len(vectors) / 2**20, 1),
                }
            )
    print(
        f"{len(vectors)} vectors, {len(held_out)} passages and {len(asked)} questions as queries",
        file=sys.stderr,
    )
    return rows


def resident() -> float:
    """Memory of this process that is in use, in MiB."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def million(size: int) -> list[Row]:
    """A million vectors in lists, by the share of them that is read."""
    random = np.random.default_rng(SEED)
    centres = matters(random)
    queries = next(made(random, centres, QUERIES))
    vectors = np.empty((size, DIM), dtype=np.float32)
    for first, block in zip(range(0, size, _BLOCK), made(random, centres, size), strict=True):
        vectors[first : first + len(block)] = block
    best = exact(vectors, queries)
    used, begin = time.process_time(), time.perf_counter()
    index = make_dense(np.arange(size), vectors, IndexSettings())
    built = {
        "build cpu s": round(time.process_time() - used, 1),
        "build s": round(time.perf_counter() - begin, 1),
    }
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        index.save(Path(name))
        stored = sum(path.stat().st_size for path in Path(name).iterdir()) / 2**20
        del index, vectors
        faiss.omp_set_num_threads(1)
        before = resident()
        opened = open_dense(Path(name))
        assert isinstance(opened, InvertedIndex)  # noqa: S101 - so many are
        for share in (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4):
            opened.probed = share
            search: Search = lambda q, k: opened.search(q, k)[0]  # noqa: E731
            cpu, clock = milliseconds(search, queries)
            found = round(recall(search(queries, K), best), 4)
            rows.append({"probed": share, "recall@10": found, "cpu ms": round(cpu, 2), "ms": round(clock, 2)})
        rows.append({**built, "file MB": round(stored), "resident MB": round(resident() - before)})
    return rows


@click.command()
@click.argument("part", type=click.Choice(["real", "million"]))
@click.option("--size", default=1_000_000, help="Vectors of the second part.")
@click.option("--json", "as_json", is_flag=True)
def main(part: str, size: int, as_json: bool) -> None:
    """Print a table."""
    faiss.omp_set_num_threads(1 if part == "real" else os.cpu_count() or 1)
    rows = real() if part == "real" else million(size)
    print(json.dumps(rows, indent=1) if as_json else "\n".join(str(row) for row in rows))


if __name__ == "__main__":
    main()
