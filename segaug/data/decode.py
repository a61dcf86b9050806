"""All cases of a dataset to tensors, with the hash that names their content."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

import torch
from torch import Tensor

from segaug.data.pixels import (
    content_hash,
    in_channels,
    in_colour,
    mask_values,
    network_image,
    network_label,
    network_spacing_mm,
    stored_pixels,
)
from segaug.data.split import leaks
from segaug.data.task import Case, Dataset, Split
from segaug.data.unlabelled import unlike_labelled
from segaug.errors import ConfigError
from segaug.form import COLOUR


@dataclass(frozen=True)
class Decoded:
    """The tensors of a `Task` (which gives their shapes) and the hash of what they were made from."""

    image: Tensor
    label: Tensor
    spacing_mm: Tensor
    content_hash: str
    repeated_grey: int  # images stored with one channel, where the task has three


def decode(dataset: Dataset, cases: Sequence[Case], parts: Split) -> Decoded:
    """Read and check every image, and every mask but those of external images, which are never opened."""
    form, external = dataset.form, set(parts.external)
    image = torch.empty(len(cases), form.channels, *form.size)
    label = torch.full((len(cases), len(form.structures), *form.size), float("nan"))
    spacing_mm = torch.empty(len(cases), 2)
    image_hash, mask_hash, coloured, repeated_grey = [], [], [], 0
    for row, case in enumerate(cases):
        stored = stored_pixels(case)
        repeated_grey += stored.ndim == 2 and form.channels == COLOUR
        coloured.append(in_colour(stored))
        pixels = in_channels(stored, form.channels)
        shape = (pixels.shape[0], pixels.shape[1])
        image[row] = network_image(pixels, dataset, case.location)
        spacing_mm[row] = torch.tensor(network_spacing_mm(case, dataset, shape))
        image_hash.append(case.recipe or content_hash(pixels))
        if row not in external:
            mask = mask_values(case, dataset.values(), shape)
            label[row] = network_label(mask, dataset, case.location)
            mask_hash.append(case.recipe or content_hash(mask.astype("<i8")))
    for problem in [*unlike_labelled(cases, coloured, form), *leaks(cases, parts, image_hash)]:
        raise problem
    content = [options(dataset, cases, parts), image_hash, mask_hash]
    digest = sha256(json.dumps(content).encode()).hexdigest()
    return Decoded(image, label, spacing_mm, digest, repeated_grey)


def no_colour() -> ConfigError:
    """What to say of a task of colour whose images are all grey."""
    problem = "is true, but every image of the data set is grey (stored with one channel)"
    return ConfigError(key="dataset.colour", problem=problem, fix="set dataset.colour=false")


def options(dataset: Dataset, cases: Sequence[Case], parts: Split) -> dict[str, object]:
    """Everything besides pixels that decides what a task holds, as plain JSON values.

    One structure is its mask values alone; grey, and that images are rescaled, are not mentioned: so tasks of before
    there was a choice keep their names.
    """
    form, foreground = dataset.form, [sorted(values) for values in dataset.foreground()]
    return {
        "ids": [case.id for case in cases],
        "patients": [case.patient for case in cases],
        "pixel_mm": [case.pixel_mm for case in cases],
        "split": asdict(parts),
        "size": dataset.size,
        "crop": dataset.crop,
        "foreground": list(zip(form.structures, foreground, strict=True)) if form.several else foreground[0],
        **({"colour": True} if form.channels == COLOUR else {}),
        **({} if dataset.rescale else {"rescale": False}),
    }
