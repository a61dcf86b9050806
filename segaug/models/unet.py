"""The plain U-Net of the task-driven augmentation: batch norm, five widths, four convolutions before the last."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.models.network import Network
from segaug.models.side import check_side
from segaug.models.u_shaped import UShaped

WIDTHS = (16, 32, 64, 128, 256)  # channels at the side of the image, and at each of its halvings
BATCH_NORM_EPS = 1e-3


@dataclass(frozen=True, kw_only=True)
class UNet:
    """U-Net with batch norm; 1,949,073 parameters for one structure, 1,949,508 for three.

    Source: Chaitanya et al. (2021), task-driven augmentation, section 3.3, with the layers of the released code.  What
    differs: running statistics have a momentum of 0.1, not 0.01, since 0.01 leaves most of their initial values in them
    for the first few hundred updates; enlarging takes half-pixel centres.
    """

    learning_rate: ClassVar[float] = 3e-3  # under protocol=fixed_steps; found as docs/decisions/0006-protocols.md says

    def build(self, in_channels: int = 1, out_channels: int = 1) -> Network:
        """A freshly initialised network, channels-last, in which a CPU computes it faster."""
        network: Network = UNetNetwork(in_channels, out_channels)
        return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def check_size(self, size: int) -> None:
        """The side is halved 4 times, and the coarsest map of a single image needs 2 x 2 pixels to be normalised."""
        check_side(size, model="unet", multiple=16, least=32)


class UNetNetwork(UShaped):
    """Up by bilinear enlargement and a 2 x 2 convolution to the width of the skip; the last convolution is 3 x 3."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        widths = (in_channels, *WIDTHS)
        self.encoders = nn.ModuleList([convolutions(*pair, count=2) for pair in pairwise(widths[:-1])])
        self.bottleneck = convolutions(*widths[-2:], count=2)
        coarse_to_fine = list(pairwise(reversed(WIDTHS)))
        self.enlargers = nn.ModuleList([convolution(*pair, kernel=2) for pair in coarse_to_fine])
        counts = (2, 2, 2, 4)  # the finest level has four
        self.decoders = nn.ModuleList(
            [convolutions(2 * width, width, count) for (_, width), count in zip(coarse_to_fine, counts, strict=True)]
        )
        self.last = nn.Conv2d(WIDTHS[0], out_channels, 3, padding=1)
        start_as_published(self)

    def raised(self, step: int, below: Tensor, skip: Tensor) -> Tensor:
        """Enlarged and convolved map below, skip, convolutions."""
        enlarger, decoder = self.enlargers[step], self.decoders[step]
        feature: Tensor = decoder(torch.cat([enlarger(enlarged(below)), skip], dim=1))
        return feature


def convolution(in_channels: int, out_channels: int, kernel: int = 3) -> nn.Sequential:
    """Convolution that keeps the size, batch norm, ReLU; a 2 x 2 one is padded at the bottom and the right alone."""
    before, after = (kernel - 1) // 2, kernel // 2
    layers = [
        nn.Conv2d(in_channels, out_channels, kernel, padding=before),
        nn.BatchNorm2d(out_channels, eps=BATCH_NORM_EPS),
        nn.ReLU(inplace=True),
    ]
    return nn.Sequential(*([nn.ZeroPad2d((0, 1, 0, 1))] if after > before else []), *layers)


def convolutions(in_channels: int, out_channels: int, count: int) -> nn.Sequential:
    """`count` of them, one after the other."""
    widths = (in_channels, *[out_channels] * count)
    return nn.Sequential(*[convolution(*pair) for pair in pairwise(widths)])


def enlarged(feature: Tensor) -> Tensor:
    """Twice the side, bilinear, half-pixel centres."""
    return F.interpolate(feature, scale_factor=2, mode="bilinear", align_corners=False)


def start_as_published(network: nn.Module) -> None:
    """Convolutions N(0, 2 / fan_in), dense layers N(0, 0.01^2) cut off at two deviations, biases 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_in = module.weight[0].numel()
            nn.init.normal_(module.weight, std=math.sqrt(2 / fan_in))
        elif isinstance(module, nn.Linear):
            nn.init.trunc_normal_(module.weight, std=0.01, a=-0.02, b=0.02)
        else:
            continue
        if module.bias is not None:
            nn.init.zeros_(module.bias)
