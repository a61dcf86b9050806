"""The kinds of random number that strategies draw, each from the stream it is given."""

from collections.abc import Iterator
from math import prod

import numpy as np
import torch
from scipy.special import betaincinv
from torch import Tensor


def uniform(low: float, high: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Numbers from U(low, high), float32 on the CPU; exactly `low` when both are equal."""
    (unit,) = unit_uniforms(rng, shape)
    return torch.from_numpy(between(low, high, unit))


def between(low: float, high: float, unit: np.ndarray) -> np.ndarray:
    """`uniform`, of numbers from U(0, 1)."""
    return unit * np.float32(high - low) + np.float32(low)


def happens(p: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Bool tensor, True with probability p; p = 0 is never, p = 1 always.  Draws the same numbers whatever p is."""
    return torch.rand(shape, generator=rng) < p


def unit_uniforms(rng: torch.Generator, *shapes: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Numbers from U(0, 1), float32, of each shape in turn, drawn at once: those that `torch.rand` draws one by one.

    As arrays: for a few numbers numpy takes a third of torch's time.
    """
    numbers = torch.rand(sum(map(prod, shapes)), generator=rng).numpy()
    start = 0
    for shape in shapes:
        stop = start + prod(shape)
        yield numbers[start:stop].reshape(shape)
        start = stop


def beta(concentration: float, shape: tuple[int, ...], rng: torch.Generator) -> Tensor:
    """Numbers from the symmetric Beta law, float32, by inversion, one uniform number each.

    torch's own sampler has no public way to take a generator.
    """
    place = torch.rand(shape, generator=rng, dtype=torch.float64).numpy()
    return torch.from_numpy(betaincinv(concentration, concentration, place)).float()
