"""The value that flows from the data to the network."""

from dataclasses import dataclass, fields, replace

import torch
from torch import Tensor

from segaug.known import shown
from segaug.patch import Patch, alternating, draw_patch, joined_patches

NOT_OF_POOL = -1  # index of an image of another part of the split, and of one that a strategy has made
OF_VALIDATION = -2  # of a validation image that is trained on: not of the pool either, but nobody has made it


@dataclass(frozen=True)
class Batch:
    """Images with their labels, batch first.

    image: (B, C, H, W) float32 in 0..1.  label: (B, K, H, W) float32 in 0..1, one channel per foreground structure,
    background implicit, sum over K <= 1.  index: (B,) long, position in the pool or NOT_OF_POOL.  spacing_mm: (B, 2) as
    (row, column), NaN where the pixel size is unknown.  source: (B,) long, place in `Form.sources`.  patch: what of
    each image is to be shown to the network; None: all of it.  ignored: may pixels of the label be NaN, which count for
    nothing (`segaug/known.py`)?  It is of the task, not of these rows: so nobody has to look.
    """

    image: Tensor
    label: Tensor
    index: Tensor
    spacing_mm: Tensor
    source: Tensor
    patch: Patch | None = None
    ignored: bool = False

    def __post_init__(self) -> None:
        rows = len(self.image)
        if self.image.ndim < 4 or self.label.ndim != self.image.ndim:
            raise ValueError(
                f"Batch: image {tuple(self.image.shape)} and label {tuple(self.label.shape)}, want (B, C, H, W)"
            )
        if self.image.shape[2:] != self.label.shape[2:]:
            raise ValueError(
                f"Batch: image is {tuple(self.image.shape[2:])} pixels, label {tuple(self.label.shape[2:])}"
            )
        given = {name: value for name, value in vars(self).items() if name != "ignored" and value is not None}
        if any(len(value) != rows for value in given.values()):
            raise ValueError(f"Batch: {', '.join(given)} differ in their number of rows")

    def __len__(self) -> int:
        return len(self.image)

    @property
    def shown(self) -> Tensor:
        """The label with nothing in pixels that are ignored: for who asks what is known to be there."""
        return shown(self.label) if self.ignored else self.label

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device (Lightning calls this for a frozen dataclass)."""
        return replace(self, **{name: getattr(self, name).to(device) for name in _TENSORS})

    def rows(self, index: Tensor | slice) -> "Batch":
        """The chosen rows, in the given order."""
        patch = None if self.patch is None else self.patch.rows(index)
        return replace(self, **{name: getattr(self, name)[index] for name in _TENSORS}, patch=patch)


_TENSORS = tuple(field.name for field in fields(Batch) if field.name not in ("patch", "ignored"))


def joined(first: Batch, second: Batch) -> Batch:
    """The rows of both, in this order."""
    tensors = {name: torch.cat([getattr(each, name) for each in (first, second)]) for name in _TENSORS}
    ignored = first.ignored or second.ignored
    return replace(first, **tensors, patch=joined_patches(first.patch, second.patch), ignored=ignored)


def with_patches(batch: Batch, size: tuple[int, ...] | None, rng: torch.Generator) -> Batch:
    """A batch of which patches are to be shown, around foreground and background by turns; None: all of the images."""
    if size is None:
        return batch
    return replace(batch, patch=draw_patch(batch.label, size, alternating(len(batch)), rng, batch.ignored))
