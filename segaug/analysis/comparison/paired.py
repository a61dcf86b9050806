"""A strategy against its baseline, seed by seed.

Trials of the same size and seed share a subset, initial weights and the order of batches, so that most of what makes a
seed hard cancels in their difference.  The effect is a ratio of expected errors, see `ratio_of_means`.
Source: pairing over sources of variance, arXiv 2103.03098.

Shapes: S seeds, m sizes.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.comparison.effect import NO_PAIR, Effect
from segaug.analysis.comparison.ratio_of_means import log_ratio
from segaug.analysis.comparison.sign_flips import varied
from segaug.analysis.law.power_law import Array


@dataclass(frozen=True, eq=False)
class Pairing:
    """Errors of the baseline and of a strategy on one grid; NaN where there is no converged trial."""

    sizes: Array  # (m,)
    baseline: Array  # (S, m)
    strategy: Array  # (S, m)

    @cached_property
    def differences(self) -> Array:
        """Strategy minus baseline, in the unit of the error, NaN where either is missing: (S, m)."""
        return self.strategy - self.baseline

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Where there is a pair: (S, m)."""
        return np.isfinite(self.differences)

    @cached_property
    def pairs(self) -> Array:
        """Seeds with both trials at each size: (m,)."""
        return self.present.sum(axis=0)

    @cached_property
    def correlation(self) -> Array:
        """Of the two errors over seeds at each size, NaN without spread: what pairing gains; (m,)."""
        columns = zip(self.baseline.T, self.strategy.T, self.present.T, strict=True)
        return np.array([_correlation(baseline[kept], strategy[kept]) for baseline, strategy, kept in columns])

    @cached_property
    def mean_correlation(self) -> float:
        """Over sizes; 0 where no size tells."""
        known = self.correlation[np.isfinite(self.correlation)]
        return float(known.mean()) if len(known) else 0.0

    @cached_property
    def tested(self) -> NDArray[np.intp]:
        """Columns with at least two pairs: (m',)."""
        return np.flatnonzero(self.pairs > 1)

    @cached_property
    def single(self) -> tuple[Effect, ...]:
        """Logarithm of the ratio of expected errors at each size, (m,)."""
        return tuple(self._log_ratio([column]) if count else NO_PAIR for column, count in enumerate(self.pairs))

    @cached_property
    def overall(self) -> Effect:
        """Of all sizes with at least two pairs, each counting alike: the one test of a strategy."""
        return self._log_ratio(self.tested) if len(self.tested) else NO_PAIR

    def _log_ratio(self, columns: list[int] | NDArray[np.intp]) -> Effect:
        return log_ratio(self.baseline[:, columns], self.strategy[:, columns])


def _correlation(baseline: Array, strategy: Array) -> float:
    if len(baseline) <= 2 or not varied(np.stack([baseline, strategy], axis=1)).all():  # two pairs always lie on a line
        return math.nan
    return float(np.corrcoef(baseline, strategy)[0, 1])
