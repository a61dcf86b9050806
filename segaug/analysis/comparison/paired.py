"""A strategy against its baseline, seed by seed.

Trials of the same size and seed share a subset, initial weights and the order of batches, so that most of what makes a
seed hard cancels in their difference.  The effect is a ratio of errors: the mean of its logarithm over seeds.
Source: pairing over sources of variance, arXiv 2103.03098.

Shapes: S seeds, m sizes.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from segaug.analysis.comparison.sign_flips import flip_p, varied
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array


@dataclass(frozen=True)
class Effect:
    """Mean of n paired differences, with Student's interval and tests of "no difference"."""

    pairs: int
    mean: float  # NaN without a pair
    interval: Interval | None  # None with fewer than two pairs, and where all differences are the same
    p_t: float  # paired t test; NaN where there is no interval, 1 where all differences are zero
    p_flip: float  # sign flips; NaN without a pair

    @property
    def disagree(self) -> bool:
        """Do the two tests fall on different sides of 1 - LEVEL?"""
        return math.isfinite(self.p_t) and (self.p_t < 1 - LEVEL) != (self.p_flip < 1 - LEVEL)


def effect(differences: Array) -> Effect:
    """differences: (S,), NaN where a seed has no pair."""
    present = differences[np.isfinite(differences)]
    pairs, p_flip = len(present), flip_p(present)
    mean = float(present.mean()) if pairs else math.nan
    if not varied(present[:, None])[0]:
        return Effect(pairs, mean, None, 1.0 if pairs > 1 and not present.any() else math.nan, p_flip)
    error = float(present.std(ddof=1)) / math.sqrt(pairs)
    half = float(stdtrit(pairs - 1, 0.5 + LEVEL / 2)) * error
    p_t = 2 * float(stdtr(pairs - 1, -abs(mean) / error))
    return Effect(pairs, mean, Interval(mean - half, mean + half, method="t"), p_t, p_flip)


@dataclass(frozen=True, eq=False)
class Pairing:
    """Errors of the baseline and of a strategy on one grid; NaN where there is no converged trial."""

    sizes: Array  # (m,)
    baseline: Array  # (S, m)
    strategy: Array  # (S, m)

    @cached_property
    def log_ratios(self) -> Array:
        """ln of strategy / baseline, NaN where either is missing: (S, m)."""
        return np.log(self.strategy / self.baseline)

    @cached_property
    def differences(self) -> Array:
        """Strategy minus baseline, in the unit of the error: (S, m)."""
        return self.strategy - self.baseline

    @cached_property
    def pairs(self) -> Array:
        """Seeds with both trials at each size: (m,)."""
        return np.isfinite(self.log_ratios).sum(axis=0)

    @cached_property
    def correlation(self) -> Array:
        """Of the two errors over seeds at each size, NaN without spread: what pairing gains; (m,)."""
        both = np.isfinite(self.log_ratios)
        columns = zip(self.baseline.T, self.strategy.T, both.T, strict=True)
        return np.array([_correlation(one[kept], other[kept]) for one, other, kept in columns])

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
    def overall(self) -> Effect:
        """Of all sizes with at least two pairs, each counting alike: the one test of a strategy."""
        used = self.log_ratios[:, self.tested]
        used = used[np.isfinite(used).any(axis=1)]
        if not used.size:
            return effect(np.empty(0))
        found = effect(_shares(used, centred=True))
        flips = flip_p(_shares(used, centred=False))
        return Effect(found.pairs, found.mean, found.interval, found.p_t, flips)


def _shares(log_ratios: Array, centred: bool) -> Array:
    """What each seed adds to the mean over sizes of the mean over seeds, as (S,) whose own mean that is.

    Where no cell is missing, the mean of a seed over the sizes.  centred: let a missing cell count as the mean of its
    size (right for a standard error), not as 0 (right under flips, which have no mean).
    """
    present = np.isfinite(log_ratios)
    counts = present.sum(axis=0)
    mean = np.where(present, log_ratios, 0.0).sum(axis=0) / counts if centred else np.zeros(len(counts))
    rest = np.where(present, log_ratios - mean, 0.0)
    return mean.mean() + len(log_ratios) * (rest / counts).mean(axis=1)


def _correlation(one: Array, other: Array) -> float:
    if len(one) <= 2 or not varied(np.stack([one, other], axis=1)).all():  # two pairs always lie on a line
        return math.nan
    return float(np.corrcoef(one, other)[0, 1])
