"""What weak supervision speaks of: questions to learn from, the items that functions vote on, soft labels.

    Asked ─candidates─► PassageItem | AnswerItem | PreferenceItem ─votes─► matrix ─label model─► Labelled

Ids are content hashes: the same question, passage and answer are the same item in every run, so that votes
and labels are kept by id. Leaves making questions to ``tuning.questions``, votes to ``tuning.labeling``,
label models to ``tuning.label_model``, and learning from labels to the trainers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from rag.fingerprints import fingerprint
from rag.types import Candidate, Chunk, ChunkId, DocumentId, Evidence

ItemKind = Literal["passage", "answer", "preference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A span ``[start, end)`` of a document's text."""

    document_id: DocumentId
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question to learn from, and where it comes from.

    ``kind`` is what it is about ("definition", "table_cell", "clause", …): slices are cut and the mix is
    set by it. ``origin`` says who asked: "documents" (made from their structure by the rule ``maker``),
    "log" (the service's users), "file" (a file of questions) or "llm" (one made from documents, in a language
    model's words; ``paraphrase_of`` is that one's id). ``document_ids`` are the documents
    it is asked of, None for the whole library. A question made from a document knows the ``places`` it was
    made from, which is a belief, not gold, and the ``answer`` that its maker read there; both are empty for
    others, and for a question that the documents do not answer. A ``computed`` answer was worked out from
    what stands at the places, and need not be printed there.
    """

    text: str
    kind: str
    origin: Literal["documents", "log", "file", "llm"]
    maker: str = ""
    document_ids: tuple[DocumentId, ...] | None = None
    places: tuple[Place, ...] = ()
    answer: str = ""
    computed: bool = False
    paraphrase_of: str = ""

    @property
    def id(self) -> str:
        """A hash of the text and the documents it is asked of."""
        return _question_id(self.text, self.document_ids)

    @property
    def from_documents(self) -> bool:
        """Whether it was made from documents, in whoever's words: places and answer are what a maker read."""
        return self.origin in ("documents", "llm")


@lru_cache(maxsize=4096)
def _question_id(text: str, documents: tuple[DocumentId, ...] | None) -> str:
    """Kept, because each of a question's many items asks for it."""
    return fingerprint({"text": text, "documents": documents})[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageItem:
    """A question and a chunk that may bear on it.

    ``lexical`` and ``dense`` are its ranks in the two searches, from 1, or None where it was not found;
    ``score`` is what the fusion in use gave it, comparable within the question.
    """

    question: Asked
    chunk: Chunk
    lexical: int | None = None
    dense: int | None = None
    score: float = 0.0

    @property
    def id(self) -> str:
        """A hash of question and chunk; ranks are circumstances."""
        return fingerprint({"question": self.question.id, "chunk": self.chunk.id})[:24]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """A question, a candidate answer, and the evidence its generator read.

    A candidate without supports is the refusal "not in these documents".
    """

    question: Asked
    candidate: Candidate
    evidence: tuple[Evidence, ...] = field(repr=False)

    @property
    def id(self) -> str:
        """A hash of question, answer and what it rests on; score and signals are circumstances."""
        rests_on = [(one.chunk_id, one.start, one.end) for one in self.candidate.supports]
        said = self.candidate.text if self.candidate.supports else ""
        return fingerprint({"question": self.question.id, "answer": said, "supports": rests_on})[:24]

    @property
    def words_around(self) -> str:
        """The sentences or cells that the answer rests on; empty for a refusal."""
        texts = {one.chunk.id: one.chunk.text for one in self.evidence}
        found = (texts.get(one.chunk_id, "")[one.start : one.end] for one in self.candidate.supports)
        return " … ".join(found)

    @property
    def headings(self) -> str:
        """The headings above the place it rests on first, without the document's name."""
        wanted = {one.chunk_id for one in self.candidate.supports[:1]}
        found = (one.chunk.headings for one in self.evidence if one.chunk.id in wanted)
        return next(found, "").partition(" > ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferenceItem:
    """Two answers to one question, of which one may be better."""

    first: AnswerItem
    second: AnswerItem

    @property
    def id(self) -> str:
        """A hash of the ordered pair."""
        return fingerprint({"first": self.first.id, "second": self.second.id})[:24]


Item = PassageItem | AnswerItem | PreferenceItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A passage item's soft label: how likely the passage bears the answer, by the model ``label_model``.

    What trainers of embedder, reranker and combiner learn from. ``document`` is what is held out by.
    """

    item: str
    question: Asked
    chunk_id: ChunkId
    document: DocumentId
    passage: str
    probability: float
    label_model: str
