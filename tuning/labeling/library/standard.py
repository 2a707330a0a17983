"""The ready functions together: what a team begins with, and what is used where it has written none."""

from __future__ import annotations

from tuning.labeling.functions import LabelingFunction
from tuning.labeling.library.answer_standing import standing_functions
from tuning.labeling.library.answers import answer_functions
from tuning.labeling.library.answers_beside import beside_functions
from tuning.labeling.library.counters import (
    make_no_content,
    make_other_document,
    make_other_paper,
    make_other_year,
    make_wrong_value,
)
from tuning.labeling.library.overlap import (
    make_best_of_document,
    make_heading_match,
    make_sentence_cover,
    make_sentence_overlap,
)
from tuning.labeling.library.places import (
    make_answer_in_context,
    make_clause_asked,
    make_defines_asked,
    make_definition_points_to,
    make_holds_answer,
    make_made_from,
    make_quoted_elsewhere,
    make_says_the_same,
)
from tuning.labeling.library.ranks import (
    make_first_stage,
    make_model_score,
    make_search_agreement,
    make_top_by_margin,
)
from tuning.labeling.library.tables import make_line_item, make_other_words, make_row_and_period


def passage_functions(*, reranker: bool = True) -> list[LabelingFunction]:
    """Functions on question and passage for contracts and filings; ``reranker``: there is one to ask."""
    return [
        make_answer_in_context(),
        make_best_of_document(),
        make_clause_asked(),
        make_quoted_elsewhere(),
        make_defines_asked(),
        make_definition_points_to(),
        make_first_stage(),
        make_heading_match(),
        make_holds_answer(),
        make_line_item(),
        make_made_from(),
        make_no_content(),
        make_other_document(),
        make_other_paper(),
        make_other_words(),
        make_other_year(),
        make_row_and_period(),
        make_says_the_same(),
        make_search_agreement(),
        make_sentence_cover(),
        make_sentence_overlap(),
        make_top_by_margin(),
        make_wrong_value(),
        *([make_model_score()] if reranker else []),
    ]


def ready_answer_functions() -> list[LabelingFunction]:
    """Functions on answers and on pairs of them, for contracts and filings."""
    return [*answer_functions(), *beside_functions(), *standing_functions()]
