"""RegDA: deform each image towards random mixtures of external images, along geodesics of diffeomorphisms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from segaug.augment.artefact import Artefact, by_hash
from segaug.augment.mixture import Mixture, mixed_momentum
from segaug.augment.momenta import momenta_artefact, momenta_of
from segaug.augment.momentum_field import MomentumField
from segaug.augment.momentum_strategy import MomentumStrategy
from segaug.augment.strategy import PrepareContext
from segaug.batch import Batch
from segaug.grey import grey
from segaug.image_hash import image_hash


@dataclass(frozen=True)
class Momenta:
    """What carries each training image to each external image; on the device of the images."""

    momentum: Tensor  # (N, E, 2, n, n) whitened
    row: Tensor  # (pool,) long: row of `momentum` of the image at a place in the pool, -1 where it has none

    def of(self, index: Tensor, chosen: Tensor) -> Tensor:
        """Momenta (B, n, 2, k, k) of the images at `index` (B,) to their `chosen` (B, n) external images."""
        return self.momentum[self.row[index][:, None], chosen]


@dataclass(frozen=True, kw_only=True)
class RegDA(MomentumStrategy):
    """Mix the momenta of an image to a few external images, shoot the mixture, then run the baseline.

    All momenta of one image start at that image, and so can be added: any convex mixture shoots a geodesic as well, and
    has no more energy than its largest part.  Source: the published method with its 50 external images, 3 mixed; that
    the weights are Dirichlet and the time is 1 is ours.
    """

    file: ClassVar[str] = "conf/augment/regda.yaml"
    needs_index: ClassVar[bool] = True

    def artefacts(self, context: PrepareContext) -> Sequence[Artefact]:
        """The momenta of each training image, in the order of the subset."""
        external = by_hash(self.external_images(context.allowed))
        return [momenta_artefact(image, external, self.lddmm) for image in grey(context.subset.image)]

    def prepare(self, context: PrepareContext) -> Momenta:
        """Gather the momenta of the subset to the external images."""
        targets = [image_hash(image) for image in self.external_images(context.allowed)]
        found = torch.stack([momenta_of(context.obtain(one), targets) for one in self.artefacts(context)])
        index = context.subset.index
        row = torch.full((int(index.max()) + 1,), -1, device=index.device)
        row[index] = torch.arange(len(index), device=index.device)
        return Momenta(found.to(context.subset.image.device), row)

    def sample(self, batch: Batch, prepared: Momenta, rng: torch.Generator) -> Mixture:
        """Draw external images, weights and time."""
        return self.mixtures(len(batch), prepared.momentum.shape[1], rng)

    def displacement_px(self, batch: Batch, params: Mixture, prepared: Momenta) -> MomentumField:
        """Mix, shoot, and limit the strain."""
        return self.field(mixed_momentum(prepared.of(batch.index, params.chosen), params), batch)
