"""Affine maps about the middle of the image, as displacement fields."""

import torch
from torch import Tensor

from segaug.deform.grid import along, centred_px


def affine_px(matrix: Tensor, size: tuple[int, ...]) -> Tensor:
    """Field of the pull-back map c -> matrix c, where c is the position from the image's middle in pixels.

    matrix: (B, D, D), rows and columns in the order of the spatial axes.  Returns (B, D, *size).  The identity matrix
    gives exactly 0, and a flip (a diagonal of 1 and -1) whole pixels.
    """
    axes = len(size)
    change = matrix - torch.eye(axes, dtype=matrix.dtype, device=matrix.device)
    terms = [
        change[:, :, axis].reshape(-1, axes, *[1] * axes) * along(axis, centred_px(n, matrix), axes)
        for axis, n in enumerate(size)
    ]
    # Each term is constant along all axes but one: only this sum is dense.
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total
