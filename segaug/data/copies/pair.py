"""Two images that show the same picture, with what says so."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Places of two images in the sequence that was searched, first < second, and the evidence.

    transform: two rows of (a, b, c), which take (x, y, 1) of the second image to x and y of the first [stored px, 0 =
    centre of the first pixel]; a mirrored copy has a negative determinant.
    """

    first: int
    second: int
    transform: tuple[tuple[float, float, float], tuple[float, float, float]]
    inliers: int  # different places whose features agree with the transform
    correlation: float  # of details after alignment, median over small tiles
    overlap: float  # of the smaller image that lies in the other

    @property
    def places(self) -> tuple[int, int]:
        """Of both images, as `groups` takes them."""
        return self.first, self.second

    @cached_property
    def _linear(self) -> np.ndarray:
        return np.array(self.transform)[:, :2]

    @property
    def mirrored(self) -> bool:
        """Is one the mirror image of the other?"""
        return bool(np.linalg.det(self._linear) < 0)

    @property
    def scale(self) -> float:
        """Pixels of the first image per pixel of the second, along a side."""
        return math.sqrt(abs(float(np.linalg.det(self._linear))))

    @property
    def angle_deg(self) -> float:
        """By which the second is turned, after mirroring left and right if it is mirrored; -180 to 180."""
        sign = -1 if self.mirrored else 1
        return math.degrees(math.atan2(self._linear[1, 0] * sign, self._linear[0, 0] * sign))
