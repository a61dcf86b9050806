"""Two forms with more freedom than the law, each fitted by scipy from 20 starts; they need at least six sizes.

Sources: M4 is an estimator of Alabdulmohsin et al. (2022), arXiv 2209.06640; the broken power law is the sharp limit,
with one break and no floor, of Caballero et al. (2023), arXiv 2210.14891.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product

import numpy as np
from scipy.optimize import least_squares

from segaug.analysis.law.forms import Form, Predict
from segaug.analysis.law.lack_of_fit import TESTABLE_SIZES
from segaug.analysis.law.power_law import Array

_STEEPEST = 6.0  # upper limit of exponents
_NEWTON_STEPS = 12
_EVALUATIONS = 60  # from each start: enough for a diagnostic, and sloppy directions have no end
Curve = Callable[[Array, Array], tuple[Array, Array]]  # (p parameters, m sizes) -> errors (m,), derivatives (m, p)


def _best(
    curve: Curve, starts: Iterable[Array], bounds: tuple[Array, Array], sizes: Array, means: Array, precision: Array
) -> Predict:
    """The best of the local optima from all starts."""
    whiten = np.linalg.cholesky(precision).T

    def residuals(parameters: Array) -> Array:
        return whiten @ (curve(parameters, sizes)[0] - means)

    def jacobian(parameters: Array) -> Array:
        return whiten @ curve(parameters, sizes)[1]

    optima = [
        least_squares(
            residuals, np.clip(start, bounds[0] + 1e-9, bounds[1] - 1e-9), jacobian, bounds, max_nfev=_EVALUATIONS
        )
        for start in starts
    ]
    parameters = min(optima, key=lambda optimum: optimum.cost).x
    return lambda at: curve(parameters, at)[0]


def _broken(sizes: Array, means: Array, precision: Array) -> Predict:
    """a (N / k)^-b1 up to the break k, a (N / k)^-b2 beyond; parameters: ln a, ln k, b1, b2."""
    first, last = np.log(sizes[[0, -1]])

    def starts() -> Iterator[Array]:  # straight lines through the logarithms on either side of 20 breaks
        for log_k in np.linspace(first, last, 22)[1:-1]:
            distance = np.log(sizes) - log_k
            columns = np.stack([np.ones(len(sizes)), -np.minimum(distance, 0), -np.maximum(distance, 0)], axis=1)
            log_a, before, after = np.linalg.lstsq(columns, np.log(means))[0]
            yield np.array([log_a, log_k, before, after])

    bounds = np.array([-np.inf, first, 0, 0]), np.array([np.inf, last, _STEEPEST, _STEEPEST])
    return _best(_broken_curve, starts(), bounds, sizes, means, precision)


def _broken_curve(parameters: Array, sizes: Array) -> tuple[Array, Array]:
    log_a, log_k, before, after = parameters
    distance = np.log(sizes) - log_k
    exponent, is_before = np.where(distance < 0, before, after), distance < 0
    error = np.exp(log_a - exponent * distance)
    by_parameter = np.ones(len(sizes)), exponent, -distance * is_before, -distance * ~is_before
    return error, error[:, None] * np.stack(by_parameter, axis=1)


def _m4(sizes: Array, means: Array, precision: Array) -> Predict:
    """(E - e) / (e + d - E)^alpha = beta N^-g; parameters: ln e, ln d, alpha, ln beta, g."""

    def starts() -> Iterator[Array]:  # for given e, d and alpha the rest is a straight line
        for share, excess, alpha in product((0.1, 0.4, 0.7, 0.9, 0.99), (1.05, 2.0), (0.2, 1.0)):
            e, top = share * means.min(), excess * means.max()
            slope, log_beta = np.polyfit(np.log(sizes), np.log(means - e) - alpha * np.log(top - means), 1)
            yield np.array([np.log(e), np.log(top - e), alpha, log_beta, -slope])

    largest = np.log(means.max())
    lower = np.array([largest - 20, largest - 20, 0, -np.inf, 0])
    upper = np.array([largest, largest + 10, _STEEPEST, np.inf, _STEEPEST])
    return _best(_m4_curve, starts(), (lower, upper), sizes, means, precision)


def _m4_curve(parameters: Array, sizes: Array) -> tuple[Array, Array]:
    """The equation defines E implicitly: with E = e + d s, s = 1 / (1 + exp(-u)), it reads
    ln s - alpha ln(1 - s) = ln beta - g ln N + (alpha - 1) ln d, whose left side increases with u.
    """
    log_e, log_d, alpha, log_beta, exponent = parameters
    log_sizes, d = np.log(sizes), np.exp(log_d)
    u = _solve_for_u(log_beta - exponent * log_sizes + (alpha - 1) * log_d, alpha)
    share, log_rest = np.exp(-np.logaddexp(0, -u)), -np.logaddexp(0, u)
    by_target = d * share * (1 - share) / (1 - share + alpha * share + 1e-12)
    by_parameter = (
        np.full(len(sizes), np.exp(log_e)), d * share + by_target * (alpha - 1), by_target * (log_d + log_rest),
        by_target, -by_target * log_sizes,
    )  # fmt: skip
    return np.exp(log_e) + d * share, np.stack(by_parameter, axis=1)


def _solve_for_u(target: Array, alpha: float) -> Array:
    """u where ln s(u) - alpha ln(1 - s(u)) = target, by Newton's method from its asymptotes."""
    u = np.where(target < 0, target, target / max(alpha, 0.1))
    for _ in range(_NEWTON_STEPS):
        value = alpha * np.logaddexp(0, u) - np.logaddexp(0, -u)
        share = np.exp(-np.logaddexp(0, -u))
        u = u - np.clip((value - target) / (1 - share + alpha * share + 1e-12), -20, 20)
    return u


FLEXIBLE_FORMS = (Form("power law with one break", 4, _broken, TESTABLE_SIZES), Form("M4", 5, _m4, TESTABLE_SIZES))
