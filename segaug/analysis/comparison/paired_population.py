"""Ratios of paired errors for new seeds and new test cases.

Every draw takes whole seeds and whole patients, the same ones for both strategies, so that what makes a case hard
cancels as what makes a seed hard does.  Source: Owen (2007), the pigeonhole bootstrap of crossed random effects.

Shapes: B draws, S seeds, m sizes, K test cases.
"""

import numpy as np

from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import Counts, kappa, percentile_interval


def errors_on_drawn_cases(values: Array, case_counts: Counts) -> Array:
    """Error of each trial on each draw of cases, NaN where it has none: (B, S, m).

    values: (S, m, K).  case_counts: (B, K).
    """
    seeds, sizes, cases = values.shape
    shares = case_counts / case_counts.sum(axis=1, keepdims=True)
    found: Array = (shares @ values.reshape(seeds * sizes, cases).T).reshape(-1, seeds, sizes)
    return found


def drawn_log_ratios(baseline: Array, strategy: Array, observed: Array, seed_counts: Counts, patients: int) -> Array:
    """Mean log ratio of each draw at each size, spread out by `kappa` of the fewer of seeds and patients: (B, m).

    baseline, strategy: (B, S, m), see `errors_on_drawn_cases`.  observed: log ratios on all cases, (S, m), at least one
    pair a size.  seed_counts: (B, S).  patients: how many units the cases were drawn in.  A draw without any pair at a
    size takes all of its pairs there.
    """
    present = np.isfinite(observed)
    log_ratios = np.where(present, np.log(np.where(present, strategy / baseline, 1.0)), 0.0)
    weights = seed_counts[:, :, None] * present
    weights = np.where(weights.any(axis=1, keepdims=True), weights, present)
    drawn = (weights * log_ratios).sum(axis=1) / weights.sum(axis=1)
    mean = np.where(present, observed, 0.0).sum(axis=0) / present.sum(axis=0)
    units = min(int(present.any(axis=1).sum()), patients)
    found: Array = mean + kappa(units) * (drawn - mean)
    return found


def ratio_interval(log_ratios: Array) -> Interval:
    """Of a ratio, from draws of its logarithm: (B,)."""
    return percentile_interval(np.exp(log_ratios), "case_population")
