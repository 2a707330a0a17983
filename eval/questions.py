"""Evaluation sets: ``questions.jsonl``, one question a line, with gold answers and where they stand.

    {"id", "question", "doc_id" | "doc_ids" | null, "answer", "answers": [{"text", "start", "end"}],
     "evidence": [{"doc_id", "page", "text", "start", "end"}], "answer_type", "category", "split", …}

Pages are 0-based, offsets are into the loader's text. Evidence without a document stands in the question's;
without evidence, the ``answers`` with offsets are the evidence. A missing ``answer_type`` is inferred; every
other short field with a word for a value may serve as a slice. All that is wrong with a file is reported at
once. Whether documents exist and spans fit is checked where they are used (``eval.judgements``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.metrics.answers import Gold, Kind, infer_kind
from eval.metrics.numbers import scale_hint
from rag.errors import SourceError
from rag.fingerprints import hash_bytes

KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("number", "arithmetic", "count", "amount", "money", "percent", "ratio"), "number"),
    "date": "date",
    **dict.fromkeys(("yes_no", "boolean"), "yes_no"),
    **dict.fromkeys(("list", "multi-span", "set"), "list"),
    **dict.fromkeys(("span", "name", "term", "clause"), "span"),
    **dict.fromkeys(("text", "explanation"), "text"),
    **dict.fromkeys(("none", "unanswerable", "not_answerable"), "none"),
}  # fmt: skip
"""What sets call their answer types, and the rule each is graded by."""

_NOT_SLICES = {"id", "question", "answer", "justification", "doc_file", "url", "derivation", "program"}
_SLICE_CHARS = 80
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where a gold answer stands, as the set says it: a quote, a page, a span, or several of these."""

    document: str
    text: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; ``documents`` are the names it is about, none for the whole library.

    ``facets`` are the fields that questions can be sliced by (category, split, answer_type, …).
    """

    id: str
    text: str
    documents: tuple[str, ...]
    gold: Gold
    evidence: tuple[Evidence, ...]
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A file of questions; ``fingerprint`` is a hash of its bytes."""

    name: str
    path: Path
    fingerprint: str
    questions: tuple[Question, ...]


