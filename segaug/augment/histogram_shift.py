"""A random monotone change of grey values."""

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.augment.draws import uniform


def draw_control_points(rows: int, count: int, rng: torch.Generator) -> Tensor:
    """New grey levels of `count` evenly spaced ones, (rows, count) in 0..1, rising; the ends stay.

    From left to right each level moves to a uniform place between its two neighbours, the left one moved already.
    Source: MONAI 1.6, `RandHistogramShift`.
    """
    levels = torch.linspace(0, 1, count).repeat(rows, 1)
    share = uniform(0, 1, (rows, count), rng)
    for i in range(1, count - 1):
        levels[:, i] = levels[:, i - 1] + share[:, i] * (levels[:, i + 1] - levels[:, i - 1])
    return levels


def shift_histogram(image: Tensor, levels: Tensor) -> Tensor:
    """Map grey values linearly between control points; each image keeps its own minimum and maximum.

    image: (B, C, *size).  levels: (B, count) as drawn above, as shares of the image's range over all its channels.
    """
    values = image.flatten(1)
    low, high = values.amin(1, keepdim=True), values.amax(1, keepdim=True)
    span = high - low
    levels = low + span * levels
    steps = F.pad(levels.diff(dim=1), (0, 1))  # the maximum is a cell of its own, without a slope
    per_grey = (steps.shape[1] - 1) / span.clamp_min(1e-30)  # a flat image has span 0, and stays as it is
    place = (values - low) * per_grey
    cell = place.detach().long().clamp_(0, steps.shape[1] - 1)  # NaN has no cell; its row is NaN all the same
    return torch.addcmul(levels.gather(1, cell), steps.gather(1, cell), place.frac()).view_as(image)
