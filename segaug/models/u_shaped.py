"""The way through a U-Net: down by max-pooling, up through the skips."""

from abc import abstractmethod

from torch import Tensor, nn
from torch.nn import functional as F

from segaug.models.network import Network


class UShaped(Network):
    """Encoders with a 2 x 2 max-pooling after each, a bottleneck, and one step up for each encoder.

    The encoders' maps are those before the pooling, so that a skip has the side of the map that it meets.
    """

    encoders: nn.ModuleList  # finest first
    bottleneck: nn.Module
    last: nn.Conv2d

    @abstractmethod
    def raised(self, step: int, below: Tensor, skip: Tensor) -> Tensor:
        """The decoder's map (B, F, h, w) of one step up; the first is step 0.

        below: (B, G, h/2, w/2), of the level below.  skip: (B, E, h, w), of the encoder.
        """

    @property
    def head(self) -> nn.Conv2d:
        """The last convolution."""
        return self.last

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits, and encoder1..L, bottleneck (side / 2^L), decoderL..1, for L encoders."""
        maps: dict[str, Tensor] = {}
        x = image
        for level, encoder in enumerate(self.encoders, start=1):
            x = maps[f"encoder{level}"] = encoder(x)
            x = F.max_pool2d(x, 2)
        x = maps["bottleneck"] = self.bottleneck(x)
        for step, level in enumerate(range(len(self.encoders), 0, -1)):
            x = maps[f"decoder{level}"] = self.raised(step, x, maps[f"encoder{level}"])
        return self.last(x), maps
