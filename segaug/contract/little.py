"""A training of two updates, of a network that takes images of any size, and images to see beside the labelled ones."""

import torch
from torch import Tensor, nn

from segaug.augment.strategy import Allowed
from segaug.batch import Batch
from segaug.models.network import Network
from segaug.training.protocol import Protocol

TWO_UPDATES = Protocol(
    unit="update", length=2, warmup=1, validate_every=2, patience=None, validation="none", learning_rate=1e-3
)


class OneConvolution(Network):
    """A network that takes images of any size; its logits are its features."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.only = nn.Conv2d(in_channels, out_channels, 3, padding=1)

    @property
    def head(self) -> nn.Conv2d:
        """The one convolution."""
        return self.only

    def features(self, image: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Logits, and the same as encoder1."""
        logits = self.only(image)
        return logits, {"encoder1": logits}


def beside(batch: Batch) -> Allowed:
    """Images without labels, made of those of a batch; and the batch itself, to validate with."""
    shifted, unlabelled = (
        torch.cat([batch.image.roll((shift, shift), dims=(2, 3)) for shift in shifts]) for shifts in ((1, 2), (3, 4))
    )
    return Allowed(external=shifted.flip(0) ** 1.1, unlabelled=unlabelled, validation=batch)
