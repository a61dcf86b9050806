"""The space of momenta: a few real Fourier modes per axis, and the kernel that makes velocities of them.

The image is a rectangle whose longer side is one unit of length; pixel i of n has its centre at (i + 1/2) / n of its
side.  A momentum is kept WHITENED everywhere, w = K^(1/2) m: its squared norm is twice the energy of the geodesic, a
draw from the kernel's Gaussian is a standard normal, and it is the variable in which L-BFGS needs no preconditioner.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import pi, sqrt

import torch
from torch import Tensor


@dataclass(frozen=True)
class Modes:
    """Momenta with wave numbers up to k per axis on images of a size; K = (1 + ell^2 |kappa|^2)^-s.

    A momentum (B, 2, n, n), n = 2 k + 1, holds the coefficients of the components (row, column) in the orthonormal
    basis 1, sqrt2 cos(2 pi j x), sqrt2 sin(2 pi j x), j = 1..k, of each axis.  Source: Sobolev kernel of
    Beg et al. (2005), section 2.2, on a band-limited space as in Zhang and Fletcher (2015), "Finite-dimensional Lie
    algebras for fast diffeomorphic image registration"; real modes, and products without aliasing, are ours.
    """

    size: tuple[int, int]  # of the images [px]
    k: int = 8
    ell: float = 0.1  # length of the kernel, in longer sides of the image
    s: float = 2.0

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one momentum."""
        return (2, 2 * self.k + 1, 2 * self.k + 1)

    @property
    def lengths(self) -> tuple[float, float]:
        """Sides of the image in units of the longer one."""
        return self.size[0] / max(self.size), self.size[1] / max(self.size)

    def root_kernel(self, like: Tensor) -> Tensor:
        """K^(1/2), (n, n): from a whitened momentum to its velocity, mode by mode."""
        return _root_kernel(self, like.dtype, like.device)

    def basis(self, axis: int, points: int, like: Tensor) -> Tensor:
        """Values of the modes of an axis at the centres of so many cells, (points, n)."""
        return _basis(self, axis, points, like.dtype, like.device)[0]

    def slope(self, axis: int, points: int, like: Tensor) -> Tensor:
        """Derivatives of the modes of an axis by length, (points, n)."""
        return _basis(self, axis, points, like.dtype, like.device)[1]

    def velocity(self, momentum: Tensor, points: tuple[int, int]) -> Tensor:
        """Velocity v = K m on a grid; (..., 2, n, n) whitened to (..., 2, *points) in lengths per unit time."""
        rows, columns = self.basis(0, points[0], momentum), self.basis(1, points[1], momentum)
        return rows @ (self.root_kernel(momentum) * momentum) @ columns.T


def widened(momentum: Tensor, k: int) -> Tensor:
    """The same momentum among more modes, up to k per axis; the new ones are 0."""
    old = (momentum.shape[-1] - 1) // 2
    if old == k:
        return momentum
    places = torch.cat([torch.arange(old + 1), torch.arange(k + 1, k + 1 + old)]).to(momentum.device)
    wide = momentum.new_zeros(*momentum.shape[:-2], 2 * k + 1, 2 * k + 1)
    wide[..., places[:, None], places] = momentum
    return wide


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _basis(modes: Modes, axis: int, points: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    wave = 2 * pi * torch.arange(1, modes.k + 1, dtype=torch.float64)
    phase = wave * ((torch.arange(points, dtype=torch.float64) + 0.5) / points)[:, None]
    constant = torch.ones(points, 1, dtype=torch.float64)
    values = torch.cat([constant, sqrt(2) * phase.cos(), sqrt(2) * phase.sin()], 1)
    slopes = torch.cat([0 * constant, -sqrt(2) * wave * phase.sin(), sqrt(2) * wave * phase.cos()], 1)
    return values.to(device, dtype), (slopes / modes.lengths[axis]).to(device, dtype)


@lru_cache(maxsize=64)
@torch.inference_mode(False)
def _root_kernel(modes: Modes, dtype: torch.dtype, device: torch.device) -> Tensor:
    harmonics = torch.arange(1, modes.k + 1, dtype=torch.float64)
    wave = 2 * pi * torch.cat([torch.zeros(1, dtype=torch.float64), harmonics, harmonics])
    squared = (wave / modes.lengths[0])[:, None] ** 2 + (wave / modes.lengths[1]) ** 2
    return (1 + modes.ell**2 * squared).pow(-modes.s / 2).to(device, dtype)
