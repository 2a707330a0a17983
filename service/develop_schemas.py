"""The wire types of runs, slices, errors and labels: what the commands print with ``--json``, typed.

What a command prints beyond the fields here is left out. Pages are 0-based, shares lie between 0 and 1.
Leaves making the figures to the commands (``service.reports``), releases to ``service.release_schemas``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from service.replies import Fingerprints
from service.run_files import RunFile

_RUN: JsonValue = {
    "id": "20261125T211400-sample-shared-8b8858a5",
    "name": "sample",
    "scope": "shared",
    "task": "ask",
    "n": 424,
    "outcomes": {"answered": 318, "abstained": 106},
    "release": "none",
    "started_at": "2026-11-25T21:14:00+00:00",
    "seconds": 61.4,
    "seed": 0,
    "selection": {},
    "fingerprints": {"release": "none", "index": "5b1f2c"},
    "commit": "",
}
_ESTIMATE: JsonValue = {"value": 0.55, "low": 0.49, "high": 0.61, "n": 424}
_SLICES: JsonValue = {
    "run": _RUN,
    "measures": {"accuracy": _ESTIMATE},
    "criteria": ["read right"],
    "slices": {"all": {"n": 424, "criteria": {"read right": _ESTIMATE}}},
    "failures": [],
    "too_many_values": ["deal"],
}
_PLACE: JsonValue = {
    "document": "alder",
    "first_page": 1,
    "last_page": 1,
    "start": 812,
    "end": 827,
    "quote": "4.25% per annum",
}
_ERRORS: JsonValue = {
    "run": _RUN,
    "considered": 424,
    "ungraded": 0,
    "wrong": 1,
    "stages": {
        "read_wrong": {
            "meaning": "handed over, but read wrong",
            "n": 1,
            "abstained": 0,
            "share": {"value": 0.002, "low": 0.0, "high": 0.013, "n": 424},
        }
    },
    "errors": [
        {
            "id": "q1",
            "question": "What rate do the Class D Notes bear?",
            "gold": ["5.10%"],
            "outcome": "answered",
            "text": "4.25%",
            "stage": "read_wrong",
            "why": "the evidence was handed over; another row was read",
            "evidence": [_PLACE],
            "used": [_PLACE],
        }
    ],
    "clusters": [],
}
_FUNCTION: JsonValue = {
    "name": "mentions_rate",
    "family": "pattern",
    "polarity": [1],
    "coverage": 0.41,
    "overlap": 0.33,
    "conflict": 0.06,
    "estimated": 0.83,
    "measured": {"value": 0.86, "low": 0.81, "high": 0.91, "n": 120},
    "weight": 0.92,
    "raised": 0,
}
_LABELS: JsonValue = {
    "made_at": "2026-11-25T21:20:00+00:00",
    "items": 18400,
    "questions": 600,
    "rows": {"rows": 18400, "coverage": 0.91, "overlap": 0.68, "conflict": 0.19},
    "functions": [_FUNCTION],
    "wanted": [{"kind": "table_cell", "heading": "Interest Rates", "items": 84, "gain": 12.5, "silent": 0.4}],
    "failures": [],
    "unsearched": {
        "items": 1260,
        "questions": 42,
        "rows": {"rows": 1260, "coverage": 0.88, "overlap": 0.41, "conflict": 0.07},
        "functions": [_FUNCTION],
    },
}
_EXAMPLES: JsonValue = {
    "name": "mentions_rate",
    "description": "A passage with a percentage per annum answers a question after a rate.",
    "source": '@labeling_function(on="passage", kind="pattern")\ndef mentions_rate(item): ...\n',
    "examples": [
        {
            "question": "What interest do the Class B Notes bear?",
            "document": "alder",
            "document_id": "3f1c9a5be20d4477c1aa",
            "page": 1,
            "start": 812,
            "end": 863,
            "text": "The Class B Notes bear interest at 4.25% per annum.",
            "vote": 1,
            "label": 1,
            "probability": 0.97,
            "conflict": False,
            "others": [{"name": "same_section", "vote": 1}],
            "unsearched": False,
        }
    ],
}


class Told(BaseModel):
    """Made of what a command printed: fields that are not published are left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class EstimateOut(Told):
    """A value with the ends of its 95 % interval, and over how many questions or votes it was taken."""

    value: float
    low: float
    high: float
    n: int


class RunOut(Told):
    """A saved run: what was asked of which system."""

    id: str
    name: str = Field(description="The set of questions.")
    scope: Literal["single", "shared"] = Field(
        description="single: the documents a question names were searched; shared: the whole library."
    )
    task: Literal["ask", "retrieve"] = Field(description="retrieve: passages were ranked, nothing answered.")
    n: int = Field(ge=0, description="Questions.")
    outcomes: dict[str, int] = Field(description="Questions by outcome: answered, abstained, failed.")
    release: str = Field(description='The release that answered; "none" for the settings as they are.')
    started_at: str = Field(description="ISO 8601.")
    seconds: float
    seed: int
    selection: dict[str, str | int] = Field(description="Which questions of the set were asked.")
    fingerprints: Fingerprints
    commit: str = Field(description="Of the code; empty where it was not a checkout.")

    @classmethod
    def of(cls, run: RunFile) -> RunOut:
        """The wire form of a run; where its files lie stays with the server."""
        return cls.model_validate(
            {
                **run.header,
                "id": run.id,
                "n": run.n,
                "outcomes": run.outcomes,
                "release": run.release,
            }
        )


