"""Band-limited random fields: continuous functions of the unit square, so that every image size shows the same one."""

from functools import lru_cache

import numpy as np

from segaug.data.phantom.draw import Draw

_SPLINE_ENERGY = 151 / 315  # integral of the squared cubic B-spline: the variance that unit coefficients give, per axis


@lru_cache(maxsize=32)
def spline_matrix(points: int, cells: int) -> np.ndarray:
    """Cubic B-spline basis on `points` pixel centres of 0..1, cut into `cells` equal cells: (points, cells + 3)."""
    from scipy.interpolate import BSpline

    at = (np.arange(points) + 0.5) / points
    knots = np.arange(-3, cells + 4) / cells
    basis: np.ndarray = BSpline.design_matrix(at, knots, 3).toarray().astype(np.float32)
    return basis


def smooth_noise(draw: Draw, points: int, cells: int) -> np.ndarray:
    """Random field (points, points) of mean 0 and variance 1 whose details are about 1 / cells of the side."""
    basis = spline_matrix(points, cells)
    return basis @ draw.normal(cells + 3, cells + 3) @ basis.T / _SPLINE_ENERGY


def tissue_noise(draw: Draw, points: int) -> np.ndarray:
    """Three octaves of smooth noise, variance 1: the fine structure that is seen inside tissue."""
    octaves = ((12, 0.5), (26, 0.6), (56, 0.62))  # cells, weight; the squared weights sum to about 1
    return np.sum([weight * smooth_noise(draw, points, cells) for cells, weight in octaves], axis=0)
