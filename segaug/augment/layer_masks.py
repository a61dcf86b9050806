"""Where the structures lie in the pixels of a feature map."""

import torch
import torch.nn.functional as F
from torch import Tensor

from segaug.errors import ConfigError
from segaug.known import ignored_pixels, shown


def union(label: Tensor, ignored: bool = False) -> Tensor:
    """Is there any structure?  (B, K, H, W), hard or soft, to (B, 1, H, W) of 0 and 1; of a soft label, most of it.

    ignored: pixels may be NaN, and stay it.
    """
    found = (label.sum(1, keepdim=True) > 0.5).to(label.dtype)
    return found.masked_fill(ignored_pixels(label), torch.nan) if ignored else found


class LayerMasks:
    """A mask (B, K, H, W) at the sides of the layers of a network, by 2 x 2 max-pooling over and over.

    So every structure is seen in every layer, however small.  Each side is made once.

    ignored: pixels of the mask may be NaN.  A coarse pixel that shows a structure for certain shows it; another one is
    NaN where a part of it is, since there may be a structure.
    """

    def __init__(self, mask: Tensor, ignored: bool = False) -> None:
        self._masks, self._ignored = {_sides(mask): mask}, ignored

    def like(self, features: Tensor) -> Tensor:
        """The mask at the side of a feature map (B, C, h, w): (B, K, h, w)."""
        sides = _sides(features)
        if not self.reach(features):
            reachable = ", ".join(f"{h} x {w}" for h, w in self._masks)
            raise ConfigError(
                key="augment.layers",
                problem=f"a layer has {sides[0]} x {sides[1]} pixels, which halving those of the image does not reach",
                fix=f"name layers of {reachable} pixels, or choose another dataset.size or protocol.patch",
            )
        return self._masks[sides]

    def reach(self, features: Tensor) -> bool:
        """Is there a mask at the side of a feature map (B, C, h, w)?"""
        sides, reached = _sides(features), min(self._masks)
        while reached[0] > sides[0] and reached[1] > sides[1]:
            halved = self._halved(self._masks[reached])
            reached = _sides(halved)
            self._masks[reached] = halved
        return sides in self._masks

    def _halved(self, mask: Tensor) -> Tensor:
        if not self._ignored:
            return F.max_pool2d(mask, 2, ceil_mode=True)
        halved = F.max_pool2d(shown(mask), 2, ceil_mode=True)
        unknown = F.max_pool2d(ignored_pixels(mask).to(mask.dtype), 2, ceil_mode=True) > 0
        return halved.masked_fill(unknown & (halved.sum(1, keepdim=True) <= 0.5), torch.nan)


def _sides(image: Tensor) -> tuple[int, int]:
    return image.shape[2], image.shape[3]
