"""Displacement fields that are spelt out where an image is sampled, and no sooner.

A field says how far from its own place each output pixel looks: (B, D, *size) in pixels, component d along spatial axis
d.  What is known of it by a few numbers is sampled image by image, while points and image are in the processor's cache,
and composed exactly; whatever else is a `Dense` one.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.deform.grid import sampler_points

Rows = Tensor | slice  # places of rows, (n,) long, or a slice of them


class Field(ABC):
    """A field that can be spelt out."""

    @abstractmethod
    def dense_px(self) -> Tensor:
        """All of it: (B, D, *size)."""

    @abstractmethod
    def only(self, rows: Tensor) -> "Field":
        """The same in these rows, (B,) bool on any device, and 0 in the others."""

    def read_at(self, outer: "Field") -> "Field | None":
        """This one read where `outer` looks, as `compose_px` does it, if there is an exact and shorter way to it."""
        return None

    def seen_through(self, matrix: Tensor) -> "Field | None":
        """`read_at` of an affine map, as of `affine_px`, where this is the outer field."""
        return None

    def to_sample(self) -> "Sampled":
        """The same, to be asked for the points of some rows at a time."""
        return Dense(self.dense_px())


class Sampled(Field):
    """A field whose rows are cheap to ask for, some at a time."""

    size: tuple[int, ...]

    @property
    @abstractmethod
    def numbers(self) -> tuple[Tensor, ...]:
        """What it is made of; all on one device."""

    @abstractmethod
    def moves(self) -> Tensor:
        """Which rows are not 0 everywhere, (B,) bool; what is not a number moves, and so shows."""

    @abstractmethod
    def points(self, rows: Rows, image: tuple[int, ...], first_px: Tensor | None = None) -> Tensor:
        """Where the pixels of these rows look in an image of this size, as `sampler_points` (n, D, *size).

        first_px: of these rows.
        """

    def to_sample(self) -> "Sampled":
        """Itself."""
        return self


@dataclass(frozen=True)
class Dense(Sampled):
    """A field that is spelt out."""

    displacement_px: Tensor  # (B, D, *size)

    @property
    def size(self) -> tuple[int, ...]:  # type: ignore[override]  # read only
        """Of its output."""
        return tuple(self.displacement_px.shape[2:])

    @property
    def numbers(self) -> tuple[Tensor, ...]:
        """One for each pixel and axis."""
        return (self.displacement_px,)

    def dense_px(self) -> Tensor:
        """As it is."""
        return self.displacement_px

    def only(self, rows: Tensor) -> "Dense":
        """0 in the other rows."""
        return Dense(where_rows(rows, self.displacement_px, self.displacement_px.new_zeros(())))

    def moves(self) -> Tensor:
        """By a pass over all of it."""
        return torch.linalg.vector_norm(self.displacement_px.detach().flatten(1), dim=1) != 0

    def points(self, rows: Rows, image: tuple[int, ...], first_px: Tensor | None = None) -> Tensor:
        """Places of pixels, moved."""
        return sampler_points(self.displacement_px[rows], image, first_px)


def as_field(field: Tensor | Field) -> Field:
    """A tensor (B, D, *size) is a field that is spelt out."""
    return Dense(field) if isinstance(field, Tensor) else field


def where_rows(rows: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """`new` (B, ...) in these rows, (B,) bool on any device, and `old` elsewhere."""
    return torch.where(rows.to(new.device, non_blocking=True).view(-1, *[1] * (new.ndim - 1)), new, old)
