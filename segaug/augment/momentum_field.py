"""Fields of momenta that are shot when they are asked for, from where an affine map behind them looks."""

from dataclasses import dataclass, replace

from torch import Tensor

from segaug.augment.guard import guarded_displacement_px, guarded_field
from segaug.deform.affine import affine_px
from segaug.deform.affine_field import AffineField
from segaug.deform.field import Dense, Field, Sampled, where_rows
from segaug.deform.spline_field import SplineField
from segaug.registration.modes import Modes


@dataclass(frozen=True)
class MomentumField(Field):
    """The map c -> phi(matrix c) of guarded geodesics phi; of `modes.size`."""

    momentum: Tensor  # (B, 2, n, n) whitened
    modes: Modes
    min_jacobian: float | None
    matrix: Tensor | None = None  # (B, 2, 2), as for `affine_px`; None: the identity
    rows: Tensor | None = None  # (B,) bool: those that are shot, the others are affine; None: all

    def dense_px(self) -> Tensor:
        """Shoot all rows."""
        return self.to_sample().dense_px()

    def to_sample(self) -> Sampled:
        """Shoot all rows."""
        if self.matrix is None:
            shot = guarded_displacement_px(self.momentum, self.modes, self.min_jacobian)
            return Dense(shot if self.rows is None else where_rows(self.rows, shot, shot.new_zeros(())))
        seen = guarded_field(self.momentum, self.modes, self.min_jacobian, self.matrix)
        if self.rows is None:
            return seen
        if isinstance(seen, SplineField):
            return seen.affine_but(self.rows)
        return Dense(where_rows(self.rows, seen.dense_px(), affine_px(self.matrix, self.modes.size)))

    def only(self, rows: Tensor) -> "Field":
        """Nothing moves in the other rows."""
        return replace(self, rows=rows) if self.matrix is None and self.rows is None else self.to_sample().only(rows)

    def read_at(self, outer: Field) -> "Field | None":
        """Where an affine map looks: particles start there, and nothing is composed."""
        if self.matrix is None and isinstance(outer, AffineField):
            return replace(self, matrix=outer.matrix)
        return None
