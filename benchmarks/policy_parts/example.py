"""What the parts of the benchmark have in common: images, and a network to train."""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.batch import Batch
from segaug.models.network import Network, build_with_seed
from segaug.models.nnunet import NnUnet
from segaug.rng import stream

ROWS, SEED = 8, 0
LEARNING_RATE = 1e-3


def example(side: int, rows: int = ROWS, seed: int = SEED) -> Batch:
    """Smooth images with blobs, since sampling noise would miss the cache on all sides."""
    rng = stream(seed, "benchmark")
    image = F.interpolate(torch.rand(rows, 1, 24, 24, generator=rng), size=(side, side), mode="bicubic").clamp(0, 1)
    return Batch(
        image, (image > 0.6).float(), torch.arange(rows), torch.ones(rows, 2), torch.zeros(rows, dtype=torch.long)
    )


def default_network() -> Network:
    """nnU-Net at its default size, as it is before training."""
    return build_with_seed(NnUnet(), SEED)


def updates_of(network: nn.Module, loss: Callable[[], Tensor]) -> Callable[[], None]:
    """Forward, backward and Adam."""
    optimiser = torch.optim.Adam(network.parameters(), LEARNING_RATE, fused=True)

    def update() -> None:
        optimiser.zero_grad()
        loss().backward()
        optimiser.step()

    return update
