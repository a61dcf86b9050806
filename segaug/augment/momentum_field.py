"""Fields of momenta that are shot when they are asked for, from where an affine map behind them looks."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from segaug.augment.guard import guarded_displacement_px, guarded_field
from segaug.deform.affine_field import AffineField
from segaug.deform.field import Dense, Field, Sampled, where_rows
from segaug.registration.modes import Modes


@dataclass(frozen=True)
class MomentumField(Field):
    """The map c -> phi(matrix c) of guarded geodesics phi; of `modes.size`."""

    momentum: Tensor  # (B, 2, n, n) whitened
    modes: Modes
    min_jacobian: float | None
    matrix: Tensor | None = None  # (B, 2, 2), as for `affine_px`; None: the identity

    def dense_px(self) -> Tensor:
        """Shoot all rows."""
        return self.to_sample().dense_px()

    def to_sample(self) -> Sampled:
        """Shoot all rows."""
        if self.matrix is None:
            return Dense(guarded_displacement_px(self.momentum, self.modes, self.min_jacobian))
        return guarded_field(self.momentum, self.modes, self.min_jacobian, self.matrix)

    def only(self, rows: Tensor) -> "MomentumField":
        """Without momentum, and so without a map, in the other rows."""
        momentum, matrix = where_rows(rows, self.momentum, self.momentum.new_zeros(())), self.matrix
        identity = torch.eye(2, dtype=momentum.dtype, device=momentum.device)
        return replace(self, momentum=momentum, matrix=None if matrix is None else where_rows(rows, matrix, identity))

    def read_at(self, outer: Field) -> "Field | None":
        """Where an affine map looks: particles start there, and nothing is composed."""
        if self.matrix is None and isinstance(outer, AffineField):
            return replace(self, matrix=outer.matrix)
        return None
