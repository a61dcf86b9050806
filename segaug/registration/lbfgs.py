"""L-BFGS for a batch of independent problems in lock step: one batched evaluation a tick, everything else per row.

A row whose step is accepted updates its own history and tries a full step next; a row whose step is refused keeps its
point and direction and shortens its step.  So no row waits for another's line search, and no row's result depends on
the batch it is in.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

MEMORY = 6
SUFFICIENT_DECREASE = 1e-4  # Armijo
SHRINK = 0.4
FIRST_STEP = 0.02  # length of the first step, along the gradient
MIN_CURVATURE = 1e-10  # s.y / y.y of an update worth remembering
FLAT = 1e-5  # length of a gradient that is nothing but rounding: equal images must not move

Evaluate = Callable[[Tensor], tuple[Tensor, Tensor]]  # points (B, D) -> objectives (B,), gradients (B, D)


def minimise(evaluate: Evaluate, start: Tensor, evaluations: int) -> tuple[Tensor, Tensor]:
    """Lower each row's objective; returns the best points (B, D) and their objectives (B,).

    An objective that is not finite counts as a refused step.
    """
    point = start
    value, gradient = _evaluated(evaluate, point)
    history = _History.empty(point)
    direction = -gradient
    step = FIRST_STEP / _norm(gradient).clamp_min(1e-12)
    for _ in range(evaluations - 1):
        tried = point + step * direction
        tried_value, tried_gradient = _evaluated(evaluate, tried)
        slope = _dot(gradient, direction)
        accepted = (tried_value[:, None] <= value[:, None] + SUFFICIENT_DECREASE * step * slope) & torch.isfinite(
            tried_value[:, None]
        )
        history = history.extended(tried - point, tried_gradient - gradient, accepted, step)
        point = torch.where(accepted, tried, point)
        value = torch.where(accepted[:, 0], tried_value, value)
        gradient = torch.where(accepted, tried_gradient, gradient)
        direction = torch.where(accepted, history.direction(gradient), direction)
        step = torch.where(accepted, torch.ones_like(step), SHRINK * step)
    return point, value


def _evaluated(evaluate: Evaluate, point: Tensor) -> tuple[Tensor, Tensor]:
    """Objectives and gradients; a flat or not finite gradient is 0, and its row stays where it is."""
    value, gradient = evaluate(point)
    size = _norm(gradient)
    return value, torch.where((size > FLAT) & torch.isfinite(size), gradient, 0)


@dataclass(frozen=True)
class _History:
    """The last steps s and changes of gradient y of each row, (B, MEMORY, D), newest last; unused places are 0."""

    steps: Tensor
    changes: Tensor
    scale: Tensor  # (B, 1) of the initial inverse Hessian
    used: Tensor  # (B, 1) has the row any pair?

    @classmethod
    def empty(cls, point: Tensor) -> "_History":
        nothing = point.new_zeros(len(point), MEMORY, point.shape[1])
        return cls(nothing, nothing, point.new_ones(len(point), 1), point.new_zeros(len(point), 1, dtype=torch.bool))

    def extended(self, step: Tensor, change: Tensor, accepted: Tensor, length: Tensor) -> "_History":
        """With one more pair in the rows that accepted it and have positive curvature along it."""
        curvature, size = _dot(step, change), _dot(change, change)
        good = accepted & (curvature > MIN_CURVATURE * size)
        scale = torch.where(good, curvature / size.clamp_min(1e-30), self.scale)
        # Until a row has a pair, its steps are those of steepest descent at the accepted length.
        scale = torch.where(accepted & ~good & ~self.used, length, scale)
        return _History(_pushed(self.steps, step, good), _pushed(self.changes, change, good), scale, self.used | good)

    def direction(self, gradient: Tensor) -> Tensor:
        """Minus the inverse Hessian times the gradient; (B, D).

        The compact form, a few products of small matrices instead of two loops over the history.
        Source: Byrd, Nocedal and Schnabel (1994), theorem 2.2.
        """
        products = self.steps @ self.changes.mT  # (B, MEMORY, MEMORY)
        upper, diagonal = products.triu(), products.diagonal(dim1=1, dim2=2)
        upper = upper + torch.diag_embed((diagonal == 0).to(upper))  # unused places: any regular matrix will do
        changes = self.changes * self.scale[:, :, None]
        inner = changes @ self.changes.mT + torch.diag_embed(diagonal)
        solved = torch.linalg.solve_triangular(upper, _along(self.steps, gradient), upper=True)
        rest = inner @ solved - _along(changes, gradient)
        along_steps = torch.linalg.solve_triangular(upper.mT, rest, upper=False)
        found = self.scale * gradient + (self.steps * along_steps - changes * solved).sum(1)
        descends = _dot(found, gradient) > 0
        return -torch.where(descends, found, self.scale * gradient)


def _pushed(kept: Tensor, new: Tensor, where: Tensor) -> Tensor:
    return torch.where(where[:, :, None], torch.cat([kept[:, 1:], new[:, None]], 1), kept)


def _along(vectors: Tensor, gradient: Tensor) -> Tensor:
    """Products (B, MEMORY, 1); a matrix product would round a single row otherwise than a row of a batch."""
    return (vectors * gradient[:, None]).sum(2, keepdim=True)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    return (a * b).sum(1, keepdim=True)


def _norm(a: Tensor) -> Tensor:
    return a.norm(dim=1, keepdim=True)
