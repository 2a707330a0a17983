"""Made-up figures for the view "Develop" in browser tests, in the shapes that the commands print with ``--json``."""

from __future__ import annotations

from typing import Any


def estimate(value: float, half: float = 0.08, n: int = 56) -> dict[str, float]:
    """An estimate with an interval of about this half width."""
    return {"value": value, "low": max(value - half, 0.0), "high": min(value + half, 1.0), "n": n}


CRITERIA = ["retrieved", "ranked first", "handed over", "read right", "cited right", "faithful",
            "right to abstain"]  # fmt: skip
_ROWS = {
    "all": (424, (0.97, 0.71, 0.94, 0.55, 0.78, 1.0, 0.62)),
    "category=lookup": (69, (0.99, 0.80, 0.97, 0.61, 0.83, 1.0, 0.58)),
    "category=table_cell": (56, (0.95, 0.66, 0.93, 0.72, 0.79, 1.0, 0.55)),
    "category=definition_hop": (49, (1.0, 0.84, 0.98, 0.33, 0.70, 0.98, 0.31)),
    "category=multi_document": (42, (0.96, 0.59, 0.90, 0.0, 0.64, 1.0, 0.24)),
    "kind=indenture": (231, (0.98, 0.74, 0.95, 0.52, 0.80, 1.0, 0.60)),
    "kind=10-K": (4, (1.0, 0.75, 1.0, 0.50, 1.0, 1.0, 0.75)),
    "category=not_answerable": (56, (None, None, None, None, None, 1.0, 0.82)),
}
RUN = {"id": "r7", "name": "sample, evaluation deals", "n": 424, "release": "b" * 12,
       "started_at": "2026-11-25T21:14:00+00:00"}  # fmt: skip
SLICES: dict[str, Any] = {
    "run": RUN,
    "criteria": CRITERIA,
    "slices": {
        name: {
            "n": n,
            "criteria": {
                criterion: estimate(value, 0.06, n)
                for criterion, value in zip(CRITERIA, values, strict=True)
                if value is not None
            },
        }
        for name, (n, values) in _ROWS.items()
    },
    "failures": [],
    "too_many_values": ["deal"],
}

_PLACE = {"document": "alder", "first_page": 1, "last_page": 1, "start": 0, "end": 10,
          "quote": "4.25% per annum"}  # fmt: skip
ERRORS: dict[str, Any] = {
    "run": RUN,
    "considered": 424,
    "ungraded": 0,
    "errors": [
        {"id": f"q{at}", "question": text, "gold": ["5.10%"], "outcome": "answered", "text": "4.25%",
         "stage": stage, "why": why, "evidence": [_PLACE], "used": [_PLACE]}
        for at, (text, stage, why) in enumerate(
            [
                ("What rate do the Class C Notes bear after the first supplement?", "amended", "the amendment was read, the amended clause was quoted"),
                ("What rate do the Class D Notes bear?", "read_wrong", "the evidence was handed over; another row was read"),
                ("What spread is payable on the Class E Notes?", "read_wrong", "the evidence was handed over; another row was read"),
                ("How much is the Class A-2 balance?", "ranked", "the evidence was found at rank 31"),
            ]
        )
    ],
    "stages": {
        "ranked": {"meaning": "found, but ranked too low", "n": 1, "abstained": 1, "share": estimate(0.05)},
        "read_wrong": {"meaning": "handed over, but read wrong", "n": 2, "abstained": 0,
                       "share": estimate(0.12)},
        "amended": {"meaning": "an amendment was overlooked", "n": 1, "abstained": 0, "share": estimate(0.02)},
    },
    "clusters": [
        {
            "name": "rate of a class of notes", "by": "words", "words": ["rate", "Class", "Notes bear"],
            "questions": ["q0", "q1", "q2"], "stages": {"read_wrong": 2, "amended": 1},
            "slice": {"name": "rate_of_class", "phrases": ["notes bear"], "of_cluster": 3, "of_run": 17,
                      "source": '@slicing_function\ndef rate_of_class(row: Row) -> str | None:\n    """Questions after the rate of a class."""\n    return "yes" if "notes bear" in row.question.lower() else None\n'},
            "labeling_functions": [
                {"kind": "row label", "stage": "read_wrong", "reason": "2 of 3 quote another row of the same table: vote for the row whose label has the class that the question names"}
            ],
        }
    ],
}  # fmt: skip

