"""How far made images are from real ones as sets: the kernel distance (KID) of named features.

Bińkowski et al. (2018): the squared maximum mean discrepancy with the kernel (x.y / d + 1)^3, without bias, so it may
be negative.  The features are those of `LocalStatistics`, for no pretrained weights are at hand: it is no FID, and it
cannot be compared with numbers from elsewhere, only with its floor: real images against other real ones, as many.
"""

import warnings

import torch
from torch import Tensor, nn
from torch.nn import functional

_CELLS = 8  # a side
_SUBSETS = 50  # of the smaller set's images, drawn by torchmetrics
_LEAST = 4  # images of a set
_LEAST_REAL = 32  # real ones: of fewer, most features have hardly a spread
_LEAST_SPREAD = 1e-3  # of a feature, so that cells which are always black do not decide


class LocalStatistics(nn.Module):
    """Mean, mean square and mean slope along each axis in 8 x 8 cells: (B, C, H, W) to (B, 256 C), standardised.

    real: images (P, C, H, W) whose features get mean 0 and standard deviation 1.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, real: Tensor) -> None:
        super().__init__()
        features = self._plain(real)
        self.register_buffer("mean", features.mean(0))
        self.register_buffer("std", features.std(0).clamp_min(_LEAST_SPREAD))

    def forward(self, image: Tensor) -> Tensor:
        """Features."""
        return (self._plain(image) - self.mean) / self.std

    def _plain(self, image: Tensor) -> Tensor:
        maps = (image, image.square(), image.diff(dim=2).abs(), image.diff(dim=3).abs())
        return torch.cat([functional.adaptive_avg_pool2d(each, _CELLS).flatten(1) for each in maps], 1)


@torch.no_grad()
def kernel_distance(made: Tensor, real: Tensor, rng: torch.Generator) -> dict[str, float | None]:
    """kid and kid_floor, with the numbers of images behind them; None of fewer than 4 made or 32 real ones.

    made: (M, C, H, W).  real: (P, C, H, W).  The floor: M of the real images, or half of them, against the others.
    """
    from torchmetrics.image.kid import KernelInceptionDistance  # brings much, for those who measure only

    order = torch.randperm(len(real), generator=rng)
    held_out = order[: min(len(made), len(real) // 2)]
    others = order[len(held_out) :]
    numbers: dict[str, float | None] = {"kid_samples": len(made), "kid_images": len(real)}
    if min(len(made), len(held_out)) < _LEAST or len(real) < _LEAST_REAL:
        return {"kid": None, "kid_floor": None, **numbers}
    features = LocalStatistics(real)
    for name, some, rest in (("kid", made, real), ("kid_floor", real[held_out], real[others])):
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():  # it draws subsets from the global generator
            warnings.simplefilter("ignore")  # that all features are kept: they are few
            torch.default_generator.manual_seed(rng.initial_seed())
            size = min(len(some), len(rest))
            metric = KernelInceptionDistance(features, subsets=_SUBSETS, subset_size=size).to(real.device)
            metric.update(some, real=False)
            metric.update(rest, real=True)
            numbers[name] = float(metric.compute()[0])
    return numbers
