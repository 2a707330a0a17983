"""One gold question, and what a deal's documents offer to questions: printed quotes with their pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eval.sample.drafting import Style
from eval.sample.template import Scope
from eval.sample.terms import DealTerms, Split
from eval.sample.values import Amount, Count, Day, Percent, Value

Slice = Literal[
    "lookup", "definition_hop", "cross_reference", "table_cell", "table_arithmetic", "amendment",
    "multi_document", "not_answerable", "house_words",
]  # fmt: skip
AnswerType = Literal["number", "percent", "amount", "date", "ratio", "span", "list", "yes_no", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A document as laid out: ``stem`` is its file's, ``quotes`` map keys to (0-based page, text)."""

    stem: str
    quotes: Mapping[str, tuple[int, str]]
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """A deal with its documents; ``documents`` has "indenture", "report" and perhaps "supplement"."""

    terms: DealTerms
    scope: Scope
    documents: Mapping[str, Printed]

    @property
    def style(self) -> Style:
        """The deal's drafting style."""
        return self.scope.style


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence: the document of a deal ("indenture" …) and the key of a quote in it."""

    deal: Deal
    document: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A question without its wording; ``printed`` is the answer as the document has it, if different."""

    slice: Slice
    answer: str
    type: AnswerType
    proofs: tuple[Proof, ...]
    split: Split
    scope: tuple[str, ...] = ()
    printed: str = ""
    derivation: str = ""


def answer_type(value: Value) -> AnswerType:
    """How an answer of that kind of value is graded."""
    match value:
        case Percent():
            return "percent"
        case Amount():
            return "amount"
        case Count():
            return "number"
        case Day():
            return "date"
        case _:
            return "span"


def line(identifier: str, question: str, gold: Gold) -> str:
    """The question as one line of ``questions.jsonl``."""
    evidence: list[dict[str, str | int]] = []
    for proof in gold.proofs:
        printed = proof.deal.documents[proof.document]
        page, text = printed.quotes[proof.key]
        evidence.append({"doc_id": printed.stem, "page": page, "text": text})
    stems = list(gold.scope) or list(
        dict.fromkeys(proof.deal.documents[proof.document].stem for proof in gold.proofs)
    )
    texts = list(dict.fromkeys(text for text in (gold.printed or gold.answer, gold.answer) if text))
    row = {
        "id": identifier,
        "question": question,
        "doc_id": stems[0] if len(stems) == 1 else None,
        **({"doc_ids": stems} if len(stems) > 1 else {}),
        "answer": gold.answer,
        "answers": [{"text": text, "start": None, "end": None} for text in texts],
        "evidence": evidence,
        "answer_type": gold.type,
        "category": gold.slice,
        "split": gold.split,
        "derivation": gold.derivation,
    }
    return json.dumps(row, ensure_ascii=False)
