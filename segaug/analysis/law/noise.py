"""How much the trials of a curve vary at each size: what its law is weighted by.

The variances of few trials are poor weights, and where errors are skewed they bias the fit, because a low mean comes
with a low variance.  So the squared coefficient of variation (CV) is smoothed over ln N, see `spread`, and taken times
the *fitted* mean.  Sources: Carroll and Cline, Biometrika 75 (1988) 35; Tellinghuisen (2009).

Shapes: S seeds, m sizes.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import rss, solve
from segaug.analysis.law.spread import relative_kurtosis, spread
from segaug.errors import DataError

CV_MIN = 0.001  # a smaller spread is rounding, or a seed that was never applied
_CORRELATION_MAX = 0.95
_DETECTION = 1.0  # standard errors from which a correlation is believed although the plan has none: see `_correlation`
_FEWEST_DOF_AROUND_LAW = 2
_REWEIGHTINGS = 2
_SMALLEST_FIT = 0.05  # of the mean: a fitted error below it gives no weight of its own
LINE_REJECTED = 0.05  # p below which a reader is told that the spread is no straight line


@dataclass(frozen=True)
class Noise:
    """What is known about the spread of one curve's trials."""

    alpha: float  # ln CV^2 at `centre`
    beta: float  # d ln CV^2 / d ln N there
    centre: float  # a size
    correlation: float  # of a seed's trials at two sizes; 0 unless subsets are nested or the trials show it
    dof: int  # (effective) degrees of freedom of the spread; 0: unknown, weights are relative, no interval is bounded
    curvature: float = 0.0  # of ln CV^2, by (ln N)^2; 0: a straight line
    measured: tuple[float, float] = (0.0, np.inf)  # sizes; a parabola ends with them, a line goes on
    p_line: float | None = None  # that chance alone bends a straight line so; None: not tested

    def cv(self, sizes: ArrayLike) -> Array:
        """Smooth coefficient of variation of a trial at each size, in the shape of `sizes`."""
        at = np.asarray(sizes, dtype=float)
        x = np.log((np.clip(at, *self.measured) if self.curvature else at) / self.centre)
        return np.exp((self.alpha + (self.beta + self.curvature * x) * x) / 2)

    @property
    def line_rejected(self) -> bool:
        """Is the spread no straight line over ln N?"""
        return self.p_line is not None and self.p_line < LINE_REJECTED


@dataclass(frozen=True, eq=False)
class SizeMeans:
    """The size means that a law is fitted to; sizes without any trial are left out."""

    sizes: Array  # (m,)
    means: Array  # (m,)
    counts: Array  # (m,) trials
    variance: Array  # (m,) of the trials of each size, NaN for a single one
    cv: Array  # (m,) coefficient of variation of a trial in use: that of `noise`, or more where a size is noisier
    trial_variance: Array  # (m,) the same as a variance, at the fitted mean
    precision: Array  # (m, m) inverse covariance of the means
    noise: Noise

    @property
    def dof(self) -> int:
        """Degrees of freedom of the precision."""
        return self.noise.dof

    @property
    def standard_error(self) -> Array:
        """Of each mean, (m,)."""
        return np.sqrt(self.trial_variance / self.counts)

    @property
    def replicated(self) -> bool:
        """Has any size two trials?  If not, the spread is that around the law, and cannot test the law."""
        return bool((self.counts > 1).any())

    @property
    def without_spread(self) -> Array:
        """Sizes with several trials that agree to CV_MIN, (k,): was the seed applied there?"""
        return self.sizes[(self.counts > 1) & (self.variance <= (CV_MIN * self.means) ** 2)]


def weighted_means(sizes: Array, values: Array, *, nested: bool = False) -> SizeMeans:
    """Size means with their precision; the weights follow the fitted law in two passes.

    sizes: (m,).  values: (S, m), the positive error of each seed at each size, NaN where there is none.
    nested: whether the subsets of one seed contain each other, so that its trials at two sizes are alike.
    """
    trials = _trials(sizes, values)
    noise, squared_cv = _noise(trials, nested)
    trial_variance = squared_cv * trials.means**2
    passes = _REWEIGHTINGS if len(trials.sizes) > 2 and (trials.counts > 1).any() else 0
    for _ in range(passes):
        weights = _precision(trials, trial_variance, noise.correlation)
        fitted = solve(trials.sizes, trials.means[None], weights)[0].predict(trials.sizes)
        trial_variance = squared_cv * np.maximum(fitted, _SMALLEST_FIT * trials.means) ** 2
    return SizeMeans(
        sizes=trials.sizes,
        means=trials.means,
        counts=trials.counts,
        variance=trials.variance,
        cv=np.sqrt(squared_cv),
        trial_variance=trial_variance,
        precision=_precision(trials, trial_variance, noise.correlation),
        noise=noise,
    )


def noise_of(sizes: Array, values: Array, *, nested: bool = False) -> Noise:
    """Smooth CV, correlation and degrees of freedom of the trials; arguments as in `weighted_means`."""
    return _noise(_trials(sizes, values), nested)[0]


