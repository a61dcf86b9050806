"""Random convex mixtures: which external images a row is carried towards, with which weights, and how far."""

from dataclasses import dataclass

import torch
from scipy.special import gammaincinv
from torch import Tensor

from segaug.augment.draws import uniform
from segaug.registration.mixing import mix


@dataclass(frozen=True)
class Mixture:
    """One row per image."""

    chosen: Tensor  # (B, n) long, all different in a row
    weights: Tensor  # (B, n) not negative, sum 1
    time: Tensor  # (B,) how long the geodesic is followed


def draw_mixture(
    rows: int, of: int, mixed: int, concentration: float, times: tuple[float, float], rng: torch.Generator
) -> Mixture:
    """Draw `mixed` of `of` images without replacement, Dirichlet weights, and a time ~ U(times)."""
    chosen = torch.rand(rows, of, generator=rng).argsort(1)[:, :mixed]
    weights = dirichlet(concentration, (rows, mixed), rng)
    return Mixture(chosen, weights, uniform(*times, (rows,), rng))


def dirichlet(concentration: float, shape: tuple[int, int], rng: torch.Generator) -> Tensor:
    """Rows from the symmetric Dirichlet law, float32: normalised Gamma draws, by inversion, one uniform each.

    torch's own Gamma sampler has no public way to take a generator.
    """
    uniforms = torch.rand(shape, generator=rng, dtype=torch.float64)
    gamma = torch.from_numpy(gammaincinv(concentration, uniforms.numpy()))
    return (gamma / gamma.sum(1, keepdim=True)).float()


def mixed_momentum(momenta: Tensor, mixture: Mixture) -> Tensor:
    """Momenta (B, 2, k, k) that mix those of the chosen images, (B, n, 2, k, k), scaled by the times."""
    return mixture.time[:, None, None, None] * mix(momenta, mixture.weights)
