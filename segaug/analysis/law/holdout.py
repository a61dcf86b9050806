"""Hold-out check: do the smaller sizes predict the largest one?"""

from dataclasses import dataclass

import numpy as np

from segaug.analysis.interval import Interval
from segaug.analysis.law.noise import SizeMeans, weighted_means
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.weighted_law import fit_law

MIN_SIZES = 5
_STANDARD_ERRORS = 2.0  # of the mean at the largest size, added to either end


@dataclass(frozen=True)
class Holdout:
    """What the other sizes say about the largest one."""

    size: float
    predicted: float
    interval: Interval
    observed: float
    passed: bool

    @property
    def relative_error(self) -> float:
        """(predicted - observed) / observed."""
        return self.predicted / self.observed - 1


def holdout(data: SizeMeans, sizes: Array, values: Array, *, nested: bool) -> Holdout | None:
    """Refit without the largest size; None with fewer than five.

    data: the means of all trials.  sizes: (m,), values: (S, m): those trials.
    True laws pass in 97-100 %, wrong shapes in 0-99 % (measured: benchmarks/coverage.py).
    """
    if len(data.sizes) < MIN_SIZES:
        return None
    largest = data.sizes[-1]
    rest = np.asarray(sizes) < largest
    estimate = fit_law(weighted_means(sizes[rest], values[:, rest], nested=nested)).error(largest)
    margin = _STANDARD_ERRORS * float(data.standard_error[-1])
    low, high, observed = estimate.interval.low, estimate.interval.high, float(data.means[-1])
    passed = low - margin <= observed <= high + margin
    return Holdout(float(largest), estimate.value, estimate.interval, observed, passed)
