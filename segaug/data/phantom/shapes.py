"""Shapes as level functions of position: below 1 inside, 1 on the contour, above 1 outside.

points: (2, ...) as (row, column), in sides of the image; angles in radians, from the row axis towards the column axis.
"""

import numpy as np

Point = tuple[float, float]


def pixel_centres(side: int) -> np.ndarray:
    """Centres (2, side, side) of the pixels of the unit square, float32."""
    at = (np.arange(side, dtype=np.float32) + 0.5) / side
    return np.stack(np.meshgrid(at, at, indexing="ij"))


def _local(points: np.ndarray, centre: Point, radii: Point, angle: float) -> np.ndarray:
    """Coordinates (2, ...) along the shape's own axes, in units of its radii."""
    row, column = points[0] - np.float32(centre[0]), points[1] - np.float32(centre[1])
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    return np.stack([(cos * row + sin * column) / radii[0], (cos * column - sin * row) / radii[1]]).astype(np.float32)


def ellipse(points: np.ndarray, centre: Point, radii: Point, angle: float = 0.0, power: float = 2.0) -> np.ndarray:
    """Superellipse; power 2 is an ellipse, larger ones come nearer to a box."""
    local = _local(points, centre, radii, angle)
    if power == 2.0:
        return np.hypot(local[0], local[1])
    level: np.ndarray = (np.abs(local) ** power).sum(0) ** (1 / power)
    return level


def star(points: np.ndarray, centre: Point, radii: Point, waves: np.ndarray, angle: float = 0.0) -> np.ndarray:
    """Ellipse whose log radius is changed by Fourier waves 2, 3, ... of the polar angle.

    waves: (2, count), cosine and sine coefficients.
    """
    local = _local(points, centre, radii, angle)
    level = np.hypot(local[0], local[1])
    near = level < np.exp(np.abs(waves).sum())  # no contour lies farther out, so no angle is needed there
    turn = np.arctan2(local[1][near], local[0][near])
    order = np.arange(2, waves.shape[1] + 2, dtype=np.float32)[:, None]
    log_radius = waves[0] @ np.cos(order * turn) + waves[1] @ np.sin(order * turn)
    level[near] *= np.exp(-log_radius)
    return level


def tubes(points: np.ndarray, start: np.ndarray, stop: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """Union of straight tubes with round ends; exact up to level 2, infinite beyond the box around that.

    start, stop: (n, 2).  radius: (n, 2), at start and stop.
    """
    start, stop, radius = (part.astype(np.float32) for part in (start, stop, radius))
    ends, reach = np.concatenate([start, stop]), 2 * radius.max()
    (top, left), (bottom, right) = ends.min(0) - reach, ends.max(0) + reach
    flat = points.reshape(2, -1)
    near = np.flatnonzero((flat[0] > top) & (flat[0] < bottom) & (flat[1] > left) & (flat[1] < right))
    along = stop - start  # (n, 2)
    offset = flat[None, :, near] - start[:, :, None]  # (n, 2, P)
    length2 = np.maximum((along**2).sum(1), 1e-12)[:, None]
    share = np.clip((along[:, :1] * offset[:, 0] + along[:, 1:] * offset[:, 1]) / length2, 0, 1)  # where on the axis
    gap2 = ((offset - share[:, None] * along[:, :, None]) ** 2).sum(1)
    width = radius[:, :1] + share * (radius[:, 1:] - radius[:, :1])
    level = np.full(flat.shape[1], np.inf, np.float32)
    level[near] = np.sqrt((gap2 / width**2).min(0))
    return level.reshape(points.shape[1:])
