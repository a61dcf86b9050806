"""Equivalent data by the law of the baseline: N' from a pseudo-observation.

The strategy's error e at N is added to the baseline's size means as if it had been measured at an unknown size N', with
its own variance and its covariance with them; N' is then profiled like any other quantity.  Unlike a resampled N' it
needs no correction for few seeds, and it comes out open where the law reaches e at no size.

The estimate is the N' at which that profile is lowest.  Differs from the plain crossing E_baseline(N') = e where both
curves share seeds: what is known to have disturbed the baseline's means is taken out of e first, as a paired
difference does it.  The plain crossing may lie outside its own interval.

Shapes: m sizes of the baseline, k sizes of the strategy, B resamples, n tried values of N'.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.comparison.compared_curve import ComparedCurve
from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array, PowerLaw, PowerLaws
from segaug.analysis.law.profile import rss_with_extra_size, threshold
from segaug.analysis.law.solver import B_GRID, B_MAX, B_MIN, solve
from segaug.analysis.law.weighted_law import LawFit

BELOW, BEYOND = 4.0, 16.0  # N' is sought from the smallest size / 4 to 16 times the largest
_TRIED_SIZES, _TRIED_EXPONENTS = 96, 80
_ENOUGH = 24  # accepted values of N' for its ends
_PASSES = 5
_LARGEST_SHARE = 0.99  # of the variance of e that the baseline's means may explain; 1 would be singular


def sizes_of(law: PowerLaw | PowerLaws, errors: Array) -> Array:
    """Size at which a law has an error; 0 above all of its errors, infinite at its floor or below.

    errors: (k,), or (B, k) for B laws.
    """
    a, b, c = (np.asarray(value)[..., None] for value in (law.a, law.b, law.c))
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        sizes = ((errors - c) / a) ** (-1 / b)
    return np.where(errors > c, sizes, np.inf)


@dataclass(frozen=True, eq=False)
class LawEquivalence:
    """The law of a baseline against the errors of a strategy: those of its own law, or its bare means without one."""

    baseline: ComparedCurve  # with a law
    strategy: ComparedCurve
    correlation: float  # of the two errors over seeds

    @property
    def law(self) -> LawFit:
        """Of the baseline."""
        if self.baseline.fit is None:
            raise ValueError("a baseline without a law")
        return self.baseline.fit

    @cached_property
    def errors(self) -> Array:
        """Errors of the strategy at its sizes, (k,)."""
        data, fit = self.strategy.data, self.strategy.fit
        return fit.law.predict(data.sizes) if fit else data.means

    @property
    def equivalents(self) -> Array:
        """N' for each size of the strategy, (k,)."""
        law, data = self.law.law, self.law.data
        return sizes_of(law, self.errors - self._shared(data.means - law.predict(data.sizes)))

    def resampled(self) -> Array:
        """The same of each draw of seeds, (B, k)."""
        strategy, laws, sizes = self.strategy, self.baseline.resampled_laws, self.law.data.sizes
        errors = strategy.resampled_laws.predict(strategy.data.sizes) if strategy.fit else strategy.resampled
        return sizes_of(laws, errors - self._shared(self.baseline.resampled - laws.predict(sizes)))

    def _shared(self, residuals: Array) -> Array:
        """The part of each error that the residuals (..., m) of the baseline's law explain, (..., k)."""
        return residuals @ self.law.data.precision @ self.covariances.T

    def intervals(self) -> list[Interval]:
        """Of each N'."""
        dof = min(self.law.data.dof, self.strategy.data.dof)
        inflation = max(fit.lack_of_fit.inflation for fit in (self.law, self.strategy.fit) if fit)
        limit = threshold(dof) * inflation
        return [
            self._interval(error, _joined(self.law.data.precision, covariance, variance), limit)
            for error, variance, covariance in zip(self.errors, self.variances, self.covariances, strict=True)
        ]

    @cached_property
    def variances(self) -> Array:
        """Of the errors, (k,)."""
        gradient = self.gradient
        return np.einsum("ij,jk,ik->i", gradient, np.linalg.inv(self.strategy.data.precision), gradient)

    @cached_property
    def covariances(self) -> Array:
        """Of the errors with the baseline's means, (k, m).

        Trials of two nearly equal strategies leave next to nothing of an error that the means do not explain: its
        covariance is then cut so that a hundredth of the variance is left.
        """
        full = self.gradient @ self.cross_covariance.T
        explained = np.einsum("ij,jk,ik->i", full, self.law.data.precision, full)
        share = _LARGEST_SHARE * self.variances / np.where(explained > 0, explained, 1.0)
        return full * np.sqrt(np.minimum(1.0, np.where(explained > 0, share, 1.0)))[:, None]

    @cached_property
    def cross_covariance(self) -> Array:
        """Of the baseline's means with the strategy's, (m, k): they share seeds, and at equal sizes subsets, too."""
        baseline, strategy = self.law.data, self.strategy.data
        present = [np.isfinite(curve.trials).astype(float) for curve in (self.baseline, self.strategy)]
        along = math.sqrt(baseline.noise.correlation * strategy.noise.correlation)  # of a seed's trials at two sizes
        alike = self.correlation * np.where(baseline.sizes[:, None] == strategy.sizes, 1.0, along)
        scale = [np.sqrt(data.trial_variance) / data.counts for data in (baseline, strategy)]
        return alike * (present[0].T @ present[1]) * np.multiply.outer(*scale)

    @cached_property
    def gradient(self) -> Array:
        """Derivative of each error by each mean of the strategy, (k, k): refits half a standard error to both sides."""
        data = self.strategy.data
        if self.strategy.fit is None:
            return np.eye(len(data.sizes))
        steps = np.diag(data.standard_error / 2)
        laws = solve(data.sizes, data.means + np.vstack([steps, -steps]), data.precision)
        up, down = np.split(laws.predict(data.sizes), 2)
        return ((up - down) / data.standard_error[:, None]).T

    def _interval(self, error: float, precision: Array, limit: float) -> Interval:
        """Profile over N', each time over narrower ranges of N' and b around what is accepted."""
        data, lowest = self.law.data, math.inf
        outer = np.log([data.sizes[0] / BELOW, data.sizes[-1] * BEYOND])
        log_n, log_b = np.linspace(outer[0], outer[1], _TRIED_SIZES), self._log_exponents()
        for _ in range(_PASSES):
            rss = rss_with_extra_size(data.sizes, np.exp(log_n), np.append(data.means, error), precision, np.exp(log_b))
            lowest, profile = min(lowest, float(rss.min())), rss.min(axis=1)
            ends = _ends(log_n, profile - lowest - limit, outer)
            if (profile <= lowest + limit).sum() >= _ENOUGH:
                break
            near = rss <= max(lowest, rss.min()) + 2 * limit + 2
            log_n = _narrowed(log_n, near.any(axis=1), _TRIED_SIZES)
            log_b = _narrowed(log_b, near.any(axis=0), _TRIED_EXPONENTS)
        return ends

    def _log_exponents(self) -> Array:
        """All values of b that the solver knows, and more around those that the baseline accepts."""
        low, high = np.log([self.law.profile.b.low, self.law.profile.b.high])
        around = np.linspace(1.5 * low - 0.5 * high, 1.5 * high - 0.5 * low, _TRIED_EXPONENTS)
        return np.unique(np.clip(np.append(np.log(B_GRID[::2]), around), *np.log([B_MIN, B_MAX])))


