"""The two networks of the conditional GAN: a generator of smooth fields, and their judge."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from segaug.augment.genda.spline import MARGIN, spline_field
from segaug.deform.grid import sampler_points

LATENT = 64  # numbers in z
_MULTIPLE = 8  # of the working grid's sides: the generator's deepest features are that much coarser

Size = tuple[int, int]  # rows, columns


def working_size(size: Size, longer_side: int) -> Size:
    """The grid that fields are learned on: at most `longer_side`, at least 16, in multiples of 8 pixels."""
    zoom = min(1.0, longer_side / max(size))
    rows, columns = (max(2 * _MULTIPLE, round(n * zoom / _MULTIPLE) * _MULTIPLE) for n in size)
    return rows, columns


def resized(image: Tensor, size: Size) -> Tensor:
    """(B, C, H, W) on another grid, low-passed where that is coarser."""
    if tuple(image.shape[2:]) == size:
        return image
    return F.interpolate(image, size, mode="bilinear", align_corners=False, antialias=True)


class Generator(nn.Module):
    """G(x, z): a field from an image and a code.

    A U-Net from the working grid down to an eighth and up to half of it, where its output is read as the control points
    of a cubic B-spline: so a field is smooth, and can be had at any size.  z enters as a map beside the deepest
    features.  The network's output is multiplied by `scale_px`, the standard deviation of real fields.
    """

    scale_px: Tensor  # () in pixels of the working grid

    def __init__(self, grid: Size, width: int, scale_px: float = 1.0) -> None:
        super().__init__()
        self.grid, self.width = grid, width
        self.coarsest = (2 * width, grid[0] // _MULTIPLE, grid[1] // _MULTIPLE)
        self.register_buffer("scale_px", torch.tensor(scale_px))
        self.down = nn.ModuleList(
            [_layer(1, width, stride=2), _layer(width, 2 * width, stride=2), _layer(2 * width, 4 * width, stride=2)]
        )
        self.code = nn.Linear(LATENT, self.coarsest[0] * self.coarsest[1] * self.coarsest[2])
        self.up = nn.ModuleList([_layer(6 * width, 4 * width), _layer(6 * width, 2 * width), _layer(3 * width, width)])
        self.last = nn.Conv2d(width, 2, 3)

    def forward(self, image: Tensor, z: Tensor, size: Size | None = None) -> Tensor:
        """Field (B, 2, *size) in pixels of `size`, by default the working grid; image (B, 1, H, W), z (B, LATENT)."""
        size = size or self.grid
        per_unit = self.scale_px * image.new_tensor([n / cells for n, cells in zip(size, self.grid, strict=True)])
        return spline_field(self._control(resized(image, self.grid), z) * per_unit[:, None, None], size)

    def _control(self, image: Tensor, z: Tensor) -> Tensor:
        fine = self.down[0](image)
        middle = self.down[1](fine)
        coarse = self.down[2](middle)
        x = self.up[0](torch.cat([coarse, F.leaky_relu(self.code(z), 0.2).view(-1, *self.coarsest)], 1))
        x = self.up[1](torch.cat([_doubled(x), middle], 1))
        x = self.up[2](torch.cat([_doubled(x), fine], 1))
        return self.last(F.pad(x, [MARGIN // 2 + 1] * 4, mode="replicate"))  # the convolution takes 1 off each side


class Discriminator(nn.Module):
    """D(x, u_1 .. u_m): are these real fields of image x?  One logit a row; spectral norm in every layer."""

    def __init__(self, grid: Size, width: int, fields: int) -> None:
        super().__init__()
        channels = (1 + 3 * fields, width, 2 * width, 4 * width, 8 * width)
        self.down = nn.ModuleList(spectral_norm(nn.Conv2d(a, b, 4, stride=2, padding=1)) for a, b in pairwise(channels))
        self.last = spectral_norm(nn.Conv2d(channels[-1], 1, (grid[0] // 16, grid[1] // 16)))

    def forward(self, evidence: Tensor) -> Tensor:
        """Logits (B,) of `evidence`."""
        for layer in self.down:
            evidence = F.leaky_relu(layer(evidence), 0.2)
        return self.last(evidence).flatten()


def evidence(image: Tensor, fields_px: Tensor, scale_px: Tensor) -> Tensor:
    """What the discriminator sees: (B, 1 + 3 m, h, w): the image, its m fields, and the image warped by each of them.

    image: (B, 1, h, w) on the working grid.  fields_px: (B, m, 2, h, w) in its pixels.
    """
    rows, count = fields_px.shape[:2]
    points = sampler_points(fields_px.flatten(0, 1)).flip(1).movedim(1, -1)
    points = points.nan_to_num()  # a NaN would crash the backward pass of `grid_sample` on a CPU (pytorch issue 24823)
    copies = image.repeat_interleave(count, 0)
    warped = F.grid_sample(copies, points, padding_mode="border", align_corners=False)
    return torch.cat([image, (fields_px / scale_px).flatten(1, 2), warped.view(rows, count, *image.shape[2:])], 1)


def _layer(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.LeakyReLU(0.2))


def _doubled(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
