"""What the means say about the shape of a curve without any law."""

import numpy as np
from scipy.optimize import isotonic_regression

from segaug.analysis.distributions import normal_quantile
from segaug.analysis.interval import SIGNIFICANCE
from segaug.analysis.law.power_law import Array


def non_monotone(means: Array, precision: Array) -> bool:
    """Does the error rise from one size to the next by more than chance would make it rise somewhere?

    means: (m,).  precision: (m, m), inverse covariance of the means.  Bonferroni over the m - 1 steps: wrong on at most
    5 % of curves that do not rise.
    """
    if len(means) < 2:
        return False
    covariance = np.linalg.inv(precision)
    variance = np.diag(covariance)
    step_variance = variance[1:] + variance[:-1] - 2 * np.diag(covariance, 1)
    steps = np.diff(means) / np.sqrt(step_variance)
    return bool(steps.max() > -normal_quantile(SIGNIFICANCE / len(steps)))


def isotonic(means: Array, precision: Array) -> Array:
    """The falling curve nearest to the means, weighted by their precision (pool adjacent violators).  Returns (m,)."""
    falling: Array = isotonic_regression(means, weights=1 / np.diag(np.linalg.inv(precision)), increasing=False).x
    return falling
