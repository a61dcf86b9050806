"""Distance between outlines, one value per case."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import ndimage
from torch import Tensor

Unit = Literal["mm", "px"]
Array = np.ndarray


@dataclass(frozen=True)
class Hd95:
    """Hausdorff distances at the 95th percentile and how many cases had no outline to measure."""

    value: Array  # (B,) float64, in `unit`
    unit: Unit
    both_empty: int  # valued 0: the prediction is right
    one_empty: int  # valued at the image diagonal: a missed or invented structure is never better than a bad outline


def hd95(mask: Tensor, label: Tensor, spacing_mm: Tensor) -> Hd95:
    """The larger of the two directed 95th percentiles of outline distances (MONAI's definition).

    mask, label: (B, 1, H, W), foreground above 0.5.  spacing_mm: (B, 2) as (row, column).  The unit is mm when the
    spacing of every case is known, else px for all: a mean over both units would mean nothing.
    """
    spacing, unit = _spacing(spacing_mm)
    a, b = (_foreground(x) for x in (mask, label))
    edge_a, edge_b = _outline(a), _outline(b)
    empty = (~a.any((1, 2))).astype(int) + ~b.any((1, 2))
    diagonal = np.linalg.norm(spacing * a.shape[1:], axis=1)
    value = np.where(empty == 1, diagonal, 0.0)
    for i in np.flatnonzero(empty == 0):
        value[i] = _distance(edge_a[i], edge_b[i], spacing[i])
    return Hd95(value, unit, both_empty=int((empty == 2).sum()), one_empty=int((empty == 1).sum()))


def _spacing(spacing_mm: Tensor) -> tuple[Array, Unit]:
    """Pixel size (B, 2) in the unit of the result."""
    spacing = spacing_mm.cpu().numpy().astype(np.float64)
    return (np.ones_like(spacing), "px") if np.isnan(spacing).any() else (spacing, "mm")


def _foreground(mask: Tensor) -> Array:
    """(B, 1, H, W) to (B, H, W) bool."""
    return (mask > 0.5).squeeze(1).cpu().numpy()


def _outline(mask: Array) -> Array:
    """Foreground pixels with a background pixel, or the border of the image, among their 4 neighbours."""
    cross = ndimage.generate_binary_structure(2, 1)[None]  # no neighbours along the batch axis
    return mask & ~ndimage.binary_erosion(mask, cross)


def _distance(a: Array, b: Array, spacing: Array) -> float:
    """Symmetric 95th percentile between two outlines (H, W)."""
    to_b = ndimage.distance_transform_edt(~b, sampling=spacing)[a]
    to_a = ndimage.distance_transform_edt(~a, sampling=spacing)[b]
    return max(float(np.percentile(to_b, 95)), float(np.percentile(to_a, 95)))
