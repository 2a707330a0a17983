"""What a maker read in a document: a question's words, its kind, the answer, and the places it stands at.

A reading is not yet a question: which document is meant is still to be said (``tuning.questions.wording``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tuning.items import Place

Kind = Literal[
    "definition",
    "value",
    "clause",
    "fact",
    "cross_reference",
    "hop",
    "amendment",
    "table_cell",
    "arithmetic",
    "comparison",
    "not_answerable",
]
NOT_ANSWERABLE: Kind = "not_answerable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A question in words that leave open which document is meant ("what is the Senior Fee Rate").

    ``computed`` answers were worked out from what stands at the places and need not be printed there.
    ``names`` tells that the words name the documents already.
    """

    question: str
    kind: Kind
    maker: str
    answer: str
    places: tuple[Place, ...]
    computed: bool = False
    names: bool = False
