"""Sign flips: a test of paired differences that assumes only that chance could as well have turned each seed's sign.

A flip swaps baseline and strategy in a whole seed, with all its sizes and strategies, because they share a subset and
an initialisation.  Statistics are studentised, so that flips of many seeds also hold where both have the same expected
error but not the same spread: Janssen (1997), Statistics and Probability Letters 36, 9.
Flips drawn at random count the identity as one of them, so that no p-value is zero: Phipson and Smyth (2010).

Shapes: S seeds, k cells (a strategy at a size), F flips.
"""

from functools import cache

import numpy as np

from segaug.analysis.law.power_law import Array

LEAST_FLIPPED = 6  # seeds; with fewer no flip of signs reaches 5 %, for the smallest p-value is 2 / 2^S
_EXACT_SEEDS = 11  # up to here all 2^S flips are tried
_RANDOM_FLIPS = 1999
_ROUNDING = 1e-12  # a flipped statistic this close to the observed one equals it
SPREADLESS = 1e-5  # of what varies: a smaller spread is that of single precision


@cache
def sign_flips(seeds: int) -> Array:
    """Signs of each seed in each flip, (F, S); the first flip changes nothing."""
    if seeds <= _EXACT_SEEDS:
        turned = np.arange(2**seeds)[:, None] >> np.arange(seeds) & 1
    else:
        drawn = np.random.default_rng(seeds).integers(2, size=(_RANDOM_FLIPS, seeds))
        turned = np.vstack([np.zeros_like(drawn[:1]), drawn])
    signs = np.where(turned, -1.0, 1.0)
    signs.setflags(write=False)  # it is shared
    return signs


def flip_p(differences: Array) -> float:
    """Two-sided p-value that the differences of one cell, (S,), centre on 0; NaN marks a seed without a pair.

    |t| rises with |sum|, because the squares keep their sum under flips.  NaN without any pair.
    """
    present = differences[np.isfinite(differences)]
    if not len(present):
        return float("nan")
    sums = np.abs(sign_flips(len(present)) @ present)
    return _share(sums, sums[0])


def max_t_p(differences: Array) -> Array:
    """p-values of k cells, (k,), adjusted for all of them together: how often the largest |t| of any is as large.

    differences: (S, k), NaN where a seed has no pair.  The cells keep their correlation.  NaN for cells without spread.
    Source: Westfall and Young (1993), single step.
    """
    seeds = np.isfinite(differences).any(axis=1)
    p = np.full(differences.shape[1], np.nan)
    tested = varied(differences)
    if tested.any():
        t = np.abs(_flipped_t(differences[np.ix_(seeds, tested)]))
        largest = t.max(axis=1)
        p[tested] = [_share(largest, observed) for observed in t[0]]
    return p


def varied(differences: Array) -> np.ndarray:
    """Which columns hold at least two differences that are not all the same, up to rounding; (k,) of bool."""
    present = np.isfinite(differences)
    high = np.where(present, differences, -np.inf).max(axis=0, initial=-np.inf)
    low = np.where(present, differences, np.inf).min(axis=0, initial=np.inf)
    size = np.abs(np.where(present, differences, 0.0)).max(axis=0, initial=0.0)
    return (present.sum(axis=0) > 1) & (high - low > SPREADLESS * size)


def _flipped_t(differences: Array) -> Array:
    """t statistic of each column under each flip, (F, k)."""
    present = np.isfinite(differences)
    values, counts = np.where(present, differences, 0.0), present.sum(axis=0)
    mean = sign_flips(len(values)) @ values / counts
    variance = np.maximum((values**2).sum(axis=0) - counts * mean**2, 0.0) / (counts - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(mean * np.sqrt(counts / variance), nan=0.0, posinf=np.inf, neginf=-np.inf)


def _share(flipped: Array, observed: float) -> float:
    return float((flipped >= observed * (1 - _ROUNDING)).mean())
