"""The published fit: unweighted least squares of E(N) = a N^-b + c over all trials of one curve."""

from dataclasses import dataclass

import numpy as np

from segaug.analysis.bootstrap import Bootstrap, Interval, bootstrap
from segaug.analysis.power_law import Array, PowerLaw
from segaug.analysis.solver import B_MAX, B_MIN, solve

_ZERO = 1e-6  # a floor below this share of the error at the largest size is none


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A curve's law, how well it fits, and how well the trials determine it."""

    law: PowerLaw
    pure: PowerLaw  # the same with c = 0
    sizes: Array  # (m,)
    counts: Array  # (m,) trials per size
    residuals: Array  # (m,) size mean minus law
    rss: float  # over all trials
    r2: float  # share of the variation between the size means that the law explains
    aic_gain: float  # AIC of the pure law minus AIC of the law; > 0 speaks for a floor
    b_at_bound: bool  # b ended at a limit of the search: read it as "at most" or "at least"
    bootstrap: Bootstrap | None  # None with a single seed

    @property
    def middle_size(self) -> float:
        """The measured size at which the law is known best, about."""
        return float(self.sizes[len(self.sizes) // 2])

    def interval(self, size: float) -> Interval | None:
        """Interval of E(size); None with a single seed."""
        if self.bootstrap is None:
            return None
        low, high = self.bootstrap.error([size])
        return Interval(float(low[0]), float(high[0]))

    @property
    def floor_identified(self) -> bool:
        """Is there an interval of c, and does it exclude 0?"""
        return self.bootstrap is not None and self.bootstrap.c.low > _ZERO * float(self.law.predict(self.sizes[-1]))


def fit_trials(sizes: Array, values: Array, resamples: int, stream: str) -> Fit:
    """Fit one curve.

    sizes: (m,), m >= 3, increasing.  values: (S, m), the error of each seed at each size, NaN where there is none, at
    least one in each column.  stream: names the draws of the bootstrap.
    Source: the scaling study fits each task and model by non-linear least squares; its settings are not published.
    """
    counts = np.isfinite(values).sum(axis=0)
    means = np.nanmean(values, axis=0)
    law = solve(sizes, means[None], counts, polish=True)[0]
    pure = solve(sizes, means[None], counts, floor=False, polish=True)[0]
    residuals = means - law.predict(sizes)
    rss = _rss(law, sizes, values)
    return Fit(
        law=law,
        pure=pure,
        sizes=sizes,
        counts=counts,
        residuals=residuals,
        rss=rss,
        r2=_r2(residuals, means, counts),
        aic_gain=_aic_gain(rss, _rss(pure, sizes, values), values),
        b_at_bound=not B_MIN * (1 + 1e-6) < law.b < B_MAX * (1 - 1e-6),
        bootstrap=bootstrap(sizes, values, resamples, stream),
    )


def _rss(law: PowerLaw, sizes: Array, values: Array) -> float:
    return float(np.nansum((values - law.predict(sizes)) ** 2))


def _r2(residuals: Array, means: Array, counts: Array) -> float:
    """1 for a perfect fit; 0 where the law is no better than a constant, or where there is nothing to explain."""
    total = counts @ (means - np.average(means, weights=counts)) ** 2
    return float(1 - counts @ residuals**2 / total) if total > 0 else 0.0


def _aic_gain(rss: float, rss_pure: float, values: Array) -> float:
    """AIC = n ln(RSS / n) + 2 k for Gaussian errors of unknown variance; an RSS below rounding counts as rounding."""
    n = int(np.isfinite(values).sum())
    rounding = n * (1e-9 * np.nanmax(np.abs(values))) ** 2
    return float(n * np.log(max(rss_pure, rounding) / max(rss, rounding)) - 2)
