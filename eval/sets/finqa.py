"""FinQA: questions about a table and its text from earnings reports, answered by arithmetic programs.

Source: Chen et al., "FinQA: A Dataset of Numerical Reasoning over Financial Data", EMNLP 2021. Licence: MIT.
Published form: execution accuracy on the program's value (``exe_ans``), text and table given (scope single).
A system that prints an answer instead of a program is right where its figure is the program's value to the
places it prints (``eval.metrics.programs``). ``forced_execution_accuracy`` is that of the best candidate
however unsure, since the paper's systems always answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eval.metrics.programs import executes_to
from eval.questions import QuestionSet, read_questions
from eval.sets.contexts import best_text, context_documents, context_name
from eval.sets.contract import BenchSet, Documents, Published, questions_file
from rag.types import Answer, Response


def adapt(row: dict[str, Any]) -> dict[str, Any]:
    """A line in our form; the evidence are rows of the table and sentences, by their place."""
    name, order = context_name(row), _order(row)
    boolean = row.get("answer_type") == "boolean"
    dropped = {"contexts", "scale", "retrieved_facts_cbr", "exe_ans"}
    return {
        **{key: value for key, value in row.items() if key not in dropped},
        "doc_id": name,
        "answer": row["answer"] if boolean else str(row["exe_ans"]),
        "steps": str(row.get("n_steps") or ""),
        "evidence": [
            {"doc_id": name, "unit": order[fact]}
            for fact in row.get("supporting_facts") or ()
            if fact in order
        ],
    }


def _order(row: Mapping[str, Any]) -> dict[str, int]:
    """Where each named fact stands among the pieces of its context."""
    names: list[str] = []
    for part in row["contexts"]:
        rows = part.get("rows")
        names += [f"table_{n}" for n in range(len(rows))] if rows is not None else [part["id"]]
    return {name: number for number, name in enumerate(names)}


def _score(line: Mapping[str, Any], response: Response) -> dict[str, float]:
    given = response.outcome.text if isinstance(response.outcome, Answer) else ""
    gold = str(line["exe_ans"])
    return {
        "execution_accuracy": float(executes_to(given, gold)),
        "forced_execution_accuracy": float(executes_to(best_text(response), gold)),
    }


def _read(folder: Path) -> QuestionSet:
    return read_questions(questions_file(folder), adapt)


def _documents(_: Path, questions: QuestionSet) -> Documents:
    return context_documents(questions.rows.values())


FINQA = BenchSet(
    name="finqa",
    title="FinQA",
    source="Chen et al. 2021, arXiv 2109.00122",
    licence="MIT",
    read=_read,
    documents=_documents,
    scorers=(_score,),
    own_measures=("execution_accuracy", "forced_execution_accuracy"),
    headline=("execution_accuracy", "forced_execution_accuracy", "recall@5"),
    published=(
        Published(
            measure="execution_accuracy",
            value=0.612,
            system="FinQANet",
            note="test split, trained on 6,251 questions",
        ),
    ),
)
