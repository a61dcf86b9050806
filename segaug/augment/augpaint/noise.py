"""The schedule of the diffusion, and the conversions between what a denoiser may predict.

z_t = sqrt(abar_t) z_0 + sqrt(1 - abar_t) eps, t = 0..999.  Source: Rombach et al., latent-diffusion, whose "linear"
schedule is linear in the square root of beta (MONAI calls it scaled_linear_beta).
"""

import torch
from torch import Tensor

STEPS = 1000
_FIRST, _LAST = 0.0015, 0.0195  # beta
PREDICTIONS = ("v", "epsilon")


def signal_shares() -> Tensor:
    """abar_t of every step, (1000,) float64, falling."""
    root = torch.linspace(_FIRST**0.5, _LAST**0.5, STEPS, dtype=torch.float64)
    return (1 - root.square()).cumprod(0)


def noised(latent: Tensor, noise: Tensor, share: Tensor) -> Tensor:
    """z_t; share: abar_t, (B, 1, ...)."""
    return share.sqrt() * latent + (1 - share).sqrt() * noise


def target(prediction: str, latent: Tensor, noise: Tensor, share: Tensor) -> Tensor:
    """What a denoiser is to predict: the noise, or v = sqrt(abar) eps - sqrt(1 - abar) z_0 (Salimans and Ho, 2022)."""
    return noise if prediction == "epsilon" else share.sqrt() * noise - (1 - share).sqrt() * latent


def clean(prediction: str, predicted: Tensor, noisy: Tensor, share: Tensor) -> Tensor:
    """z_0 that a prediction amounts to."""
    if prediction == "epsilon":
        return (noisy - (1 - share).sqrt() * predicted) / share.sqrt()
    return share.sqrt() * noisy - (1 - share).sqrt() * predicted


def gaussian_loss(prediction: str, variance: Tensor) -> float:
    """Least mean squared error for independent normal latents of this variance, over t uniform: a closed form.

    variance: of each position, any shape; their mean does not matter.
    E[Var(eps | z_t)] = abar s / (abar s + 1 - abar); v = (sqrt(abar) z_t - z_0) / sqrt(1 - abar), so its conditional
    variance is s / (abar s + 1 - abar).
    """
    spread, total = variance.detach().double().cpu().flatten(), 0.0
    for share in signal_shares().tolist():  # one by one: there may be many positions
        least = (spread / (share * spread + 1 - share)).mean().item()
        total += share * least if prediction == "epsilon" else least
    return total / STEPS
