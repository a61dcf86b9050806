"""Is the generator any good?  Three numbers, measured while it trains and stored with it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.genda.fields import RealFields
from segaug.augment.genda.networks import LATENT, Generator, Size
from segaug.deform.jacobian import folded

LEAST_SPREAD = 0.25
_IMAGES, _CODES = 8, 32


@dataclass(frozen=True)
class Health:
    """Of generated fields; magnitude and spread are 1 where they equal the real ones."""

    folded: float  # share of pixel cells with a strict Jacobian determinant of 0 or less, at the images' own size
    magnitude: float  # mean length of a displacement, in that of real ones of the same images
    spread: float  # standard deviation of one image's field over codes, in that over the image's real fields

    @property
    def failed(self) -> str | None:
        """Why the generator must not be used, and what to do; None if it may."""
        if not all(map(math.isfinite, vars(self).values())):
            return "the generator's training diverged; lower augment.gan.learning_rate"
        if self.spread < LEAST_SPREAD:
            return (
                f"the generator collapsed: for one image its fields differ {self.spread:.0%} as much as real ones do "
                f"(the least is {LEAST_SPREAD:.0%}); raise augment.gan.steps or augment.gan.fields_per_image"
            )
        return None


@torch.no_grad()
def measure(generator: Generator, real: RealFields, size: Size, rng: torch.Generator) -> Health:
    """Compare 32 fields for each of up to 8 source images with the real fields of these images.

    size: of the images, at which folds are looked for.
    """
    chosen = torch.randperm(len(real.image), generator=rng)[:_IMAGES].to(real.image.device)
    rows = []
    for image, fields in zip(real.image[chosen], real.field_px[chosen], strict=True):
        z = torch.randn(_CODES, LATENT, generator=rng).to(image.device)
        images = image.expand(_CODES, -1, -1, -1)
        made = generator(images, z)
        folds = folded(generator(images, z, size)).float().mean()
        rows.append([folds, _length(made), _length(fields), made.var(0).mean(), fields.var(0).mean()])
    folds, length, real_length, variance, real_variance = torch.tensor(rows).mean(0).tolist()
    return Health(folds, length / max(real_length, 1e-9), math.sqrt(variance / max(real_variance, 1e-9)))


def _length(field_px: Tensor) -> Tensor:
    return torch.linalg.vector_norm(field_px, dim=1).mean()
