"""Inpainting with a denoiser: DDIM over a grid of steps, the known part put back at each of them.

Source: Hu and Shi, Algorithm 1, with the printed slips mended (a root over 1 - abar of the known part and over
1 - abar_p - s^2; the merged latent where x_t is printed), which is Song et al. (2021), eq. 12 and 16; resampling is
Lugmayr et al. (2022).  Why it is none of MONAI's schedulers: docs/decisions/0022-augpaint.md.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.augpaint.noise import STEPS, clean, signal_shares

Predict = Callable[[Tensor, int], Tensor]  # z_t (B, c, h, w) and t -> what the denoiser predicts, the same shape
Draw = Callable[[], Tensor]  # standard normal, (B, c, h, w), fresh at each call


@dataclass(frozen=True)
class Sampling:
    """How samples are drawn."""

    prediction: str  # v | epsilon
    steps: int  # of the grid
    eta: float = 1.0  # 0: nothing random but the start and the known part; 1 as published
    resample: int = 1  # passes of each step; 1 as published, more let the surroundings hear of what is kept
    paste_latent: bool = True  # the kept cells are the source's in the end


@dataclass(frozen=True)
class Range:
    """Of normalised latents in the training images, (1, c, 1, 1) each: what a clean latent is clamped to."""

    low: Tensor
    high: Tensor


def grid(steps: int) -> list[int]:
    """Steps of the diffusion that are visited, ascending; like the released code's they begin at 1, not 0."""
    return [min(STEPS // steps * place + 1, STEPS - 1) for place in range(steps)]


@torch.no_grad()
def painted(
    predict: Predict, known: Tensor, kept: Tensor, sampling: Sampling, draw: Draw, bounds: Range | None
) -> Tensor:
    """Latents (B, c, h, w) that agree with `known` in the kept cells.

    known: (B, c, h, w), normalised latents of the source.  kept: (B, 1, h, w) bool.  draw: gives every random number,
    in order: the start, then at each pass the noise of the known part, that of the step, that of the way back.
    bounds: None lets clean latents be whatever they are.
    """
    times = grid(sampling.steps)
    shares = signal_shares()[times]
    before = torch.cat([shares.new_ones(1), shares[:-1]])  # exactly 1 in the end; the released code has 0.9985 there
    z = draw()
    for place in reversed(range(sampling.steps)):
        share, next_share = shares[place].to(z), before[place].to(z)
        for turn in range(sampling.resample):
            z = torch.where(kept, share.sqrt() * known + (1 - share).sqrt() * draw(), z)
            latent = clean(sampling.prediction, predict(z, times[place]), z, share)
            if bounds is not None:
                latent = torch.minimum(torch.maximum(latent, bounds.low), bounds.high)
            noise = (z - share.sqrt() * latent) / (1 - share).sqrt()
            spread = sampling.eta * ((1 - next_share) / (1 - share) * (1 - share / next_share)).sqrt()
            along = (1 - next_share - spread.square()).clamp_min(0).sqrt()  # below 0 by rounding only
            z = next_share.sqrt() * latent + along * noise + spread * draw()
            if turn + 1 < sampling.resample:
                back = share / next_share
                z = back.sqrt() * z + (1 - back).sqrt() * draw()
    return torch.where(kept, known, z) if sampling.paste_latent else z
