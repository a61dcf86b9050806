"""NuSegNet: a gated U-Net whose layers normalise after the activation."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.models.network import Network
from segaug.models.u_shaped import UShaped
from segaug.models.unet import BATCH_NORM_EPS, enlarged
from segaug.models.width import OfAnyWidth

WIDTHS = (32, 64, 128, 256, 512)  # channels at the side of the image, and at each of its halvings
MOMENTUM = 0.5  # of new statistics
START_BIAS = 0.1


@dataclass(frozen=True, kw_only=True)
class NuSegNet(OfAnyWidth):
    """Gated U-Net with batch norm after ReLU; 12,395,713 parameters in colour at width 1, 778,897 at 1/4.

    Source: the second histology network of Roy et al., arXiv 2507.19575 (MIDL 2026), with the layers of its code.  What
    differs: the weights' normal law is not cut off at two deviations, and the output's bias starts at 0: it is for
    the protocol to choose.
    """

    learning_rate: ClassVar[float] = 1e-1  # under fixed_steps, at a quarter of the width
    name: ClassVar[str] = "nusegnet"
    widths: ClassVar[tuple[int, ...]] = WIDTHS
    multiple: ClassVar[int] = 2  # a gate has half of a level's channels

    def network(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> Network:
        """Glorot-normal convolutions, biases of 0.1."""
        return NuSegNetNetwork(widths, in_channels, out_channels)


class NuSegNetNetwork(UShaped):
    """Up by a transposed convolution; the last convolution is 1 x 1."""

    def __init__(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.encoders = nn.ModuleList([Encoder(*pair) for pair in pairwise((in_channels, *widths[:-1]))])
        below, coarsest = widths[-2:]
        self.bottleneck = nn.Sequential(
            normalised(conv(below, coarsest)), *[normalised(conv(coarsest, coarsest)) for _ in range(2)]
        )
        coarse_to_fine = list(pairwise(reversed(widths)))
        self.gates = nn.ModuleList([Gate(*pair) for pair in coarse_to_fine])
        self.enlargers = nn.ModuleList(
            [nn.Sequential(nn.ConvTranspose2d(*pair, 2, stride=2), nn.ReLU(inplace=True)) for pair in coarse_to_fine]
        )
        self.decoders = nn.ModuleList(
            [
                nn.Sequential(normalised(conv(2 * width, width)), normalised(conv(width, width)))
                for _, width in coarse_to_fine
            ]
        )
        self.last = nn.Conv2d(widths[0], out_channels, 1)
        _start(self)

    def raised(self, step: int, below: Tensor, skip: Tensor) -> Tensor:
        """Enlarged map below, gated skip, convolutions."""
        joined = torch.cat([self.enlargers[step](below), self.gates[step](below, skip)], dim=1)
        feature: Tensor = self.decoders[step](joined)
        return feature


class Encoder(nn.Module):
    """Three convolutions, the middle one separable, and a fourth that also sees what came in."""

    def __init__(self, in_channels: int, width: int) -> None:
        super().__init__()
        depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
        self.layers = nn.Sequential(
            normalised(conv(in_channels, width)),
            normalised(depthwise, nn.Conv2d(width, width, 1)),
            normalised(conv(width, width)),
        )
        self.last = normalised(conv(width + in_channels, width))

    def forward(self, feature: Tensor) -> Tensor:
        """(B, G, h, w) to (B, F, h, w)."""
        joined: Tensor = self.last(torch.cat([self.layers(feature), feature], dim=1))
        return joined


class Gate(nn.Module):
    """The skip times a share (0..1) of each pixel and channel, made of the skip and of the map below."""

    def __init__(self, below: int, width: int) -> None:
        super().__init__()
        self.of_below = nn.Sequential(nn.Conv2d(below, width, 1), conv(width, width // 2))
        self.of_skip = conv(width, width // 2)
        self.share = normalised(nn.Conv2d(width // 2, width, 1))

    def forward(self, below: Tensor, skip: Tensor) -> Tensor:
        """The gated skip (B, F, h, w); below: (B, G, h/2, w/2).  skip: (B, F, h, w)."""
        share: Tensor = self.share(F.relu(enlarged(self.of_below(below)) + self.of_skip(skip)))
        return share.sigmoid() * skip


def conv(in_channels: int, out_channels: int) -> nn.Conv2d:
    """3 x 3, keeps the size."""
    return nn.Conv2d(in_channels, out_channels, 3, padding=1)


def normalised(*layers: nn.Conv2d) -> nn.Sequential:
    """Convolutions, then ReLU, then batch norm: in this order."""
    norm = nn.BatchNorm2d(layers[-1].out_channels, eps=BATCH_NORM_EPS, momentum=MOMENTUM)
    return nn.Sequential(*layers, nn.ReLU(inplace=True), norm)


def _start(network: NuSegNetNetwork) -> None:
    """Weights N(0, 2 / (fan_in + fan_out)), biases 0.1, that of the output 0."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.xavier_normal_(module.weight)
            if module.bias is not None:
                nn.init.constant_(module.bias, START_BIAS if module is not network.last else 0)
