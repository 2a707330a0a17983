"""The wire types of judgements, regression questions and the experts' queue."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from service.judgements import Verdict
from service.replies import Reply
from service.schemas import encodable

_FEEDBACK: JsonValue = {
    "answer_id": "3f1c9a5be20d4477",
    "verdict": "wrong",
    "better_answer": "5.10%",
    "right_place": {
        "document_id": "3f1c9a5be20d4477c1aa",
        "page": 41,
        "quote": "interest at 5.10% per annum",
    },
    "tags": ["wrong period"],
    "comment": "This is the rate before the amendment.",
}
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=8000), AfterValidator(encodable)]
Tag = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]+$"),
    AfterValidator(encodable),
]
DocumentRef = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PlaceIn(_Request):
    """Where the right answer stands."""

    document_id: DocumentRef = Field(description="Id or name of a document of the library.")
    page: int = Field(ge=0, le=1_000_000, description="0-based.")
    quote: Text | None = Field(None, description="The words of the document that say it.")


class FeedbackRequest(_Request):
    """What a person says of an answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FEEDBACK]})

    answer_id: str = Field(pattern=r"^[0-9a-f]{16}$")
    verdict: Verdict
    better_answer: Text | None = Field(None, description="What would have been right.")
    right_place: PlaceIn | None = None
    tags: list[Tag] = Field([], max_length=20)
    comment: Text | None = None


class PlaceOut(Reply):
    """Where the right answer stands."""

    document_id: str
    document: str = Field(description="The document's name; its id where it is in the library no more.")
    page: int | None
    quote: str | None


class FeedbackOut(Reply):
    """A judgement."""

    id: str
    created: str = Field(description="ISO 8601.")
    annotator: str
    release: str
    question: str
    verdict: Verdict
    answer: str | None = Field(description="What was judged; null where the service abstained.")
    better_answer: str | None
    right_place: PlaceOut | None
    tags: list[str]
    comment: str | None
    answer_id: str


class FeedbackAdded(Reply):
    """The judgement is kept."""

    id: str
    question_id: str | None = Field(
        description="The regression question that it has become, if it gives one."
    )


class FeedbackReply(Reply):
    """Judgements, newest first."""

    feedback: list[FeedbackOut]


class QuestionRequest(_Request):
    """A question with its right answer."""

    question: Annotated[Text, StringConstraints(min_length=1)]
    answer: Text | None = Field(description="The right answer; null where the documents do not tell.")
    documents: list[DocumentRef] = Field([], max_length=100, description="What it is about; none for all.")
    right_place: PlaceIn | None = None


class QuestionOut(Reply):
    """A regression question."""

    id: str
    created: str
    author: str
    question: str
    answer: str | None
    documents: list[str] = Field(description="Ids of the documents that it is about; empty for all.")
    evidence: list[PlaceOut]
    source: Literal["feedback", "written"]


class QuestionsReply(Reply):
    """Regression questions, oldest first."""

    questions: list[QuestionOut]


class QueueItem(Reply):
    """An answer that is worth judging."""

    answer_id: str
    created: str
    question: str
    outcome: Literal["answered", "abstained"]
    answer: str | None
    confidence: float
    gain: float = Field(ge=0, description="Bits about this and the questions like it.")
    alike: int = Field(description="How many other answers are to questions like this one.")
    judged: int = Field(description="Of how many of these people said something.")
    right: float = Field(description="How many of these they found right; partly right counts half.")
    reason: str


class QueueReply(Reply):
    """Answers to judge, what would teach most first."""

    queue: list[QueueItem]
