"""How unlike two images are: one number per pair, 0 for equal images."""

from functools import lru_cache
from typing import Protocol

import torch
from torch import Tensor

RADIUS = 4  # of the window [px of the current level]
SMALL_PX = 64  # larger images have a window at every second pixel only: neighbours share most of their pixels
CONTRAST = 1e-3  # variance below which a window of images in 0..1 counts as flat: noise, for the most part


class Dissimilarity(Protocol):
    """Compares warped images (B, 1, H, W) with the fixed images it was made for; returns (B,)."""

    def __call__(self, warped: Tensor) -> Tensor:
        """One number per pair."""
        ...


class MeanSquares:
    """Mean squared difference."""

    def __init__(self, fixed: Tensor) -> None:
        self.fixed = fixed

    def __call__(self, warped: Tensor) -> Tensor:
        """Mean over all pixels."""
        return (warped - self.fixed).square().flatten(1).mean(1)


class LocalCorrelation:
    """1 - mean of (c + e)^2 / ((va + e) (vb + e)) over square windows: squared local correlation.

    c, va, vb: covariance and variances in a window, cut off at the border.  e in the numerator too, so that equal
    images are a minimum: without it, registering an image to itself moves pixels by up to 0.44 px to raise local
    contrast.  Source: Avants et al. (2008), section 2.1; e, and windows at every second pixel, are ours.
    """

    def __init__(self, fixed: Tensor) -> None:
        self.rows, self.columns = (_window(n, fixed.dtype, fixed.device) for n in fixed.shape[2:])
        self.fixed = fixed
        self.mean, square = self._windowed(torch.cat([fixed, fixed.square()], 1)).unbind(1)
        self.variance = (square - self.mean.square()).clamp_min(0) + CONTRAST

    def __call__(self, warped: Tensor) -> Tensor:
        """Mean over all windows."""
        local = self._windowed(torch.cat([warped, warped.square(), warped * self.fixed], 1))
        mean, square, product = local.unbind(1)
        variance = (square - mean.square()).clamp_min(0) + CONTRAST
        covariance = product - mean * self.mean + CONTRAST
        return 1 - (covariance.square() / (variance * self.variance)).flatten(1).mean(1)

    def _windowed(self, images: Tensor) -> Tensor:
        return self.rows @ (images @ self.columns.T)


@lru_cache(maxsize=32)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _window(n: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """(windows, n): means over the pixels within RADIUS of every pixel, or of every second one of many."""
    stride = 1 if n <= SMALL_PX else 2
    places = torch.arange(0, n, stride) + (n - 1) % stride / 2
    near = ((torch.arange(n) - places[:, None]).abs() <= RADIUS).to(torch.float64)
    return (near / near.sum(1, keepdim=True)).to(device, dtype)


SIMILARITIES: dict[str, type[MeanSquares] | type[LocalCorrelation]] = {"lncc": LocalCorrelation, "ssd": MeanSquares}
