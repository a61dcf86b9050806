"""Composition of displacement fields, so that an image is resampled once however many fields move it."""

from torch import Tensor

from segaug.deform.field import Dense, Field
from segaug.deform.warp import warp


def composed(inner: Field, outer: Field) -> Field:
    """`compose_px` of fields that may not be spelt out yet: exactly, where the inner one knows a way."""
    total = inner.read_at(outer)
    return Dense(compose_px(inner.dense_px(), outer.dense_px())) if total is None else total


def compose_px(inner: Tensor, outer: Tensor, first_px: Tensor | None = None) -> Tensor:
    """The one field that does what warping by `inner` and then warping the result by `outer` does.

    total(p) = outer(p) + inner(p + outer(p)), all (B, D, *size) in pixels.  `inner` is read bilinearly and continues
    outside the image with its border value, so the total stays continuous where `outer` looks outside.  first_px: (B,
    D), where `outer`, and so the total, begins in an image that is larger than they are, as for `warp`.
    """
    return warp(inner, outer, padding="border", first_px=first_px).add_(outer)
