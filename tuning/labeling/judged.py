"""What people have judged, from ``judgements.jsonl`` of a workspace: one judgement a line.

    {"id", "created", "annotator", "release", "question", "verdict", "answer", "better_answer",
     "document_id", "page", "quote", "evidence_ids", "tags"}

A verdict is "right", "wrong" or another word that says neither; fields that are missing are empty. Leaves
what a judgement says of an item to ``tuning.labeling.library.people``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SourceError
from rag.fingerprints import fingerprint

_RIGHT = frozenset({"right", "correct", "good", "yes", "up"})
_WRONG = frozenset({"wrong", "incorrect", "bad", "no", "down"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A person's judgement of an answer: ``right`` is None where the verdict says neither.

    ``page`` is 0-based; ``evidence`` are ids of chunks that bear the right answer.
    """

    annotator: str
    question: str
    right: bool | None
    answer: str = ""
    better: str = ""
    document: str = ""
    page: int | None = None
    quote: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgements:
    """All judgements, by question without regard to case and spaces."""

    by_question: Mapping[str, tuple[Judgement, ...]]

    @property
    def annotators(self) -> tuple[str, ...]:
        """Who judged."""
        return tuple(sorted({one.annotator for group in self.by_question.values() for one in group}))

    @property
    def fingerprint(self) -> str:
        """Identity of what was judged."""
        rows = [[key, [str(one) for one in group]] for key, group in sorted(self.by_question.items())]
        return fingerprint({"judgements": rows})

    def of(self, question: str, annotator: str) -> tuple[Judgement, ...]:
        """What a person judged of a question."""
        return tuple(one for one in self.by_question.get(_key(question), ()) if one.annotator == annotator)


def read_judgements(path: Path) -> Judgements:
    """The judgements of a file; none where there is no file.

    Raises:
        SourceError: it cannot be read, or a line is none of ours; the line is named.
    """
    groups: dict[str, list[Judgement]] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the file") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            one = _judgement(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SourceError(f"{path}:{number} is no judgement: {error}", "correct the line") from error
        groups.setdefault(_key(one.question), []).append(one)
    return Judgements({key: tuple(group) for key, group in groups.items()})


def _judgement(row: Mapping[str, object]) -> Judgement:
    verdict = str(row.get("verdict") or "").strip().casefold()
    page = row.get("page")
    evidence = row.get("evidence_ids")
    return Judgement(
        annotator=str(row["annotator"]),
        question=str(row["question"]),
        right=True if verdict in _RIGHT else False if verdict in _WRONG else None,
        answer=str(row.get("answer") or ""),
        better=str(row.get("better_answer") or ""),
        document=str(row.get("document_id") or ""),
        page=page if isinstance(page, int) else None,
        quote=str(row.get("quote") or ""),
        evidence=tuple(map(str, evidence)) if isinstance(evidence, list) else (),
    )


def _key(question: str) -> str:
    return " ".join(question.casefold().split())
