"""How fast labeling functions vote: pattern functions on passages, first and again.

``python -m benchmarks.votes [--items N] [--json]``. Items are made of words of contracts, 50 passages a
question; each of 20 pattern functions votes on every one. The first run registers items, votes and commits;
the second finds all votes kept. Figures are votes a minute of one process, by the clock and by the time
that one core was busy.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from rag.fingerprints import hash_parts
from rag.types import Chunk, ChunkId, DocumentId, SectionId
from tuning.items import Asked, PassageItem
from tuning.labeling import LabelingFunction, LabelStore, Resources, apply
from tuning.labeling.library.patterns import make_pattern

_WORDS = (
    "the of and any such Lender Borrower Agreement shall not Section payment interest rate date notice"
    " termination amount Note holder Trustee consent default event law State material adverse percent"
).split()
_OF_QUESTION = 50
_LENGTH = 160


def made(items: int, seed: int = 7) -> list[PassageItem]:
    """So many items of passages of 160 words."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    found = []
    for number in range(items):
        text = " ".join(draw.choices(_WORDS, k=_LENGTH)) + f" {number}"
        question = Asked(text=f"What is term {number // _OF_QUESTION}?", kind="clause", origin="file")
        chunk = Chunk(
            id=ChunkId(hash_parts(text)), document_id=DocumentId("d"), section_id=SectionId("s"),
            ordinal=number, start=0, end=len(text), first_page=0, last_page=0, text=text, context="Deed",
        )  # fmt: skip
        found.append(PassageItem(question=question, chunk=chunk, score=1.0))
    return found


def patterns() -> list[LabelingFunction]:
    """Twenty functions, each after two words in a row."""
    pairs = list(zip(_WORDS, _WORDS[7:], strict=False))[:20]
    return [make_pattern(f"p{n}", rf"\b{a}\s+{b}\b") for n, (a, b) in enumerate(pairs)]


@click.command()
@click.option("--items", default=50_000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(items: int, as_json: bool) -> None:
    """Vote on passages."""
    passages, functions = made(items), patterns()
    votes = items * len(functions)
    seconds, core = [], []
    with TemporaryDirectory() as folder:
        for _ in range(2):
            begin, busy = time.perf_counter(), time.process_time()
            with LabelStore(Path(folder)) as store:
                apply(passages, functions, Resources(), store)
            seconds.append(time.perf_counter() - begin)
            core.append(time.process_time() - busy)
        size = sum(path.stat().st_size for path in Path(folder).iterdir())
    figures = {
        "name": "votes", "votes": votes, "first_seconds": round(seconds[0], 2),
        "first_core_seconds": round(core[0], 2),
        "again_seconds": round(seconds[1], 2), "votes_per_minute": round(60 * votes / seconds[0]),
        "votes_per_core_minute": round(60 * votes / core[0]),
        "bytes_per_item": round(size / items),
    }  # fmt: skip
    if as_json:
        print(json.dumps(figures))
        return
    print(
        f"{votes} votes in {seconds[0]:.1f} s, {core[0]:.1f} s of one core:"
        f" {figures['votes_per_minute']} a minute, {figures['votes_per_core_minute']} a core's minute"
    )
    print(f"all kept: {seconds[1]:.1f} s")
    print(f"{figures['bytes_per_item']} bytes an item on disk")


if __name__ == "__main__":
    main()
