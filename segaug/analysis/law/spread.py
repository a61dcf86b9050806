"""How the spread of trials depends on N: a smooth function, and sizes that are noisier than it.

The squared coefficient of variation (CV²) of few trials is a poor weight, and one that follows the mean where errors
are skewed.  So ln CV² is smoothed over ln N: by a line, or by a parabola where the line is clearly bent.  Real curves
have other shapes too (one noisy size, a step): where the sizes scatter around the smooth function by more than chance,
a size may be noisier than the function says, and then counts with its own spread, moderated by that of the others.  It
is never taken for more precise than the function says: a size whose trials happen to be alike, and with skewed errors
low, would pull the law to itself.

Sources: log-variance regression, Carroll and Cline, Biometrika 75 (1988) 35; moderated variances, Smyth, Stat. Appl.
Genet. Mol. Biol. 3 (2004) 3, section 6.2.  Differs: one-sided, only where the scatter is shown, and the scatter that
the kurtosis of the trials explains is no reason (a sample variance varies more where tails are heavy).

Shapes: m sizes.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import chdtrc, digamma, zeta

from segaug.analysis.law.power_law import Array

_FEWEST_FOR_CURVATURE = 5  # sizes
_CLEAR_CURVATURE = 2.0  # standard errors
_FEWEST_AROUND = 2  # degrees of freedom of the scatter around the smooth function
_SCATTER_LEVEL = 0.2  # p of the scatter below which sizes may be noisier: missing it costs more than believing it
_FEWEST_FOR_KURTOSIS = 4  # trials
_NEWTON_STEPS = 12


class Spread(NamedTuple):
    """Of the trials of one curve."""

    coefficients: tuple[float, float, float]  # of ln CV² by powers of ln N - ln centre
    centre: float  # a size
    squared_cv: Array  # (m,) in use: the smooth one, or a larger one of the size itself
    p_line: float | None  # that chance alone bends a straight line so; None with too few sizes
    dof: int


def spread(sizes: Array, squared_cv: Array, counts: Array, kurtosis: float) -> Spread:
    """Smooth the squared CVs of several sizes with at least two trials each.

    sizes, squared_cv, counts: (m,), squared_cv above zero.  kurtosis: see `relative_kurtosis`.
    """
    nu = counts - 1
    # The log of a chi-square is biased by the digamma term, and has the trigamma function as variance.
    log_cv = np.log(squared_cv) - (digamma(nu / 2) - np.log(nu / 2))
    variance = _trigamma(nu / 2) * max(1.0, 1 + 1.5 * (kurtosis - 1))
    weight = 1 / variance
    centre = float(weight @ np.log(sizes) / weight.sum())
    x = np.log(sizes) - centre
    line = _polynomial(x, log_cv, weight, 1 if len(sizes) > 2 else 0)
    chosen = line
    if len(sizes) >= _FEWEST_FOR_CURVATURE:
        bent = _polynomial(x, log_cv, weight, 2)
        if abs(bent.coefficients[-1]) >= _CLEAR_CURVATURE * bent.error:
            chosen = bent
    smooth, dof = np.exp(chosen.fitted), float(nu.sum())
    p = chosen.p_scatter(log_cv, weight)
    if p is not None and p < _SCATTER_LEVEL:
        smooth, dof = _noisier(chosen, log_cv, variance, squared_cv, nu)
    coefficients = (*chosen.coefficients.tolist(), 0.0, 0.0)[:3]
    return Spread(coefficients, float(np.exp(centre)), smooth, line.p_scatter(log_cv, weight), round(dof))


def relative_kurtosis(deviations: Array, counts: Array) -> float:
    """Mean kurtosis of the trials of a size, as a multiple of what normal trials show; 1 where too few tell.

    deviations: (S, m) from the mean of each size, 0 where missing.  counts: (m,), trials.
    """
    known = (counts >= _FEWEST_FOR_KURTOSIS) & deviations.any(axis=0)
    if not known.any():
        return 1.0
    n, deviations = counts[known], deviations[:, known]
    kurtosis = (deviations**4).sum(axis=0) * n / (deviations**2).sum(axis=0) ** 2
    return float(np.average(kurtosis / (3 * (n - 1) / (n + 1)), weights=n))


class _Smooth(NamedTuple):
    """A weighted polynomial through ln CV²."""

    coefficients: Array  # by rising power
    error: float  # standard error of the highest
    fitted: Array  # (m,)

    @property
    def around(self) -> int:
        """Degrees of freedom of the scatter around it."""
        return len(self.fitted) - len(self.coefficients)

    def p_scatter(self, log_cv: Array, weight: Array) -> float | None:
        if self.around < _FEWEST_AROUND:
            return None
        return float(chdtrc(self.around, weight @ (log_cv - self.fitted) ** 2))


def _polynomial(x: Array, log_cv: Array, weight: Array, degree: int) -> _Smooth:
    powers = x[:, None] ** np.arange(degree + 1)
    covariance = np.linalg.inv(powers.T * weight @ powers)
    coefficients = covariance @ (powers.T @ (weight * log_cv))
    return _Smooth(coefficients, float(np.sqrt(covariance[-1, -1])), powers @ coefficients)


def _noisier(smooth: _Smooth, log_cv: Array, variance: Array, squared_cv: Array, nu: Array) -> tuple[Array, float]:
    """Squared CVs that are at least the smooth ones, (m,), and their degrees of freedom."""
    excess = float(((log_cv - smooth.fitted) ** 2).sum() / smooth.around - variance.mean())
    fitted = np.exp(smooth.fitted)
    if excess <= 0:
        return fitted, float(nu.sum())
    prior = 2 * _inverse_trigamma(excess)  # degrees of freedom that the smooth function counts as
    expected = fitted * np.exp(digamma(prior / 2) - np.log(prior / 2))
    moderated = (prior * expected + nu * squared_cv) / (prior + nu)
    return np.maximum(fitted, moderated), min(float(nu.sum()), float((prior + nu).mean()))


def _trigamma(x: Array) -> Array:
    trigamma: Array = zeta(2, x)
    return trigamma


def _inverse_trigamma(value: float) -> float:
    """Newton's method on 1 / trigamma, which is convex and nearly straight: Smyth (2004), appendix."""
    x = 0.5 + 1 / value
    for _ in range(_NEWTON_STEPS):
        trigamma = zeta(2, x)
        x += trigamma * (1 - trigamma / value) / (-2 * zeta(3, x))
    return float(x)
