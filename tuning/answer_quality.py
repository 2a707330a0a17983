"""How likely answers are right, of question, answer and evidence: functions vote, a label model adds up.

Nothing is needed but the three: no gold, no model of who answered. Answers to the same question are seen
beside each other. Votes are added up with what is believed of functions before anything is known
(``majority``), each weighed by how far it repeats the others. Leaves candidates of the pipeline, which have
features of their own, to ``rag.generator.quality``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import SourceError
from rag.fingerprints import hash_parts
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence, SectionId, Support
from tuning.items import AnswerItem, Asked
from tuning.label_model.fitting import DEFAULTS
from tuning.labeling import LabelStore, Resources, apply
from tuning.labeling.functions import LabelingFunction, checked
from tuning.labeling.library.own_words import own_words_functions
from tuning.labeling.library.reading import QuestionReader
from tuning.labeling.soft import label_answers

_EVIDENCE = DocumentId("evidence")


@dataclass(frozen=True, slots=True, kw_only=True)
class Triple:
    """A question, an answer to it, and the texts it is to rest on."""

    question: str
    answer: str
    evidence: tuple[str, ...]
    id: str = ""


def read_triples(path: Path) -> list[Triple]:
    """Triples of a file, one JSON object a line: ``question``, ``answer``, ``evidence`` and perhaps ``id``.

    ``evidence`` is a text, or a list of texts or of objects with a ``text``.

    Raises:
        SourceError: the file cannot be read, or a line is none of ours; the line is named.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"cannot read {path}: {error}", "check the file") from error
    found = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                found.append(_triple(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise SourceError(
                    f"{path}:{number} is no question, answer and evidence: {error!r}", "correct the line"
                ) from error
    if not found:
        raise SourceError(f"{path} holds no line", "write one JSON object a line")
    return found


def _triple(row: Any) -> Triple:  # noqa: ANN401 - JSON
    pieces = row["evidence"] if isinstance(row["evidence"], list) else [row["evidence"]]
    texts = [one["text"] if isinstance(one, dict) else one for one in pieces]
    said = [row["question"], row["answer"], *texts]
    if not all(isinstance(one, str) for one in said):
        raise TypeError("question, answer and evidence are texts")
    return Triple(
        question=row["question"], answer=row["answer"], evidence=tuple(texts), id=str(row.get("id") or "")
    )


def score_triples(
    triples: Sequence[Triple], functions: Sequence[LabelingFunction] | None = None
) -> NDArray[np.float64]:
    """``[n]``: how likely each answer is right.

    Raises:
        FunctionError: no function has anything to say of these answers.
    """
    items = [_item(one) for one in triples]
    settings = DEFAULTS.model_copy(update={"method": "majority"})
    with tempfile.TemporaryDirectory() as folder, LabelStore(Path(folder)) as store:
        labels, _ = label_answers(
            items, functions or own_words_functions(), _resources(), store, settings=settings
        )
    return np.array([one.probability for one in labels])


def triple_votes(
    triples: Sequence[Triple], functions: Sequence[LabelingFunction] | None = None
) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Names of functions, and their votes or scores ``[n, m]``; NaN where they abstain."""
    items = [_item(one) for one in triples]
    with tempfile.TemporaryDirectory() as folder, LabelStore(Path(folder)) as store:
        applied = apply(items, checked(functions or own_words_functions(), "answer"), _resources(), store)
    return tuple(one.name for one in applied.functions), applied.values


def _resources() -> Resources:
    return Resources(questions=QuestionReader())


def _item(triple: Triple) -> AnswerItem:
    """As the functions take answers: written, resting on all of the evidence."""
    chunks = [_chunk(text, place) for place, text in enumerate(triple.evidence)]
    candidate = Candidate(
        text=triple.answer,
        score=0.5,
        supports=tuple(Support(chunk_id=one.id, start=0, end=len(one.text)) for one in chunks),
        written=True,
    )
    return AnswerItem(
        question=Asked(text=triple.question, kind="log", origin="log"),
        candidate=candidate,
        evidence=tuple(Evidence(chunk=one) for one in chunks),
    )


def _chunk(text: str, place: int) -> Chunk:
    return Chunk(
        id=ChunkId(hash_parts("evidence", place, text)),
        document_id=_EVIDENCE,
        section_id=SectionId(""),
        ordinal=place,
        start=0,
        end=len(text),
        first_page=0,
        last_page=0,
        text=text,
        context="",
    )
