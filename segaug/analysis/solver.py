"""Least squares for E(N) = a N^-b + c with a, b, c >= 0, for many curves at once.

Variable projection: for a fixed b the law is linear and its non-negative least-squares solution is exact, so the search
is over b alone: a grid, then finer grids around the best node.  No starting value, no tolerance, no failure.
Source: Golub and Pereyra (1973), separable least squares.

Shapes: m sizes, B curves, k values of b tried for each curve.
"""

import numpy as np

from segaug.analysis.linear_problem import LinearProblem, gain
from segaug.analysis.power_law import Array, PowerLaws
from segaug.errors import DataError

B_MIN, B_MAX = 0.01, 4.0  # 0.01: flat or logarithmic; 4: only the first size differs
B_GRID = np.geomspace(B_MIN, B_MAX, 160)
_REFINEMENTS = (13, 9, 7, 7, 7)  # nodes of each; the last step in ln b is 6e-5
_POLISH = (401,) * 2  # for point estimates: down to the rounding of float64
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
    log_b = np.concatenate([_search(problem, grid, rows, floor) for rows in blocks])
    if polish:
        log_b = _polished(problem, log_b, floor)
    b = np.exp(log_b)
    a, c = problem.coefficients(problem.columns(b[:, None]), floor)
    b = np.where(a[:, 0] > 0, b, B_MIN)  # a constant has no exponent; every b fits alike
    return PowerLaws(a=a[:, 0] * problem.max_size**b, b=b, c=c[:, 0])


def rss(laws: PowerLaws, sizes: Array, means: Array, weights: Array) -> Array:
    """What `solve` minimises, of given laws: (B,).  Other arguments as there."""
    residuals = means - laws.predict(sizes)
    return np.einsum("bm,bm->b", residuals * weights if weights.ndim == 1 else residuals @ weights, residuals)


def _search(problem: LinearProblem, grid: Array, rows: slice, floor: bool) -> Array:
    """ln b at the smallest RSS of each curve; grid: (160, m), the whitened columns of B_GRID."""
    best = gain(problem.products(grid, rows), floor).argmax(axis=1)
    log_b, step = np.log(B_GRID[best]), np.log(B_GRID[1] / B_GRID[0])
    for nodes in _REFINEMENTS:
        tried, step = _around(log_b, step, nodes)
        found = gain(problem.products(problem.columns(np.exp(tried)), rows), floor)
        log_b = np.take_along_axis(tried, found.argmax(axis=1)[:, None], axis=1)[:, 0]
    return log_b


def _polished(problem: LinearProblem, log_b: Array, floor: bool) -> Array:
    """The same from residuals instead of products, which rounding limits to about eight digits of b."""
    step = 2 * np.log(B_GRID[1] / B_GRID[0]) / 648
    for nodes in _POLISH:
        tried, step = _around(log_b, step, nodes)
        x = problem.columns(np.exp(tried))
        found = problem.rss(x, *problem.coefficients(x, floor))
        log_b = np.take_along_axis(tried, found.argmin(axis=1)[:, None], axis=1)[:, 0]
    return log_b


def _around(log_b: Array, step: float, nodes: int) -> tuple[Array, float]:
    """`nodes` values of ln b within one step of log_b (B,), and the new step."""
    tried = log_b[:, None] + step * np.linspace(-1, 1, nodes)
    return np.clip(tried, np.log(B_MIN), np.log(B_MAX)), 2 * step / (nodes - 1)
