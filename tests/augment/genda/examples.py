"""Real fields without a registration: smooth random fields whose mean depends on the image."""

import torch
from torch.nn import functional as F

from segaug.augment.genda.fields import RealFields
from segaug.augment.genda.networks import Generator
from segaug.rng import stream


def smooth(*shape, grid, points=4):
    """Smooth random maps (*shape, *grid) of standard deviation about 1."""
    coarse = torch.randn(*shape, points, points, generator=stream(0, "smooth", *shape))
    maps = F.interpolate(coarse.flatten(0, -4), size=grid, mode="bicubic", align_corners=True)
    return maps.view(*shape, *grid)


def untrained_generator(grid=(32, 24)):
    """A generator of random fields of a few pixels, which depend on image and code."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        generator = Generator(grid, width=4).eval().requires_grad_(False)
    generator.last.weight.normal_(generator=stream(0, "last"))
    return generator


def fields(sources=6, targets=10, grid=(32, 24), strength_px=1.0):
    """Fields of a few images; half of their variance is between the images, half within them."""
    mean = smooth(sources, 1, 2, grid=grid).expand(-1, targets, -1, -1, -1)
    field = strength_px * (mean + smooth(sources, targets, 2, grid=grid)) / 2**0.5
    return RealFields(smooth(sources, 1, grid=grid).sigmoid(), field)
