"""The networks of the joint phase: two generators, which share a trunk, and their discriminator.

Source: the layers of Chaitanya et al. (2021), as far as the text leaves them open those of the released code.  What
differs: batch norm takes torch's momentum (see `segaug.models.unet`), enlarging half-pixel centres, and a 5 x 5
convolution with stride 2 is padded alike on all sides.  The text's fourth convolution after the concatenation is not
there, as in the code.  All are channels-last, in which a CPU computes them faster.
"""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from segaug.augment.kinds import REFERENCE_SIDE_PX
from segaug.grey import grey
from segaug.models.unet import BATCH_NORM_EPS, convolution, convolutions, enlarged, start_as_published

LATENT = 100  # numbers in z
SIDE_MULTIPLE = 32  # of the sides of an image: a code starts as a map of 1/32 of them
_WIDTH = 16
_CODE_WIDTHS = (128, 128, 64, 32, 16, 16)
_JUDGE_WIDTHS = (16, 32, 64, 128, 128)
_SLOPE = 0.2  # of the discriminator's leaky ReLUs

Size = tuple[int, int]  # rows, columns


class Trunk(nn.Module):
    """Features of an image and a code together: image (B, C, H, W), z (B, LATENT) to (B, 16, H, W)."""

    def __init__(self, size: Size, channels: int) -> None:
        super().__init__()
        self.coarsest = (_CODE_WIDTHS[0], size[0] // SIDE_MULTIPLE, size[1] // SIDE_MULTIPLE)
        self.code = nn.Linear(LATENT, self.coarsest[0] * self.coarsest[1] * self.coarsest[2])
        *inner, last = [convolution(*widths, kernel=2) for widths in pairwise(_CODE_WIDTHS)]
        self.enlargers = nn.ModuleList([*inner, last[:2]])  # padding and convolution, without norm and ReLU
        self.image = convolutions(channels, _WIDTH, count=2)
        self.both = convolutions(2 * _WIDTH, _WIDTH, count=2)

    def forward(self, image: Tensor, z: Tensor) -> Tensor:
        """Enlarge the code to the image, and look at both."""
        code = F.relu(self.code(z)).unflatten(1, self.coarsest)
        for enlarger in self.enlargers:
            code = enlarger(enlarged(code))
        return self.both(torch.cat([self.image(image), code], dim=1))


class DeformationGenerator(nn.Module):
    """G_V(x, z): a dense field.  Its last layer does not start at 0, or no gradient would pass the shared warp."""

    def __init__(self, size: Size, channels: int) -> None:
        super().__init__()
        self.trunk = Trunk(size, 1)
        self.last = nn.Conv2d(_WIDTH, 2, 3, padding=1)
        start_as_published(self)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def forward(self, image: Tensor, z: Tensor) -> Tensor:
        """Field (B, 2, H, W) in pixels of an image whose longer side is 224; of colour, it sees the grey image."""
        return self.last(self.trunk(grey(image), z))

    @staticmethod
    def in_px(field: Tensor) -> Tensor:
        """A generated field in pixels of its own image, (row, column), pull-back: the same share of the side."""
        return field * (max(field.shape[2:]) / REFERENCE_SIDE_PX)


class IntensityGenerator(nn.Module):
    """G_I(x, z): a change of each grey value, in (-1, 1)."""

    def __init__(self, size: Size, channels: int) -> None:
        super().__init__()
        self.trunk = Trunk(size, channels)
        self.last = nn.Conv2d(_WIDTH, channels, 1, bias=False)
        start_as_published(self)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def forward(self, image: Tensor, z: Tensor) -> Tensor:
        """Delta I (B, C, H, W), one change a channel."""
        return torch.tanh(self.last(self.trunk(image, z)))


def judging(channels: int, strides: Sequence[int]) -> nn.Sequential:
    """The five 5 x 5 convolutions of a discriminator, with batch norm and leaky ReLU."""
    layers: list[nn.Module] = []
    for (before, after), stride in zip(pairwise((channels, *_JUDGE_WIDTHS)), strides, strict=True):
        layers += [
            nn.Conv2d(before, after, 5, stride=stride, padding=2),
            nn.BatchNorm2d(after, eps=BATCH_NORM_EPS),
            nn.LeakyReLU(_SLOPE),
        ]
    return nn.Sequential(*layers)


class Discriminator(nn.Module):
    """Is an image (B, C, H, W) one of the unlabelled ones?  One logit a row."""

    def __init__(self, size: Size, channels: int) -> None:
        super().__init__()
        self.convolutions = judging(channels, strides=(2, 2, 2, 2, 2))
        flat = _JUDGE_WIDTHS[-1] * (size[0] // SIDE_MULTIPLE) * (size[1] // SIDE_MULTIPLE)
        self.dense = nn.Sequential(
            nn.Linear(flat, 128), nn.LeakyReLU(_SLOPE), nn.Linear(128, 128), nn.LeakyReLU(_SLOPE), nn.Linear(128, 1)
        )
        start_as_published(self)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def forward(self, image: Tensor) -> Tensor:
        """Logits (B,); real where positive."""
        return self.dense(self.convolutions(image).flatten(1)).squeeze(1)


class PixelDiscriminator(nn.Module):
    """Does a pixel of a map (B, C, H, W) belong to a labelled image?  A logit for each, (B, H, W).

    The convolutions of `Discriminator`, with stride 1 from the third on, and a 1 x 1 convolution, enlarged bilinearly.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.convolutions = judging(channels, strides=(2, 2, 1, 1, 1))
        self.last = nn.Conv2d(_JUDGE_WIDTHS[-1], 1, 1)
        start_as_published(self)
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # missing in the stub

    def forward(self, seen: Tensor) -> Tensor:
        """Logits (B, H, W); labelled where positive."""
        logits = self.last(self.convolutions(seen))
        return F.interpolate(logits, seen.shape[2:], mode="bilinear", align_corners=False).squeeze(1)
