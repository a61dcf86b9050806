"""Profile intervals by brute force: fix the quantity, minimise over what is left, find where the limit is crossed."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq, nnls

from segaug.analysis.law.solver import B_MAX, B_MIN


class BruteProfile:
    """Of one curve; quantities are "error" (at a size), "floor", "floor_share", "slope", "scale", "drop" and "b"."""

    def __init__(self, sizes, means, precision, threshold):
        self.sizes, self.means, self.max_size = sizes, means, sizes[-1]
        self.root = np.linalg.cholesky(precision).T
        self.rss = self._over_b(self._free)
        self.limit = self.rss + threshold

    def interval(self, quantity: str, estimate: float, size: float = 0.0) -> tuple[float, float]:
        """Ends of what is accepted; the estimate lies inside."""
        if quantity == "b":
            return self._crossing(lambda b: self._free(np.array([b]))[0], estimate, B_MIN, B_MAX)
        fixed = {
            "error": self._with_error,
            "floor": lambda b, value: self._ray(b, value, self._x(b)),
            "floor_share": self._with_share,
            "slope": lambda b, value: np.where(b >= value, self._with_share(b, 1 - value / b), np.inf),
            "scale": lambda b, value: self._ray(
                b, (value * self.max_size**-b)[:, None] * self._x(b), np.ones((len(b), 1))
            ),
            "drop": lambda b, value: self._ray(b, (value / (2**b - 1))[:, None] * self._x(b), np.ones((len(b), 1))),
        }[quantity]
        largest = 1.0 if quantity == "floor_share" else np.inf
        options = (size,) if quantity == "error" else ()
        return self._crossing(lambda value: self._over_b(lambda b: fixed(b, value, *options)), estimate, 0.0, largest)

    def _crossing(self, rss: Callable[[float], float], inside: float, low: float, high: float) -> tuple[float, float]:
        def excess(value: float) -> float:
            return rss(value) - self.limit

        if excess(low) > 0:
            low = brentq(excess, low, inside, xtol=1e-9 * inside)
        outside = inside
        while outside < high and excess(outside) <= 0:
            outside = min(1.3 * outside + 1e-3 * self.means[-1], high)
        if excess(outside) > 0:
            outside = brentq(excess, inside, outside, xtol=1e-9 * outside)
        return low, outside

    def _over_b(self, rss: Callable[[np.ndarray], np.ndarray]) -> float:
        b = np.geomspace(B_MIN, B_MAX, 500)
        for _ in range(3):
            found = rss(b)
            best = int(np.argmin(found))
            b = np.geomspace(b[max(best - 1, 0)], b[min(best + 1, len(b) - 1)], 41)
        return float(found[best])

    def _x(self, b):
        return (self.sizes / self.max_size) ** -b[:, None]

    def _free(self, b):
        columns = (np.stack([x, np.ones_like(x)], axis=1) for x in self._x(b))
        return np.array([nnls(self.root @ both, self.root @ self.means)[1] ** 2 for both in columns])

    def _with_error(self, b, value, size):
        at_size = (size / self.max_size) ** -b[:, None]
        return self._ray(b, value, self._x(b) - at_size, value / at_size)

    def _with_share(self, b, share):
        share = np.broadcast_to(share, b.shape)[:, None]
        return self._ray(b, 0.0, (1 - share) * self._x(b) + share)

    def _ray(self, b, offset, direction, largest=np.inf):
        """RSS of offset + t direction at the best t from 0 to largest."""
        rest = (self.means - offset + np.zeros((len(b), 1))) @ self.root.T
        direction = (direction + np.zeros(len(self.sizes))) @ self.root.T
        t = (rest * direction).sum(axis=1, keepdims=True) / np.maximum(
            (direction**2).sum(axis=1, keepdims=True), 1e-300
        )
        return ((rest - np.clip(t, 0, largest) * direction) ** 2).sum(axis=1)
