"""Grading an answer against gold without a model: one rule per kind of answer."""

from eval.metrics.answers.gold import Gold, Grade, Kind, infer_kind
from eval.metrics.answers.grading import grade

__all__ = ["Gold", "Grade", "Kind", "grade", "infer_kind"]
