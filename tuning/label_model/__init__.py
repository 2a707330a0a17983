"""Label models: from votes of labeling functions, and some gold classes, to soft labels.

    matrix = LabelMatrix.of(votes, names)             # [n, m]: -1 abstains, else a class
    model = fit(matrix, gold)                         # gold: [n], -1 where nobody judged
    model.probabilities(matrix)                       # [n, k]
    model.explain(matrix, row)                        # prior + weighed evidence = log-odds

Scores become votes in ``binning``, preferences in ``pairs``, rankings in ``ranking``; ``analysis`` and
``leaving_out`` say what functions are worth, ``thresholds`` where to cut, ``saving`` keeps a model.
"""

from tuning.label_model.fitting import Choice, choose, fit
from tuning.label_model.matrix import ABSTAIN, NO_GOLD, Function, LabelError, LabelMatrix
from tuning.label_model.model import Explanation, LabelModel, Term
from tuning.label_model.settings import LabelModelSettings

__all__ = [
    "ABSTAIN",
    "NO_GOLD",
    "Choice",
    "Explanation",
    "Function",
    "LabelError",
    "LabelMatrix",
    "LabelModel",
    "LabelModelSettings",
    "Term",
    "choose",
    "fit",
]
