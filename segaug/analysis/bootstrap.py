"""What a curve's law could also have been: refits to resamples of whole seeds.

A resample draws seeds with replacement and takes all sizes of each: nested subsets and shared initialisations make the
sizes of one seed dependent, and drawing trials one by one would hide that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.power_law import Array, PowerLaws
from segaug.analysis.resample import RESAMPLES as RESAMPLES
from segaug.analysis.resample import draw_seeds, resampled_means
from segaug.analysis.solver import solve

_TAILS = (50 * (1 - LEVEL), 50 * (1 + LEVEL))  # percent


@dataclass(frozen=True)
class Bootstrap:
    """The laws fitted to B resamples of whole seeds."""

    laws: PowerLaws

    @property
    def a(self) -> Interval:
        """Percentile interval of a."""
        return _percentiles(self.laws.a)

    @property
    def b(self) -> Interval:
        """Percentile interval of b."""
        return _percentiles(self.laws.b)

    @property
    def c(self) -> Interval:
        """Percentile interval of c."""
        return _percentiles(self.laws.c)

    @property
    def bc_correlation(self) -> float | None:
        """Correlation of b and c; near 1 they cannot be told apart.  None where one of the two never varies."""
        b, c = self.laws.b, self.laws.c
        return float(np.corrcoef(b, c)[0, 1]) if np.ptp(b) > 0 and np.ptp(c) > 0 else None

    def error(self, sizes: ArrayLike) -> tuple[Array, Array]:
        """Pointwise percentile interval of E(N); sizes: (m,).  Returns low (m,) and high (m,)."""
        low, high = np.percentile(self.laws.predict(sizes), _TAILS, axis=0)
        return low, high


def bootstrap(sizes: Array, values: Array, resamples: int, stream: str) -> Bootstrap | None:
    """Refit to resampled seeds; None with a single seed.

    sizes: (m,).  values: (S, m), the error of each seed at each size, NaN where there is none.  stream: the same name
    and number of seeds give the same draws, so curves of one task and model stay paired by sharing it.
    """
    if len(values) < 2:
        return None
    counts = np.isfinite(values).sum(axis=0)
    means = resampled_means(values, draw_seeds(range(len(values)), stream, resamples).counts)
    return Bootstrap(solve(sizes, means, counts))


def _percentiles(values: Array) -> Interval:
    low, high = np.percentile(values, _TAILS)
    return Interval(float(low), float(high), method="bootstrap")
