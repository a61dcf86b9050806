"""Do two aligned pictures show the same pixels, or only the same kind of thing?

Two neighbouring slices of one heart agree in all that is large.  What tells a copy is what is small: edges, speckle and
noise, which are of this one exposure.  So only details are compared, in small tiles, by the median over them: neither a
change of brightness nor calipers and text that were added later move it.
"""

from typing import NamedTuple

import numpy as np

from segaug.data.copies.opencv import opencv

FINE_PX, COARSE_PX = 1.0, 8.0  # details are between these sizes (standard deviations of two blurs)
TILE_PX = 16
RIM_PX = 9  # pixels at the edge of the second picture that are of no use after a warp
FILLED = 0.6  # of a tile that both pictures must cover
VARIES = 1.0  # variance of the details in a tile, of 255 grey values, below which it is empty
FEWEST_TILES = 4


class Likeness(NamedTuple):
    """correlation: median over the tiles, 0 where too few show anything.  overlap: share of the smaller picture."""

    correlation: float
    overlap: float


def likeness(first: np.ndarray, second: np.ndarray, matrix: np.ndarray) -> Likeness:
    """Of two (H, W) uint8 pictures; matrix: (2, 3), places of the second to places of the first."""
    cv2 = opencv()
    size = (first.shape[1], first.shape[0])
    moved = cv2.warpAffine(second, matrix, size, flags=cv2.INTER_LINEAR)
    covered = cv2.warpAffine(np.ones_like(second), matrix, size, flags=cv2.INTER_NEAREST)
    area = second.size * abs(np.linalg.det(matrix[:, :2]))
    overlap = float(covered.sum() / min(first.size, area))
    inner = cv2.erode(covered, np.ones((RIM_PX, RIM_PX), np.uint8), borderValue=0).astype(np.float32)
    return Likeness(_median(_details(first), _details(moved), inner), min(overlap, 1.0))


def _details(pixels: np.ndarray) -> np.ndarray:
    """(H, W) float32."""
    blur = opencv().GaussianBlur
    values = pixels.astype(np.float32)
    details: np.ndarray = blur(values, (0, 0), FINE_PX) - blur(values, (0, 0), COARSE_PX)
    return details


def _median(first: np.ndarray, second: np.ndarray, inner: np.ndarray) -> float:
    """Median over tiles of the correlation of two (H, W) arrays where `inner` is 1."""
    filled = _tiles(inner)
    share = np.maximum(filled, 1e-6)
    one, two, one_one, two_two, one_two = (
        _tiles(values * inner) / share for values in (first, second, first * first, second * second, first * second)
    )
    variances = one_one - one * one, two_two - two * two
    shown = (filled > FILLED) & (np.minimum(*variances) > VARIES)
    if shown.sum() < FEWEST_TILES:
        return 0.0
    correlation = (one_two - one * two)[shown] / np.sqrt((variances[0] * variances[1])[shown])
    return float(np.median(correlation))


def _tiles(values: np.ndarray) -> np.ndarray:
    """Means over squares of TILE_PX that lie wholly inside."""
    rows, columns = (side // TILE_PX for side in values.shape)
    squares = values[: rows * TILE_PX, : columns * TILE_PX].reshape(rows, TILE_PX, columns, TILE_PX)
    means: np.ndarray = squares.mean(axis=(1, 3))
    return means
