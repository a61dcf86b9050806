"""The ratio of two expected errors, from trials in pairs: at one size, or over several sizes.

A ratio is E of the strategy over E of the baseline, each an arithmetic mean over the seeds that both have: the E that
laws, equivalent data and planning speak of, too.  (A geometric mean is another quantity: of two strategies with equal E
that of the wider errors is lower.)  Over sizes it is exp of the mean of the logarithms, each size counting alike.

At one size the test of "no difference" is the plain paired t test of the differences, and the interval holds the ratios
r for which that test does not reject strategy = r baseline: Fieller (1954), J. R. Stat. Soc. B 16, 175.  So ratio,
difference and p-value cannot contradict each other.  Over sizes the same is done with each seed's sum of relative
errors; seeds that lack sizes are weighed by CR2, and the degrees of freedom are those of Bell and McCaffrey (2002),
Survey Methodology 28, 169, as Pustejovsky and Tipton (2018) give them, here in closed form for trials that vary alike.

Shapes: S seeds, m sizes.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from segaug.analysis.comparison.effect import Effect
from segaug.analysis.comparison.sign_flips import SPREADLESS, flip_p
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array


def log_ratio(baseline: Array, strategy: Array) -> Effect:
    """Logarithm of the ratio of expected errors, its mean over the sizes.

    baseline, strategy: (S, m) positive errors, m >= 1; a seed without both at a size is no pair there, NaN.  Every size
    has a pair; with a single one at any size there is no interval.  `pairs` counts seeds with a pair at any size.
    """
    present = np.isfinite(baseline) & np.isfinite(strategy)
    seeds, counts = present.any(axis=1), present.sum(axis=0)
    baseline, strategy = (np.where(present, values, 0.0) for values in (baseline, strategy))
    means = [errors.sum(axis=0) / counts for errors in (baseline, strategy)]
    pairs, log = int(seeds.sum()), float(np.log(means[1] / means[0]).mean())
    flips = flip_p(_swapped(baseline, strategy, counts)[seeds])
    if counts.min() < 2:
        return Effect(pairs, log, None, math.nan, flips)
    spread = _spread(_shares(baseline / means[0], present), _shares(strategy / means[1], present))
    least = SPREADLESS**2 / pairs
    if spread.of(math.exp(-log)) <= least:  # the same difference on every seed
        return Effect(pairs, log, None, math.nan if (baseline != strategy).any() else 1.0, flips)
    dof = degrees_of_freedom(present)
    p_t = 2 * float(stdtr(dof, -spread.t(math.exp(-log))))
    if spread.of(1.0) <= least:  # the same ratio
        return Effect(pairs, log, None, p_t, flips)
    return Effect(pairs, log, _logarithmic(spread.interval(float(stdtrit(dof, 0.5 + LEVEL / 2))), log), p_t, flips)


def relative_differences(baseline: Array, strategy: Array) -> Array:
    """What each pair adds to the log ratio of its size, times the number of pairs: (S, m), NaN where there is none.

    y / mean(y) - x / mean(x), first order of ln(mean(y) / mean(x)); its spread is that of the ratio per seed.
    """
    present = np.isfinite(baseline) & np.isfinite(strategy)
    counts = np.maximum(present.sum(axis=0), 1)
    baseline, strategy = (np.where(present, values, 0.0) for values in (baseline, strategy))
    with np.errstate(invalid="ignore"):
        differences: Array = np.where(
            present, counts * (strategy / strategy.sum(axis=0) - baseline / baseline.sum(axis=0)), np.nan
        )
    return differences


def degrees_of_freedom(present: NDArray[np.bool_]) -> float:
    """Of the variance of the mean over sizes of size means: S - 1 for a complete table.

    present: (S, m), two trials or more at each size.  Fewer where the variance hangs on the few seeds of some sizes.
    With G the covariance of what seeds add, (tr G)^2 / tr G^2, for independent trials of one relative spread.
    """
    counts = present.sum(axis=0).astype(float)
    both = present.T.astype(float) @ present  # seeds at two sizes
    overlap = both * (1 - 1 / counts - 1 / counts[:, None]) + both**2 / np.multiply.outer(counts, counts)
    weights = 1 / (counts * (counts - 1))
    return float((1 / counts).sum() ** 2 / (weights @ overlap @ weights))


class _Spread(NamedTuple):
    """Variances and covariance of the mean relative errors of both, which are 1 each."""

    baseline: float
    strategy: float
    both: float

    def of(self, ratio: float) -> float:
        """Variance of strategy - ratio * baseline."""
        return max(self.strategy - 2 * ratio * self.both + ratio**2 * self.baseline, 0.0)

    def t(self, ratio: float) -> float:
        """How many standard errors 1 is from the ratio."""
        return abs(1 - ratio) / math.sqrt(self.of(ratio))

    def interval(self, quantile: float) -> tuple[float, float]:
        """Ratios at most so many standard errors from 1; 0 and infinite where the errors leave that end open."""
        square = quantile**2
        quadratic, linear, constant = (
            1 - square * part for part in (self.baseline, self.both, self.strategy)
        )  # quadratic r^2 - 2 linear r + constant <= 0
        root = linear + math.sqrt(max(linear**2 - quadratic * constant, 0.0))
        return constant / root if constant > 0 else 0.0, root / quadratic if quadratic > 0 else math.inf


def _spread(a: Array, b: Array) -> _Spread:
    return _Spread(float(a @ a), float(b @ b), float(a @ b))


def _shares(relative: Array, present: NDArray[np.bool_]) -> Array:
    """What each seed adds to the deviation of the mean over sizes from 1, so that squares sum to its variance: (S,).

    relative: (S, m), errors over the mean of their size.  Deviations from a mean of n vary by 1 - 1/n of what single
    trials do: CR2.
    """
    counts = present.sum(axis=0)
    weights = 1 / (np.sqrt(counts * (counts - 1.0)) * len(counts))
    shares: Array = np.where(present, relative - 1, 0.0) @ weights
    return shares


def _swapped(baseline: Array, strategy: Array, counts: Array) -> Array:
    """What each seed adds to the relative difference over sizes, (S,); a swap of both turns its sign and nothing else.

    The unit of a size is the mean of both errors, which no swap changes.  A missing pair adds 0.
    """
    unit = (baseline + strategy).sum(axis=0) / counts
    differences: Array = ((strategy - baseline) / (unit * counts)).sum(axis=1)
    return differences


def _logarithmic(ends: tuple[float, float], shift: float) -> Interval | None:
    """Of ln of the ratio; None where both ends are open."""
    low, high = (math.log(end) + shift if end > 0 else -math.inf for end in ends)
    if math.isinf(low) and math.isinf(high):
        return None
    return Interval(low, high, math.isinf(low), math.isinf(high), method="t")
