"""Evaluation sets: ``questions.jsonl``, one question a line, with gold answers and where they stand.

    {"id", "question", "doc_id" | "doc_ids" | null, "answer", "answers": [{"text", "start", "end"}],
     "evidence": [{"doc_id", "page", "text", "start", "end"}], "answer_type", "category", "split", …}

Pages are 0-based, offsets are into the loader's text. Evidence without a document stands in the question's;
without evidence, the ``answers`` with offsets are the evidence. A missing ``answer_type`` is inferred; every
other short field with a word for a value may serve as a slice. All that is wrong with a file is collected,
and reported where the judgements are checked against a library, together with documents that it lacks and
spans that do not fit (``eval.judgements``). Which splits may be read when is said in ``eval.splits``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.metrics.answers import Gold, Kind, infer_kind
from eval.metrics.numbers import scale_hint
from eval.splits import half_of, refuse_in_training
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
    """Where a gold answer stands, as the set says it: a quote, a page, a span, or several of these.

    ``unit`` numbers a piece of the set's own cutting (``eval.units``), ``grade`` says how relevant, from 1.
    """

    document: str
    text: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None
    unit: int | None = None
    grade: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; ``documents`` are the names it is about, none for the whole library.

    ``pool`` are the names of all documents judged for a question about none in particular, where a set ranks
    those only: what nobody judged would count as wrong. ``facets`` are the fields that questions can be
    sliced by (category, split, answer_type, …).
    """

    id: str
    text: str
    documents: tuple[str, ...]
    gold: Gold
    evidence: tuple[Evidence, ...]
    pool: tuple[str, ...] = ()
    facets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    """A file of questions; ``fingerprint`` is a hash of its bytes.

    ``problems`` are its malformed lines and duplicate ids, each with file, line and field: nothing is asked
    of a set that has any (``eval.judgements.project`` reports them with those of the library). ``rows`` are
    the lines as the file has them, by question id, for measures that a set has of its own.
    """

    name: str
    path: Path
    fingerprint: str
    questions: tuple[Question, ...]
    problems: tuple[str, ...] = ()
    rows: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def checked(self) -> QuestionSet:
        """This set, if its file has no problem.

        Raises:
            SourceError: it has; the first five are named.
        """
        if self.problems:
            raise too_many(self.problems, "correct these lines")
        return self


def too_many(problems: Sequence[str], remedy: str) -> SourceError:
    """The error that reports problems of a set together: how many, and the first five."""
    shown = "; ".join(problems[:_SHOWN])
    more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
    count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return SourceError(f"{count}, nothing was done: {shown}{more}", remedy)


Adapter = Callable[[dict[str, Any]], Mapping[str, Any]]
"""A public set's line to one of the form above; KeyError and TypeError say that a field is missing or odd."""


def read_questions(
    path: Path, adapt: Adapter = lambda row: row, *, keep: Callable[[Mapping[str, Any]], bool] | None = None
) -> QuestionSet:
    """Read and check a whole file; ``adapt`` brings the lines of another form into ours.

    Lines that ``keep`` does not hold for are left behind unread.

    Raises:
        SourceError: it cannot be read, or has no question.
        HeldOutError: inside ``eval.splits.training()`` it has questions that are for measuring.
    """
    try:
        data = path.read_bytes()
        lines = data.decode("utf-8").split("\n")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}", "check the path") from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{path} is not UTF-8 text: {error}", "save it as UTF-8") from error
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    return _collect(path, hash_bytes(data), numbered, adapt, keep)


