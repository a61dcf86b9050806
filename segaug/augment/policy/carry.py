"""Mirrors and quarter turns, which carry each pixel to another place and change no value."""

from functools import lru_cache

import torch
from torch import Tensor

from segaug.errors import ConfigError

Way = tuple[tuple[int, ...], tuple[int, ...]]  # an order of axes, and the axes that are then reversed
_STAYS: Way = ((), ())


def carried(image: Tensor, matrix: Tensor) -> Tensor:
    """The output (B, C, *size) at c from the middle shows the input at matrix c.

    matrix: (B, D, D) on the CPU, with one 1 or -1 in each row and column and 0 elsewhere.  Rows whose matrix is the
    identity are not touched.
    """
    ways = [_way(tuple(map(tuple, each))) for each in matrix.tolist()]
    if all(way == _STAYS for way in ways):
        return image
    rows = zip(image.split(1), ways, strict=True)
    return torch.cat([row if way == _STAYS else _permuted(row, *way) for row, way in rows])


@lru_cache
def _way(matrix: tuple[tuple[float, ...], ...]) -> Way:
    axes = range(len(matrix))
    source = [next(k for k in axes if matrix[k][axis]) for axis in axes]  # the axis of the input that it runs along
    backwards = tuple(axis + 2 for axis in axes if matrix[source[axis]][axis] < 0)
    return (() if source == [*axes] else (0, 1, *(axis + 2 for axis in source))), backwards


def _permuted(image: Tensor, order: tuple[int, ...], backwards: tuple[int, ...]) -> Tensor:
    turned = image.permute(order) if order else image
    if turned.shape != image.shape:
        raise ConfigError(
            key="dataset.size",
            problem=f"images of {' x '.join(map(str, image.shape[2:]))} pixels cannot be turned by 90 degrees",
            fix="use a size with equal sides, or a test-time policy without quarter turns",
        )
    return turned.flip(backwards)
