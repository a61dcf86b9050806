"""Masks at the size that the network sees, without the library that trains it."""

import numpy as np


def nearest_places(stored: int, size: int) -> np.ndarray:
    """(size,) rows or columns of the stored image whose centres are nearest to those of the network's pixels.

    As `interpolate(mode="nearest-exact")` of torch, by which labels are decoded; in its single precision.
    """
    scale = np.float32(stored / size)
    places = ((np.arange(size) + 0.5) * np.float64(scale)).astype(np.float32)
    return np.minimum(np.floor(places).astype(int), stored - 1)


def by_nearest(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) of any type to (rows, columns) of the same."""
    rows, columns = (nearest_places(stored, side) for stored, side in zip(mask.shape, size, strict=True))
    return mask[np.ix_(rows, columns)]


def by_area(foreground: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) of bool to (rows, columns) of bool: pixels of which foreground covers at least half."""
    covered = foreground.astype(np.float64)
    for axis, side in enumerate(size):
        covered = _means(covered, side, axis)
    return covered >= 0.5 - 1e-9


def _means(values: np.ndarray, side: int, axis: int) -> np.ndarray:
    """Means over `side` equal stretches of an axis, which may end within a pixel."""
    values = np.moveaxis(values, axis, 0)
    sums = np.concatenate([np.zeros((1, *values.shape[1:])), np.cumsum(values, axis=0)])
    ends = np.linspace(0, len(values), side + 1)
    whole = np.minimum(ends.astype(int), len(values) - 1)
    part = (ends - whole).reshape(-1, *[1] * (values.ndim - 1))
    upto = sums[whole] + part * values[whole]
    return np.moveaxis(np.diff(upto, axis=0) * side / len(values), 0, axis)
