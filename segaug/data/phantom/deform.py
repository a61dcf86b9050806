"""Random smooth one-to-one maps of the plane, to deform anatomy with."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates

from segaug.data.phantom.draw import Draw
from segaug.data.phantom.texture import smooth_noise
from segaug.errors import ConfigError

NODES = 97  # per axis of the lattice that carries a map
MARGIN = 0.25  # the lattice reaches this far over each edge of the image, in sides of the image
_SQUARINGS = 6


@dataclass(frozen=True)
class Warp:
    """Strength of a random map: standard deviation of its velocity, in sides of the image, coarse and fine."""

    coarse: float
    fine: float


def random_map(draw: Draw, warp: Warp) -> np.ndarray:
    """Displacement (2, NODES, NODES), in sides of the image: the point x of the image shows the anatomy at x + u(x).

    Flow of a random stationary velocity for unit time, by scaling and squaring; the identity on the lattice's edge.
    Source: Arsigny et al. (2006), "A log-Euclidean framework for statistics on diffeomorphisms", section 3.
    """
    edge = np.minimum(np.arange(NODES), np.arange(NODES)[::-1]) / (NODES - 1) * (1 + 2 * MARGIN) / MARGIN
    window = np.minimum(edge, 1) ** 2 * (
        3 - 2 * np.minimum(edge, 1)
    )  # smooth step from the lattice's edge to the image
    velocity = [
        warp.coarse * smooth_noise(draw, NODES, 5) + warp.fine * smooth_noise(draw, NODES, 12) for _ in range(2)
    ]
    step = draw.variability * np.stack(velocity) * np.outer(window, window) / 2**_SQUARINGS
    for _ in range(_SQUARINGS):
        step = _squared(step)
    if smallest_jacobian(step) <= 0:
        raise ConfigError(key="dataset.variability", problem=f"{draw.variability:g} folds the anatomy", fix="use less")
    return step


def _squared(displacement: np.ndarray) -> np.ndarray:
    """The map followed by itself."""
    nodes_per_side = (NODES - 1) / (1 + 2 * MARGIN)
    at = np.indices((NODES, NODES), dtype=np.float32) + displacement * nodes_per_side
    return displacement + np.stack([map_coordinates(part, at, order=1, mode="nearest") for part in displacement])


def smallest_jacobian(displacement: np.ndarray) -> float:
    """Smallest Jacobian determinant of x + u(x), u bilinear between the nodes, over the whole plane.

    In a cell the determinant of a bilinear map is linear in position, so its minimum lies at a corner: all four
    pairings of one-sided differences are looked at. A positive value certifies that the map is one-to-one.
    """
    spacing = (1 + 2 * MARGIN) / (NODES - 1)
    down, right = np.diff(displacement, axis=1) / spacing, np.diff(displacement, axis=2) / spacing
    corners = [
        (1 + down[0][:, c]) * (1 + right[1][r]) - down[1][:, c] * right[0][r]
        for r in (slice(None, -1), slice(1, None))
        for c in (slice(None, -1), slice(1, None))
    ]
    return float(min(corner.min() for corner in corners))


@lru_cache(maxsize=8)
def _hat_matrix(side: int) -> np.ndarray:
    """Weights (side, NODES) that read the lattice, linearly, at the pixel centres of an image."""
    from scipy.interpolate import BSpline

    knots = np.linspace(-MARGIN, 1 + MARGIN, NODES)
    at = (np.arange(side) + 0.5) / side
    weights: np.ndarray = BSpline.design_matrix(at, np.r_[knots[0], knots, knots[-1]], 1).toarray().astype(np.float32)
    return weights


def at_pixels(displacement: np.ndarray, side: int) -> np.ndarray:
    """The displacement (2, side, side) at the pixel centres of an image of `side` pixels."""
    weights = _hat_matrix(side)
    return weights @ displacement.astype(np.float32) @ weights.T
