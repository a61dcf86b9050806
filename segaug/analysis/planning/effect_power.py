"""How many seeds a paired comparison of two strategies needs.

Two strategies share subsets, initial weights and batches seed by seed, so what counts is the spread of their relative
difference, y / E y - x / E x: that of the ratio of their expected errors, see `ratio_of_means`.  Sources: sample size
of the paired t test; Colas et al., arXiv 1806.08295.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.comparison.ratio_of_means import relative_differences
from segaug.analysis.distributions import chi2_upper_quantile, normal_quantile, t_quantile
from segaug.analysis.law.noise import Noise, noise_of
from segaug.analysis.law.power_law import Array
from segaug.analysis.trials.curve_trials import CurveKey, CurveTrials
from segaug.errors import DataError

POWER, LEVEL = 0.8, 0.05  # chance to see an effect that is there, and to see one that is not
ASSUMED_CORRELATION = 0.5  # of the errors of two strategies over seeds, where no pair was measured


@dataclass(frozen=True)
class PairedSpread:
    """Spread over seeds of the relative difference of a strategy's errors from the baseline's."""

    noise: Noise  # CV line of 1 + the relative difference; dof 0: assumed
    measured: bool

    def at(self, sizes: ArrayLike) -> Array:
        """Standard deviation of the relative difference at each size, in the shape of `sizes`."""
        return self.noise.cv(sizes)

    def overall(self, sizes: ArrayLike) -> float:
        """Standard deviation of a seed's mean relative difference over the sizes."""
        spread = self.at(sizes)
        independent = (1 - self.noise.correlation) * (spread**2).sum()
        return float(np.sqrt(independent + self.noise.correlation * spread.sum() ** 2) / len(spread))


def paired_spread(strategy: CurveTrials, baseline: CurveTrials) -> PairedSpread | None:
    """From the seeds that both curves share; None where no size has two such pairs."""
    strategy, baseline = strategy.replicates(), baseline.replicates()
    _, rows, base_rows = np.intersect1d(strategy.seeds, baseline.seeds, return_indices=True)
    sizes, columns, base_columns = np.intersect1d(strategy.sizes, baseline.sizes, return_indices=True)
    differences = relative_differences(
        baseline.values[np.ix_(base_rows, base_columns)], strategy.values[np.ix_(rows, columns)]
    )
    if not (np.isfinite(differences).sum(axis=0) > 1).any():
        return None
    scale = max(1.0, 2 * float(np.nanmax(np.abs(differences))))  # what the noise is read from has to be positive
    noise = noise_of(sizes, 1 + differences / scale, nested=strategy.nested)
    return PairedSpread(_widened(noise, scale**2), measured=True)


def unpaired_spread(noise: Noise) -> PairedSpread:
    """Where no pairs are known: the CV of one curve for both, and a correlation of 0.5 between them."""
    return PairedSpread(_widened(noise, 2 * (1 - ASSUMED_CORRELATION)), measured=False)  # CV_d^2 = 2 (1 - r) CV^2


def _widened(noise: Noise, factor: float) -> Noise:
    """With so many times the variance."""
    return replace(noise, alpha=noise.alpha + math.log(factor))


def seeds_needed(spread: float, ratio: float, comparisons: int = 1) -> int:
    """Smallest number of seeds at which a paired t test sees a ratio of errors with 80 % probability.

    spread: standard deviation of a relative difference.  ratio: of expected errors, such as 0.9 for 10 % less.
    comparisons: how many share the level of 5 %; by Bonferroni, which is the first step of Holm's method and so the
    hardest.
    """
    effect = (spread / math.log(ratio)) ** 2
    level = 1 - LEVEL / 2 / comparisons
    seeds = max(2, math.ceil((normal_quantile(level) + normal_quantile(POWER)) ** 2 * effect))
    while seeds < (t_quantile(level, seeds - 1) + t_quantile(POWER, seeds - 1)) ** 2 * effect:
        seeds += 1
    return seeds


def spread_range(dof: int) -> tuple[float, float]:
    """Interval of a standard deviation at 95 %, as shares of its estimate with so many degrees of freedom."""
    low, high = np.sqrt(dof / chi2_upper_quantile([0.025, 0.975], dof))
    return float(low), float(high)


@dataclass(frozen=True)
class SeedsForEffect:
    """Seeds that one comparison needs, alone and where every comparison of its family shares the level."""

    overall: tuple[int, int]  # the one test of all sizes together, which is a study's main one
    at: dict[int, tuple[int, int]]  # size -> at this size alone
    comparisons: int  # strategies times sizes
    spread: PairedSpread


def seeds_for_effect(spread: PairedSpread, sizes: tuple[int, ...], ratio: float, strategies: int) -> SeedsForEffect:
    """sizes: increasing.  ratio: of the errors.  strategies: how many are compared with the baseline."""
    comparisons = strategies * len(sizes)
    at = {
        size: (seeds_needed(float(sd), ratio), seeds_needed(float(sd), ratio, comparisons))
        for size, sd in zip(sizes, spread.at(sizes), strict=True)
    }
    overall = spread.overall(sizes)
    return SeedsForEffect(
        (seeds_needed(overall, ratio), seeds_needed(overall, ratio, strategies)), at, comparisons, spread
    )


def effects(curves: Sequence[CurveTrials], baseline: str, ratio: float) -> dict[CurveKey, SeedsForEffect]:
    """Of every strategy that shares seeds with the baseline of its task and model."""
    against = {curve.key[:2]: curve for curve in curves if curve.key.strategy == baseline}
    strategies = sorted({curve.key.strategy for curve in curves})
    if not against and len(strategies) > 1:
        fix = f"use --baseline with one of: {', '.join(strategies)}"
        raise DataError(file="study", problem=f"has no strategy {baseline!r}", fix=fix)
    others = [curve for curve in curves if curve.key.strategy != baseline and curve.key[:2] in against]
    paired = {curve: paired_spread(curve, against[curve.key[:2]]) for curve in others}
    spreads = {curve: spread for curve, spread in paired.items() if spread is not None}
    families = Counter(curve.key[:2] for curve in spreads)
    return {
        curve.key: seeds_for_effect(spread, tuple(map(int, curve.sizes)), ratio, families[curve.key[:2]])
        for curve, spread in spreads.items()
    }
