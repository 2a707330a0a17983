"""Statistics with the document as the sampling unit: intervals, paired tests, power, corrections."""

from eval.stats.intervals import FEW_DOCUMENTS, LEVEL, Estimate, clustered_mean, quantile, rate, wilson
from eval.stats.multiple import holm
from eval.stats.paired import Comparison, compare_paired, mcnemar_mid_p, sign_flip
from eval.stats.power import detectable_difference
from eval.stats.prediction_powered import prediction_powered
from eval.stats.resampling import resampled, stratified_mean

__all__ = [
    "FEW_DOCUMENTS",
    "LEVEL",
    "Comparison",
    "Estimate",
    "clustered_mean",
    "compare_paired",
    "detectable_difference",
    "holm",
    "mcnemar_mid_p",
    "prediction_powered",
    "quantile",
    "rate",
    "resampled",
    "sign_flip",
    "stratified_mean",
    "wilson",
]
