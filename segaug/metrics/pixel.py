"""Pixel-wise metrics, one value per case: binary cross-entropy (natural logarithm) and Dice."""

import torch.nn.functional as F
from torch import Tensor


def bce(logits: Tensor, label: Tensor) -> Tensor:
    """Mean pixel cross-entropy of each case, softplus(s) - y s [nat].

    logits, label: (B, K, H, W), label in 0..1.  Returns (B,).  Logits that are not finite give NaN or infinity.
    """
    return F.binary_cross_entropy_with_logits(logits, label, reduction="none").flatten(1).mean(1)


def bce_of_probability(probability: Tensor, label: Tensor) -> Tensor:
    """Mean pixel cross-entropy of each case for a prediction given as probability [nat].

    probability: broadcastable to label (B, K, H, W), strictly between 0 and 1.  Returns (B,) in float64, where 1 - p
    is still exact for p close to 1.
    """
    p, y = probability.double(), label.double()
    return -(y * p.log() + (1 - y) * (-p).log1p()).flatten(1).mean(1)


def dice(logits: Tensor, label: Tensor) -> Tensor:
    """Dice of the prediction `logits > 0`; see `dice_of_mask`.  logits, label: (B, K, H, W).  Returns (B,)."""
    return dice_of_mask(logits > 0, label)


def dice_of_mask(mask: Tensor, label: Tensor) -> Tensor:
    """Dice 2 |A and B| / (|A| + |B|) of each case, all structures of a case counted together.

    mask, label: (B, K, H, W), foreground above 0.5.  Returns (B,): 1 where both are empty (the prediction is right),
    0 where one is.
    """
    a, b = (mask > 0.5).flatten(1), (label > 0.5).flatten(1)
    total = a.sum(1) + b.sum(1)
    overlap = 2 * (a & b).sum(1) / total.clamp(min=1)
    return overlap.masked_fill(total == 0, 1.0)
