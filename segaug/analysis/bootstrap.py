"""What a curve's law could also have been: refits to resampled seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.power_law import Array, PowerLaws

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """From low to high, at the level `LEVEL`; speaks about new seeds on this test set, not about new test cases."""

    low: float
    high: float


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

    def error(self, sizes: ArrayLike) -> tuple[Array, Array]:
        """Pointwise percentile interval of E(N); sizes: (m,).  Returns low (m,) and high (m,)."""
        low, high = np.percentile(self.laws.predict(sizes), _TAILS, axis=0)
        return low, high


_TAILS = (50 * (1 - LEVEL), 50 * (1 + LEVEL))  # percent


def _percentiles(values: Array) -> Interval:
    low, high = np.percentile(values, _TAILS)
    return Interval(float(low), float(high))