def _joined(precision: Array, covariance: Array, variance: float) -> Array:
    """Precision of the baseline's means and e together, (m + 1, m + 1): of e only what they do not explain is new."""
    weights = precision @ covariance
    rest = variance - covariance @ weights
    column = np.append(-weights, 1.0)
    joined = np.multiply.outer(column, column) / rest
    joined[:-1, :-1] += precision
    return joined


def _narrowed(nodes: Array, near: np.ndarray, count: int) -> Array:
    """So many nodes from one before the first near one to one behind the last."""
    places = np.flatnonzero(near)
    return np.linspace(nodes[max(places[0] - 1, 0)], nodes[min(places[-1] + 1, len(nodes) - 1)], count)


def _ends(log_n: Array, excess: Array, outer: Array) -> Interval:
    """N' between which the excess over the limit is not positive; open at an end of the whole range."""
    accepted = np.flatnonzero(excess <= max(0.0, excess.min()))
    first, last = int(accepted[0]), int(accepted[-1])
    open_low, open_high = bool(log_n[first] <= outer[0]), bool(log_n[last] >= outer[1])
    low = 0.0 if open_low else math.exp(_crossing(log_n, excess, max(first - 1, 0), first))
    high = math.inf if open_high else math.exp(_crossing(log_n, excess, min(last + 1, len(log_n) - 1), last))
    return Interval(low, high, open_low, open_high)


def _crossing(log_n: Array, excess: Array, outside: int, inside: int) -> float:
    """Where the excess is zero between two neighbours."""
    if excess[outside] <= 0:
        return float(log_n[outside])
    share = excess[outside] / (excess[outside] - excess[inside])
    return float(log_n[outside] + share * (log_n[inside] - log_n[outside]))