_FUNCTIONS = [
    ("mentions_rate", "words", (1,), 0.41, 0.33, 0.06, 0.83, estimate(0.86, 0.05, 120), 0.92),
    ("same_section", "structure", (0, 1), 0.77, 0.61, 0.14, 0.74, estimate(0.71, 0.06, 210), 0.81),
    ("defines_asked_term", "links", (1,), 0.12, 0.11, 0.01, 0.95, estimate(0.97, 0.03, 44), 1.0),
    ("other_period", "numbers", (0,), 0.22, 0.18, 0.17, 0.58, None, 0.44),
    ("people", "people", (0, 1), 0.02, 0.02, 0.005, 0.93, estimate(0.95, 0.04, 31), 1.0),
]
LABELS: dict[str, Any] = {
    "rows": {"rows": 18_400, "coverage": 0.91, "overlap": 0.68, "conflict": 0.19},
    "functions": [
        dict(zip(("name", "family", "polarity", "coverage", "overlap", "conflict", "estimated", "measured", "weight"), row, strict=True))
        for row in _FUNCTIONS
    ],
}  # fmt: skip
EXAMPLES: dict[str, Any] = {
    "name": "mentions_rate",
    "description": "A passage with a percentage per annum answers a question after a rate.",
    "source": '@labeling_function(family="words")\ndef mentions_rate(pair: Pair) -> int:\n    asked = "rate" in pair.question\n    return POSITIVE if asked and "per annum" in pair.passage else ABSTAIN\n',
    "examples": [
        {"question": "What interest rate do the Class B Notes bear?", "document": "alder", "document_id": "none", "page": 1,
         "text": "The Class B Notes bear interest at 4.25% per annum.", "vote": 1, "label": 1, "probability": 0.97,
         "conflict": False, "others": [{"name": "same_section", "vote": 1}]},
        {"question": "What rate applies to overdue amounts?", "document": "alder", "document_id": "none", "page": 0,
         "text": "Trustee fees accrue at 0.02% per annum of the collateral balance.", "vote": 1, "label": 0,
         "probability": 0.21, "conflict": True, "others": [{"name": "same_section", "vote": 0}]},
    ],
}  # fmt: skip


def _gate_row(name: str, before: float, after: float, verdict: str, p: float) -> dict[str, Any]:
    change = after - before
    difference = {"value": change, "low": change - 0.05, "high": change + 0.05, "n": 424}
    return {"name": name, "before": estimate(before), "after": estimate(after), "difference": difference,
            "p": p, "detectable": 0.06, "documents": 31, "verdict": verdict}  # fmt: skip


RELEASES: list[dict[str, Any]] = [
    {
        "id": "c" * 12, "created": "2026-11-25T20:02:00+00:00", "parent": "b" * 12, "note": "retuned with 31 judgements",
        "gate": {"promoted": True, "reason": "accuracy rose by .094 (.044–.144) over 424 questions; no slice fell",
                 "target": "accuracy", "before": "b" * 12, "after": "c" * 12, "fallen": [],
                 "table": [_gate_row("all", 0.248, 0.342, "better", 0.0004),
                           _gate_row("category=lookup", 0.159, 0.290, "better", 0.004),
                           _gate_row("category=table_cell", 0.304, 0.321, "no difference", 0.61)]},
    },
    {
        "id": "b" * 12, "created": "2026-11-24T18:40:00+00:00", "parent": None, "note": "first tuning",
        "gate": {"promoted": True, "reason": "accuracy rose by .061 (.011–.111)", "target": "accuracy", "before": "none",
                 "after": "b" * 12, "fallen": [], "table": [_gate_row("all", 0.187, 0.248, "better", 0.011)]},
    },
    {
        "id": "a" * 12, "created": "2026-11-23T11:05:00+00:00", "parent": None, "note": "embedder alone",
        "gate": {"promoted": False, "reason": "accuracy did not rise; definition_hop fell", "target": "accuracy", "before": "none",
                 "after": "a" * 12, "fallen": ["category=definition_hop"],
                 "table": [_gate_row("all", 0.187, 0.191, "no difference", 0.8),
                           _gate_row("category=definition_hop", 0.21, 0.10, "worse", 0.01)]},
    },
]  # fmt: skip
JOBS: list[dict[str, Any]] = [
    {"id": "j1", "kind": "retune", "status": "running", "progress": 0.42, "stage": "training the reranker",
     "created": "2026-11-25T21:40:00+00:00"},
    {"id": "j2", "kind": "label", "status": "done", "progress": 1.0, "created": "2026-11-25T21:20:00+00:00"},
    {"id": "j3", "kind": "eval", "status": "failed", "progress": 0.3, "created": "2026-11-25T19:00:00+00:00",
     "error": {"code": "storage", "message": "the disk is full", "remedy": "free some space, then resume"}},
]  # fmt: skip
LOG = ["labelled 18,400 rows", "reranker: step 120 of 400, loss .412"]
