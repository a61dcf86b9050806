"""Displacements between control points, and an affine map behind them: fields of a few numbers."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Self

import torch
from torch import Tensor
from torch.nn import functional as F

from segaug.deform.affine import affine_px
from segaug.deform.coarse import interpolated
from segaug.deform.field import Rows, Sampled, where_rows
from segaug.deform.grid import centred_px, sampler_points


@dataclass(frozen=True, kw_only=True)
class ControlField(Sampled):
    """The map c -> matrix c + offset(c), where c is the position from the image's middle in pixels.

    Offsets are weighted sums of those of the control points, with weights that are products of one for each axis.
    """

    control_px: Tensor  # (B, D, *counts)
    size: tuple[int, ...]
    matrix: Tensor | None = None  # (B, D, D), as for `affine_px`; None: the identity

    @abstractmethod
    def weights(self, axis: int) -> Tensor:
        """What each control point along an axis gives to each pixel, (n, count); kept for later calls."""

    @property
    def numbers(self) -> tuple[Tensor, ...]:
        """Control points and matrices."""
        return (self.control_px,) if self.matrix is None else (self.control_px, self.matrix)

    def dense_px(self) -> Tensor:
        """The sum of `interpolated` control points and `affine_px`."""
        offset = interpolated(self.control_px, [self.weights(axis) for axis in range(len(self.size))])
        return offset if self.matrix is None else affine_px(self.matrix, self.size) + offset

    def only(self, rows: Tensor) -> Self:
        """The identity in the other rows."""
        control_px = where_rows(rows, self.control_px, self.control_px.new_zeros(()))
        matrix = None if self.matrix is None else where_rows(rows, self.matrix, self._identity())
        return replace(self, control_px=control_px, matrix=matrix)

    def seen_through(self, matrix: Tensor) -> Self:
        """For matrices M, M (A c + offset(c)) = M A c + (M offset)(c): exact, as interpolation is linear."""
        control_px = (matrix @ self.control_px.flatten(2)).view_as(self.control_px)
        return replace(self, control_px=control_px, matrix=matrix if self.matrix is None else matrix @ self.matrix)

    def moves(self) -> Tensor:
        """Those with an offset, or a matrix that is not the identity."""
        moves = self.control_px.flatten(1).any(1)
        return moves if self.matrix is None else moves | (self.matrix - self._identity()).flatten(1).any(1)

    def points(self, rows: Rows, image: tuple[int, ...], first_px: Tensor | None = None) -> Tensor:
        """By one small product per axis, in which the affine map takes part."""
        if image != self.size:
            return sampler_points(self.dense_px()[rows], image, first_px)
        bases, coefficients = self._expansion
        return interpolated(coefficients[rows], bases)

    @cached_property
    def _expansion(self) -> tuple[Sequence[Tensor], Tensor]:
        """Sampler points as sums of products of bases, one of each axis, and their coefficients (B, D, *counts + 2).

        A basis holds the weights of the control points, the positions of the pixels, and 1.
        """
        axes, matrix = len(self.size), self._identity() if self.matrix is None else self.matrix
        coefficients = F.pad(self.control_px, (0, 2) * axes)
        for axis in range(axes):
            place = coefficients
            for each in range(axes):
                place = place.select(2, -2 if each == axis else -1)  # positions along this axis, 1 along the others
            place.copy_(matrix[..., axis])
        per_px = _per_px(self.size, self.control_px.dtype, self.control_px.device)
        return [_with_places(self.weights(axis)) for axis in range(axes)], coefficients * per_px

    def _identity(self) -> Tensor:
        return torch.eye(len(self.size), dtype=self.control_px.dtype, device=self.control_px.device)


@lru_cache(maxsize=64)
@torch.inference_mode(False)  # kept for later calls, which may need gradients
def _with_places(weights: Tensor) -> Tensor:
    """The basis (n, count + 2) of an axis.  A tensor is known by its identity: weights are kept, and so are these."""
    place = centred_px(len(weights), weights)[:, None]
    return torch.cat([weights, place, torch.ones_like(place)], dim=1)


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def _per_px(size: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    """The length of a pixel in the sampler frame, (D, 1, ...)."""
    return torch.tensor([2 / n for n in size], dtype=dtype, device=device).view(-1, *[1] * len(size))
