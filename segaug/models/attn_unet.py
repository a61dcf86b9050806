"""AttnUNet: a U-Net of three levels whose skips pass a gate."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.models.network import Network
from segaug.models.u_shaped import UShaped
from segaug.models.unet import BATCH_NORM_EPS, convolutions, enlarged, start_as_published
from segaug.models.width import OfAnyWidth

WIDTHS = (64, 128, 256, 512)  # channels at the side of the image, and at each of its halvings


@dataclass(frozen=True, kw_only=True)
class AttnUNet(OfAnyWidth):
    """Attention U-Net with batch norm; 8,135,745 parameters in colour at width 1, 510,993 at 1/4.

    Source: the histology network of Roy et al., arXiv 2507.19575 (MIDL 2026), with the layers of its code; after
    Oktay et al. (2018), arXiv 1804.03999, whose gate has one channel and not those of the level.  What differs: running
    statistics have a momentum of 0.1, as in `UNet`; features are read before the pooling, so that their sides are those
    of every other network.
    """

    learning_rate: ClassVar[float] = 3e-2  # under fixed_steps, at a quarter of the width
    name: ClassVar[str] = "attn_unet"
    widths: ClassVar[tuple[int, ...]] = WIDTHS

    def network(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> Network:
        """He-normal convolutions, zero biases."""
        return AttnUNetNetwork(widths, in_channels, out_channels)


class AttnUNetNetwork(UShaped):
    """Up by bilinear enlargement, which also opens the gate of the skip; the last convolution is 1 x 1."""

    def __init__(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> None:
        super().__init__()
        inner = pairwise((in_channels, *widths[:-1]))
        self.encoders = nn.ModuleList([convolutions(before, width, count=2) for before, width in inner])
        self.bottleneck = convolutions(widths[-2], widths[-1], count=2)
        coarse_to_fine = list(pairwise(reversed(widths)))
        self.gates = nn.ModuleList([Gate(*pair) for pair in coarse_to_fine])
        self.decoders = nn.ModuleList([convolutions(below + width, width, 2) for below, width in coarse_to_fine])
        self.last = nn.Conv2d(widths[0], out_channels, 1)
        start_as_published(self)

    def raised(self, step: int, below: Tensor, skip: Tensor) -> Tensor:
        """Enlarged map below, gated skip, convolutions."""
        up = enlarged(below)
        feature: Tensor = self.decoders[step](torch.cat([up, self.gates[step](up, skip)], dim=1))
        return feature


class Gate(nn.Module):
    """The skip times a share (0..1) of each pixel and channel, made of the skip and of the enlarged map below."""

    def __init__(self, below: int, width: int) -> None:
        super().__init__()
        self.of_below = _normalised(below, width)
        self.of_skip = _normalised(width, width)
        self.share = nn.Conv2d(width, width, 1)

    def forward(self, up: Tensor, skip: Tensor) -> Tensor:
        """The gated skip (B, F, h, w); up: (B, G, h, w).  skip: (B, F, h, w)."""
        share: Tensor = self.share(F.relu(self.of_below(up) + self.of_skip(skip)))
        return share.sigmoid() * skip


def _normalised(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(in_channels, out_channels, 1), nn.BatchNorm2d(out_channels, eps=BATCH_NORM_EPS))
