"""Blur, sharpening and low resolution, each as one matrix per axis and row.

So a batch in which every row has its own sigma or zoom is a few batched products.  Images are (R, C, *size).
"""

from collections.abc import Callable
from functools import lru_cache, partial
from math import prod

import torch
from torch import Tensor

from segaug.augment.policy.intensity import Statistics, column

_CUT_OFF = 4.0  # standard deviations after which a Gaussian is cut off
_MOST_SIGMA_PX = 1.0  # of all options
_BLOCK_PX, _BAND_PX = 64, 4  # rows of a matrix in one product, and how far from its diagonal it has entries


def blurred(image: Tensor, sigma_px: Tensor) -> Tensor:
    """Gaussian of each row's own sigma (R,).  Source: `scipy.ndimage.gaussian_filter`, as it is by default."""
    return along_all(image, _for_sides(image, partial(_reflected, _taps(sigma_px)[0])))


def sharpened(image: Tensor, sigma_px: Tensor, whole: Statistics) -> Tensor:
    """x - the Laplacian of the Gaussian of x - mean, clipped to the range of the whole image.

    Source: `scipy.ndimage.gaussian_laplace`, as it is by default, not scaled by sigma squared.  On the pixel grid that
    of a constant is not 0 (with a sigma of 0.5 it is -1.1 times the constant), and the released code's images have the
    mean 0: hence x - mean.
    """
    smooth, bent = (_for_sides(image, partial(_reflected, weights)) for weights in _taps(sigma_px))
    along = [[*smooth[:axis], bent[axis], *smooth[axis + 1 :]] for axis in range(len(smooth))]
    mean, low, high = (column(values, image) for values in (whole.mean, whole.low, whole.high))
    centred = image - mean
    laplacian = sum((along_all(centred, matrices) for matrices in along[1:]), along_all(centred, along[0]))
    return (image - laplacian).clamp_(low, high)


def low_resolution(image: Tensor, zoom: Tensor) -> Tensor:
    """Linearly down to round(n zoom) pixels along each axis, without smoothing before, and up again by the nearest.

    Source: `skimage.transform.resize` of order 1 and of order 0, with the mode "edge".
    """
    return along_all(image, _for_sides(image, partial(_coarser, zoom)))


def _for_sides(image: Tensor, matrix: Callable[[int], Tensor]) -> list[Tensor]:
    """A matrix for each axis, from its number of pixels; sides of one length share theirs."""
    of_side = {n: matrix(n) for n in set(image.shape[2:])}
    return [of_side[n] for n in image.shape[2:]]


def along_all(image: Tensor, matrices: list[Tensor]) -> Tensor:
    """Each row's own matrix (R, n, n) along each spatial axis of (R, C, *size)."""
    for axis, matrix in enumerate(matrices):
        image = _along(image, matrix, axis + 2)
    return image


def _along(image: Tensor, matrix: Tensor, dim: int) -> Tensor:
    """A banded matrix of each row along one axis, block by block: of a large image most of the matrix is 0."""
    n, last = image.shape[dim], dim == image.ndim - 1
    before, after = prod(image.shape[1:dim]), prod(image.shape[dim + 1 :])
    # Of the last axis all lines of a row are one matrix; of another one what stands before it are rows of their own.
    values = image.reshape(len(image), before, n) if last else image.reshape(-1, n, after)
    matrix = matrix if last or before == 1 else matrix.repeat_interleave(before, dim=0)
    parts = []
    for first in range(0, n, _BLOCK_PX):
        read = slice(max(0, first - _BAND_PX), first + _BLOCK_PX + _BAND_PX)
        block = matrix[:, first : first + _BLOCK_PX, read]
        parts.append(torch.bmm(values[..., read], block.mT) if last else torch.bmm(block, values[:, read]))
    return torch.cat(parts, dim=2 if last else 1).view(image.shape)


def _taps(sigma_px: Tensor) -> tuple[Tensor, Tensor]:
    """(R, 2 L + 1) weights of a Gaussian and of its second derivative, 0 beyond each row's own reach.

    L is the reach of the largest sigma that there is, whatever the rows drew, so that nothing waits for a GPU.
    """
    sigma = sigma_px[:, None].double()
    far = int(_CUT_OFF * _MOST_SIGMA_PX + 0.5)
    x = torch.arange(-far, far + 1, dtype=torch.float64, device=sigma.device)
    weights = torch.exp(-0.5 * (x / sigma) ** 2) * (x.abs() <= (_CUT_OFF * sigma + 0.5).floor())
    weights = weights / weights.sum(1, keepdim=True)
    curvature = (x**2 / sigma**4 - 1 / sigma**2) * weights
    return weights.to(sigma_px), curvature.to(sigma_px)


def _reflected(weights: Tensor, n: int) -> Tensor:
    """(R, n, n) matrices of a filter that reflects at the ends, the edge pixel repeated."""
    at = _read(n, weights.shape[1], weights.device).expand(len(weights), -1, -1)
    return weights.new_zeros(len(weights), n, n).scatter_add_(2, at, weights[:, None].expand_as(at))


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _read(n: int, taps: int, device: torch.device) -> Tensor:
    """(n, taps): the pixel that each tap reads for each output pixel."""
    at = torch.arange(n, device=device)[:, None] + torch.arange(taps, device=device) - taps // 2
    at = at % (2 * n)
    return torch.where(at >= n, 2 * n - 1 - at, at)


def _coarser(zoom: Tensor, n: int) -> Tensor:
    """(R, n, n) matrices of low resolution along an axis of n pixels."""
    count = (n * zoom.double()).round().clamp(min=1)[:, None]
    pixel = torch.arange(n, dtype=torch.float64, device=zoom.device)
    coarse = ((pixel + 0.5) * count / n).floor()
    at = ((coarse + 0.5) * n / count - 0.5).clamp(0, n - 1)
    first = at.floor().long()
    share = at - first
    matrix = torch.zeros(len(zoom), n, n, dtype=zoom.dtype, device=zoom.device)
    matrix.scatter_add_(2, first[..., None], (1 - share)[..., None].to(matrix))
    return matrix.scatter_add_(2, (first + 1).clamp(max=n - 1)[..., None], share[..., None].to(matrix))