def collect_questions(path: Path, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> QuestionSet:
    """A set from objects in our form that were read elsewhere, each with its line in ``path``.

    Raises:
        SourceError: there is none.
        HeldOutError: as ``read_questions``.
    """
    numbered = [(number, json.dumps(row, sort_keys=True)) for number, row in rows]
    content = hash_bytes("\n".join(line for _, line in numbered).encode())
    return _collect(path, content, numbered, lambda row: row, None)


def _collect(
    path: Path,
    content: str,
    numbered: Sequence[tuple[int, str]],
    adapt: Adapter,
    keep: Callable[[Mapping[str, Any]], bool] | None,
) -> QuestionSet:
    questions, problems, first_seen = [], [], dict[str, int]()
    rows: dict[str, Mapping[str, Any]] = {}
    for number, line in numbered:
        fields = _Fields()
        row = fields.row(line)
        if keep is not None and row is not None and not keep(row):
            continue
        question = None if row is None else fields.question(row, adapt)
        problems += [f"{path}:{number}: {problem}" for problem in fields.problems]
        if question is None or row is None:
            continue
        if question.id in first_seen:
            problems.append(f"{path}:{number}: id: {question.id!r} is also on line {first_seen[question.id]}")
        first_seen.setdefault(question.id, number)
        questions.append(question)
        rows[question.id] = row
    if not questions and not problems:
        raise SourceError(f"{path} holds no question", "write one JSON object a line")
    refuse_in_training((question.facets.get("split", "") for question in questions), str(path))
    return QuestionSet(
        name=path.resolve().parent.name if path.stem in ("questions", "queries") else path.stem,
        path=path,
        fingerprint=content,
        questions=tuple(questions),
        problems=tuple(problems),
        rows=rows,
    )


class _Fields:
    """Reads the fields of one line and collects what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def row(self, line: str) -> dict[str, Any] | None:
        """The object of a line, or None where it is none."""
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            self.problems.append(f"not JSON: {error}")
            return None
        if not isinstance(row, dict):
            self.problems.append("not a JSON object")
            return None
        return row

    def question(self, raw: dict[str, Any], adapt: Adapter) -> Question | None:
        """The question of a line's object, or None where there are problems."""
        try:
            row = adapt(raw)
        except KeyError as error:
            self.problems.append(f"{error.args[0]}: missing")
            return None
        except (TypeError, ValueError, AttributeError) as error:
            self.problems.append(f"not a line of this set: {error}")
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
        pool = self._names(row, "pool")
        if self.problems:
            return None
        return Question(
            id=name,
            text=text,
            documents=documents,
            gold=gold,
            evidence=tuple(evidence),
            pool=pool,
            facets={**_facets(row, gold.kind), **_half(raw)},
        )

    def _string(self, row: Mapping[str, Any], key: str) -> str:
        value = row.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problems.append(f"{key}: a text is needed, not {value!r:.60}")
            return ""
        return value

    def _documents(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        if row.get("doc_id") is not None:
            return (self._string(row, "doc_id"),)
        return self._names(row, "doc_ids")

    def _names(self, row: Mapping[str, Any], key: str) -> tuple[str, ...]:
        names = row.get(key)
        if names is None:
            return ()
        if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
            self.problems.append(f"{key}: a list of names is needed, not {names!r:.60}")
            return ()
        return tuple(names)

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
        return Gold(kind=rule, texts=tuple(texts), hint=scale_hint(question), question=question)

    def _evidence(self, item: Mapping[str, Any], where: str, documents: Sequence[str]) -> Evidence:
        document = item.get("doc_id") or (documents[0] if len(documents) == 1 else None)
        if not isinstance(document, str):
            self.problems.append(f"{where}.doc_id: missing, and the question does not name one document")
            document = ""
        numbers = {key: self._count(item, key, where) for key in ("page", "start", "end", "unit")}
        grade = self._count(item, "grade", where)
        if (numbers["start"] is None) != (numbers["end"] is None):
            self.problems.append(f"{where}: start and end come together")
        elif numbers["start"] is not None and numbers["end"] is not None:
            if numbers["start"] >= numbers["end"]:
                self.problems.append(f"{where}: start {numbers['start']} is not before end {numbers['end']}")
        elif numbers["page"] is None and numbers["unit"] is None:
            self.problems.append(f"{where}: a page or a span is needed")
        return Evidence(
            document=document,
            text=str(item.get("text") or ""),
            grade=1 if grade is None else grade,
            **numbers,
        )

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


def _half(raw: Mapping[str, Any]) -> dict[str, str]:
    """The half that a line of a halved set is in: figures are reported of what was not learned from."""
    half = half_of(raw)
    return {} if half is None else {"half": half}


def _facets(row: Mapping[str, Any], kind: Kind) -> dict[str, str]:
    facets = {
        key: value
        for key, value in row.items()
        if isinstance(value, str) and key not in _NOT_SLICES and 0 < len(value) <= _SLICE_CHARS
    }
    return {**facets, "answer_type": facets.get("answer_type", kind)}
