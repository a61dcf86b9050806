"""Resampling through a displacement field (pull-back)."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.grid import sampler_points
from segaug.deform.window import window

Mode = Literal["bilinear", "nearest"]
Padding = Literal["zeros", "border"]


def warp(
    image: Tensor,
    displacement_px: Tensor,
    mode: Mode = "bilinear",
    padding: Padding = "zeros",
    first_px: Tensor | None = None,
) -> Tensor:
    """Show at output pixel p what the input holds at p + displacement(p).

    image: (B, C, *size).  displacement_px: (B, D, *size), component d along spatial axis d.  Outside the image there is
    0, or with padding "border" the nearest border pixel.  A row whose displacement is 0 everywhere keeps its bits.

    first_px: (B, D) long on the CPU, of an output that is smaller than the input: it shows what the input holds at
    first + p + displacement(p), of whatever is there, and where nothing moves the bits of that window.
    """
    return warp_together(displacement_px, (image, mode), padding=padding, first_px=first_px)[0]


def warp_together(
    displacement_px: Tensor, *images: tuple[Tensor, Mode], padding: Padding = "zeros", first_px: Tensor | None = None
) -> tuple[Tensor, ...]:
    """`warp` of several images, such as an image and its label, through one field; the sampling points are shared."""
    points = sampler_points(displacement_px, tuple(images[0][0].shape[2:]), first_px)
    moves = torch.linalg.vector_norm(displacement_px.detach().flatten(1), dim=1) != 0  # NaN moves, and so shows
    return tuple(_resample(image, points, moves, mode, padding, first_px) for image, mode in images)


def _resample(
    image: Tensor, points: Tensor, moves: Tensor, mode: Mode, padding: Padding, first_px: Tensor | None
) -> Tensor:
    warped = _sample(image, points, mode, padding)
    if not image.is_cuda and moves.all():  # on a GPU, asking would wait for it
        return warped
    still = image if first_px is None else window(image, first_px, tuple(points.shape[2:]))
    # Sampling at a pixel's own centre rounds its value unless the side is a power of two.
    return torch.where(moves.view(-1, *[1] * (image.ndim - 1)), warped, still)


def _sample(image: Tensor, points: Tensor, mode: Mode, padding: Padding) -> Tensor:
    """Values of the image at the points; on a CPU, without gradients, row by row, each image read through once before.

    A rotated line of points jumps between cache lines in a way that no prefetcher foresees, and every first touch waits
    for memory: at 256 x 256 more than half of the time, which reading in order avoids (benchmarks/augmentation.py).
    Of an image that is larger than the output most is not asked for: there it would cost more than it saves.
    """
    whole = image.shape[2:] == points.shape[2:]
    # torch wants a point's last axis first.  Reversing the image's axes instead, which moves no data, saves a pass.
    image, points = image.permute(0, 1, *range(image.ndim - 1, 1, -1)), points.movedim(1, -1)
    if image.is_cuda or (torch.is_grad_enabled() and (image.requires_grad or points.requires_grad)):
        return F.grid_sample(image, points, mode=mode, padding_mode=padding, align_corners=False)
    sampled = image.new_empty(*image.shape[:2], *points.shape[1:-1])
    for i in range(len(image)):
        row = image[i : i + 1]
        if whole:
            row.detach().sum()
        sampled[i] = F.grid_sample(row, points[i : i + 1], mode=mode, padding_mode=padding, align_corners=False)[0]
    return sampled
