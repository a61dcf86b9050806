"""CMUNet: a U-Net with a ConvMixer in its bottleneck and multi-scale gates in its skips."""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.models.network import Network
from segaug.models.u_shaped import UShaped
from segaug.models.unet import BATCH_NORM_EPS, convolution, convolutions, start_as_published
from segaug.models.width import OfAnyWidth

WIDTHS = (64, 128, 256, 512, 1024)  # channels at the side of the image, and at each of its halvings
MIXERS = 7


@dataclass(frozen=True, kw_only=True)
class CMUNet(OfAnyWidth):
    """ConvMixer U-Net with batch norm; 49,926,593 parameters in colour at width 1, 3,199,601 at 1/4.

    Source: Tang et al. (2023), arXiv 2210.13012, in the version that is the ultrasound network of Roy et al., arXiv
    2507.19575 (MIDL 2026), with the layers of the latter's code.  What differs: running statistics have a momentum of
    0.1, as in `UNet`.
    """

    learning_rate: ClassVar[float] = 1e-1  # under fixed_steps, at a quarter of the width
    name: ClassVar[str] = "cmunet"
    widths: ClassVar[tuple[int, ...]] = WIDTHS

    def network(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> Network:
        """He-normal convolutions, zero biases."""
        return CMUNetNetwork(widths, in_channels, out_channels)


class CMUNetNetwork(UShaped):
    """The bottleneck's map is that after the mixers; up by repeated pixels; the last convolution is 1 x 1."""

    def __init__(self, widths: tuple[int, ...], in_channels: int, out_channels: int) -> None:
        super().__init__()
        inner = pairwise((in_channels, *widths[:-1]))
        self.encoders = nn.ModuleList([convolutions(before, width, count=2) for before, width in inner])
        mixers = [Mixer(widths[-1]) for _ in range(MIXERS)]
        self.bottleneck = nn.Sequential(convolutions(widths[-2], widths[-1], count=2), *mixers)
        coarse_to_fine = list(pairwise(reversed(widths)))
        self.enlargers = nn.ModuleList(
            [nn.Sequential(nn.Upsample(scale_factor=2), convolution(*pair)) for pair in coarse_to_fine]
        )
        self.gates = nn.ModuleList([MultiScaleGate(width) for _, width in coarse_to_fine])
        self.decoders = nn.ModuleList([convolutions(2 * width, width, count=2) for _, width in coarse_to_fine])
        self.last = nn.Conv2d(widths[0], out_channels, 1)
        start_as_published(self)

    def raised(self, step: int, below: Tensor, skip: Tensor) -> Tensor:
        """Gated skip, enlarged map below, convolutions."""
        joined = torch.cat([self.gates[step](skip), self.enlargers[step](below)], dim=1)
        feature: Tensor = self.decoders[step](joined)
        return feature


class Mixer(nn.Module):
    """A ConvMixer layer: each channel by itself over 7 x 7 pixels, then each pixel by itself, and what came in."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(width, width, 7, padding=3, groups=width),
            nn.ReLU(inplace=True),
            nn.BatchNorm2d(width, eps=BATCH_NORM_EPS),
            nn.Conv2d(width, width, 1),
            nn.ReLU(inplace=True),
            nn.BatchNorm2d(width, eps=BATCH_NORM_EPS),
        )

    def forward(self, feature: Tensor) -> Tensor:
        """As it came, (B, F, h, w)."""
        mixed: Tensor = self.layers(feature)
        return mixed + feature


class MultiScaleGate(nn.Module):
    """The skip times 1 + a share (0..1) of each pixel and channel, which is made of the skip at three scales.

    One batch norm serves all three, as released: in training it normalises each by itself, and its running statistics
    are an average over them.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scales = nn.ModuleList(
            [
                nn.Conv2d(width, width, 1),
                nn.Conv2d(width, width, 3, padding=1),
                nn.Conv2d(width, width, 3, padding=2, dilation=2),
            ]
        )
        self.norm = nn.BatchNorm2d(width, eps=BATCH_NORM_EPS)
        self.share = nn.Conv2d(3 * width, width, 1)

    def forward(self, skip: Tensor) -> Tensor:
        """The gated skip, (B, F, h, w)."""
        seen = torch.cat([self.norm(scale(skip)) for scale in self.scales], dim=1)
        share: Tensor = self.share(F.relu(seen))
        return skip * share.sigmoid() + skip
