"""Pixel positions: the frames in which fields are written and in which torch samples.

Pixel frame: pixel i has its centre at i.  Centred frame: i - (n - 1) / 2.  Sampler frame (`align_corners=False`): the
image reaches from -1 to 1, pixel i of n has its centre at (2 i + 1) / n - 1, and the components run in the reverse
order of the axes: (x, y), where a field has (row, column).
"""

import torch
from torch import Tensor


def along(axis: int, values: Tensor, axes: int) -> Tensor:
    """Shape (n,) values to broadcast along one of the spatial axes: (n, 1) for axis 0 of 2, (1, n) for axis 1."""
    shape = [1] * axes
    shape[axis] = -1
    return values.view(shape)


def centred_px(n: int, like: Tensor) -> Tensor:
    """Positions of n pixels from the middle of the axis, (n,); the frame in which rotation and scaling act."""
    return torch.arange(n, dtype=like.dtype, device=like.device) - (n - 1) / 2


def sampler_points(displacement_px: Tensor) -> Tensor:
    """Where each output pixel looks in the input, in the sampler frame.

    displacement_px: (B, D, *size), component d along spatial axis d.  Returns (B, *size, D), a view with the components
    planar in memory: interleaving them costs more than the sampling that follows.
    """
    size = displacement_px.shape[2:]
    points = displacement_px.flip(1)  # a copy, and the only one: fresh memory is what this function's time goes to
    for axis, n in enumerate(size):
        centres = centred_px(n, displacement_px) * (2 / n)
        points[:, -1 - axis].mul_(2 / n).add_(along(axis, centres, len(size)))
    return points.movedim(1, -1)
