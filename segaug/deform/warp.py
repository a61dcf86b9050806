"""Resampling through a displacement field (pull-back)."""

from collections.abc import Sequence
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
    size = tuple(images[0][0].shape[2:])
    moves = torch.linalg.vector_norm(displacement_px.detach().flatten(1), dim=1) != 0  # NaN moves, and so shows
    if not (displacement_px.is_cuda or _is_learned(displacement_px, *(image for image, _ in images))):
        return _row_by_row(displacement_px, images, moves.tolist(), padding, first_px)
    if displacement_px.is_cuda or moves.all():  # on a GPU, asking would wait for it
        points = sampler_points(displacement_px, size, first_px)
        return tuple(_resample(image, points, moves, mode, padding, first_px) for image, mode in images)
    rows = moves.nonzero()[:, 0]
    points = sampler_points(displacement_px.index_select(0, rows), size, None if first_px is None else first_px[rows])
    return tuple(_resample_rows(image, points, rows, mode, padding, first_px) for image, mode in images)


def _is_learned(*values: Tensor) -> bool:
    """Does anybody ask for gradients?"""
    return torch.is_grad_enabled() and any(value.requires_grad for value in values)


def _row_by_row(
    displacement_px: Tensor,
    images: Sequence[tuple[Tensor, Mode]],
    moves: Sequence[bool],
    padding: Padding,
    first_px: Tensor | None,
) -> tuple[Tensor, ...]:
    """On a CPU, without gradients: the points of a row are used while they are in its cache.

    Each image is read through once before: a rotated line of points jumps between cache lines in a way that no
    prefetcher foresees, and every first touch waits for memory: at 256 x 256 more than half of the time, which reading
    in order avoids (benchmarks/augmentation.py).  Of an image that is larger than the output most is not asked for:
    there it would cost more than it saves.
    """
    size, whole = tuple(displacement_px.shape[2:]), displacement_px.shape[2:] == images[0][0].shape[2:]
    found = tuple(image.new_empty(*image.shape[:2], *size) for image, _ in images)
    for i, is_moved in enumerate(moves):
        first = None if first_px is None else first_px[i : i + 1]
        points = sampler_points(displacement_px[i : i + 1], tuple(images[0][0].shape[2:]), first) if is_moved else None
        for made, (image, mode) in zip(found, images, strict=True):
            row = image[i : i + 1]
            if points is None:
                made[i] = row[0] if first is None else window(row, first, size)[0]
                continue
            if whole:
                row.sum()
            made[i] = _sample(row, points, mode, padding)[0]
    return found


def _resample(
    image: Tensor, points: Tensor, moves: Tensor, mode: Mode, padding: Padding, first_px: Tensor | None
) -> Tensor:
    warped = _sample(image, points, mode, padding)
    if not image.is_cuda:
        return warped
    # Sampling at a pixel's own centre rounds its value unless the side is a power of two.
    return torch.where(moves.view(-1, *[1] * (image.ndim - 1)), warped, _still(image, points, first_px))


def _resample_rows(
    image: Tensor, points: Tensor, rows: Tensor, mode: Mode, padding: Padding, first_px: Tensor | None
) -> Tensor:
    """The points are those of the chosen rows; the others are as they were."""
    return _still(image, points, first_px).index_copy(
        0, rows, _sample(image.index_select(0, rows), points, mode, padding)
    )


def _still(image: Tensor, points: Tensor, first_px: Tensor | None) -> Tensor:
    return image if first_px is None else window(image, first_px, tuple(points.shape[2:]))


def _sample(image: Tensor, points: Tensor, mode: Mode, padding: Padding) -> Tensor:
    """Values of the image at the points."""
    # torch wants a point's last axis first.  Reversing the image's axes instead, which moves no data, saves a pass.
    image, points = image.permute(0, 1, *range(image.ndim - 1, 1, -1)), points.movedim(1, -1)
    return F.grid_sample(image, points, mode=mode, padding_mode=padding, align_corners=False)