def read_questions(path: Path) -> QuestionSet:
    """Read and check a whole file.

    Raises:
        SourceError: it cannot be read, has no question, or has malformed lines or duplicate ids; the
            message names file, line and field of the first five and says how many there are.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8").split("\n")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "check the path") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text: {error}", "save it as UTF-8") from error
    questions, problems = _parse(lines)
    if problems:
        shown = "; ".join(f"{path}:{problem}" for problem in problems[:_SHOWN])
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise SourceError(f"{len(problems)} problems in questions: {shown}{more}", "correct these lines")
    if not questions:
        raise SourceError(f"{path} holds no question", "write one JSON object a line")
    return QuestionSet(
        name=path.resolve().parent.name if path.stem == "questions" else path.stem,
        path=path,
        fingerprint=hash_bytes(data),
        questions=tuple(questions),
    )


def _parse(lines: Sequence[str]) -> tuple[list[Question], list[str]]:
    questions, problems, first_seen = [], [], dict[str, int]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = _Fields()
        question = fields.question(line)
        problems += [f"{number}: {problem}" for problem in fields.problems]
        if question is None:
            continue
        if question.id in first_seen:
            problems.append(f"{number}: id: {question.id!r} is also on line {first_seen[question.id]}")
        first_seen.setdefault(question.id, number)
        questions.append(question)
    return questions, problems


class _Fields:
    """Reads the fields of one line and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def question(self, line: str) -> Question | None:
        """The question of a line, or None where there are problems."""
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            self.problems.append(f"not JSON: {error}")
            return None
        if not isinstance(row, dict):
            self.problems.append("not a JSON object")
            return None
        name, text = self._string(row, "id"), self._string(row, "question")
        documents = self._documents(row)
        answers = self._items(row, "answers")
        gold = self._gold(row, answers, text)
        evidence = [
            self._evidence(item, f"evidence[{i}]", documents)
            for i, item in enumerate(self._items(row, "evidence"))
        ] or [
            self._evidence(item, f"answers[{i}]", documents)
            for i, item in enumerate(answers)
            if item.get("start") is not None
        ]
        if self.problems:
            return None
        return Question(
            id=name,
            text=text,
            documents=documents,
            gold=gold,
            evidence=tuple(evidence),
            facets=_facets(row, gold.kind),
        )

    def _string(self, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problems.append(f"{key}: a text is needed, not {value!r:.60}")
            return ""
        return value

    def _documents(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        one, many = row.get("doc_id"), row.get("doc_ids")
        if one is not None:
            return (self._string(row, "doc_id"),)
        if many is None:
            return ()
        if not isinstance(many, list) or not all(isinstance(name, str) and name for name in many):
            self.problems.append(f"doc_ids: a list of names is needed, not {many!r:.60}")
            return ()
        return tuple(many)

    def _items(self, row: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        items = row.get(key) or []
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            self.problems.append(f"{key}: a list of objects is needed, not {items!r:.60}")
            return []
        return items

    def _gold(self, row: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], question: str) -> Gold:
        kind = row.get("answer_type")
        if kind is not None and kind not in KINDS:
            self.problems.append(f"answer_type: {kind!r} is none of {', '.join(KINDS)}")
            return Gold(kind="none")
        value = row.get("answer")
        if value is None and KINDS.get(str(kind)) == "yes_no":
            value = row.get("yes_no")
        if isinstance(value, dict):
            self.problems.append(f"answer: a text, a number or a list is needed, not {value!r:.60}")
            return Gold(kind="none")
        scale = row.get("scale") or ""
        values = value if isinstance(value, list) else [] if value is None else [value]
        texts = [_printed(v, scale) for v in values] or [str(a.get("text") or "") for a in answers]
        texts = [text for text in texts if text.strip()]
        rule = KINDS[kind] if kind is not None else infer_kind(texts)
        if rule == "none":
            return Gold(kind="none")
        if not texts:
            self.problems.append(f"answer: missing, but answer_type is {kind!r} (none means not answerable)")
        return Gold(kind=rule, texts=tuple(texts), hint=scale_hint(question))

    def _evidence(self, item: Mapping[str, Any], where: str, documents: Sequence[str]) -> Evidence:
        document = item.get("doc_id") or (documents[0] if len(documents) == 1 else None)
        if not isinstance(document, str):
            self.problems.append(f"{where}.doc_id: missing, and the question does not name one document")
            document = ""
        numbers = {key: self._count(item, key, where) for key in ("page", "start", "end")}
        if (numbers["start"] is None) != (numbers["end"] is None):
            self.problems.append(f"{where}: start and end come together")
        elif numbers["start"] is not None and numbers["end"] is not None:
            if numbers["start"] >= numbers["end"]:
                self.problems.append(f"{where}: start {numbers['start']} is not before end {numbers['end']}")
        elif numbers["page"] is None:
            self.problems.append(f"{where}: a page or a span is needed")
        return Evidence(document=document, text=str(item.get("text") or ""), **numbers)

    def _count(self, item: Mapping[str, Any], key: str, where: str) -> int | None:
        value = item.get(key)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0):
            return value
        self.problems.append(f"{where}.{key}: a number from 0 is needed, not {value!r:.60}")
        return None


def _printed(value: object, scale: str) -> str:
    """A JSON value as an answer's text; a set that keeps a number's scale apart gets it back."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value} {scale}".strip()


def _facets(row: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    facets = {
        key: value
        for key, value in row.items()
        if isinstance(value, str) and key not in _NOT_SLICES and 0 < len(value) <= _SLICE_CHARS
    }
    return {**facets, "answer_type": facets.get("answer_type", kind)}