class RunsReply(Told):
    """Saved runs, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"runs": [_RUN]}]})

    runs: list[RunOut]


class SliceOut(Told):
    """A slice of the questions."""

    n: int
    criteria: dict[str, EstimateOut] = Field(description="A criterion that no question counts for is absent.")


class SliceFailureOut(Told):
    """A slicing function that raised."""

    slice: str
    count: int
    question: str
    error: str


class SlicesReply(Told):
    """How far the system did right, slice by slice and criterion by criterion."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SLICES]})

    run: RunOut
    measures: dict[str, EstimateOut] = Field(description="Over all questions: accuracy, hit@k, ask_p95_ms …")
    criteria: list[str]
    slices: dict[str, SliceOut] = Field(description='By name, as "category=lookup"; "all" first.')
    failures: list[SliceFailureOut]
    too_many_values: list[str] = Field(description="Slices left out for having too many values.")


class ErrorPlaceOut(Told):
    """A piece of a document."""

    document: str = Field(description="The document's name.")
    first_page: int
    last_page: int
    start: int
    end: int
    quote: str


class ErrorOut(Told):
    """A question that went wrong."""

    id: str
    question: str
    gold: list[str] = Field(description="Right answers; empty where the documents do not tell.")
    outcome: str
    text: str = Field(description="The answer, the reason of an abstention, or the error.")
    stage: str = Field(description="The first stage that failed.")
    why: str
    evidence: list[ErrorPlaceOut]
    used: list[ErrorPlaceOut] = Field(description="What was cited, or else proposed from, or found first.")


class StageOut(Told):
    """The errors that failed first at one stage."""

    meaning: str
    n: int
    abstained: int
    share: EstimateOut = Field(description="Of all questions that could be looked at.")


class ProposedSliceOut(Told):
    """A slicing function that catches a group of errors."""

    name: str
    phrases: list[str]
    source: str
    of_cluster: int
    of_run: int


class ProposedFunctionOut(Told):
    """A kind of labeling function that would address a group of errors."""

    kind: str
    stage: str
    reason: str


class ClusterOut(Told):
    """Errors that belong together, by their ids."""

    name: str
    by: str = Field(description="meaning or words.")
    words: list[str]
    questions: list[str]
    stages: dict[str, int]
    slice: ProposedSliceOut
    labeling_functions: list[ProposedFunctionOut]


class ErrorsReply(Told):
    """What went wrong in a run, and which errors belong together."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ERRORS]})

    run: RunOut
    considered: int = Field(description="Questions whose outcome could be looked at.")
    ungraded: int = Field(description="Questions that the grader failed on.")
    wrong: int
    stages: dict[str, StageOut]
    errors: list[ErrorOut]
    clusters: list[ClusterOut]


class RowsOut(Told):
    """Shares of the items: with a vote, with two or more, with votes that differ."""

    rows: int
    coverage: float
    overlap: float
    conflict: float


class FunctionOut(Told):
    """A labeling function: how often it votes, agrees and is right."""

    name: str
    family: str
    polarity: list[int] = Field(description="The classes that it votes for.")
    coverage: float
    overlap: float
    conflict: float
    estimated: float | None = Field(description="How often it is right, as the label model has it.")
    measured: EstimateOut | None = Field(description="How often it is right on gold labels.")
    weight: float | None = Field(description="1 where it repeats no other.")
    raised: int = Field(0, description="Items on which it raised.")


class WantedOut(Told):
    """Items whose labels are unsure, of one kind of question under one heading."""

    kind: str
    heading: str
    items: int
    gain: float = Field(description="What one more function is expected to tell about them, in nats.")
    silent: float = Field(description="Share of them that no function votes on.")


class FunctionFailureOut(Told):
    """A function that raised."""

    function: str
    items: int
    first: str


class UnsearchedOut(Told):
    """Questions in words that searches do not know, which have a label model of their own."""

    items: int
    questions: int
    rows: RowsOut
    functions: list[FunctionOut] = Field(description="Ranks and likeness do not vote here.")


class LabelsReply(Told):
    """What `covenant label` last found.

    `wanted` and `failures` are told only to keys that see the whole library, whose words they may be.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_LABELS]})

    made_at: str = Field(description="ISO 8601.")
    items: int
    questions: int
    rows: RowsOut
    functions: list[FunctionOut]
    wanted: list[WantedOut] = Field(description="Where one more function would tell most.")
    failures: list[FunctionFailureOut]
    unsearched: UnsearchedOut | None = Field(
        None, description="Of questions that all other figures here are not of; null where there are none."
    )


class VoteOut(Told):
    """Another function's vote on the same item."""

    name: str
    vote: int


class LabelExampleOut(Told):
    """A question and a passage that a function voted on."""

    question: str
    document: str
    document_id: str
    page: int
    start: int
    end: int
    text: str
    vote: int
    label: int
    probability: float = Field(description="Of the label, by the label model.")
    conflict: bool
    others: list[VoteOut]
    unsearched: bool = Field(False, description="The question is in words that searches do not know.")


class LabelExamplesReply(Told):
    """A labeling function and items that it voted on, those that others contradict first.

    Its source is told only to keys that see the whole library.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLES]})

    name: str
    description: str
    source: str
    examples: list[LabelExampleOut]
