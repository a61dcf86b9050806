"""Ratios of expected errors, by pairs of trials, for new seeds and new test cases.

Every draw takes whole seeds and whole patients, the same ones for both strategies, so that what makes a case hard
cancels as what makes a seed hard does.  Source: Owen (2007), the pigeonhole bootstrap of crossed random effects.

Shapes: B draws, S seeds, m sizes, K test cases.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import Counts, kappa, percentile_interval

_BLOCK = 250  # draws at a time: their weights take as much room as their errors
Pairs = tuple[Array, Array]  # errors of the baseline and of the strategy


def errors_on_drawn_cases(values: Array, case_counts: Counts) -> Array:
    """Error of each trial on each draw of cases, NaN where it has none: (B, S, m).

    values: (S, m, K).  case_counts: (B, K).
    """
    seeds, sizes, cases = values.shape
    shares = case_counts / case_counts.sum(axis=1, keepdims=True)
    errors: Array = (shares @ values.reshape(seeds * sizes, cases).T).reshape(-1, seeds, sizes)
    return errors


def drawn_log_ratios(drawn: Pairs, observed: Pairs, seed_counts: Counts, patients: int) -> Array:
    """Log ratio of the mean errors of each draw at each size, spread out by `kappa` of the fewer of seeds and patients.

    drawn: baseline and strategy on drawn cases, each (B, S, m), see `errors_on_drawn_cases`.  observed: the same on all
    cases, (S, m), NaN where a trial is missing, at least one pair a size.  seed_counts: (B, S).  patients: how many
    units the cases were drawn in.  A draw without any pair at a size takes all of its pairs there.  Returns (B, m).
    """
    return _drawn(_log_ratio, drawn, observed, seed_counts, patients)


def drawn_differences(drawn: Pairs, observed: Pairs, seed_counts: Counts, patients: int) -> Array:
    """The same of the difference of the mean errors, the strategy's minus the baseline's."""
    return _drawn(_difference, drawn, observed, seed_counts, patients)


def _drawn(
    of: Callable[[Pairs, Array], Array], drawn: Pairs, observed: Pairs, seed_counts: Counts, patients: int
) -> Array:
    present = np.isfinite(observed[0]) & np.isfinite(observed[1])
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(seed_counts), _BLOCK)]
    values = np.concatenate([of((drawn[0][b], drawn[1][b]), _weights(seed_counts[b], present)) for b in blocks])
    centre = of(observed, present.astype(float))
    units = min(int(present.any(axis=1).sum()), patients)
    return centre + kappa(units) * (values - centre)


def _weights(seed_counts: Counts, present: NDArray[np.bool_]) -> Array:
    """Of each trial in each draw, (B, S, m)."""
    weights = seed_counts[:, :, None] * present.astype(float)
    return np.where(weights.any(axis=1, keepdims=True), weights, present)


def _log_ratio(pair: Pairs, weights: Array) -> Array:
    """Of weighted sums over seeds, (..., S, m) each: (..., m)."""
    baseline, strategy = ((weights * np.where(weights > 0, errors, 0.0)).sum(axis=-2) for errors in pair)
    ratio: Array = np.log(strategy / baseline)
    return ratio


def _difference(pair: Pairs, weights: Array) -> Array:
    """The same of means over seeds."""
    baseline, strategy = ((weights * np.where(weights > 0, errors, 0.0)).sum(axis=-2) for errors in pair)
    difference: Array = (strategy - baseline) / weights.sum(axis=-2)
    return difference


def ratio_interval(log_ratios: Array) -> Interval:
    """Of a ratio, from draws of its logarithm: (B,)."""
    return percentile_interval(np.exp(log_ratios), "case_population")
