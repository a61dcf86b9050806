"""Metrics: one value per case, and the references beside them."""

from segaug.metrics.cases import CaseMetrics, evaluate
from segaug.metrics.pixel import bce, bce_of_probability, dice, dice_of_mask
from segaug.metrics.recalibration import Recalibration, fit_recalibration
from segaug.metrics.reference import atlas, best_constant_bce, constant_bce, foreground_share
from segaug.metrics.surface import Hd95, hd95

__all__ = [
    "CaseMetrics",
    "Hd95",
    "Recalibration",
    "atlas",
    "bce",
    "bce_of_probability",
    "best_constant_bce",
    "constant_bce",
    "dice",
    "dice_of_mask",
    "evaluate",
    "fit_recalibration",
    "foreground_share",
    "hd95",
]
