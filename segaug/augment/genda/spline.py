"""Smooth fields from few numbers: a uniform cubic B-spline over the image, as one small matrix product per axis."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

MARGIN = 4  # control points more than cells along each axis, two on either side


def spline_field(control: Tensor, size: tuple[int, int]) -> Tensor:
    """Evaluate control points at every pixel centre; any size, twice continuously differentiable.

    control: (B, C, h + MARGIN, w + MARGIN), one control point at the centre of each of h x w cells that tile the image,
    and two more beyond each border.  Returns (B, C, *size).  A B-spline, other than torch's bicubic interpolation,
    keeps a straight line straight, so that no ripple is added to the Jacobian.
    """
    rows, columns = (_weights(n, m - MARGIN, control) for n, m in zip(size, control.shape[2:], strict=True))
    return rows @ control @ columns.mT


def _weights(n: int, cells: int, like: Tensor) -> Tensor:
    return _weight_matrix(n, cells, like.dtype, like.device)


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _weight_matrix(n: int, cells: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(n, cells + MARGIN): what each control point gives to each pixel."""
    from scipy.interpolate import BSpline

    pixel = (np.arange(n) + 0.5) * cells / n - 0.5  # in cells, 0 at the centre of the first one
    knots = np.arange(cells + MARGIN + 4) - 4.0  # basis i of the spline is centred at knots[i + 2], i.e. at cell i - 2
    weights = BSpline.design_matrix(pixel, knots, 3).toarray()
    return torch.as_tensor(weights, dtype=dtype, device=device)
