"""Paired differences at several numbers of added images, with intervals that hold at all of them together.

The interval at k is the mean over seeds plus and minus c standard errors, and c is such that with probability 95 % no
k at all lies outside: the quantile of the largest |t| over k.  From twenty seeds on it comes from draws of whole seeds,
which keep the correlation of what seeds share: the quantile of the largest |z| of the drawn means, taken to Student's
t by its tail, because the spread at each k is known from few pairs.  Fewer seeds tell too little of that correlation
(five seeds and five k: 8 to 10 % false alarms; ten seeds: 6 to 7.5 %), and c is Sidak's, as if the k were independent,
which holds whatever their correlation: Sidak (1967), JASA 62, 626.  Measured: benchmarks/addition_verdict.py.

With other test cases, too: the same with draws of whole seeds and whole patients, see `two_way_means`.

Shapes: S seeds, m numbers of added images, K test cases, B draws.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtrinc, ndtr

from segaug.analysis.comparison.sign_flips import varied
from segaug.analysis.distributions import normal_quantile, t_quantile
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import Counts, resampled_means, two_way_means
from segaug.analysis.planning.effect_power import POWER

CORRELATED_SEEDS = 20  # from here on the correlation over k is believed
_TWO_SIDED = 0.5 + LEVEL / 2
_POINTWISE = float(normal_quantile(_TWO_SIDED))


@dataclass(frozen=True)
class PairedEffect:
    """At one number of added images; positive: the error is higher."""

    pairs: int  # seeds with both trials
    mean: float  # difference of the errors; NaN without a pair
    interval: Interval | None  # simultaneous, on this test set; None with one pair, or without spread
    other_cases: Interval | None  # simultaneous, with other test cases, too; None where cases are not known
    detectable: float  # true difference that such an interval leaves 0 out for with 80 % probability; NaN: unknown

    @property
    def negated(self) -> "PairedEffect":
        """Of a score, where this is of its error, 1 - score."""
        intervals = (self.interval and self.interval.negated, self.other_cases and self.other_cases.negated)
        return replace(self, mean=-self.mean, interval=intervals[0], other_cases=intervals[1])


def paired_effects(
    differences: Array, on_cases: Array | None, seed_counts: Counts, case_counts: Counts | None, patients: int
) -> tuple[PairedEffect, ...]:
    """One for each column; the intervals of all columns hold together.

    differences: (S, m), NaN where a seed has no pair.  on_cases: (S, m, K), the same on single test cases, or None.
    seed_counts: (B, S).  case_counts: (B, K), draws of so many patients.
    """
    pairs = np.isfinite(differences).sum(axis=0)
    totals = np.where(np.isfinite(differences), differences, 0.0).sum(axis=0)
    means = np.where(pairs > 0, totals / np.maximum(pairs, 1), np.nan)
    tested = np.flatnonzero(varied(differences))
    if not len(tested):
        return tuple(
            PairedEffect(int(n), float(mean), None, None, math.nan) for n, mean in zip(pairs, means, strict=True)
        )
    kept = differences[:, tested]
    errors = np.nanstd(kept, axis=0, ddof=1) / np.sqrt(pairs[tested])
    times = critical(resampled_means(kept, seed_counts), pairs[tested])
    other = _on_other_cases(on_cases, tested, seed_counts, case_counts, patients)
    places = {int(column): place for place, column in enumerate(tested)}
    return tuple(
        _effect(int(n), float(mean), errors, times, other, places.get(column))
        for column, (n, mean) in enumerate(zip(pairs, means, strict=True))
    )


def _effect(
    pairs: int, mean: float, errors: Array, times: Array, other: list[Interval] | None, place: int | None
) -> PairedEffect:
    """place: among the tested columns; None: there is one pair, or no spread."""
    if place is None:
        return PairedEffect(pairs, mean, None, None, math.nan)
    half = float(times[place] * errors[place])
    detectable = float(errors[place]) * noncentrality(float(times[place]), pairs - 1)
    interval = Interval(mean - half, mean + half, method="t")
    return PairedEffect(pairs, mean, interval, other[place] if other else None, detectable)


def critical(drawn: Array, units: NDArray[np.int64]) -> Array:
    """How many standard errors an interval reaches, so that the intervals of all columns hold together: (m,).

    drawn: (B, m), resampled means, on any scale.  units: (m,) seeds, or patients, of each, two or more.
    """
    columns = len(units)
    independent = float(normal_quantile(0.5 + 0.5 * LEVEL ** (1 / columns)))
    spread = drawn.std(axis=0)
    if units.min() < CORRELATED_SEEDS or not spread.all():
        largest = independent
    else:
        resampled = float(np.quantile((np.abs(drawn - drawn.mean(axis=0)) / spread).max(axis=1), LEVEL))
        largest = min(max(resampled, _POINTWISE), independent)
    times: Array = t_quantile(ndtr(largest), units - 1)
    return times


def noncentrality(times: float, dof: int) -> float:
    """True effect in standard errors for which |t| exceeds `times` on its side with a probability of `POWER`."""
    return float(nctdtrinc(dof, 1 - POWER, times))


def _on_other_cases(
    on_cases: Array | None, tested: NDArray[np.intp], seed_counts: Counts, case_counts: Counts | None, patients: int
) -> list[Interval] | None:
    if on_cases is None or case_counts is None or patients < 2:
        return None
    kept = on_cases[:, tested]
    present = np.isfinite(kept[:, :, 0])
    means = np.nansum(kept, axis=(0, 2)) / (present.sum(axis=0) * kept.shape[2])
    drawn = two_way_means(kept, seed_counts, case_counts, patients)
    units = np.minimum(present.sum(axis=0), patients)
    fewest = min(int(present.any(axis=1).sum()), patients)
    errors = drawn.std(axis=0) * _POINTWISE / float(t_quantile(_TWO_SIDED, fewest - 1))  # `kappa` has brought that in
    half = critical(drawn, units) * errors
    return [
        Interval(float(mean - wide), float(mean + wide), method="bootstrap", target="case_population")
        for mean, wide in zip(means, half, strict=True)
    ]
