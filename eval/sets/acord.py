"""ACORD: lawyers' queries for clauses, each clause graded from 0 to 4 against a query.

Source: Wang et al., "ACORD: An Expert-Annotated Retrieval Dataset for Legal Contract Drafting", ACL 2025.
Licence: CC BY 4.0. Published form: BEIR files (``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``),
nDCG over the clauses that were judged for the query, a third of all: among the others are many that nobody
judged and that answer as well. That is scope "single"; "shared" searches them all. Every clause is a
document of its own here, so a clause counts once however many passages it has.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.papers import Paper
from eval.questions import QuestionSet, collect_questions
from eval.sets.contract import BenchSet, Documents
from rag.errors import SourceError


def _read(folder: Path) -> QuestionSet:
    graded: dict[str, list[dict[str, Any]]] = {}
    splits: dict[str, str] = {}
    for path in sorted((folder / "qrels").glob("*.tsv")):
        for query, clause, grade in _qrels(path):
            graded.setdefault(query, []).append({"doc_id": clause, "unit": 0, "grade": grade})
            splits[query] = path.stem
    lines = []
    for number, line in _lines(folder / "queries.jsonl"):
        query = str(line.get("_id", ""))
        relevant = [one for one in graded.get(query, ()) if one["grade"] > 0]
        lines.append(
            (
                number,
                {
                    "id": query,
                    "question": line.get("text"),
                    "answer_type": "none",
                    "category": (line.get("metadata") or {}).get("category") or "",
                    "split": splits.get(query, ""),
                    "evidence": relevant,
                    "pool": [one["doc_id"] for one in graded.get(query, ())],
                },
            )
        )
    return collect_questions(folder / "queries.jsonl", lines)


def _documents(folder: Path, _: QuestionSet) -> Documents:
    clauses = {str(line["_id"]): str(line["text"]) for _, line in _lines(folder / "corpus.jsonl")}
    return Documents(
        papers=tuple(Paper(name=name, title="", parts=(text,)) for name, text in clauses.items()),
        pieces={name: (text,) for name, text in clauses.items()},
    )


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "name the set's own folder") from error
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            try:
                row = json.loads(line)
            except ValueError as error:
                raise SourceError(f"{path}:{number}: not JSON: {error}", "unpack the set again") from error
            yield number, row


def _qrels(path: Path) -> Iterator[tuple[str, str, int]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t")
        next(rows, None)
        for number, row in enumerate(rows, start=2):
            try:
                query, clause, grade = row
                yield query, clause, int(grade)
            except ValueError as error:
                raise SourceError(
                    f"{path}:{number}: not a judgement: {error}", "unpack the set again"
                ) from error


ACORD = BenchSet(
    name="acord",
    title="ACORD",
    source="Wang et al. 2025, arXiv 2501.06582",
    licence="CC BY 4.0",
    read=_read,
    documents=_documents,
    scope="single",
    task="retrieve",
    headline=("ndcg@10", "ndcg@5", "precision@5"),
)
