"""The weights after an update that is not made, as a function of its gradients: some methods learn from its effect."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from segaug.training.optimiser import Optimiser

_TINY = 1e-30  # below it a square root has no gradient worth having, and none at all at 0


def look_ahead(optimizer: Optimizer, rule: Optimiser, gradients: Sequence[Tensor | None]) -> list[Tensor]:
    """What `optimizer` would make of its weights if they had these gradients; neither it nor they change.

    gradients: one a weight, in the order of `parameters()`; None leaves a weight as it is.  Differentiable in them, so
    that the effect of a step can be traced back to what its loss was made of.  Clipped as the rule says.
    """
    (group,) = optimizer.param_groups
    update = _sgd if rule.name == "sgd" else _adam
    clipped = _clipped(gradients, rule.clip_norm)
    return [
        weight.detach()
        if gradient is None
        else update(weight.detach(), gradient, optimizer.state.get(weight, {}), group)
        for weight, gradient in zip(group["params"], clipped, strict=True)
    ]


def _clipped(gradients: Sequence[Tensor | None], length: float | None) -> Sequence[Tensor | None]:
    if length is None:
        return gradients
    norm = torch.stack([one.square().sum() for one in gradients if one is not None]).sum().clamp_min(_TINY).sqrt()
    factor = (length / (norm + 1e-6)).clamp(max=1.0)  # as torch's clip_grad_norm_
    return [None if one is None else factor * one for one in gradients]


def _adam(weight: Tensor, gradient: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> Tensor:
    """Source: Kingma and Ba (2015), algorithm 1; adamw: Loshchilov and Hutter (2019), algorithm 2."""
    rate, decay, (beta1, beta2) = (group[name] for name in ("lr", "weight_decay", "betas"))
    if group["decoupled_weight_decay"]:
        weight = weight * (1 - rate * decay)
    else:
        gradient = gradient + decay * weight
    step = float(state.get("step", 0)) + 1
    zero = torch.zeros_like(weight)
    mean = beta1 * state.get("exp_avg", zero) + (1 - beta1) * gradient
    square = beta2 * state.get("exp_avg_sq", zero) + (1 - beta2) * gradient.square()
    scale = (square.clamp_min(_TINY) / (1 - beta2**step)).sqrt() + group["eps"]
    return weight - rate / (1 - beta1**step) * mean / scale


def _sgd(weight: Tensor, gradient: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> Tensor:
    rate, decay, momentum = (group[name] for name in ("lr", "weight_decay", "momentum"))
    gradient = gradient + decay * weight
    if momentum:
        before = state.get("momentum_buffer")
        moving = gradient if before is None else momentum * before + gradient
        gradient = gradient + momentum * moving if group["nesterov"] else moving
    return weight - rate * gradient
