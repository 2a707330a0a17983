"""What rerankers do to the first stage's lists on public sets, by rule of combination and number of hits.

    COVENANT_DATA=DIR COVENANT_CACHE=DIR python -m benchmarks.reranking SET SCOPE [--adapter DIR] [--limit N]

Prints one JSON object a line: rule, hits reranked, and the set's measures with intervals. Nothing is trained.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import click
import numpy as np

from eval.bench import find_units, index_documents, set_folder
from eval.harness import Plan, choose, run_questions
from eval.report import make_report
from eval.runs import Scope
from eval.sets import SETS
from ingest.progress import Silent
from rag import reranker
from rag.assembly import open_pipeline
from rag.protocols import Reranker, Scores
from rag.retriever import Retriever
from rag.settings import LateInteractionSettings, Settings
from rag.types import DocumentId, Hit, Query

MEASURES = (
    "page_hit@5",
    "recall@10",
    "hit@1",
    "hit@5",
    "mrr",
    "ndcg@10",
    "char_precision@1",
    "char_recall@8",
)
DEPTHS = (10, 20, 30)
Rule = Callable[[Scores], Scores]


def first(scores: Scores) -> Scores:
    """The first stage's order."""
    return -np.arange(len(scores), dtype=np.float32)


def by_rank(weight: float, k: int) -> Rule:
    """Reciprocal ranks of both orders, the reranker's weighing ``weight``."""

    def rule(scores: Scores) -> Scores:
        ranks = np.empty(len(scores))
        ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
        before = np.arange(1, len(scores) + 1)
        return (1.0 / (k + before) + weight / (k + ranks)).astype(np.float32)

    return rule


def by_z(weight: float, k: int = 60) -> Rule:
    """Reciprocal rank and reranker's score, each standardised over the list; ``weight`` is the latter's."""

    def rule(scores: Scores) -> Scores:
        before = (1.0 / (k + np.arange(1, len(scores) + 1))).astype(np.float32)
        return (_standard(before) + weight * _standard(scores)).astype(np.float32)

    return rule


def _standard(values: Scores) -> Scores:
    standard: Scores = (values - values.mean()) / (values.std() + 1e-9)
    return standard


def by_score(weight: float) -> Rule:
    """The reranker's score less ``weight`` for each factor e of the first stage's rank."""
    return lambda scores: (scores - weight * np.log(np.arange(1, len(scores) + 1))).astype(np.float32)


RULES: dict[str, Rule] = {
    "first": first,
    "pure": lambda scores: scores,
    **{f"rank:{w}:{k}": by_rank(w, k) for w in (0.5, 1.0, 2.0) for k in (5, 60)},
    **{f"z:{w}": by_z(w) for w in (0.5, 1.0, 2.0)},
    **{f"score:{w}": by_score(w) for w in (0.005, 0.01, 0.02, 0.04, 0.08)},
}


@dataclass
class Remembered:
    """A reranker whose scores are computed once a pair; a rule makes the order from them and the first's."""

    inner: Reranker
    rule: Rule = field(default=first)
    scores: dict[tuple[str, str], float] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """The inner one's."""
        return self.inner.fingerprint

    def score(self, query: str, passages: Sequence[str]) -> Scores:
        """``[n]`` by the rule."""
        missing = [p for p in passages if (query, p) not in self.scores]
        for passage, score in zip(missing, self.inner.score(query, missing), strict=True):
            self.scores[query, passage] = float(score)
        return self.rule(np.array([self.scores[query, p] for p in passages], dtype=np.float32))


@dataclass(frozen=True)
class RememberedRetriever(Retriever):
    """A retriever that searches once a question."""

    found: dict[Query, tuple[Hit, ...]] = field(default_factory=dict)

    def retrieve(self, query: Query, preferred: Sequence[DocumentId] = ()) -> tuple[Hit, ...]:
        """As the retriever's own."""
        if query not in self.found:
            self.found[query] = Retriever.retrieve(self, query, preferred)
        return self.found[query]


@click.command()
@click.argument("name", type=click.Choice(sorted(SETS)))
@click.argument("scope", type=click.Choice(get_args(Scope)))
@click.option("--data", envvar="COVENANT_DATA", type=click.Path(path_type=Path), required=True)
@click.option("--cache", envvar="COVENANT_CACHE", type=click.Path(path_type=Path), required=True)
@click.option("--adapter", type=click.Path(path_type=Path), default=None)
@click.option("--limit", type=int, default=0, help="So many answerable questions, drawn by seed; 0: all.")
@click.option("--rules", default="", help="Separated by commas; all by default.")
def main(
    name: str, scope: Scope, data: Path, cache: Path, adapter: Path | None, limit: int, rules: str
) -> None:
    """Measure one set."""
    one = SETS[name]
    folder = set_folder(name, data, cache)
    everything = one.read(folder).checked()
    documents = one.documents(folder, everything)
    held_out = choose(everything, held_out=True)
    asked = [question for question in held_out.questions if question.evidence]
    random.Random(0).shuffle(asked)  # noqa: S311
    questions = replace(held_out, questions=tuple(asked[: limit or None]))
    settings = Settings()
    workspace = index_documents(one.name, documents, cache, settings, Silent())
    inner = reranker.load(LateInteractionSettings(adapter=adapter, cache_mb=2048))
    assert inner is not None  # noqa: S101 - this kind always is one
    remembered = Remembered(inner)
    with open_pipeline(workspace, settings) as pipeline:
        plan = Plan(scope=scope, task="retrieve", units=find_units(documents, pipeline.catalog))
        own = pipeline.retriever
        remembering = RememberedRetriever(own.index, own.embedder, own.glossary, own.settings)
        for depth in sorted(DEPTHS, reverse=True):
            for label in rules.split(",") if rules else RULES:
                if label == "first" and depth != max(DEPTHS):
                    continue
                remembered.rule = RULES[label]
                shaped = replace(
                    pipeline,
                    retriever=remembering,
                    reranker=remembered,
                    retrieval=settings.retrieval.model_copy(update={"reranked": depth}),
                )
                run = run_questions(shaped, questions, plan)
                measures = make_report(run, strata=one.strata).measures
                shown = {
                    m: [round(v, 4) for v in (measures[m].value, measures[m].low, measures[m].high)]
                    for m in MEASURES
                    if m in measures and not math.isnan(measures[m].value)
                }
                line = {"set": name, "scope": scope, "n": len(run.rows), "rule": label, "hits": depth}
                print(json.dumps({**line, **shown}), flush=True)


if __name__ == "__main__":
    main()
