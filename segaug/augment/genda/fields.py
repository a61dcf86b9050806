"""The real fields that the GAN learns from: registrations of images to each other, all from a few sources."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, Content
from segaug.augment.genda.networks import Size, resized
from segaug.augment.momenta import momenta_artefact, momenta_of
from segaug.image_hash import image_hash
from segaug.registration.lddmm import Lddmm
from segaug.registration.maps import displacement_px


@dataclass(frozen=True)
class Pairs:
    """Ordered pairs of different images: each source with equally many targets, by their places among the images."""

    source: Tensor  # (n,) long
    target: Tensor  # (n, t) long


def draw_pairs(images: int, max_pairs: int, max_per_source: int, rng: torch.Generator) -> Pairs:
    """Draw pairs, each as likely as any other, so that every source has at least two targets; `images` is 3 or more.

    All images are sources as long as max_pairs allows two targets for each.
    """
    per_source = min(images - 1, max_per_source, max(2, max_pairs // images))
    source = torch.randperm(images, generator=rng)[: max_pairs // per_source].sort().values
    other = torch.stack([torch.randperm(images - 1, generator=rng)[:per_source] for _ in source])
    return Pairs(source, other + (other >= source[:, None]))  # steps over the source itself


@dataclass(frozen=True)
class RealFields:
    """What the GAN learns from, on the device that it is trained on.

    image: (n, 1, h, w) sources on the working grid.  field_px: (n, t, 2, h, w) in its pixels, (row, column), pull-back:
    the source read at p + field(p) resembles the target.
    """

    image: Tensor
    field_px: Tensor

    @property
    def grid(self) -> Size:
        """The working grid."""
        return (self.image.shape[2], self.image.shape[3])

    @property
    def scale_px(self) -> float:
        """Standard deviation of the fields, in pixels of the working grid; at least a thousandth of one."""
        return max(self.field_px.std().item(), 1e-3)


def momenta_artefacts(images: Tensor, pairs: Pairs, lddmm: Lddmm) -> list[Artefact]:
    """What must be registered first, one artefact a source; images (N, 1, H, W)."""
    return [
        momenta_artefact(images[source], images[targets], lddmm)
        for source, targets in zip(pairs.source.tolist(), pairs.target, strict=True)
    ]


def real_fields(
    images: Tensor, pairs: Pairs, lddmm: Lddmm, grid: Size, obtain: Callable[[Artefact], Content]
) -> RealFields:
    """The fields of the pairs on the working grid, shot from their stored momenta."""
    modes = lddmm.modes((images.shape[2], images.shape[3]))
    hashes = [image_hash(image) for image in images]
    fields = []
    for artefact, targets in zip(momenta_artefacts(images, pairs, lddmm), pairs.target.tolist(), strict=True):
        momentum = momenta_of(obtain(artefact), [hashes[target] for target in targets])
        fields.append(displacement_px(momentum.to(images.device), modes, grid))
    return RealFields(resized(images[pairs.source.to(images.device)], grid), torch.stack(fields))
