"""Labeling functions to soft labels: what a team knows, applied, kept, combined and explained.

    functions = load_functions(workspace / "labels.py")      # or tuning.labeling.library
    with LabelStore(workspace) as store:
        labels, model = label_passages(items, functions, resources, store)

The command is ``covenant label``; label models themselves are ``tuning.label_model``.
"""

from tuning.label_model.matrix import ABSTAIN
from tuning.labeling.applier import Applied, apply
from tuning.labeling.functions import (
    BAD,
    FIRST,
    GOOD,
    IRRELEVANT,
    RELEVANT,
    SECOND,
    FunctionError,
    LabelingFunction,
    Vote,
    labeling_function,
)
from tuning.labeling.loading import load_functions
from tuning.labeling.resources import ResourceError, Resources
from tuning.labeling.soft import LabelledAnswer, label_answers, label_passages
from tuning.labeling.store import LabelStore

__all__ = [
    "ABSTAIN",
    "BAD",
    "FIRST",
    "GOOD",
    "IRRELEVANT",
    "RELEVANT",
    "SECOND",
    "Applied",
    "FunctionError",
    "LabelStore",
    "LabelingFunction",
    "LabelledAnswer",
    "ResourceError",
    "Resources",
    "Vote",
    "apply",
    "label_answers",
    "label_passages",
    "labeling_function",
    "load_functions",
]
