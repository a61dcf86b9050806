"""The law by scipy.optimize.curve_fit, as most studies fit it: a loop over curves, from chosen starts."""

import warnings
from dataclasses import dataclass

import numpy as np
from scipy.optimize import curve_fit

from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import B_MAX, B_MIN

BOUNDS = [0, B_MIN, 0], [np.inf, B_MAX, np.inf]
FREE = -np.inf, np.inf


def law(sizes: Array, a: float, b: float, c: float) -> Array:
    return a * sizes**-b + c


@dataclass(frozen=True)
class ScipyFit:
    """One fit for each row of means."""

    name: str
    bounded: bool
    exponents: tuple[float, ...] = (0.5,)  # to start from; the best fit counts

    def fit(self, sizes: Array, means: Array, weights: Array) -> tuple[Array, Array]:
        """Laws (B, 3) and their weighted squares (B,), NaN where it gave up; means: (B, m), weights: (m,)."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # scipy warns where a covariance does not exist; nobody asks for it here
            laws = np.array([self._best(sizes, row, weights) for row in means])
        residuals = means - (laws[:, :1] * sizes ** -laws[:, 1:2] + laws[:, 2:])
        return laws, (residuals**2) @ weights

    def _best(self, sizes: Array, means: Array, weights: Array) -> Array:
        found, lowest = np.full(3, np.nan), np.inf
        for exponent in self.exponents:
            start = means[0] * sizes[0] ** exponent, exponent, 0.1 * means[-1]
            try:
                tried, _ = curve_fit(law, sizes, means, start, weights**-0.5, bounds=BOUNDS if self.bounded else FREE)
            except RuntimeError:  # no convergence
                continue
            objective = float(weights @ (means - law(sizes, *tried)) ** 2)
            if objective < lowest:
                found, lowest = tried, objective
        return found
