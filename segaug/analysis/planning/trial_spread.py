"""How much the trials of a planned curve will vary."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.law.noise import Noise
from segaug.analysis.law.power_law import Array


@dataclass(frozen=True)
class TrialSpread:
    """A line of the coefficient of variation (CV) over ln N, and where it was measured.

    Beyond the measured sizes the CV is at least that at the nearest one: a line that falls would promise trials that do
    not vary at all.
    """

    noise: Noise
    smallest: float = 0.0  # measured sizes; by default the line holds everywhere
    largest: float = math.inf

    def cv(self, sizes: ArrayLike) -> Array:
        """Standard deviation of one trial as a share of its expected error, in the shape of `sizes`."""
        nearest = np.clip(np.asarray(sizes, dtype=float), self.smallest, self.largest)
        cv: Array = np.maximum(self.noise.cv(sizes), self.noise.cv(nearest))
        return cv

    def correlation(self, sizes: int) -> Array:
        """Of the trials of one seed at so many sizes, (m, m)."""
        same = self.noise.correlation
        return same + (1 - same) * np.eye(sizes)


def assumed_spread(cv: Mapping[int, float]) -> TrialSpread:
    """Without a pilot.

    cv: size -> CV of one trial, above 0: one entry, which holds for all sizes, or two, whose line holds for all.
    """
    first, last = min(cv), max(cv)
    slope = math.log(cv[last] / cv[first]) / math.log(last / first) if last > first else 0.0
    return TrialSpread(Noise(2 * math.log(cv[first]), 2 * slope, centre=float(first), correlation=0.0, dof=0))
