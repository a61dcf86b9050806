"""Size means that a design could give, and how well laws fit them: what its verdict will rest on.

Means are drawn around the planned law with the precision that so many seeds give, and the estimate of their spread with
its degrees of freedom.  Draws come in pairs with opposite noise, from a stream that is the same for all laws and
designs, so that forecasts differ by what is planned and not by chance.

Shapes: B draws, m sizes, k values of b.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.law.linear_problem import LinearProblem, gain
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.solver import B_GRID

DRAWS = 400
_COARSE = B_GRID[::4]
_STEP = float(np.log(_COARSE[1] / _COARSE[0]))
_REFINEMENTS, _NODES = 3, np.linspace(-1, 1, 9)  # the last step in ln b is 0.002
_LOG_ENDS = np.log(B_GRID[[0, -1]])


@dataclass(frozen=True, eq=False)
class DrawnCurves:
    """B studies of one curve."""

    sizes: Array  # (m,)
    means: Array  # (B, m)
    precision: Array  # (m, m) of the means, as it truly is
    scale: Array  # (B,) estimated variance of the means over the true one

    @cached_property
    def best_rss(self) -> Array:
        """RSS of the best law, (B,)."""
        return self._best[0]

    @cached_property
    def best_floor(self) -> tuple[Array, Array]:
        """Falling part and floor of the best law at the largest size, two (B,)."""
        a, c = self._problem.coefficients(self._problem.columns(self._best[1][:, None]))
        return a[:, 0], c[:, 0]

    @cached_property
    def rss_of_b(self) -> Array:
        """RSS of the best law with each b of `B_GRID`, (B, 160)."""
        return self._rss(self._problem.columns(B_GRID))

    def rss_with_share(self, share: float) -> Array:
        """RSS of the best law whose floor is this share of the error at the largest size, (B,)."""
        y_squared = np.einsum("bm,bm->b", self._problem.y, self._problem.y)[:, None]

        def of(x: Array) -> Array:
            p = self._problem.products(x)
            constant = (1 - share) * p.x0 + share * self._problem.one
            product = np.maximum((1 - share) * p.xy + constant * p.y0, 0.0)
            return y_squared - product**2 / ((1 - share) ** 2 * p.xx + constant**2)

        return self._smallest(of)[0]

    @cached_property
    def _problem(self) -> LinearProblem:
        return LinearProblem(self.sizes, self.means, self.precision)

    @cached_property
    def _best(self) -> tuple[Array, Array]:
        return self._smallest(self._rss)

    def _rss(self, x: Array) -> Array:
        """Of the best law for each b, (B, k)."""
        centred = np.einsum("bm,bm->b", self._problem.y[:, 1:], self._problem.y[:, 1:])
        return centred[:, None] - gain(self._problem.products(x))

    def _smallest(self, rss: Callable[[Array], Array]) -> tuple[Array, Array]:
        """Over b, by a grid and finer ones around the best node: the RSS and b, two (B,)."""
        row = np.arange(len(self.means))
        squares = rss(self._problem.columns(_COARSE))
        log_b, step = np.log(_COARSE[squares.argmin(axis=1)]), _STEP
        for _ in range(_REFINEMENTS):
            tried = np.clip(log_b[:, None] + step * _NODES, _LOG_ENDS[0], _LOG_ENDS[1])
            squares = rss(self._problem.columns(np.exp(tried)))
            log_b, step = tried[row, squares.argmin(axis=1)], step * float(_NODES[1] - _NODES[0])
        return squares.min(axis=1), np.exp(log_b)


def draw_curves(sizes: Array, errors: Array, precision: Array, dof: int, draws: int = DRAWS) -> DrawnCurves:
    """Around the errors (m,).  precision: (m, m), of the means.  dof: degrees of freedom of their estimated spread."""
    rng = np.random.default_rng(0)
    spread = rng.chisquare(dof, draws // 2) / dof
    score = rng.standard_normal((draws // 2, len(sizes)))
    noise = np.concatenate([score, -score]) @ np.linalg.cholesky(np.linalg.inv(precision)).T
    return DrawnCurves(sizes, errors + noise, precision, np.tile(spread, 2))
