"""Pixel positions: the frames in which fields are written and in which torch samples.

Pixel frame: pixel i has its centre at i.  Centred frame: i - (n - 1) / 2.  Sampler frame (`align_corners=False` of
torch): the image reaches from -1 to 1, and pixel i of n has its centre at (2 i + 1) / n - 1.  Components are in the
order of the axes, (row, column), in all three.
"""

from functools import lru_cache

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
    """Where each output pixel looks in the input, in the sampler frame; (B, D, *size) to (B, D, *size)."""
    size = displacement_px.shape[2:]
    centres, per_px = _sampler_frame(tuple(size), displacement_px.dtype, displacement_px.device)
    return torch.addcmul(centres, displacement_px, per_px)


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _sampler_frame(size: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """Pixel centres (D, *size), and the length of a pixel along each axis (D, 1, ...)."""
    like = torch.empty((), dtype=dtype, device=device)
    axes = len(size)
    centres = [along(axis, centred_px(n, like) * (2 / n), axes).expand(size) for axis, n in enumerate(size)]
    per_px = torch.tensor([2 / n for n in size], dtype=dtype, device=device)
    return torch.stack(centres), per_px.view(-1, *[1] * axes)
