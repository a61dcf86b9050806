"""Momenta and images to try registration on."""

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.registration.modes import Modes

REGULAR = Modes((128, 128))  # the default space
WEAK = Modes((128, 128), ell=0.05)  # rougher velocities


def momenta(modes: Modes, count: int = 4, peak: float = 0.08, seed: int = 0, k: int | None = None) -> Tensor:
    """Random momenta (count, 2, n, n), float64, whose fastest point moves at `peak` sides a unit of time.

    k: wave numbers above it are 0.
    """
    w = torch.randn(count, *modes.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    if k is not None:
        harmonics = torch.cat([torch.arange(modes.k + 1), torch.arange(1, modes.k + 1)])
        w = w * (harmonics[:, None] <= k) * (harmonics <= k)
    speed = modes.velocity(w, (64, 64)).norm(dim=1).flatten(1).amax(1)
    return w * (peak / speed).view(-1, 1, 1, 1)


def texture(size: tuple[int, int], blur_px: float, seed: int = 0) -> Tensor:
    """A smooth random image (1, 1, *size) in 0..1, float64."""
    noise = torch.randn(1, 1, *size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    for axis in (2, 3):
        at = torch.arange(size[axis - 2], dtype=torch.float64)
        weights = (-((at[:, None] - at) ** 2) / (2 * blur_px**2)).exp()
        noise = torch.tensordot(noise, weights / weights.sum(1, keepdim=True), dims=([2], [1]))
    return (noise - noise.amin()) / (noise.amax() - noise.amin())


def blob(size: tuple[int, int], centre: tuple[float, float], radii: tuple[float, float]) -> Tensor:
    """A soft ellipse with a darker core, (1, 1, *size) float64; all in shares of the sides."""
    rows, columns = ((torch.arange(n, dtype=torch.float64) + 0.5) / n for n in size)
    level = ((rows[:, None] - centre[0]) / radii[0]) ** 2 + ((columns - centre[1]) / radii[1]) ** 2
    return (0.1 + 0.8 * torch.sigmoid(12 * (1 - level)) - 0.4 * torch.sigmoid(12 * (0.25 - level)))[None, None]


def pairs(size: tuple[int, int] = (64, 64)) -> tuple[Tensor, Tensor]:
    """Three pairs (3, 1, *size), moving and fixed, float32."""
    moving = [blob(size, (0.5, 0.45), (0.25, 0.2)), blob(size, (0.45, 0.5), (0.2, 0.3)), texture(size, 5)]
    fixed = [blob(size, (0.45, 0.5), (0.2, 0.27)), blob(size, (0.5, 0.52), (0.26, 0.24)), texture(size, 5, seed=1)]
    return torch.cat(moving).float(), torch.cat(fixed).float()


def read_at(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Bilinear values of (B, C, H, W) at pixel positions (B, h, w)."""
    points = torch.stack([(2 * columns + 1) / image.shape[3] - 1, (2 * rows + 1) / image.shape[2] - 1], -1)
    return F.grid_sample(image, points, mode="bilinear", padding_mode="border", align_corners=False)
