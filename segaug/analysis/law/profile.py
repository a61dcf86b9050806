"""Intervals for everything that a curve's law says, from one profile over b.

A value is accepted if the best law that has it costs at most `threshold` more RSS than the best of all laws.  The
search over b is a grid, then a finer grid over what was accepted; see `confidence_region` for the rest.  An end that
the data leave open comes out open.

Shapes: m sizes, k values of b, t values of the floor share.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.confidence_region import ConfidenceRegion
from segaug.analysis.law.linear_problem import LinearProblem, gain
from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.solver import B_GRID, B_MAX, B_MIN, solve

_ENOUGH = 40  # accepted values of b that make extremes over them exact to well below 1 % of a width
_PASSES = 8
_FEWEST_DOF = 3
_SHARES = 201  # nodes of a joint region along the floor share
_BEYOND = 0.02  # of a joint region's width: so far its grid goes on


def threshold(dof: int, parameters: int = 1, level: float = LEVEL) -> float:
    """RSS above its minimum up to which `parameters` quantities are accepted together; 3 makes a band simultaneous.

    dof: degrees of freedom of the precision; fewer than 3 count as 3, and 0 accepts everything.
    """
    if dof < 1:
        return math.inf
    return float(parameters * fdtri(parameters, max(dof, _FEWEST_DOF), level))


@dataclass(frozen=True, eq=False)
class Profile:
    """The best law of a curve, and the extremes over all laws within a threshold of it."""

    law: PowerLaw
    rss: float  # weighted, of the law
    b: Interval
    _region: ConfidenceRegion
    _max_size: float

    @cached_property
    def floor_share(self) -> Interval:
        """Of phi = c / E at the largest size."""
        low, high = self._ratios
        return Interval(float(1 / (1 + np.fmax.reduce(high))), float(1 / (1 + np.fmin.reduce(low))))

    @cached_property
    def slope(self) -> Interval:
        """Of -d ln E / d ln N at the largest size."""
        with np.errstate(divide="ignore"):  # no fall: a slope of 0
            low, high = (self._region.b / (1 + 1 / ratio) for ratio in self._ratios)
        smallest, largest = float(np.fmin.reduce(low)), float(np.fmax.reduce(high))
        return Interval(
            smallest,
            largest,
            open_low=self.b.open_low and bool(0 < smallest == low[0]),
            open_high=self.b.open_high and bool(largest == high[-1]),
        )

    @cached_property
    def floor(self) -> Interval:
        """Of c, in the unit of the error."""
        return self._linear(np.zeros_like(self._region.b), 1.0)

    @cached_property
    def scale(self) -> Interval:
        """Of a, in error * N^b: hardly known by itself, and never to be compared without b and c."""
        return self._linear(self._max_size**self._region.b, 0.0)

    @cached_property
    def drop(self) -> Interval:
        """Of E(N_max / 2) - E(N_max), the gain of the last doubling."""
        return self._linear(2.0**self._region.b - 1, 0.0)

    def error(self, sizes: ArrayLike) -> tuple[Array, Array]:
        """Pointwise low and high of E(N); sizes: (n,), measured or not.  Returns two (n,)."""
        log_size = np.log(np.asarray(sizes, dtype=float) / self._max_size)
        return self._region.linear(np.exp(np.multiply.outer(-log_size, self._region.b)), 1.0)

    def _linear(self, of_a: Array, of_c: float) -> Interval:
        low, high = self._region.linear(of_a[None], of_c)
        return Interval(float(low[0]), float(high[0]), open_high=math.isinf(high[0]))

    @cached_property
    def _ratios(self) -> tuple[Array, Array]:
        return self._region.ratio()


def profile(sizes: Array, means: Array, precision: Array, threshold: float, law: PowerLaw | None = None) -> Profile:
    """Everything about one curve.

    sizes, means: (m,), m >= 3.  precision: inverse covariance of the means, (m, m), or its diagonal (m,).
    threshold: see there; for `SizeMeans` from trials it is `threshold(data.dof)`.  law: the best one, if it is known.
    """
    problem = LinearProblem(sizes, means[None], precision)
    law = law or solve(sizes, means[None], precision, polish=True)[0]
    rss = float(problem.best_rss(problem.columns(np.array([law.b])))[0, 0])
    b, interval = _accepted(problem, law.b, rss + threshold)
    return Profile(law, rss, interval, ConfidenceRegion(problem, b, rss + threshold), float(problem.max_size))


def _accepted(problem: LinearProblem, best: float, limit: float) -> tuple[Array, Interval]:
    """Accepted values of b, increasing, and their interval."""
    b = np.sort(np.append(B_GRID, best))
    rss, first, last = _scan(problem, b, limit)
    open_low, open_high = bool(first == 0), bool(last == len(b) - 1)
    for _ in range(_PASSES):
        low, high = b[max(first - 1, 0)], b[min(last + 1, len(b) - 1)]
        b = np.sort(np.append(np.exp(np.linspace(np.log(low), np.log(high), len(B_GRID))), best))
        rss, first, last = _scan(problem, b, limit)
        if last - first >= _ENOUGH:
            break
    low = B_MIN if open_low else _crossing(b, rss, max(first - 1, 0), first, limit)
    high = B_MAX if open_high else _crossing(b, rss, min(last + 1, len(b) - 1), last, limit)
    return b[rss <= max(limit, rss.min())], Interval(low, high, open_low, open_high)


def _scan(problem: LinearProblem, b: Array, limit: float) -> tuple[Array, int, int]:
    """RSS of each b, and the first and the last accepted one."""
    rss = problem.best_rss(problem.columns(b))[0]
    accepted = np.flatnonzero(rss <= max(limit, rss.min()))
    return rss, int(accepted[0]), int(accepted[-1])


def _crossing(b: Array, rss: Array, outside: int, inside: int, limit: float) -> float:
    """Where the RSS reaches the limit between two neighbours."""
    if rss[outside] <= limit:
        return float(b[outside])
    share = (rss[outside] - limit) / (rss[outside] - rss[inside])
    return float(b[outside] + share * (b[inside] - b[outside]))


@dataclass(frozen=True, eq=False)
class JointRegion:
    """RSS of the best law with a given b and floor share: draw contours at the minimum + `threshold(dof, 2, level)`."""

    b: Array  # (k,)
    floor_share: Array  # (t,)
    rss: Array  # (k, t)


def joint_region(sizes: Array, means: Array, precision: Array, bounds: Profile) -> JointRegion:
    """Over what `bounds` accepts and its best law, so that a region of any width has its nodes, (161, 202).

    bounds: of the same means, with the threshold of the widest contour.  Other arguments as in `profile`.
    """
    problem = LinearProblem(sizes, means[None], precision)
    b = np.exp(_nodes(math.log(bounds.b.low), math.log(bounds.b.high), math.log(bounds.law.b), len(B_GRID)))
    b = np.clip(b, B_MIN, B_MAX)
    shares = bounds.floor_share
    share = _nodes(shares.low, shares.high, bounds.law.floor_share(float(problem.max_size)), _SHARES)
    share, y = np.clip(share, 0, 1), problem.y[0]
    p = problem.products(problem.columns(b))
    x0, xx, xy = p.x0[:, None], p.xx[:, None], p.xy[0][:, None]
    # On the ray (a', c) ~ (1 - share, share) the data are met best at y.ray / ray.ray.
    centred, constant = 1 - share, (1 - share) * x0 + share * problem.one
    product = np.maximum(centred * xy + constant * y[0], 0.0)
    return JointRegion(b, share, y @ y - product**2 / (centred**2 * xx + constant**2))


def _nodes(low: float, high: float, best: float, count: int) -> Array:
    """An even grid a little beyond both ends, and the best value, which a grid alone may miss by all of a region."""
    margin = _BEYOND * (high - low)
    return np.sort(np.append(np.linspace(low - margin, high + margin, count), best))


def rss_with_extra_size(sizes: Array, extra: Array, means: Array, precision: Array, b: Array) -> Array:
    """RSS of the best law for each b, if the last mean were measured at each of several sizes, (n, k).

    sizes: (m,).  extra: (n,), the sizes to try for it.  means: (m + 1,).  precision: (m + 1, m + 1).  b: (k,).
    """
    problem = LinearProblem(np.append(sizes, sizes.max()), means[None], precision)
    last = np.multiply.outer(extra / problem.max_size, np.ones_like(b)) ** -b
    x = problem.columns(b) + (last - 1)[..., None] * problem.whitening[-1]
    gains = gain(problem.products(x.reshape(-1, len(means)))).reshape(last.shape)
    centred = problem.y[0, 1:]
    return centred @ centred - gains
