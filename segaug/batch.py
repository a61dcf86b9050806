"""The value that flows from the data to the network."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Images with their labels, batch first.

    image: (B, C, H, W) float32 in 0..1.  label: (B, K, H, W) float32 in 0..1, one channel per foreground structure,
    background implicit, sum over K <= 1.  index: (B,) long, position in the pool.  spacing_mm: (B, 2) as (row, column),
    NaN where the pixel size is unknown.
    """

    image: Tensor
    label: Tensor
    index: Tensor
    spacing_mm: Tensor

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
        if not (len(self.label) == len(self.index) == len(self.spacing_mm) == rows):
            raise ValueError("Batch: image, label, index and spacing_mm differ in their number of rows")

    def __len__(self) -> int:
        return len(self.image)

    def to(self, device: torch.device | str) -> "Batch":
        """The same batch on another device (Lightning calls this for a frozen dataclass)."""
        return Batch(*(getattr(self, name).to(device) for name in ("image", "label", "index", "spacing_mm")))

    def rows(self, index: Tensor | slice) -> "Batch":
        """The chosen rows, in the given order."""
        return Batch(self.image[index], self.label[index], self.index[index], self.spacing_mm[index])
