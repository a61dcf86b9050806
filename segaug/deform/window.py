"""Cutting windows out of images: what a warp shows where nothing moves."""

import torch
from torch import Tensor


def window(image: Tensor, first_px: Tensor, size: tuple[int, ...]) -> Tensor:
    """The pixels of an image (B, C, *image) from first_px on, (B, D) long on the CPU: (B, C, *size), to the bit."""
    if image.is_cuda:
        return _gathered(image, first_px.to(image.device, non_blocking=True), size)
    places = [[slice(i, i + n) for i, n in zip(row, size, strict=True)] for row in first_px.tolist()]
    return torch.stack([row[(slice(None), *place)] for row, place in zip(image, places, strict=True)])


def _gathered(image: Tensor, first_px: Tensor, size: tuple[int, ...]) -> Tensor:
    """One kernel for all rows."""
    axes = len(size)
    index = [torch.arange(len(image), device=image.device).view(-1, *[1] * axes)]
    for axis, n in enumerate(size):
        shape = [-1, *[1] * axes]
        shape[axis + 1] = n
        index.append((first_px[:, axis, None] + torch.arange(n, device=image.device)).view(shape))
    return image.movedim(1, -1)[tuple(index)].movedim(-1, 1)
