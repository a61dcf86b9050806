"""What a generator and its judge are trained for, whatever is generated."""

import torch
from torch import Tensor
from torch.nn import functional as F


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
