"""What a policy learns from: how much each augmented row helps the validation loss, and what that says of its options.

theta* = theta - rate grad (1/n) sum_i w_i l_i(theta) is the plain step on rows of weight w_i = 1.  With v the gradient
of the validation loss at theta*, d L_val / d w_i = -rate h_i, h_i = <grad l_i(theta), v> / n: a row whose gradient
points the way of v helps.

Source: Li et al. (2023), IEEE TMI, equations 6 to 11, and the released code.  What differs: the Gumbel noise of a draw
is kept until the update, instead of drawn again until it gives the same option; h can be exact.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import torch
from torch import Tensor, nn
from torch.func import functional_call, jvp

Forward = Callable[[Tensor], Tensor]  # images -> logits
Losses = Callable[[Forward], Tensor]  # of a network: a scalar, or one a row
Named = Mapping[str, Tensor]
Way = Literal["difference", "exact"]
WAYS = ("difference", "exact")
_STEP = 0.01  # length of the difference's step in the space of all weights


def with_weights(network: nn.Module, weights: Named) -> Forward:
    """The network as it would be with other weights; its running statistics are used, and stay as they are."""
    buffers = {name: buffer.clone() for name, buffer in network.named_buffers()}
    return lambda image: functional_call(network, {**buffers, **weights}, (image,))


def validation_gradient(
    network: nn.Module, gradients: Sequence[Tensor], rate: float, loss: Losses
) -> dict[str, Tensor]:
    """v by the name of a weight: the gradient of a loss after the plain step by these gradients, which is not made."""
    moved = {
        name: (weight.detach() - rate * gradient).requires_grad_()
        for (name, weight), gradient in zip(network.named_parameters(), gradients, strict=True)
    }
    with torch.enable_grad():
        found = torch.autograd.grad(loss(with_weights(network, moved)), [*moved.values()], materialize_grads=True)
    return dict(zip(moved, found, strict=True))


def helpfulness(network: nn.Module, losses: Losses, direction: Named, way: Way) -> Tensor:
    """h (n,): the change of each row's loss along v, over n.  losses: (n,) of a network.

    difference: of two passes, a step of 0.01 in the direction of v either way; exact: forward mode.
    """
    weights = {name: weight.detach() for name, weight in network.named_parameters()}
    slope = _exact if way == "exact" else _difference
    found = slope(network, losses, weights, direction)
    return found / len(found)


@torch.no_grad()
def _difference(network: nn.Module, losses: Losses, weights: Named, direction: Named) -> Tensor:
    length = torch.stack([part.square().sum() for part in direction.values()]).sum().sqrt()
    step = _STEP / length.clamp_min(torch.finfo(length.dtype).tiny)
    ahead, behind = (
        losses(
            with_weights(network, {name: weight + sign * step * direction[name] for name, weight in weights.items()})
        )
        for sign in (1, -1)
    )
    return (ahead - behind) / (2 * step)


def _exact(network: nn.Module, losses: Losses, weights: Named, direction: Named) -> Tensor:
    def of(moved: dict[str, Tensor]) -> Tensor:
        return losses(with_weights(network, moved))

    slope: Tensor = jvp(of, (dict(weights),), (dict(direction),))[1]
    return slope


def centred(helps: Tensor, kind: Tensor) -> Tensor:
    """h (n,) less its mean over the rows of the same kind, (n,) long; equation 10."""
    same = (kind[:, None] == kind).to(helps)
    return helps - same @ helps / same.sum(1)


def logit_gradient(helps: Tensor, chosen: Tensor, soft: Tensor, membership: Tensor) -> Tensor:
    """Gradient (K,) of -sum_i h_i w_i over the logits of a policy, for rows that all drew from it.

    helps: (n,).  chosen: (n, K), 1 where the row drew the option, one a group.  soft: (n, K), what the draw's softmax
    gave each option.  membership: (K, G), 1 where an option is of the group.  In each group a row counts by one over
    the rows that drew the same option, equation 11; dw_i / dp_j = s_ij* (delta_jj* - s_ij), j* the option that it drew.
    """
    shares = (chosen * soft) @ membership  # (n, G): s_ij* of each group
    rows = (chosen * chosen.sum(0)) @ membership  # (n, G): how many drew the same
    weight = (helps[:, None] * shares / rows) @ membership.T  # (n, K)
    return -(weight * (chosen - soft)).sum(0)
