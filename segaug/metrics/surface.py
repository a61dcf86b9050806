"""Distances between outlines: measured once for each structure of each case, judged in several ways."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import ndimage
from torch import Tensor

Unit = Literal["mm", "px"]
Array = np.ndarray
TOLERANCE = 2.0  # of surface Dice, in the unit of the distances: about what two readers differ by


@dataclass(frozen=True)
class Surfaces:
    """Distances between predicted and true outlines of K structures in B cases."""

    distances: tuple[tuple[tuple[Array, Array] | None, ...], ...]  # (B, K): of each outline's pixels to the other
    empty: Array  # (B, K): how many of the two masks hold nothing; their distances are None where it is not 0
    diagonal: Array  # (B,) of the images, in `unit`
    unit: Unit

    def facts(self) -> dict[str, dict[str, str | int | float]]:
        """What a record says of the measures of outlines, by measure.

        both_empty: structures of cases that neither mask shows, so that the prediction is right.  one_empty: that only
        one shows, missed or invented.
        """
        both_empty, one_empty = (int((self.empty == count).sum()) for count in (2, 1))
        return {
            "hd95": {"unit": self.unit, "both_empty": both_empty, "one_empty": one_empty},
            "nsd": {"unit": self.unit, "tolerance": TOLERANCE},
        }


def surfaces(mask: Tensor, label: Tensor, spacing_mm: Tensor) -> Surfaces:
    """Measure outlines.

    mask, label: (B, K, H, W), foreground above 0.5.  spacing_mm: (B, 2) as (row, column).  The unit is mm when the
    spacing of every case is known, else px for all: a mean over both units would mean nothing.

    Ignored pixels (NaN in the label) are outside of both masks: an edge towards them is on both outlines where both
    reach it.  Were such an edge on none, an object with a rim all around it would have no outline.
    """
    spacing, unit = _spacing(spacing_mm)
    a, b = (_foreground(x) for x in (mask, label))
    edge_a, edge_b = _outline(a), _outline(b)
    empty = (~a.any((2, 3))).astype(int) + ~b.any((2, 3))
    cases, structures = empty.shape
    distances = tuple(
        tuple(
            None
            if empty[i, k]
            else (_to(edge_b[i, k], edge_a[i, k], spacing[i]), _to(edge_a[i, k], edge_b[i, k], spacing[i]))
            for k in range(structures)
        )
        for i in range(cases)
    )
    return Surfaces(distances, empty, np.linalg.norm(spacing * a.shape[2:], axis=1), unit)


def hd95(found: Surfaces) -> Array:
    """The larger of the two directed 95th percentiles of outline distances (MONAI's definition), (B, K) in their unit.

    0 where both masks are empty.  Where one is, the image's diagonal: a missed or invented structure is never better
    than a bad outline.
    """
    value = np.where(found.empty == 1, found.diagonal[:, None], 0.0)
    for i, k in np.argwhere(found.empty == 0):
        value[i, k] = max(float(np.percentile(one, 95)) for one in found.distances[i][k])
    return value


def nsd(found: Surfaces) -> Array:
    """Surface Dice: share of the pixels of both outlines that are at most `TOLERANCE` from the other one, (B, K).

    1 where both masks are empty, 0 where one is.  Source: Nikolov et al. (2018), with MONAI's outlines of whole pixels.
    """
    value = (found.empty == 2).astype(float)
    for i, k in np.argwhere(found.empty == 0):
        one, other = found.distances[i][k]
        value[i, k] = ((one <= TOLERANCE).sum() + (other <= TOLERANCE).sum()) / (len(one) + len(other))
    return value


def _spacing(spacing_mm: Tensor) -> tuple[Array, Unit]:
    """Pixel size (B, 2) in the unit of the result."""
    spacing = spacing_mm.cpu().numpy().astype(np.float64)
    return (np.ones_like(spacing), "px") if np.isnan(spacing).any() else (spacing, "mm")


def _foreground(mask: Tensor) -> Array:
    """(B, K, H, W) bool."""
    return (mask > 0.5).cpu().numpy()


def _outline(mask: Array) -> Array:
    """Foreground pixels with a background pixel, or the border of the image, among their 4 neighbours."""
    cross = ndimage.generate_binary_structure(2, 1)[None, None]  # no neighbours along cases and structures
    return mask & ~ndimage.binary_erosion(mask, cross)


def _to(outline: Array, pixels: Array, spacing: Array) -> Array:
    """Distance of each of some pixels (H, W) to an outline (H, W)."""
    return ndimage.distance_transform_edt(~outline, sampling=spacing)[pixels]
