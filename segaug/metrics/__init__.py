"""Metrics: one value per case or patient, and the references beside them."""

from segaug.metrics.cases import Prediction, Truth, measure, of_logits, of_probability
from segaug.metrics.constant_masks import MaskCounts, count_masks
from segaug.metrics.logits import cross_entropy, logits_of_probability, masks, probabilities, with_background
from segaug.metrics.overlap import dice_of_mask, dice_of_patients, patients_of
from segaug.metrics.recalibration import Recalibration, fit_recalibration
from segaug.metrics.reference import (
    atlas,
    best_constant,
    constant,
    cross_entropy_of_probability,
    foreground_share,
    structure_shares,
)
from segaug.metrics.surface import Surfaces, hd95, surfaces

__all__ = [
    "MaskCounts",
    "Prediction",
    "Recalibration",
    "Surfaces",
    "Truth",
    "atlas",
    "best_constant",
    "constant",
    "count_masks",
    "cross_entropy",
    "cross_entropy_of_probability",
    "dice_of_mask",
    "dice_of_patients",
    "fit_recalibration",
    "foreground_share",
    "hd95",
    "logits_of_probability",
    "masks",
    "measure",
    "of_logits",
    "of_probability",
    "patients_of",
    "probabilities",
    "structure_shares",
    "surfaces",
    "with_background",
]
