"""From a coarse control grid to a dense field, as one small matrix product per axis.

The matrices hold torch's own bicubic weights, or scipy's of cubic splines, so the result is that of `F.interpolate` or
`scipy.ndimage.zoom`, at a fraction of its time.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F


def control_count(n: int, spacing_px: float) -> int:
    """Control points along an axis of n pixels: they cover it with at least one to spare on either side.

    Source: MONAI 1.6, `create_control_grid`; an even n has an even count, so both are centred alike.
    """
    if n % 2 == 0:
        return 2 * ceil((n - 1) / (2 * spacing_px) + 0.5) + 2
    return 2 * ceil((n - 1) / (2 * spacing_px)) + 3


def dense(control: Tensor, size: tuple[int, ...], spacing_px: float) -> Tensor:
    """Bicubic interpolation of a control grid to every pixel.

    control: (B, C, *counts), counts = control_count(n, spacing_px) for each n of `size`.  Returns (B, C, *size).
    """
    return interpolated(control, [bicubic_weights(n, spacing_px, control.dtype, control.device) for n in size])


def interpolated(control: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """A control grid (B, C, *counts) times a matrix (n, count) along each axis: (B, C, *size)."""
    *first, last = weights
    for matrix in first:
        # Contracts the first spatial axis, whose dense version comes before the last one: so the axes end in order.
        control = torch.matmul(matrix, control.movedim(2, -2))
    return torch.matmul(control, last.mT)


def stretched(control: Tensor, size: tuple[int, ...]) -> Tensor:
    """Cubic spline through a control grid whose cells cover the image: (B, C, *counts) to (B, C, *size).

    Source: `skimage.transform.resize` of order 3 with mode "reflect", which calls `scipy.ndimage.zoom`.
    """
    for n in size:
        # Contracts the first spatial axis and appends its dense version, so the axes end in order.
        weights = _spline_weights(n, control.shape[2], control.dtype, control.device)
        control = torch.tensordot(control, weights, dims=([2], [1]))
    return control


@lru_cache(maxsize=64)
@torch.inference_mode(False)
def _spline_weights(n: int, count: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(n, count) weights: a cubic spline through each control point's impulse, mirrored at the ends of the grid."""
    from scipy.ndimage import zoom

    impulses = torch.eye(count, dtype=torch.float64).numpy()
    columns = [zoom(impulse, n / count, order=3, mode="mirror", grid_mode=True) for impulse in impulses]
    return torch.from_numpy(np.stack(columns, axis=1)).to(device, dtype)


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def bicubic_weights(n: int, spacing_px: float, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(n, count) weights: bicubic enlargement of the control points by `spacing_px`, cropped about the middle."""
    count = control_count(n, spacing_px)
    enlarged = floor(count * spacing_px)
    impulses = torch.eye(count, dtype=torch.float64)[None, :, :, None]  # one channel per control point
    weights = F.interpolate(impulses, size=(enlarged, 1), mode="bicubic", align_corners=False)[0, :, :, 0]
    start = max(enlarged // 2 - n // 2, 0)
    return weights[:, start : start + n].T.to(device, dtype)


@lru_cache(maxsize=64)
@torch.inference_mode(False)
def edge_to_edge_weights(n: int, knots: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(n, knots) weights: the cubic spline through knots from edge to edge, read at the centres of n cells."""
    from scipy.interpolate import CubicSpline  # takes long to import, and whoever only plans needs none of it

    given, asked = np.arange(knots) / (knots - 1), (np.arange(n) + 0.5) / n
    return torch.from_numpy(CubicSpline(given, np.eye(knots), axis=0)(asked)).to(device, dtype)
