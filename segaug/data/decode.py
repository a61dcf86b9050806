"""All cases of a dataset to tensors, with the hash that names their content."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import torch
from torch import Tensor

from segaug.data.pixels import (
    content_hash,
    grey_pixels,
    mask_values,
    network_image,
    network_label,
    network_spacing_mm,
)
from segaug.data.split import leaks
from segaug.data.task import Case, Dataset, Split


@dataclass(frozen=True)
class Decoded:
    """The tensors of a `Task` (which gives their shapes) and the hash of what they were made from."""

    image: Tensor
    label: Tensor
    spacing_mm: Tensor
    content_hash: str


def decode(dataset: Dataset, cases: Sequence[Case], parts: Split) -> Decoded:
    """Read and check every image, and every mask but those of external images, which are never opened."""
    size, external = dataset.size, set(parts.external)
    image = torch.empty(len(cases), 1, size, size)
    label = torch.full_like(image, float("nan"))
    spacing_mm = torch.empty(len(cases), 2)
    image_hash, mask_hash = [], []
    for row, case in enumerate(cases):
        grey = grey_pixels(case)
        shape = (grey.shape[0], grey.shape[1])
        image[row] = network_image(grey, dataset, case.location)
        spacing_mm[row] = torch.tensor(network_spacing_mm(case, dataset, shape))
        image_hash.append(case.recipe or content_hash(grey))
        if row not in external:
            mask = mask_values(case, dataset.values(), shape)
            label[row] = network_label(mask, dataset, case.location)
            mask_hash.append(case.recipe or content_hash(mask.astype("<i8")))
    for leak in leaks(cases, parts, image_hash):
        raise leak
    content = [options(dataset, cases, parts), image_hash, mask_hash]
    return Decoded(image, label, spacing_mm, sha256(json.dumps(content).encode()).hexdigest())


def options(dataset: Dataset, cases: Sequence[Case], parts: Split) -> dict[str, object]:
    """Everything besides pixels that decides what a task holds, as plain JSON values."""
    return {
        "ids": [case.id for case in cases],
        "patients": [case.patient for case in cases],
        "pixel_mm": [case.pixel_mm for case in cases],
        "split": asdict(parts),
        "size": dataset.size,
        "crop": dataset.crop,
        "foreground": sorted(dataset.foreground()),
    }
