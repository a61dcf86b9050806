"""What a generator makes of a batch while it is trained: with gradients, in the order of `augment`."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from segaug.augment.augment import Draw, apply, recoloured, warped
from segaug.augment.strategy import Prepared, Strategy
from segaug.augment.task_driven.networks import DeformationGenerator, IntensityGenerator
from segaug.batch import Batch


class Field(Strategy):
    """A stage whose field is given."""

    def displacement_px(self, batch: Batch, params: Tensor, prepared: Prepared) -> Tensor:
        """What is given."""
        return params


def generated(
    generator: DeformationGenerator | IntensityGenerator, batch: Batch, z: Tensor, baseline: Sequence[Draw]
) -> tuple[Batch, Tensor]:
    """Every row generated from its code, then the baseline as drawn; and what the generator gave, v or Delta I.

    z: (B, LATENT).  v is in pixels of a side of 224; labels of deformed rows are soft.
    """
    if isinstance(generator, IntensityGenerator):
        there = warped(baseline, None, batch)
        change = generator(there.image, z)
        return recoloured(baseline, None, replace(there, image=there.image + change)), change
    v = generator(batch.image, z)
    every = torch.ones(len(batch), dtype=torch.bool)
    field = Draw(Field(), generator.in_px(v), applied=every, soft=every)
    return apply((field, *baseline), None, batch), v
