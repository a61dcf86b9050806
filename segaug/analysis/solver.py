"""Least squares for E(N) = a N^-b + c with a, b, c >= 0, for many curves at once.

Variable projection: for a fixed b the law is linear and its non-negative least-squares solution is exact, so the search
is over b alone: a grid, then finer grids around the best node.  No starting value, no tolerance, no failure.

Shapes: m sizes, B curves, k values of b tried for each curve (B = 1 where all curves try the same).
"""

from collections.abc import Callable

import numpy as np

from segaug.analysis.power_law import Array, PowerLaws

B_MIN, B_MAX = 0.01, 4.0  # 0.01: flat or logarithmic; 4: only the first size differs
_GRID = 160
_REFINEMENTS = (13, 9, 7, 7, 7)  # nodes of each; the last step in ln b is 6e-5
_POLISH = (11,) * 10  # for point estimates: down to the rounding of float64


def solve(sizes: Array, means: Array, counts: Array, *, floor: bool = True, polish: bool = False) -> PowerLaws:
    """Laws that minimise sum_i counts_i (means_i - a N_i^-b - c)^2.

    sizes: (m,), positive and distinct.  means: (B, m).  counts: (m,), positive; scaling them all changes nothing.
    floor: whether c is free (else 0).  polish: spend ten more passes on b; resamples do not need them.
    The within-size spread does not depend on the law, so with counts = trials per size this is the unweighted fit to
    all trials.
    """
    problem = _Problem(sizes, means, counts, floor)
    grid = np.linspace(np.log(B_MIN), np.log(B_MAX), _GRID)
    log_b, step = grid[problem.centred_rss(grid[None]).argmin(axis=1)], grid[1] - grid[0]
    for nodes in _REFINEMENTS:
        log_b, step = _refine(problem.centred_rss, log_b, step, nodes)
    for nodes in _POLISH if polish else ():
        log_b, step = _refine(problem.rss, log_b, step, nodes)
    return problem.laws(log_b)


def _refine(rss: Callable[[Array], Array], log_b: Array, step: float, nodes: int) -> tuple[Array, float]:
    """Best of `nodes` values of ln b within one step of log_b (B,), and the new step."""
    tried = np.clip(log_b[:, None] + step * np.linspace(-1, 1, nodes), np.log(B_MIN), np.log(B_MAX))
    best = rss(tried).argmin(axis=1)
    return tried[np.arange(len(tried)), best], 2 * step / (nodes - 1)


class _Problem:
    """The linear problem in (a', c) that each b poses: y ~ a' x + c, x = (N / n0)^-b, n0 the geometric mean size."""

    def __init__(self, sizes: Array, means: Array, counts: Array, floor: bool) -> None:
        self.log_n0 = np.log(sizes).mean()
        self.log_size = np.log(sizes) - self.log_n0
        self.weights = counts / counts.sum()
        self.y = means
        self.y_mean = means @ self.weights
        self.rounding = 1e-13 * np.abs(means).max(axis=1)
        self.y_weighted = (means - self.y_mean[:, None]) * self.weights
        self.floor = floor

    def basis(self, log_b: Array) -> Array:
        """The column x for each b; log_b: (B, k).  Returns (B, k, m)."""
        return np.exp(-np.exp(log_b)[..., None] * self.log_size)

    def linear(self, x: Array) -> tuple[Array, Array, Array]:
        """Exact non-negative a' and c for each b, and the RSS short of a term that b does not change; all (B, k)."""
        x_mean = x @ self.weights
        x_centred = x - x_mean[..., None]
        xx = x_centred**2 @ self.weights
        xy = (x_centred @ self.y_weighted[:, :, None])[..., 0]
        y_mean = self.y_mean[:, None]
        a = xy / xx
        c = y_mean - a * x_mean
        at_zero = (c < 0) | (not self.floor)  # the floor's constraint binds: a line through the origin
        a = np.where(at_zero, (xy + x_mean * y_mean) / (xx + x_mean**2), a)
        c = np.where(at_zero, 0.0, c)
        rising = (xy <= self.rounding[:, None] * np.sqrt(xx)) & self.floor  # the error does not fall: a constant
        a = np.where(rising, 0.0, np.maximum(a, 0.0))
        c = np.where(rising, np.maximum(y_mean, 0.0), c)
        return a, c, a * (a * xx - 2 * xy) + (a * x_mean + c - y_mean) ** 2

    def centred_rss(self, log_b: Array) -> Array:
        """RSS up to a constant from second moments: fast, good to about eight digits; log_b: (B or 1, k)."""
        return self.linear(self.basis(log_b))[2]

    def rss(self, log_b: Array) -> Array:
        """RSS from residuals: exact also where it is nearly zero; log_b: (B, k).  Returns (B, k)."""
        x = self.basis(log_b)
        a, c, _ = self.linear(x)
        return (self.y[:, None] - a[..., None] * x - c[..., None]) ** 2 @ self.weights

    def laws(self, log_b: Array) -> PowerLaws:
        """The laws at one b for each curve; log_b: (B,)."""
        a, c, _ = self.linear(self.basis(log_b[:, None]))
        b = np.exp(log_b)
        return PowerLaws(a=a[:, 0] * np.exp(b * self.log_n0), b=b, c=c[:, 0])
