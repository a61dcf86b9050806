"""What a known exponent b leaves of the fit: y ~ a' x + c with a', c >= 0, which has an exact solution.

x = (N / N_max)^-b, so a' and c are the falling part and the floor of the error at the largest size.

Everything is whitened: with the precision matrix W = T T' of the means, x'W y is the plain product of x'T and y'T.
T is turned so that 1'T = (|1|, 0, ..., 0): the first coordinate carries the constant, the others are centred.

Shapes: m sizes, B curves, k values of b; whitened vectors have m as last axis.
"""

from typing import NamedTuple

import numpy as np

from segaug.analysis.law.power_law import Array

_ROUNDING = 1e-13  # a product of whitened vectors below this share of their lengths is zero


class Products(NamedTuple):
    """Products of whitened vectors, for each curve and b; they broadcast to (B, k)."""

    x0: Array  # x along the constant
    y0: Array  # y along the constant
    xx: Array  # x with itself, centred
    xy: Array  # x with y, centred


class LinearProblem:
    """The means of B curves at the same sizes, with the same precision."""

    def __init__(self, sizes: Array, means: Array, weights: Array) -> None:
        """sizes: (m,).  means: (B, m).  weights: precisions (m,), or their matrix (m, m)."""
        self.max_size = sizes.max()
        self.log_size = np.log(sizes / self.max_size)
        self.whitening, self.one = _whitening(weights)
        self.y = means @ self.whitening

    def columns(self, b: Array) -> Array:
        """Whitened x for each b, (..., m)."""
        return np.exp(np.multiply.outer(-b, self.log_size)) @ self.whitening

    def products(self, x: Array, rows: slice = slice(None)) -> Products:
        """x: (k, m), the same columns for all curves, or (B, k, m), their own for the B curves in `rows`."""
        y, centred = self.y[rows], x[..., 1:]
        xy = y[:, 1:] @ centred.T if x.ndim == 2 else np.einsum("bkm,bm->bk", centred, y[:, 1:])
        return Products(x[..., 0], y[:, :1], np.einsum("...m,...m->...", centred, centred), xy)

    def coefficients(self, x: Array, rows: slice = slice(None), floor: bool = True) -> tuple[Array, Array]:
        """Best non-negative a' and c for each curve and b, (B, k).

        x, rows: as in `products`.  floor: whether c is free (else 0).
        """
        p = self.products(x, rows)
        through_zero = np.maximum(p.xy + p.x0 * p.y0, 0.0) / (p.xx + p.x0**2)
        if not floor:
            return through_zero, np.zeros_like(through_zero)
        length = np.linalg.norm(self.y[rows], axis=1, keepdims=True)
        falls = p.xy > _ROUNDING * length * np.sqrt(p.xx)
        a = np.where(falls, p.xy / p.xx, 0.0)
        c = p.y0 - a * p.x0
        # An optimum outside the quadrant gives way to the better one of its two edges.
        constant = np.maximum(p.y0, 0.0)
        on_edge = ~falls | (c < 0)
        no_floor = on_edge & (_gain_through_zero(p) > constant**2 * (1 + _ROUNDING))
        a = np.where(no_floor, through_zero, np.where(on_edge, 0.0, a))
        c = np.where(no_floor, 0.0, np.where(on_edge, constant, c))
        return a, c / self.one

    def rss_slope(self, b: Array, rows: slice = slice(None), floor: bool = True) -> Array:
        """d RSS / d b of the best law for each b, (B, k); b: (B, k).  Its root is known better than that of the RSS.

        The best a' and c need no derivative: the RSS is smallest in them already.
        """
        raw = np.exp(np.multiply.outer(-b, self.log_size))
        x = raw @ self.whitening
        a, c = self.coefficients(x, rows, floor)
        residuals = self.y[rows][:, None] - a[..., None] * x
        residuals[..., 0] -= c * self.one
        return 2 * a * np.einsum("bkm,bkm->bk", residuals, (raw * self.log_size) @ self.whitening)

    def best_rss(self, x: Array, rows: slice = slice(None), floor: bool = True) -> Array:
        """RSS of the best non-negative law for each curve and b, exact also near zero, (B, k); arguments as above."""
        p = self.products(x, rows)
        free = p.xy / p.xx
        residuals = self.y[rows][:, None, 1:] - free[..., None] * x[..., 1:]
        rss = np.einsum("bkm,bkm->bk", residuals, residuals)
        floor_free = p.y0 - free * p.x0
        outside = (free < 0) | (floor_free < 0) if floor else np.ones_like(rss, dtype=bool)
        return rss + np.where(outside, _penalty(p, free, floor_free, floor), 0.0) if outside.any() else rss


def _penalty(p: Products, free: Array, floor_free: Array, floor: bool) -> Array:
    """What the better edge of the quadrant costs above the unconstrained law, (B, k)."""
    length_xx = p.xx + p.x0**2
    nothing = free**2 * p.xx + p.y0**2
    no_floor = np.where(p.xy + p.x0 * p.y0 > 0, floor_free**2 * p.xx / length_xx, nothing)
    return np.minimum(no_floor, free**2 * p.xx + np.minimum(p.y0, 0.0) ** 2) if floor else no_floor


def gain(p: Products, floor: bool = True) -> Array:
    """By how much the best non-negative law lowers the RSS below that of the weighted mean, (B, k)."""
    mean = p.y0**2
    if not floor:
        return _gain_through_zero(p) - mean
    a = p.xy / p.xx
    inside = (a >= 0) & (a * p.x0 <= p.y0)
    edge = np.maximum(_gain_through_zero(p), np.maximum(p.y0, 0.0) ** 2) - mean
    return np.where(inside, a * p.xy, edge)


def _gain_through_zero(p: Products) -> Array:
    return np.maximum(p.xy + p.x0 * p.y0, 0.0) ** 2 / (p.xx + p.x0**2)


def _whitening(weights: Array) -> tuple[Array, float]:
    """T with T T' = W and 1'T = (|1|, 0, ..., 0), and |1|.  A Householder reflection turns the constant into place."""
    root = np.diag(np.sqrt(weights)) if weights.ndim == 1 else np.linalg.cholesky(weights)
    constant = root.sum(axis=0)
    length = float(np.sqrt(constant @ constant))
    sign = 1.0 if constant[0] >= 0 else -1.0
    normal = constant / length
    normal[0] += sign
    turned = root - np.multiply.outer(root @ normal, normal / abs(normal[0]))
    return -sign * turned, length
