"""Images of any size for networks that halve their sides: padded to a multiple, cropped back."""

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True)
class Frame:
    """How images of one size are padded: (C, *size) to sides that are multiples of `multiple`."""

    size: tuple[int, ...]
    multiple: int

    @property
    def padding(self) -> list[int]:
        """As `functional.pad` takes it: before and after, the last axis first; the odd pixel comes after."""
        missing = [-side % self.multiple for side in reversed(self.size)]
        return [part for each in missing for part in (each // 2, each - each // 2)]

    def padded(self, image: Tensor) -> Tensor:
        """(B, C, *size) with its edge repeated."""
        return functional.pad(image, self.padding, mode="replicate") if any(self.padding) else image

    def padded_mask(self, mask: Tensor) -> Tensor:
        """(B, 1, *size) bool; nothing of the edge is kept."""
        return functional.pad(mask, self.padding, value=False) if any(self.padding) else mask

    def cropped(self, image: Tensor) -> Tensor:
        """The inverse of both."""
        before = self.padding[::2][::-1]
        for axis, (start, side) in enumerate(zip(before, self.size, strict=True), start=2):
            image = image.narrow(axis, start, side)
        return image
