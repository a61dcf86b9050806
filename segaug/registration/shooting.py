"""Geodesic shooting: the Euler-Poincare equation of diffeomorphisms (EPDiff) in a few modes, and its exact adjoint.

In coefficients m of the momentum, with v = K m:

    dm/dt = - ad*_v m,     ad*_v m = (Dv)^T m + div(m (x) v)
    adjoint of the right-hand side f at m:     J^T lam = - ad_v lam + K ad*_lam m,     ad_v lam = (Dv) lam - (Dlam) v

written here for the whitened w = K^(1/2) m.  Products are taken on a grid of 3 k + 2 points per axis, where every
triple product of modes is integrated exactly: the truncated system keeps the energy |w|^2 / 2 as the continuous one.
Source: Arnold (1966) and Miller, Trouve and Younes (2006) for the equation; the Galerkin form and its adjoint are ours.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import torch
from torch import Tensor

from segaug.registration.modes import Modes


def shoot(momentum: Tensor, modes: Modes, steps: int = 4) -> Tensor:
    """Follow geodesics for unit time by classical RK4; differentiable once.

    momentum: (B, 2, n, n) whitened.  Returns the path, (steps + 1, B, 2, n, n), from the given momentum on.
    """
    path: Tensor = _Shoot.apply(momentum, modes, steps)
    return path


def energy(momentum: Tensor) -> Tensor:
    """Kinetic energy <m, K m> / 2 of whitened momenta, (B,); the same all along a path."""
    return momentum.square().flatten(1).sum(1) / 2


class _Stage(NamedTuple):
    """A momentum and its velocity on the grid, each (B, 2, N, N); kept for the way back."""

    momentum: Tensor
    velocity: Tensor
    by_row: Tensor  # derivative of the velocity along the rows' axis
    by_column: Tensor


@dataclass(frozen=True)
class _Products:
    """Matrices between the modes and the grid on which products are taken."""

    rows: Tensor  # (N, n)
    columns_t: Tensor  # (n, N)
    both_rows: Tensor  # (2 N, n): values above slopes
    both_columns_t: Tensor  # (n, 2 N)
    project_rows: Tensor  # (n, 2 N)
    project_columns: Tensor  # (2 N, n)
    root_kernel: Tensor  # (n, n)

    def values(self, field: Tensor) -> Tensor:
        """Coefficients to grid values."""
        return self.rows @ (field @ self.columns_t)

    def with_slopes(self, field: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Coefficients to grid values and derivatives by row and by column."""
        n = len(self.rows)
        half = field @ self.both_columns_t
        upper, by_column = self.both_rows @ half[..., :n], self.rows @ half[..., n:]
        return upper[..., :n, :], upper[..., n:, :], by_column

    def projected(self, value: Tensor, against_row: Tensor, against_column: Tensor) -> Tensor:
        """Coefficients of value - d_row(against_row) - d_column(against_column), the derivatives in weak form."""
        upper = torch.cat([value, against_column], -1) @ self.project_columns
        lower = against_row @ self.project_columns[: len(self.rows)]
        return self.project_rows @ torch.cat([upper, lower], -2)

    def projected_values(self, value: Tensor) -> Tensor:
        """Coefficients of a field given on the grid."""
        n = len(self.rows)
        return self.project_rows[:, :n] @ (value @ self.project_columns[:n])


@lru_cache(maxsize=16)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _products(modes: Modes, dtype: torch.dtype, device: torch.device) -> _Products:
    n = 3 * modes.k + 2
    like = torch.empty((), dtype=dtype, device=device)
    rows, columns = modes.basis(0, n, like), modes.basis(1, n, like)
    both_rows = torch.cat([rows, modes.slope(0, n, like)])
    both_columns = torch.cat([columns, modes.slope(1, n, like)])
    return _Products(
        rows=rows,
        columns_t=columns.T.contiguous(),
        both_rows=both_rows,
        both_columns_t=both_columns.T.contiguous(),
        project_rows=(both_rows / n).T.contiguous(),
        project_columns=both_columns / n,
        root_kernel=modes.root_kernel(like),
    )


def _stage(w: Tensor, on: _Products) -> _Stage:
    return _Stage(on.values(w / on.root_kernel), *on.with_slopes(w * on.root_kernel))


def _coadjoint(momentum: Tensor, velocity: Tensor, by_row: Tensor, by_column: Tensor, on: _Products) -> Tensor:
    """Coefficients of ad*_v m = (Dv)^T m + div(m (x) v), all given on the grid."""
    transported = torch.stack([(by_row * momentum).sum(1), (by_column * momentum).sum(1)], 1)
    negative = -momentum
    return on.projected(transported, negative * velocity[:, :1], negative * velocity[:, 1:])


def _slope_of(at: _Stage, on: _Products) -> Tensor:
    """dw/dt at a stage."""
    return -on.root_kernel * _coadjoint(*at, on)


def _slope_adjoint(at: _Stage, gradient: Tensor, on: _Products) -> Tensor:
    """Gradient by w of <gradient, dw/dt> at a stage."""
    value, by_row, by_column = on.with_slopes(gradient * on.root_kernel)
    bracket = (
        at.by_row * value[:, :1]
        + at.by_column * value[:, 1:]
        - by_row * at.velocity[:, :1]
        - by_column * at.velocity[:, 1:]
    )
    lifted = _coadjoint(at.momentum, value, by_row, by_column, on)
    return on.root_kernel * lifted - on.projected_values(bracket) / on.root_kernel


class _Shoot(torch.autograd.Function):
    """RK4 over all steps; the backward pass is the adjoint of each step, not of the continuous equation."""

    @staticmethod
    def forward(ctx: Any, w: Tensor, modes: Modes, steps: int) -> Tensor:
        on, h = _products(modes, w.dtype, w.device), 1 / steps
        path, stages = [w], []
        for _ in range(steps):
            one = _stage(w, on)
            slope_1 = _slope_of(one, on)
            two = _stage(w + h / 2 * slope_1, on)
            slope_2 = _slope_of(two, on)
            three = _stage(w + h / 2 * slope_2, on)
            slope_3 = _slope_of(three, on)
            four = _stage(w + h * slope_3, on)
            w = w + h / 6 * (slope_1 + 2 * (slope_2 + slope_3) + _slope_of(four, on))
            path.append(w)
            stages.append((one, two, three, four))
        ctx.on, ctx.stages = on, stages if ctx.needs_input_grad[0] else []
        return torch.stack(path)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (by_path,), on, stages = gradients, ctx.on, ctx.stages
        h, gradient = 1 / len(stages), by_path[-1]
        for (one, two, three, four), by_start in zip(reversed(stages), reversed(by_path[:-1].unbind()), strict=True):
            back_4 = _slope_adjoint(four, h / 6 * gradient, on)
            back_3 = _slope_adjoint(three, h / 3 * gradient + h * back_4, on)
            back_2 = _slope_adjoint(two, h / 3 * gradient + h / 2 * back_3, on)
            back_1 = _slope_adjoint(one, h / 6 * gradient + h / 2 * back_2, on)
            gradient = gradient + back_1 + back_2 + back_3 + back_4 + by_start
        return gradient, None, None
