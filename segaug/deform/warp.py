"""Resampling through a displacement field (pull-back)."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.blocks import blocks
from segaug.deform.field import Field, Sampled, as_field
from segaug.deform.window import window

Mode = Literal["bilinear", "nearest"]
Padding = Literal["zeros", "border"]


def warp(
    image: Tensor,
    field: Tensor | Field,
    mode: Mode = "bilinear",
    padding: Padding = "zeros",
    first_px: Tensor | None = None,
) -> Tensor:
    """Show at output pixel p what the input holds at p + displacement(p).

    image: (B, C, *size).  field: displacements in pixels, (B, D, *size), component d along spatial axis d.  Outside the
    image there is 0, or with padding "border" the nearest border pixel.  A row whose displacement is 0 everywhere keeps
    its bits.

    first_px: (B, D) long on the CPU, of an output that is smaller than the input: it shows what the input holds at
    first + p + displacement(p), of whatever is there, and where nothing moves the bits of that window.
    """
    return warp_together(field, (image, mode), padding=padding, first_px=first_px)[0]


def warp_together(
    field: Tensor | Field, *images: tuple[Tensor, Mode], padding: Padding = "zeros", first_px: Tensor | None = None
) -> tuple[Tensor, ...]:
    """`warp` of several images, such as an image and its label, through one field; the sampling points are shared."""
    sampled = as_field(field).to_sample()
    moves, size = sampled.moves(), tuple(images[0][0].shape[2:])
    if not (moves.is_cuda or _is_learned(*sampled.numbers, *(image for image, _ in images))):
        return _in_blocks(sampled, images, moves.tolist(), padding, first_px)
    if moves.is_cuda or moves.all():  # on a GPU, asking would wait for it
        points = sampled.points(slice(None), size, first_px)
        return tuple(_resample(image, points, moves, mode, padding, first_px) for image, mode in images)
    rows = moves.nonzero()[:, 0]
    points = sampled.points(rows, size, None if first_px is None else first_px[rows])
    return tuple(_resample_rows(image, points, rows, mode, padding, first_px) for image, mode in images)


def _is_learned(*values: Tensor) -> bool:
    """Does anybody ask for gradients?"""
    return torch.is_grad_enabled() and any(value.requires_grad for value in values)


def _in_blocks(
    field: Sampled,
    images: Sequence[tuple[Tensor, Mode]],
    moves: Sequence[bool],
    padding: Padding,
    first_px: Tensor | None,
) -> tuple[Tensor, ...]:
    """On a CPU, without gradients: as many rows at a time as stay in its cache with their points.

    Each image is read through once before: a rotated line of points jumps between cache lines in a way that no
    prefetcher foresees, and every first touch waits for memory: at 256 x 256 more than half of the time, which reading
    in order avoids (benchmarks/augmentation.py).  Of an image that is larger than the output most is not asked for:
    there it would cost more than it saves.
    """
    channels = sum(image.shape[1] for image, _ in images)
    row_bytes = prod(field.size) * (len(field.size) + 2 * channels) * images[0][0].element_size()
    runs = [*_runs(moves, row_bytes)]
    if len(runs) == 1 and all(moves):
        return _of_rows(field, images, *runs[0], padding, first_px)
    made = tuple(image.new_empty(*image.shape[:2], *field.size) for image, _ in images)
    for rows, is_moved in runs:
        for place, found in zip(made, _of_rows(field, images, rows, is_moved, padding, first_px), strict=True):
            place[rows] = found
    return made


def _of_rows(
    field: Sampled,
    images: Sequence[tuple[Tensor, Mode]],
    rows: slice,
    is_moved: bool,
    padding: Padding,
    first_px: Tensor | None,
) -> tuple[Tensor, ...]:
    """These rows, which all move or all stay."""
    parts, first = [(image[rows], mode) for image, mode in images], None if first_px is None else first_px[rows]
    if not is_moved:
        return tuple(image if first is None else window(image, first, field.size) for image, _ in parts)
    size = tuple(images[0][0].shape[2:])
    points = field.points(rows, size, first)
    made = []
    for image, mode in parts:
        if size == field.size:
            image.sum()
        made.append(_sample(image, points, mode, padding))
    return tuple(made)


def _runs(moves: Sequence[bool], row_bytes: int) -> Iterator[tuple[slice, bool]]:
    """Blocks of rows that follow each other and all move, or all stay."""
    start = 0
    for is_moved, alike in groupby(moves):
        stop = start + len(list(alike))
        yield from ((rows, is_moved) for rows in blocks(start, stop, row_bytes))
        start = stop


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
