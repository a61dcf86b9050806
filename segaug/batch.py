"""The value that flows from the data to the network."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor

NOT_OF_POOL = -1  # index of an image of another part of the split, and of one that a strategy has made


@dataclass(frozen=True)
class Batch:
    """Images with their labels, batch first.

    image: (B, C, H, W) float32 in 0..1.  label: (B, K, H, W) float32 in 0..1, one channel per foreground structure,
    background implicit, sum over K <= 1.  index: (B,) long, position in the pool or NOT_OF_POOL.  spacing_mm: (B, 2) as
    (row, column), NaN where the pixel size is unknown.  source: (B,) long, place in `Form.sources`.
    """

    image: Tensor
    label: Tensor
    index: Tensor
    spacing_mm: Tensor
    source: Tensor

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
        if any(len(getattr(self, field.name)) != rows for field in fields(self)):
            raise ValueError(f"Batch: {', '.join(field.name for field in fields(self))} differ in their number of rows")

    def __len__(self) -> int:
        return len(self.image)

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device (Lightning calls this for a frozen dataclass)."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

    def rows(self, index: Tensor | slice) -> "Batch":
        """The chosen rows, in the given order."""
        return Batch(*(getattr(self, field.name)[index] for field in fields(self)))


def joined(first: Batch, second: Batch) -> Batch:
    """The rows of both, in this order."""
    return Batch(*(torch.cat([getattr(first, each.name), getattr(second, each.name)]) for each in fields(Batch)))
