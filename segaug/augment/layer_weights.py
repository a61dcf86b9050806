"""Weights of the layers' losses that are learned while the network is: the published rule, to the letter."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn


class LayerWeights(nn.Module):
    """alpha_l in 0..1 of each layer, from 0 on, and the Adam that moves it.

    d (sum_l alpha_l L_l) / d alpha_l = L_l: so a weight grows only while the loss of its layer is negative, and one
    whose loss never is stays at 0.  Source: the poster of Roy et al. (2025) says that they are learned, the released
    code that they start at 0 and are clipped; there no optimiser moves them.
    """

    moved: Tensor

    def __init__(self, layers: Sequence[str], device: torch.device) -> None:
        super().__init__()
        self.layers = tuple(layers)
        self.alpha = nn.Parameter(torch.zeros(len(layers), device=device))
        self.register_buffer("moved", torch.zeros(len(layers), dtype=torch.bool, device=device))
        self._optimiser = torch.optim.Adam([self.alpha])

    def descend(self, losses: Tensor, learning_rate: float) -> None:
        """One step for losses (L,) of the layers, then clip."""
        self._optimiser.param_groups[0]["lr"] = learning_rate
        self.alpha.grad = losses.detach().to(self.alpha.dtype)
        self._optimiser.step()
        with torch.no_grad():
            self.alpha.clamp_(0, 1)
        self.moved |= self.alpha.detach() > 0

    def facts(self) -> dict[str, Any]:
        """As the record tells them; a weight that is no number is null."""
        alpha = [value if value == value else None for value in self.alpha.tolist()]
        return {
            "alpha": dict(zip(self.layers, alpha, strict=True)),
            "never_left_zero": 1 - self.moved.float().mean().item(),
        }
