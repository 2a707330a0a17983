"""What the harness itself costs: rankings and answers of 10,000 questions scored, then a report over them.

``python -m benchmarks.scoring [--json]``. Made-up rankings of 100 hits over 200 documents, no pipeline; CPU
seconds of one process.
"""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace

import click

from eval.judgements import JudgedSpan, Judgement
from eval.metrics.answers import Gold, grade
from eval.report import make_report
from eval.runs import Header, RankedChunk, Row, Run
from eval.scoring import score_outcome, score_ranking
from rag.types import Answer, DocumentId

QUESTIONS = 10_000
HITS = 100
DOCUMENTS = 200
PASSAGE = 900


def made(rng: random.Random) -> tuple[Judgement, tuple[RankedChunk, ...]]:
    """A judgement of two spans and a ranking, in which the evidence stands anywhere or nowhere."""
    document = f"d{rng.randrange(DOCUMENTS)}"
    places = rng.sample(range(3 * HITS), HITS)
    hits = tuple(
        RankedChunk(
            chunk_id=f"{document}:{place}",
            document_id=document,
            first_page=place // 3,
            last_page=(place + 1) // 3,
            start=PASSAGE * place,
            end=PASSAGE * (place + 1),
            score=-float(rank),
        )
        for rank, place in enumerate(places)
    )
    gold = rng.sample(range(3 * HITS), 2)
    spans = tuple(
        JudgedSpan(document=DocumentId(document), start=PASSAGE * place + 50, end=PASSAGE * place + 400)
        for place in gold
    )
    return (
        Judgement(
            documents=(DocumentId(document),),
            spans=spans,
            relevant={f"{document}:{place}": 1 for place in gold},
            pages=frozenset((document, place // 3) for place in gold),
        ),
        hits,
    )


def row(number: int, judgement: Judgement, hits: tuple[RankedChunk, ...], given: str) -> Row:
    """One question scored as the harness does it."""
    gold = Gold(kind="number", texts=("$1,577 million",))
    outcome = Answer(text=given, confidence=0.9, citations=())
    marks = grade(gold, outcome)
    return Row(
        question_id=str(number),
        question="What was the figure?",
        gold=gold.texts,
        kind=gold.kind,
        facets={"category": str(number % 8)},
        cluster=judgement.documents[0],
        outcome="answered",
        text=given,
        hits=hits,
        values=score_ranking(judgement, hits) | score_outcome(judgement, outcome, marks),
    )


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def main(as_json: bool) -> None:
    """Time scoring and reporting."""
    rng = random.Random(7)  # noqa: S311 - made-up rankings
    questions = [(*made(rng), f"It was {rng.randrange(2000):,} million.") for _ in range(QUESTIONS)]
    begin = time.process_time()
    rows = [row(number, *question) for number, question in enumerate(questions)]
    scored = time.process_time()
    header = Header(
        name="made-up", scope="single", task="ask", questions="", source={}, selection={}, fingerprints={},
        settings={}, seed=0, started_at="", seconds=0.0, commit="", machine={}, libraries={},
    )  # fmt: skip
    report = make_report(replace(Run(header=header, rows=()), rows=tuple(rows)), ["category"])
    reported = time.process_time()
    found = {
        "name": "scoring",
        "n": QUESTIONS,
        "hits": HITS,
        "score_cpu_s": round(scored - begin, 2),
        "report_cpu_s": round(reported - scored, 2),
        "measures": len(report.measures),
        "slices": len(report.slices),
    }
    if as_json:
        print(json.dumps(found))
        return
    print(f"{QUESTIONS:,} questions x {HITS} hits: scored in {found['score_cpu_s']} CPU s")
    print(
        f"{found['measures']} measures over all and {found['slices']} slices: {found['report_cpu_s']} CPU s"
    )


if __name__ == "__main__":
    main()
