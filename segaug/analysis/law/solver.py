"""Least squares for E(N) = a N^-b + c with a, b, c >= 0, for many curves at once.

Variable projection: for a fixed b the law is linear and its non-negative least-squares solution is exact, so the search
is over b alone: a grid, then finer grids around the best node.  No starting value, no tolerance, no failure.
Source: Golub and Pereyra (1973), separable least squares.

Shapes: m sizes, B curves, k values of b tried for each curve.
"""

import numpy as np

from segaug.analysis.law.linear_problem import LinearProblem, gain
from segaug.analysis.law.power_law import Array, PowerLaws
from segaug.errors import DataError

B_MIN, B_MAX = 0.01, 4.0  # 0.01: flat or logarithmic; 4: only the first size differs
B_GRID = np.geomspace(B_MIN, B_MAX, 160)
_LOG_MIN, _LOG_MAX = np.log([B_MIN, B_MAX])
_STEP = float(_LOG_MAX - _LOG_MIN) / (len(B_GRID) - 1)  # in ln b
# Refinements: where to look within one step of ln b on either side of the best node.
_RESAMPLES = [np.linspace(-1, 1, nodes) for nodes in (13, 9, 7, 7, 7)]  # the last step in ln b is 6e-5
_POINT = [np.linspace(-1, 1, 401)]  # 2e-4, in one go: for few curves a refinement costs more than its nodes
_POLISH, _POLISH_NODES = 2, 401
_BLOCK = 250  # curves searched together: their (B, 160) arrays stay in the cache


def solve(sizes: Array, means: Array, weights: Array, *, floor: bool = True, polish: bool = False) -> PowerLaws:
    """Laws that minimise (means - E(sizes))' W (means - E(sizes)).

    sizes: (m,), positive and distinct.  means: (B, m).  weights: W, its diagonal (m,) or all of it (m, m); scaling it
    changes nothing.  floor: whether c is free (else 0).  polish: spend more passes on b; resamples do not need them.
    With weights = trials per size this is the unweighted fit to all trials, because the spread within a size does not
    depend on the law.
    """
    if not (np.isfinite(means).all() and np.isfinite(weights).all()):
        raise DataError(
            file="means of a curve", problem="are not finite", fix="leave diverged trials and empty sizes out"
        )
    problem = LinearProblem(sizes, means, weights)
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(means), _BLOCK)]
    grid = problem.columns(B_GRID)
    log_b = np.concatenate([_search(problem, grid, rows, floor, polish) for rows in blocks])
    b = np.exp(log_b)
    a, c = problem.coefficients(problem.columns(b[:, None]), floor=floor)
    b = np.where(a[:, 0] > 0, b, B_MIN)  # a constant has no exponent; every b fits alike
    return PowerLaws(a=a[:, 0] * problem.max_size**b, b=b, c=c[:, 0])


def rss(laws: PowerLaws, sizes: Array, means: Array, weights: Array) -> Array:
    """What `solve` minimises, of given laws: (B,).  Other arguments as there."""
    residuals = means - laws.predict(sizes)
    return np.einsum("bm,bm->b", residuals * weights if weights.ndim == 1 else residuals @ weights, residuals)


def _search(problem: LinearProblem, grid: Array, rows: slice, floor: bool, polish: bool) -> Array:
    """ln b at the smallest RSS of each curve; grid: (160, m), the whitened columns of B_GRID."""
    best = gain(problem.products(grid, rows), floor).argmax(axis=1)
    log_b, step = _LOG_MIN + _STEP * best, _STEP
    for offsets in _POINT if polish else _RESAMPLES:
        tried = _around(log_b, step * offsets)
        gains = gain(problem.products(problem.columns(np.exp(tried)), rows), floor)
        log_b, step = tried[np.arange(len(tried)), gains.argmax(axis=1)], step * float(offsets[1] - offsets[0])
    return _polished(problem, log_b, step, rows, floor) if polish else log_b


def _polished(problem: LinearProblem, log_b: Array, step: float, rows: slice, floor: bool) -> Array:
    """ln b where the slope of the RSS changes its sign, within one step of log_b (B,): good to about eleven digits."""
    low, high = _around(log_b, step * np.array([-1.0, 1.0])).T
    curve = np.arange(len(log_b))
    for _ in range(_POLISH):
        tried = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _POLISH_NODES)
        slope = problem.rss_slope(np.exp(tried), rows, floor)
        rises = slope > 0
        after = np.where(rises.any(axis=1), rises.argmax(axis=1), _POLISH_NODES - 1)
        before = np.maximum(after - 1, 0)
        low, high = tried[curve, before], tried[curve, after]
    fall, rise = -slope[curve, before], slope[curve, after]
    crossing = (fall >= 0) & (rise > 0)  # else the RSS is smallest at an end of the range
    return low + np.where(crossing, fall / np.where(crossing, fall + rise, 1.0), 1.0) * (high - low)


def _around(log_b: Array, offsets: Array) -> Array:
    """ln b (B,) with each offset (k,), within the bounds: (B, k)."""
    return np.minimum(np.maximum(log_b[:, None] + offsets, _LOG_MIN), _LOG_MAX)
