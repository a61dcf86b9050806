"""The kinds of random number that strategies draw, each from the stream it is given."""

import torch
from scipy.special import betaincinv
from torch import Tensor


def uniform(low: float, high: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Numbers from U(low, high), float32 on the CPU; exactly `low` when both are equal."""
    return torch.rand(shape, generator=rng).mul_(high - low).add_(low)


def happens(p: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Bool tensor, True with probability p; p = 0 is never, p = 1 always.  Draws the same numbers whatever p is."""
    return torch.rand(shape, generator=rng) < p


def beta(concentration: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Numbers from the symmetric Beta law, float32, by inversion, one uniform number each.

    torch's own sampler has no public way to take a generator.
    """
    place = torch.rand(shape, generator=rng, dtype=torch.float64).numpy()
    return torch.from_numpy(betaincinv(concentration, concentration, place)).float()
