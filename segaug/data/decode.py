"""All cases of a dataset to tensors, with the hash that names their content."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import NamedTuple

import torch
from torch import Tensor

from segaug.data.pixels import (
    content_hash,
    grey_limits,
    in_channels,
    in_colour,
    mask_values,
    network_image,
    network_label,
    network_spacing_mm,
    stored_pixels,
)
from segaug.data.rules.intensity import Intensity, ct_without_window
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


class Facts(NamedTuple):
    """What is to be known of one decoded case when all of them are put together."""

    image_hash: str  # of the stored pixels, or the recipe of a generated image
    mask_hash: str  # as well; "" of an external case, whose mask is not opened
    coloured: bool  # do its channels differ?
    repeated_grey: bool  # stored with one channel, where the task has three


@dataclass(frozen=True)
class Rows:
    """Some cases decoded, in their order; tensors as those of a `Task`."""

    image: Tensor
    label: Tensor
    spacing_mm: Tensor
    facts: tuple[Facts, ...]


def decode(dataset: Dataset, cases: Sequence[Case], parts: Split) -> Decoded:
    """Read and check every image, and every mask but those of external images, which are never opened."""
    refuse_windowless(dataset, cases)
    rows = decoded_rows(dataset, cases, opened(cases, parts))
    digest = content_of(dataset, cases, parts, rows.facts)
    return Decoded(rows.image, rows.label, rows.spacing_mm, digest, repeated_grey(rows.facts))


def opened(cases: Sequence[Case], parts: Split) -> list[bool]:
    """Of each case: is its mask opened?"""
    external = set(parts.external)
    return [row not in external for row in range(len(cases))]


def refuse_windowless(dataset: Dataset, cases: Sequence[Case]) -> None:
    """Raise ConfigError where the unit of the images asks for a window that nobody chose."""
    if any(dataset.intensity.needs_window(case.unit) for case in cases):
        raise ct_without_window()


def decoded_rows(dataset: Dataset, cases: Sequence[Case], with_mask: Sequence[bool]) -> Rows:
    """Decode these cases, each by itself.  with_mask: of each case, is its mask opened?"""
    form = dataset.form
    image = torch.empty(len(cases), form.channels, *form.size)
    label = torch.full((len(cases), len(form.structures), *form.size), float("nan"))
    spacing_mm = torch.empty(len(cases), 2)
    facts = []
    for row, (case, masked) in enumerate(zip(cases, with_mask, strict=True)):
        stored = stored_pixels(case, dataset.channel)
        pixels = in_channels(stored, form.channels)
        shape = (pixels.shape[0], pixels.shape[1])
        image[row] = network_image(pixels, dataset, case.location, grey_limits(case, stored, dataset))
        spacing_mm[row] = torch.tensor(network_spacing_mm(case, dataset, shape))
        mask_hash = ""
        if masked:
            mask = mask_values(case, dataset.values(), shape)
            label[row] = network_label(mask, dataset, case.location)
            mask_hash = case.recipe or content_hash(mask.astype("<i8"))
        repeated = stored.ndim == 2 and form.channels == COLOUR
        facts.append(Facts(case.recipe or content_hash(pixels), mask_hash, in_colour(stored), repeated))
    return Rows(image, label, spacing_mm, tuple(facts))


def content_of(dataset: Dataset, cases: Sequence[Case], parts: Split, facts: Sequence[Facts]) -> str:
    """The hash that names the content of a task.  Raises DataError where two of its images do not go together."""
    image_hash = [fact.image_hash for fact in facts]
    coloured = [fact.coloured for fact in facts]
    for problem in [*unlike_labelled(cases, coloured, dataset.form), *leaks(cases, parts, image_hash)]:
        raise problem
    mask_hash = [fact.mask_hash for fact, masked in zip(facts, opened(cases, parts), strict=True) if masked]
    content = [options(dataset, cases, parts), image_hash, mask_hash]
    return sha256(json.dumps(content).encode()).hexdigest()


def repeated_grey(facts: Sequence[Facts]) -> int:
    """How many images are stored with one channel, where the task has three."""
    return sum(fact.repeated_grey for fact in facts)


def no_colour() -> ConfigError:
    """What to say of a task of colour whose images are all grey."""
    problem = "is true, but every image of the data set is grey (stored with one channel)"
    return ConfigError(key="dataset.colour", problem=problem, fix="set dataset.colour=false")


def options(dataset: Dataset, cases: Sequence[Case], parts: Split) -> dict[str, object]:
    """Everything besides pixels that decides what a task holds, as plain JSON values.

    One structure is its mask values alone; grey, that images are rescaled, and rules that do what was done before
    there was a choice are not mentioned: so tasks of before keep their names.
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
        **({} if dataset.channel is None else {"channel": dataset.channel}),
        **({"ignore": sorted(dataset.ignored())} if form.ignored else {}),
        **({} if dataset.mask_resize == "nearest" else {"mask_resize": dataset.mask_resize}),
        **({} if dataset.intensity == Intensity() or _generated(cases) else {"intensity": asdict(dataset.intensity)}),
    }


def _generated(cases: Sequence[Case]) -> bool:
    """Are they images of whose range there is no choice?"""
    return all(case.recipe for case in cases)
