"""The training step in which policies are learned along with the network."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from segaug.augment.policy.categorical import Drawn
from segaug.augment.policy.meta import Forward, Losses, Way, centred, helpfulness, logit_gradient, validation_gradient
from segaug.augment.policy.policies import Policies
from segaug.batch import Batch

_FEWEST = 2  # rows of a class: one alone helps neither more nor less than the mean
Loss = Callable[[Tensor, Tensor], Tensor]  # logits, label -> a scalar


def row_losses(loss: Loss, batch: Batch) -> Losses:
    """Of a network the loss of each row, (B,)."""

    def losses(forward: Forward) -> Tensor:
        logits = forward(batch.image).split(1)
        return torch.stack([loss(*row) for row in zip(logits, batch.label.split(1), strict=True)])

    return losses


def batch_loss(loss: Loss, batch: Batch) -> Losses:
    """Of a network the loss of all rows, a scalar."""
    return lambda forward: loss(forward(batch.image), batch.label)


def helps(
    network: nn.Module, gradients: Sequence[Tensor], rate: float, rows: Losses, validation: Losses, way: Way
) -> Tensor:
    """h of each row (B,), on the CPU; gradients: of the ordinary step, whose rate it is.  In full precision."""
    with _full_float32():
        direction = validation_gradient(network, gradients, rate, validation)
        return helpfulness(network, rows, direction, way).cpu()


@contextmanager
def _full_float32() -> Iterator[None]:
    """Without TF32, the default of CUDA's convolutions: its rounding is larger than what two losses differ by."""
    allowed = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    try:
        yield
    finally:
        torch.backends.cudnn.allow_tf32 = allowed


def learn_training_time(
    policies: Policies,
    helpful: Tensor,
    drawn: Drawn,
    kind: Tensor,
    sizes: tuple[int, ...],
    rates: tuple[float, float],
) -> None:
    """One step of the policy of each class with two rows or more, for these are compared with each other.

    rates: of the network, and of the policies.

    helpful: (B,).  kind: (B,) long, place in `policies.kinds`.  sizes: options of each group.
    """
    rate, beta = rates
    relative = centred(helpful, kind)
    count = torch.tensor(sizes)
    membership = torch.eye(len(sizes)).repeat_interleave(count, dim=0)  # (K, G)
    chosen = torch.zeros_like(drawn.soft).scatter_(1, drawn.option + count.cumsum(0) - count, 1.0)
    for place, count_of_kind in enumerate(kind.bincount().tolist()):
        if count_of_kind < _FEWEST:
            continue
        rows = kind == place
        gradient = rate * logit_gradient(relative[rows], chosen[rows], drawn.soft[rows], membership)
        policies.of(place).descend(gradient, beta, count_of_kind)


class _WithGradient(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, loss: Tensor, gradients: Sequence[Tensor | None], *weights: Tensor) -> Tensor:
        ctx.gradients = gradients
        return loss.clone()

    @staticmethod
    def backward(ctx: Any, *up: Tensor) -> tuple[Any, ...]:
        gradients: Sequence[Tensor | None] = ctx.gradients
        return None, None, *(None if gradient is None else up[0] * gradient for gradient in gradients)


def with_gradient(loss: Tensor, weights: Sequence[Tensor], gradients: Sequence[Tensor | None]) -> Tensor:
    """The same loss, whose backward pass gives gradients that are known already: they are not computed twice."""
    found: Tensor = _WithGradient.apply(loss.detach(), gradients, *weights)
    return found
