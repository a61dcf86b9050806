"""Does a trial end because its training is done, or because its updates are used up?

A trial is told as not trained out if all of this holds, a rule fixed before any result:

- its training loss still falls at the end: the line through the logarithms of its last quarter falls by at least 2 %,
  and the last half falls by more than chance (Kendall's test against time, one-sided 5 %, any shape).  2 %
  is much: under a cosine the last quarter has only 2.5 % of the sum of the learning rates, so that a loss which falls
  by 2 % there falls as steeply as the power 0.8 of that sum;
- it used its whole budget: one that stopped by patience had ceased to get better;
- its best weights are of the last quarter: if they are older, more updates fit the training images alone.
"""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

LATE = 0.75  # of the updates: what comes behind is the last quarter
MIN_FALL = 0.02
_HALF = 0.5
_CHANCE = 1.645  # standard normal, one-sided 5 %


def late_fall(updates: Sequence[int], losses: Sequence[float | None]) -> float:
    """By what share the training loss falls in the last quarter of the updates; 0 where that may be chance.

    updates: at which the entries of the history end, rising from 1.  NaN where the last half holds too few of them to
    tell, or one that is no positive number.
    """
    if not updates or len(updates) != len(losses) or list(updates) != sorted({*updates}):
        return math.nan
    at, loss = np.asarray(updates, dtype=float), np.asarray(losses, dtype=float)  # null becomes NaN
    half, quarter = at > _HALF * at[-1], at >= LATE * at[-1]
    if half.sum() < 4 or quarter.sum() < 2 or not (np.isfinite(loss[half]) & (loss[half] > 0)).all():  # fewer: no 5 %
        return math.nan
    if not _falls(loss[half]):
        return 0.0
    time = at[quarter] / at[-1] - at[quarter].mean() / at[-1]
    slope = float(time @ np.log(loss[quarter]) / (time @ time))
    return max(0.0, 1 - math.exp(slope * (1 - LATE)))


def not_trained_out(row: Mapping[Any, Any]) -> bool:
    """Of a row of `trial_row`; False where it is not known."""
    return bool(
        row["late_fall"] >= MIN_FALL and row["stopped"] == "budget" and row["best_update"] >= LATE * row["updates"]
    )


def _falls(values: np.ndarray) -> bool:
    """Kendall (1938): more falling than rising pairs than chance has, in the normal form with its correction."""
    n = len(values)
    earlier, later = _pairs(n)
    pairs = np.sign(values[earlier] - values[later]).sum()
    return bool((pairs - 1) / math.sqrt(n * (n - 1) * (2 * n + 5) / 18) > _CHANCE)


@lru_cache(maxsize=64)  # the trials of a study have histories of few lengths
def _pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of all pairs of n values, the earlier one first."""
    return np.triu_indices(n, 1)
