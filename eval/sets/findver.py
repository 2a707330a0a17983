"""FinDVer: claims about 10-K and 10-Q filings, entailed or refuted, with evidence paragraphs.

Source: Zhao et al., "FinDVer: Explainable Claim Verification over Long and Hybrid-Content Financial
Documents", EMNLP 2024. Licence: none stated; measure only. Published form: recall of the evidence paragraphs
among the first ten of the claim's own filing (``recall@10``), accuracy of the label.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.papers import Paper
from eval.questions import QuestionSet, read_questions
from eval.sets.contract import BenchSet, Documents, Published, folder_documents, questions_file
from rag.errors import SourceError

_ALL = "all 694 claims"


def adapt(row: dict[str, Any]) -> dict[str, Any]:
    """A line in our form: the claim is the question, entailed is yes; paragraphs are the set's own pieces."""
    name = str(row["doc_id"]).removesuffix(".json")
    return {
        "id": row["id"],
        "question": row["statement"],
        "doc_id": name,
        "answer": {"entailed": "yes", "refuted": "no"}[row["label"]],
        "answer_type": "yes_no",
        "evidence": [{"doc_id": name, "unit": number} for number in row["evidence_ids"]],
        "category": row.get("subset") or "",
        "label": row["label"],
        "split": row.get("split") or "",
    }


def _read(folder: Path) -> QuestionSet:
    return read_questions(questions_file(folder), adapt)


def _documents(folder: Path, _: QuestionSet) -> Documents:
    papers, pieces = [], {}
    for path in folder_documents(folder, ".json"):
        try:
            filing = json.loads(path.read_text(encoding="utf-8"))
            parts = sorted(filing["context"], key=lambda part: part["id"])
            texts = tuple(str(part["text"]) for part in parts)
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(
                f"{path} is not a filing of FinDVer: {error}", "unpack the set again"
            ) from error
        pieces[path.stem] = texts
        papers.append(Paper(name=path.stem, title=_title(filing, path.stem), parts=tuple(_split(texts))))
    return Documents(papers=tuple(papers), pieces=pieces)


def _title(filing: Mapping[str, Any], name: str) -> str:
    return f"{filing.get('report_type') or ''} {name.replace('_', ' ')}".strip()


def _split(texts: tuple[str, ...]) -> list[str | tuple[tuple[str, ...], ...]]:
    r"""Paragraphs, and tables where lines are cells between bars.

    >>> _split(("Total assets", "In millions\n| 2023 | 2022 |\n| 5 | 4 |"))
    ['Total assets', 'In millions', (('2023', '2022'), ('5', '4'))]
    """
    parts: list[str | tuple[tuple[str, ...], ...]] = []
    for text in texts:
        table: list[tuple[str, ...]] = []
        for line in [*text.split("\n"), ""]:
            if line.startswith("|"):
                table.append(tuple(cell.strip() for cell in line.strip("| ").split("|")))
                continue
            if table:
                parts.append(tuple(table))
                table = []
            if line.strip():
                parts.append(line)
    return parts


FINDVER = BenchSet(
    name="findver",
    title="FinDVer",
    source="Zhao et al. 2024, arXiv 2411.06764",
    licence="none stated, measure only",
    read=_read,
    documents=_documents,
    headline=("recall@10", "accuracy"),
    published=(
        Published(measure="recall@10", value=0.652, system="BM25", note=_ALL),
        Published(measure="recall@10", value=0.680, system="text-embedding-3-large", note=_ALL),
    ),
)
