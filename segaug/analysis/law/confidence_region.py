"""The laws that the data accept: all (a', b, c) with RSS <= limit, and the extremes of what follows from them.

For each b the accepted (a', c) are an ellipse cut by the quadrant a', c >= 0, so extremes are exact: no derivative, no
resampling.  Coordinates: u = a' and v = a' x0 + c |1| make it RSS = RSS_free + xx (u - u_free)^2 + (v - y0)^2; names
as in `linear_problem`.  Source: profile likelihood, Raue et al., Bioinformatics 25 (2009) 1923.

Shapes: k values of b, n quantities.
"""

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.law.linear_problem import LinearProblem
from segaug.analysis.law.power_law import Array


class ConfidenceRegion:
    """The region of one curve at k accepted values of b."""

    def __init__(self, problem: LinearProblem, b: Array, limit: float) -> None:
        """problem: of one curve.  b: (k,).  limit: the largest accepted RSS."""
        x = problem.columns(b)
        p = problem.products(x)
        self.b, self.one = b, problem.one
        self.x0, self.xx, self.y0 = p.x0, p.xx, float(p.y0[0, 0])
        self.free = p.xy[0] / p.xx
        y = problem.y[0]
        residuals = y[1:] - self.free[:, None] * x[:, 1:]
        slack = limit - np.einsum("km,km->k", residuals, residuals)  # of the unconstrained law
        self.accepts_zero = limit >= float(y @ y)  # a law without any error
        self.radius = np.sqrt(np.maximum(slack, 0.0))
        # Along c = 0 the data are met best by a' = through_zero; along a' = 0 by c |1| = y0.
        floor = self.y0 - self.free * self.x0
        self.length_xx = self.xx + self.x0**2
        self.through_zero = self.free + floor * self.x0 / self.length_xx
        self.slack_c0 = slack - floor**2 * self.xx / self.length_xx
        self.slack_a0 = slack - self.free**2 * self.xx
        self.a_on_c0 = _edge(self.through_zero, self.slack_c0, self.length_xx)
        self.c_on_a0 = _edge(self.y0 / self.one, self.slack_a0, self.one**2)

    def linear(self, of_a: Array, of_c: float) -> tuple[Array, Array]:
        """Smallest and largest of_a a' + of_c c; of_a: (n, k), as it may depend on b.  Returns two (n,)."""
        of_v = of_c / self.one
        of_u = of_a - of_v * self.x0
        centre = of_u * self.free + of_v * self.y0
        with np.errstate(invalid="ignore", divide="ignore"):  # NaN marks what does not exist
            step = self.radius / np.sqrt(of_u**2 / self.xx + of_v**2)
            step_u, step_v = step * of_u / self.xx, step * of_v
            reach = step_u * of_u + step_v * of_v
            candidates = [
                np.where(self._inside(self.free - step_u, self.y0 - step_v), centre - reach, np.nan),
                np.where(self._inside(self.free + step_u, self.y0 + step_v), centre + reach, np.nan),
                of_a * self.a_on_c0[0],
                of_a * self.a_on_c0[1],
            ]
            constants = of_c * self.c_on_a0
        low = np.fmin(np.fmin.reduce(candidates, axis=(0, 2)), np.fmin.reduce(constants, axis=None))
        high = np.fmax(np.fmax.reduce(candidates, axis=(0, 2)), np.fmax.reduce(constants, axis=None))
        return low, high

    def ratio(self) -> tuple[Array, Array]:
        """Smallest and largest a' / c for each b, from 0 (no fall) to infinity (no floor), two (k,).

        The laws of one ratio r lie on the ray (a', c) ~ (r, 1), along which the best RSS is within the limit where a
        quadratic in r is not negative.  Its coefficients are slacks, so that no digits are lost where the fit is good.
        """
        q2, q0 = self.length_xx * self.slack_c0, self.one**2 * self.slack_a0
        q1 = self.one * (self.free * self.xx * self.y0 + self.x0 * self.slack_a0)
        along_a = self.through_zero * self.length_xx
        with np.errstate(invalid="ignore", divide="ignore"):  # NaN marks what does not exist
            root = -(q1 + np.copysign(np.sqrt(q1**2 - q2 * q0), q1))  # the sum without cancellation
            candidates = [root / q2, q0 / root]
            candidates = [np.where((r >= 0) & (r * along_a + self.y0 * self.one >= 0), r, np.nan) for r in candidates]
        candidates.append(np.where((self.slack_a0 >= 0) & ((self.y0 >= 0) | self.accepts_zero), 0.0, np.nan))
        candidates.append(np.where((self.slack_c0 >= 0) & ((along_a >= 0) | self.accepts_zero), np.inf, np.nan))
        return np.fmin.reduce(candidates), np.fmax.reduce(candidates)

    def _inside(self, u: Array, v: Array) -> NDArray[np.bool_]:
        return (u >= 0) & (v >= u * self.x0)


def _edge(best: Array | float, slack: Array, curvature: Array | float) -> Array:
    """Ends of the accepted part of an edge of the quadrant for each b, NaN where there is none, (2, k)."""
    with np.errstate(invalid="ignore"):
        half = np.sqrt(slack / curvature)
        ends = np.maximum(np.stack([best - half, best + half]), 0.0)
        return np.where(best + half >= 0, ends, np.nan)
