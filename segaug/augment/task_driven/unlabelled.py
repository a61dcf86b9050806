"""Images without labels: that there are some, and as a batch, so that they can be augmented like others."""

import torch
from torch import Tensor

from segaug.augment.strategy import PrepareContext
from segaug.batch import Batch
from segaug.errors import ConfigError


def external_images(context: PrepareContext, asked_by: str) -> Tensor:
    """All (E, C, H, W) of them, for a strategy that cannot do without; raises ConfigError where there is none."""
    images = context.allowed.external
    if images is None or not len(images):
        raise ConfigError(
            key="augment",
            problem=f"{asked_by} needs images without labels, and the external part is empty",
            fix="raise dataset.split.external_share and dataset.split.max_external",
        )
    return images


def as_batch(image: Tensor, structures: int = 1) -> Batch:
    """(B, C, H, W) with labels of 0, which nobody may learn from, and nothing known of place and pixel size."""
    rows = len(image)
    label = image.new_zeros(rows, structures, *image.shape[2:])
    unknown = torch.full((rows,), -1, dtype=torch.long, device=image.device)
    return Batch(image, label, unknown, image.new_full((rows, 2), float("nan")), torch.zeros_like(unknown))