class _Trials(NamedTuple):
    sizes: Array  # (m,)
    means: Array  # (m,)
    variance: Array  # (m,) NaN for a single trial
    counts: Array  # (m,)
    deviations: Array  # (S, m) from the mean, 0 where missing
    shared: Array  # (m, m) seeds present at both sizes


def _trials(sizes: Array, values: Array) -> _Trials:
    present = np.isfinite(values)
    if (values[present] <= 0).any():
        raise DataError(
            file="errors of a curve",
            problem="are zero or negative in places",
            fix="fit a positive error that falls towards zero, such as the BCE or 1 - Dice",
        )
    counts = present.sum(axis=0)
    if not counts.all():
        kept = counts > 0
        return _trials(sizes[kept], values[:, kept])
    means = np.where(present, values, 0.0).sum(axis=0) / counts
    deviations = np.where(present, values - means, 0.0)
    squares = np.einsum("sm,sm->m", deviations, deviations)
    variance = np.where(counts > 1, squares / np.maximum(counts - 1, 1), np.nan)
    seen = present.astype(float)
    return _Trials(np.asarray(sizes, dtype=float), means, variance, counts.astype(float), deviations, seen.T @ seen)


def _noise(trials: _Trials, nested: bool) -> tuple[Noise, Array]:
    """The noise, and the squared CV in use at each size, (m,)."""
    if (trials.counts == 1).all():
        around = _noise_around_law(trials)
        return around, around.cv(trials.sizes) ** 2
    smooth, squared_cv = _spread(trials)
    correlation = _correlation(trials, np.sqrt(squared_cv) * trials.means, nested)
    # Sizes whose trials are alike repeat each other's variance: Satterthwaite's degrees of freedom of their mean.
    repeated = 1 + (len(trials.sizes) - 1) * correlation**2
    return replace(smooth, correlation=correlation, dof=max(round(smooth.dof / repeated), 1)), squared_cv


def _spread(trials: _Trials) -> tuple[Noise, Array]:
    """As if sizes were independent.  Sizes without a spread of their own take the smooth one."""
    own = np.maximum(np.nan_to_num(trials.variance) / trials.means**2, CV_MIN**2)
    repeated = trials.counts > 1
    used = repeated & (own > CV_MIN**2)
    if used.sum() < 2:
        used = repeated
    kurtosis = relative_kurtosis(trials.deviations[:, used], trials.counts[used])
    smooth = spread(trials.sizes[used], own[used], trials.counts[used], kurtosis)
    (alpha, beta, curvature), ends = smooth.coefficients, trials.sizes[used][[0, -1]]
    measured = float(ends[0]), float(ends[1])
    noise = Noise(alpha, beta, smooth.centre, 0.0, smooth.dof, curvature, measured, smooth.p_line)
    squared_cv = noise.cv(trials.sizes) ** 2
    squared_cv[used] = smooth.squared_cv
    return noise, squared_cv


def _noise_around_law(trials: _Trials) -> Noise:
    """With one trial a size, the spread is that of the means around a law fitted to relative errors."""
    dof = len(trials.sizes) - 3
    if dof < _FEWEST_DOF_AROUND_LAW:
        return Noise(alpha=0.0, beta=0.0, centre=1.0, correlation=0.0, dof=0)
    means, weights = trials.means[None], trials.means**-2
    law = solve(trials.sizes, means, weights, polish=True)
    squared_cv = max(rss(law, trials.sizes, means, weights)[0] / dof, CV_MIN**2)
    return Noise(alpha=float(np.log(squared_cv)), beta=0.0, centre=1.0, correlation=0.0, dof=dof)


def _correlation(trials: _Trials, spread: Array, nested: bool) -> float:
    """One correlation for all pairs of sizes; spread: (m,), standard deviation of a trial.

    Seeds share more than nested subsets: initial weights and orders.  With five seeds such an effect is seldom clear,
    and missing it costs coverage of E in the middle, where believing in one that is not there costs next to nothing.
    """
    pairs, several = np.triu(trials.shared > 1, k=1), trials.counts > 1
    scores = trials.deviations / spread
    products = scores.T @ scores
    # The scores' own variance instead of 1: that of few seeds which move together is far from the line at all sizes.
    own = (np.diag(products)[several] / (trials.counts[several] - 1)).mean()
    if not pairs.any() or own == 0:
        return 0.0
    shared = trials.shared[pairs]
    correlation = float((products[pairs] / (shared - 1)).mean() / own)
    believed = nested or correlation * np.sqrt(shared.sum()) > _DETECTION
    return min(max(correlation, 0.0), _CORRELATION_MAX) if believed else 0.0


def _precision(trials: _Trials, trial_variance: Array, correlation: float) -> Array:
    """Inverse covariance of the means, (m, m): those of two sizes share the seeds present at both."""
    if correlation == 0:
        return np.diag(trials.counts / trial_variance)
    share = correlation * trials.shared / np.multiply.outer(trials.counts, trials.counts)
    np.fill_diagonal(share, 1 / trials.counts)
    spread = np.sqrt(trial_variance)
    # Inverted without the scale of the errors, which may differ by orders of magnitude between the sizes.
    return np.linalg.inv(share) / np.multiply.outer(spread, spread)
