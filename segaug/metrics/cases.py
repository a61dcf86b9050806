"""Every measure of a prediction, by the keys of `segaug.measures`: a value for each case or patient, and structure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from torch import Tensor

from segaug.known import ignored_pixels
from segaug.measures import Quantity, quantities
from segaug.metrics.constant_masks import MaskCounts, count_masks
from segaug.metrics.logits import cross_entropy, likeliest, logits_of_probability, masks, with_background
from segaug.metrics.overlap import dice_of_mask, dice_of_patients, iou_of_mask
from segaug.metrics.recalibration import Recalibration
from segaug.metrics.reference import cross_entropy_of_probability
from segaug.metrics.surface import Surfaces, hd95, nsd, surfaces

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Truth:
    """What predictions on some cases are judged by."""

    label: Tensor  # (B, K, H, W)
    spacing_mm: Tensor  # (B, 2), NaN where unknown
    patients: Sequence[str]  # (B,) whom each case shows
    structures: tuple[str, ...]  # (K,)
    ignored: bool = False  # may the label be NaN, in pixels that count for nothing?


@dataclass(frozen=True, eq=False)
class Prediction:
    """A prediction on these cases; what several measures look at is computed once."""

    truth: Truth
    mask: Tensor  # (B, K, H, W) bool; nothing where pixels are ignored, so that these are outside of both masks
    cross_entropy: Tensor  # (B,) [nat]
    recalibrated: Tensor | None = None  # the same after recalibration; None without validation labels

    @cached_property
    def surfaces(self) -> Surfaces:
        """Distances between the outlines."""
        return surfaces(self.mask, self.truth.label, self.truth.spacing_mm)

    @cached_property
    def mask_counts(self) -> MaskCounts:
        """Cases in which one of the two masks says nothing."""
        return count_masks(self.mask, self.truth.label, self.truth.ignored)


def of_logits(logits: Tensor, truth: Truth, recalibration: Recalibration | None = None) -> Prediction:
    """A network's prediction; recalibration: fitted on validation images, it moves cross-entropies alone."""
    recalibrated = None if recalibration is None else _cross_entropy(recalibration.apply(logits), truth)
    return Prediction(truth, _judged(masks(logits), truth), _cross_entropy(logits, truth), recalibrated)


def of_probability(probability: Tensor, truth: Truth, recalibration: Recalibration | None = None) -> Prediction:
    """A reference's prediction, given as probabilities (1 or B, K, H, W) that are strictly between 0 and 1.

    recalibration: fitted on validation images, by the same rule as a network's.
    """
    p = probability.to(truth.label.device).expand(len(truth.label), *probability.shape[1:])
    mask = p > 0.5 if p.shape[1] == 1 else likeliest(with_background(p))
    recalibrated = (
        None if recalibration is None else _cross_entropy(recalibration.apply(logits_of_probability(p)), truth)
    )
    of_cases = cross_entropy_of_probability(p, truth.label, truth.ignored)
    return Prediction(truth, _judged(mask, truth), of_cases, recalibrated)


def _judged(mask: Tensor, truth: Truth) -> Tensor:
    return mask & ~ignored_pixels(truth.label) if truth.ignored else mask


def _cross_entropy(logits: Tensor, truth: Truth) -> Tensor:
    return cross_entropy(logits, truth.label, truth.ignored)


FORMULAS: dict[str, Callable[[Prediction], Tensor | Array | None]] = {
    "bce": lambda one: one.cross_entropy,
    "ce": lambda one: one.cross_entropy,
    "bce_recalibrated": lambda one: one.recalibrated,
    "ce_recalibrated": lambda one: one.recalibrated,
    "dice": lambda one: dice_of_mask(one.mask, one.truth.label),
    "dice_patient": lambda one: _of_patients(one, dice_of_patients),
    "iou": lambda one: iou_of_mask(one.mask, one.truth.label),
    "hd95": lambda one: hd95(one.surfaces),
    "nsd": lambda one: nsd(one.surfaces),
}
"""(B,) or (P,); (B, K) or (P, K) for measures per structure; None where it is not measured."""


def measure(prediction: Prediction, wanted: Callable[[Quantity], bool] = lambda _: True) -> dict[str, Array | None]:
    """Every measure of the test set that fits the structures, float64, by key; None for one that was not measured.

    wanted: which of them.  A measure per structure has its mean over the structures under its own key.
    """
    values: dict[str, Array | None] = {}
    found: dict[str, Array | None] = {}
    for one in filter(wanted, quantities(prediction.truth.structures)):
        key = one.measure.key
        if key not in values:
            values[key] = _array(FORMULAS[key](prediction))
        found[one.key] = _of_structure(values[key], one, prediction.truth.structures)
    return found


def _of_patients(one: Prediction, formula: Callable[[Tensor, Tensor, Sequence[str]], Tensor]) -> Tensor | None:
    """None where every patient has one image: then it is the measure of that image again."""
    patients = one.truth.patients
    return formula(one.mask, one.truth.label, patients) if len(set(patients)) < len(patients) else None


def _array(values: Tensor | Array | None) -> Array | None:
    return values.detach().cpu().double().numpy() if isinstance(values, Tensor) else values


def _of_structure(values: Array | None, one: Quantity, structures: Sequence[str]) -> Array | None:
    if values is None or values.ndim == 1:
        return values
    mean: Array = values[:, structures.index(one.structure)] if one.structure else values.mean(axis=1)
    return mean
