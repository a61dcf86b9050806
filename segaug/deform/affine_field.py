"""Affine maps about the middle of the image, as fields that are not spelt out."""

from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.deform.affine import affine_px
from segaug.deform.field import Field, Rows, Sampled, where_rows
from segaug.deform.grid import sampler_points


@dataclass(frozen=True)
class AffineField(Sampled):
    """The field of `affine_px`: exactly 0 where nothing happens to a row, whole pixels where it is only flipped."""

    matrix: Tensor  # (B, D, D)
    size: tuple[int, ...]

    @property
    def numbers(self) -> tuple[Tensor, ...]:
        """The matrices."""
        return (self.matrix,)

    def dense_px(self) -> Tensor:
        """As `affine_px`."""
        return affine_px(self.matrix, self.size)

    def only(self, rows: Tensor) -> "AffineField":
        """The identity in the other rows."""
        return AffineField(where_rows(rows, self.matrix, self._identity()), self.size)

    def read_at(self, outer: Field) -> Field | None:
        """As the outer field knows it."""
        return outer.seen_through(self.matrix)

    def seen_through(self, matrix: Tensor) -> "AffineField":
        """Two affine maps are one."""
        return AffineField(matrix @ self.matrix, self.size)

    def moves(self) -> Tensor:
        """Those whose matrix is not the identity."""
        return (self.matrix - self._identity()).flatten(1).any(1)

    def points(self, rows: Rows, image: tuple[int, ...], first_px: Tensor | None = None) -> Tensor:
        """As if it were spelt out, to the bit."""
        return sampler_points(affine_px(self.matrix[rows], self.size), image, first_px)

    def _identity(self) -> Tensor:
        return torch.eye(len(self.size), dtype=self.matrix.dtype, device=self.matrix.device)
