"""A random monotone change of grey values."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.blocks import blocks

_VALUES = 7  # of a pixel, that are in use together


def rising_levels(unit: np.ndarray) -> Tensor:
    """New grey levels of evenly spaced ones, (rows, count) in 0..1, rising, by numbers from U(0, 1); the ends stay.

    From left to right each level moves to a uniform place between its two neighbours, the left one moved already.
    Source: MONAI 1.6, `RandHistogramShift`.
    """
    rows, count = unit.shape
    levels = np.tile(_even(count), (rows, 1))
    for i in range(1, count - 1):
        levels[:, i] = levels[:, i - 1] + unit[:, i] * (levels[:, i + 1] - levels[:, i - 1])
    return torch.from_numpy(levels)


@lru_cache(maxsize=16)
def _even(count: int) -> np.ndarray:
    return torch.linspace(0, 1, count).numpy()  # numpy's is rounded otherwise


def shift_histogram(image: Tensor, levels: Tensor) -> Tensor:
    """Map grey values linearly between control points; each image keeps its own minimum and maximum.

    image: (B, C, *size).  levels: (B, count) as drawn above, as shares of the image's range over all its channels.
    """
    values, count = image.flatten(1), levels.shape[1]
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    span = high - low
    levels = low + span * levels
    steps = F.pad(levels.diff(dim=1), (0, 1))  # the maximum is a cell of its own, without a slope
    per_grey = (count - 1) / span.clamp_min(1e-30)  # a flat image has span 0, and stays as it is
    if image.is_cuda or (torch.is_grad_enabled() and (image.requires_grad or levels.requires_grad)):
        return _between(levels, steps, (values - low) * per_grey).view_as(image)
    made = torch.empty_like(values)
    for rows in blocks(0, len(values), _VALUES * values[0].nbytes):
        _between(levels[rows], steps[rows], (values[rows] - low[rows]).mul_(per_grey[rows]), made[rows])
    return made.view_as(image)


def _between(levels: Tensor, steps: Tensor, place: Tensor, made: Tensor | None = None) -> Tensor:
    """The level of a place (B, n), counted in levels (B, count) that have these steps between them; into `made`."""
    rows, count = levels.shape
    cell = place.detach().int().clamp_(0, count - 1)  # NaN has no cell; its row is NaN all the same
    if rows > 1:
        cell += torch.arange(0, rows * count, count, dtype=torch.int32, device=cell.device)[:, None]
    level, step = (each.flatten().index_select(0, cell.flatten()).view_as(place) for each in (levels, steps))
    return torch.addcmul(level, step, place.frac_(), out=made)
