"""Where the structures lie in the pixels of a feature map."""

import torch.nn.functional as F
from torch import Tensor

from segaug.errors import ConfigError


def union(label: Tensor) -> Tensor:
    """Is there any structure?  (B, K, H, W), hard or soft, to (B, 1, H, W) of 0 and 1; of a soft label, most of it."""
    return (label.sum(1, keepdim=True) > 0.5).to(label.dtype)


class LayerMasks:
    """A mask (B, K, H, W) at the sides of the layers of a network, by 2 x 2 max-pooling over and over.

    So every structure is seen in every layer, however small.  Each side is made once.
    """

    def __init__(self, mask: Tensor) -> None:
        self._masks = {_sides(mask): mask}

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
            halved = F.max_pool2d(self._masks[reached], 2, ceil_mode=True)
            reached = _sides(halved)
            self._masks[reached] = halved
        return sides in self._masks


def _sides(image: Tensor) -> tuple[int, int]:
    return image.shape[2], image.shape[3]
