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


def sampler_points(
    displacement_px: Tensor, image: tuple[int, ...] | None = None, first_px: Tensor | None = None
) -> Tensor:
    """Where each output pixel looks in the input, in the sampler frame; (B, D, *size) to (B, D, *size).

    image: pixels of an input that is larger than the output; first_px: (B, D), which of them is the output's first one
    where nothing moves.  None: input and output are of one size.
    """
    size = tuple(displacement_px.shape[2:])
    image = size if image is None else image
    centres, per_px = _sampler_frame(size, image, displacement_px.dtype, displacement_px.device)
    points = torch.addcmul(centres, displacement_px, per_px)
    if first_px is None:
        return points
    beside_px = torch.tensor([(m - n) / 2 for m, n in zip(size, image, strict=True)]).to(points, non_blocking=True)
    middle_px = first_px.to(points, non_blocking=True) + beside_px  # of the output, from that of the input
    return torch.addcmul(points, middle_px.view(*first_px.shape, *[1] * len(size)), per_px)


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _sampler_frame(
    size: tuple[int, ...], image: tuple[int, ...], dtype: torch.dtype, device: torch.device
) -> tuple[Tensor, Tensor]:
    """Pixel centres (D, *size) of an output in the middle of the image, and the length of a pixel (D, 1, ...)."""
    like = torch.empty((), dtype=dtype, device=device)
    axes = len(size)
    centres = [
        along(axis, centred_px(m, like) * (2 / n), axes).expand(size)
        for axis, (m, n) in enumerate(zip(size, image, strict=True))
    ]
    per_px = torch.tensor([2 / n for n in image], dtype=dtype, device=device)
    return torch.stack(centres), per_px.view(-1, *[1] * axes)
