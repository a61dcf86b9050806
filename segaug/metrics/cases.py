"""All metrics of a set of cases."""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from segaug.metrics.pixel import bce, dice
from segaug.metrics.recalibration import UNCHANGED, Recalibration
from segaug.metrics.surface import Unit, hd95


@dataclass(frozen=True)
class CaseMetrics:
    """One value per case, (B,) float64, in the order of the cases."""

    bce: np.ndarray  # [nat]
    dice: np.ndarray
    hd95: np.ndarray  # in hd95_unit
    bce_recalibrated: np.ndarray  # [nat]
    hd95_unit: Unit
    both_empty: int  # cases whose prediction and label are both empty: Dice 1, HD95 0
    one_empty: int  # cases where one of them is: Dice 0, HD95 = image diagonal

    def means(self) -> dict[str, float]:
        """Means over the cases, by name."""
        return {name: float(getattr(self, name).mean()) for name in ("bce", "dice", "hd95", "bce_recalibrated")}


def evaluate(
    logits: Tensor, label: Tensor, spacing_mm: Tensor, recalibration: Recalibration = UNCHANGED
) -> CaseMetrics:
    """Score a prediction.

    logits, label: (B, 1, H, W).  spacing_mm: (B, 2), NaN where unknown.  recalibration: fitted on validation images;
    it moves only bce_recalibrated, Dice and HD95 are those of `logits > 0`.
    """
    surface = hd95(logits > 0, label, spacing_mm)
    return CaseMetrics(
        bce=_array(bce(logits, label)),
        dice=_array(dice(logits, label)),
        hd95=surface.value,
        bce_recalibrated=_array(bce(recalibration.apply(logits), label)),
        hd95_unit=surface.unit,
        both_empty=surface.both_empty,
        one_empty=surface.one_empty,
    )


def _array(values: Tensor) -> np.ndarray:
    return values.detach().cpu().double().numpy()
