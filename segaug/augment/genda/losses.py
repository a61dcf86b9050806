"""What the two networks are trained for; derivatives are in pixels of the working grid."""

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.jacobian import corner_jacobians

_LEAST_DETERMINANT = 0.05  # below it the folding penalty sets in


def discriminator_loss(real: Tensor, made: Tensor) -> Tensor:
    """Tell real from made: softplus(-d) on real logits (B,) plus softplus(d) on made ones."""
    return F.softplus(-real).mean() + F.softplus(made).mean()


def adversarial_loss(made: Tensor) -> Tensor:
    """Have what was made taken for real: softplus(-d), the non-saturating loss; logits (B,)."""
    return F.softplus(-made).mean()


def gradient_penalty(logits: Tensor, evidence: Tensor) -> Tensor:
    """Half the squared norm of d(logit) / d(evidence), mean over the rows: R1, where the evidence is real.

    logits: (B,), computed from evidence (B, ...), which requires a gradient.
    Source: Mescheder et al. (2018), "Which training methods for GANs do actually converge?", eq. 9, without gamma.
    """
    (gradient,) = torch.autograd.grad(logits.sum(), evidence, create_graph=True)
    return 0.5 * gradient.square().flatten(1).sum(1).mean()


def roughness(field_px: Tensor) -> Tensor:
    """Squared norm of a field's derivative (one-sided differences), mean over the pixels; (B, 2, H, W)."""
    return torch.stack([torch.diff(field_px, dim=axis).square().sum(1).mean() for axis in (2, 3)]).sum()


def folding(field_px: Tensor) -> Tensor:
    """Mean over all cells and corners of max(0, 0.05 - det J); 0 where no strict determinant is below 0.05."""
    return torch.stack([F.relu(_LEAST_DETERMINANT - corner).mean() for corner in corner_jacobians(field_px)]).mean()
