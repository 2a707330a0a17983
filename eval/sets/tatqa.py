"""TAT-QA: questions about a table and its paragraphs from annual reports, most of them computed.

Source: Zhu et al., "TAT-QA: A Question Answering Benchmark on a Hybrid of Tabular and Textual Content in
Finance", ACL 2021. Licence: CC BY 4.0. Published form: exact match and F1 of answer and scale
(``eval.metrics.hybrid``), the table and paragraphs given (scope single). ``forced_em`` and ``forced_f1`` are
those of the best candidate however unsure, since the paper's systems always answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.metrics.hybrid import hybrid_scores
from eval.questions import QuestionSet, read_questions
from eval.sets.contexts import best_text, context_documents, context_name
from eval.sets.contract import BenchSet, Documents, Published, questions_file
from rag.types import Answer, Response


def adapt(row: dict[str, Any]) -> dict[str, Any]:
    """A line in our form; the evidence are rows of the table and paragraphs, by their place."""
    facts = row.get("supporting_facts") or []
    name, order = context_name(row), _order(row)
    return {
        **{key: value for key, value in row.items() if key != "contexts"},
        "doc_id": name,
        "req_comparison": "yes" if row.get("req_comparison") else "no",
        "evidence": [{"doc_id": name, "unit": order[fact]} for fact in facts],
    }


def _order(row: Mapping[str, Any]) -> dict[str, int]:
    """Where each named fact stands among the pieces of its context."""
    names: list[str] = []
    for part in row["contexts"]:
        rows = part.get("rows")
        names += [f"table_row_{n}" for n in range(len(rows))] if rows is not None else [part["id"]]
    return {name: number for number, name in enumerate(names)}


def _score(line: Mapping[str, Any], response: Response) -> dict[str, float]:
    given = response.outcome.text if isinstance(response.outcome, Answer) else ""
    answer = line["answer"] if isinstance(line["answer"], list) else [line["answer"]]
    computed = line.get("answer_type") in ("arithmetic", "count")
    gold, scale = [str(one) for one in answer], str(line.get("scale") or "")
    em, f1 = hybrid_scores(given, gold, scale, computed=computed)
    forced_em, forced_f1 = hybrid_scores(best_text(response), gold, scale, computed=computed)
    return {"em": em, "f1": f1, "forced_em": forced_em, "forced_f1": forced_f1}


def _read(folder: Path) -> QuestionSet:
    return read_questions(questions_file(folder), adapt)


def _documents(_: Path, questions: QuestionSet) -> Documents:
    return context_documents(questions.rows.values())


TATQA = BenchSet(
    name="tatqa",
    title="TAT-QA",
    source="Zhu et al. 2021, arXiv 2105.07624",
    licence="CC BY 4.0",
    read=_read,
    documents=_documents,
    scorers=(_score,),
    own_measures=("em", "f1", "forced_em", "forced_f1"),
    headline=("em", "f1", "forced_em", "forced_f1", "accuracy", "recall@5"),
    published=(
        Published(measure="em", value=0.501, system="TagOp", note="test split, trained on 13,215 questions"),
        Published(measure="f1", value=0.580, system="TagOp", note="test split, trained on 13,215 questions"),
    ),
)
