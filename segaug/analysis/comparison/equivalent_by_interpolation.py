"""Equivalent data without any law: between the sizes of the baseline its falling means are joined in log-log.

For a baseline whose law is rejected, or that has too few sizes for one.  Intervals are about twice as wide as those by
a law, and nothing is known beyond the measured sizes.

Shapes: m sizes, B curves.
"""

import numpy as np

from segaug.analysis.law.noise import SizeMeans
from segaug.analysis.law.power_law import Array

_SMALLEST_SHARE = 1e-3  # of the original mean: a resampled mean below it has no logarithm that means anything


def equivalents(baseline: SizeMeans, strategy: SizeMeans, means: tuple[Array, Array]) -> Array:
    """N' of the baseline for each size of the strategy, (B, k).

    means: those of baseline (B, m) and strategy (B, k); their own, or resampled.
    """
    curves = [falling_means(data, drawn) for data, drawn in zip((baseline, strategy), means, strict=True)]
    return sizes_between(baseline.sizes, *curves)


def falling_means(data: SizeMeans, means: Array) -> Array:
    """The falling curves nearest to means of a curve's sizes, its own or resampled: (B, m), with positive values."""
    return falling(floored(means, data.means), data.standard_error**-2)


def floored(drawn: Array, means: Array) -> Array:
    """Resampled means, (B, m), that have a logarithm; means: the original ones, (m,)."""
    return np.maximum(drawn, _SMALLEST_SHARE * means)


def falling(means: Array, weights: Array) -> Array:
    """The falling curves nearest to the means, (B, m): isotonic regression of all rows at once.

    means: (B, m).  weights: (m,).  Uses the min-max formula of isotonic regression, Robertson, Wright and Dykstra
    (1988): the smallest over starts up to i of the largest over ends from i of the weighted mean between them.
    """
    total = np.cumsum(np.insert(weights, 0, 0.0))
    sums = np.cumsum(np.insert(means * weights, 0, 0.0, axis=1), axis=1)
    start, end = np.triu_indices(len(weights))
    between = np.full((len(means), len(weights), len(weights)), -np.inf)
    between[:, start, end] = (sums[:, end + 1] - sums[:, start]) / (total[end + 1] - total[start])
    best_end = np.maximum.accumulate(between[:, :, ::-1], axis=2)[:, :, ::-1]
    unreachable = np.tril(np.ones((len(weights), len(weights)), dtype=bool), k=-1)
    return np.where(unreachable, np.inf, best_end).min(axis=1)


def sizes_between(sizes: Array, baseline: Array, errors: Array) -> Array:
    """Size at which each baseline has each error, (B, k); 0 above all of its means, infinite below.

    sizes: (m,).  baseline: (B, m), falling.  errors: (B, k).  Where sizes share the error, their middle in ln N.
    """
    log_n, log_error = np.log(sizes), np.log(baseline)
    wanted = np.log(errors)[:, :, None]
    above, below = log_error[:, None] > wanted, log_error[:, None] < wanted
    first = _crossing(log_n, log_error, wanted[..., 0], above.sum(axis=2))
    last = _crossing(log_n, log_error, wanted[..., 0], len(sizes) - below.sum(axis=2))
    between = np.exp((first + last) / 2)
    return np.where(above.all(axis=2), np.inf, np.where(below.all(axis=2), 0.0, between))


def _crossing(log_n: Array, log_error: Array, wanted: Array, right: np.ndarray) -> Array:
    """ln N at which a line reaches the wanted error between the size before `right`, (B, k), and that one."""
    left, right = (np.clip(place, 0, len(log_n) - 1) for place in (right - 1, right))
    before, after = (np.take_along_axis(log_error, place, axis=1) for place in (left, right))
    falls = before > after
    share = np.where(falls, before - wanted, 0.0) / np.where(falls, before - after, 1.0)
    return log_n[left] + share * (log_n[right] - log_n[left])
