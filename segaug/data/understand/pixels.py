"""What a few images say of colour, of their range of values and of the size that keeps what masks show."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segaug.data.check.reduction import KEPT, SIZES, reduced
from segaug.data.pixels import content_hash, in_channels, in_colour, stored_pixels
from segaug.data.rules.intensity import HOUNSFIELD, is_8_bit
from segaug.data.task import Case
from segaug.errors import DataError
from segaug.form import GREY

USUAL, LARGEST = 64, 256  # side [px] of what the network sees: the default, and what is proposed at most
_AIR, _BONE = -500, 500  # values of CT reach beyond both


@dataclass(frozen=True)
class Pixels:
    """Options of a config, and what is said of them.  ct: values are those of CT, of which a window must be chosen."""

    options: dict[str, Any] = field(default_factory=dict)
    told: tuple[str, ...] = ()
    ct: bool = False
    problems: tuple[str, ...] = ()


def of_images(cases: Sequence[Case], *, volumes: bool) -> Pixels:
    """Look at some images; volumes: they are slices of such."""
    images, problems = [], []
    for case in cases:
        try:
            images.append(stored_pixels(case))
        except DataError as error:
            problems.append(str(error))
    if not images:
        return Pixels(problems=tuple(problems))
    coloured = sum(map(in_colour, images))
    kinds = Counter(str(image.dtype) for image in images)
    low, high = min(float(image.min()) for image in images), max(float(image.max()) for image in images)
    shapes = sorted({image.shape[:2] for image in images})
    told = [
        f"{len(images)} images looked at: {'in colour' if coloured else 'grey'}, {', '.join(kinds)}, values {low:g} to "
        f"{high:g}, {_sizes(shapes)} pixels (rows x columns){_spacing(cases)}"
    ]
    options: dict[str, Any] = {}
    if coloured > len(images) / 2:
        options["colour"] = True
        told.append("images in colour keep their three channels: colour=false makes them grey")
    elif coloured:
        told.append(f"{coloured} of {len(images)} images are in colour, the others grey: all become grey")
    if not all(is_8_bit(image.dtype) for image in images):
        options["intensity"] = {"how": "percentile"} | ({"per": "volume"} if volumes else {})
        told.append(f"values of more than 8 bits: percentiles 0.5 and 99.5 of each {'volume' if volumes else 'image'}")
    ct = any(case.unit == HOUNSFIELD for case in cases) or (volumes and low < _AIR and high > _BONE)
    return Pixels(options, tuple(told), ct, tuple(problems))


def equal_pixels(cases: Sequence[Case]) -> dict[str, str]:
    """Groups of images with the same pixels, in colour or as grey, by the id of each image in one."""
    alike: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        with suppress(DataError):  # the check names what cannot be read
            alike[content_hash(in_channels(stored_pixels(case), GREY))].append(case.id)
    several = [ids for ids in alike.values() if len(ids) > 1]
    return {name: f"same_{place:03}" for place, ids in enumerate(several, 1) for name in ids}


def size_for(foregrounds: Sequence[np.ndarray]) -> Pixels:
    """The side that keeps the objects of these masks, (H, W) of bool each with a pixel at least."""
    if not foregrounds:
        return Pixels()
    looks = [reduced(foreground, USUAL) for foreground in foregrounds]
    objects, kept, empty = (
        sum(values) for values in zip(*((one.objects, one.kept, one.empty) for one in looks), strict=True)
    )
    if kept >= KEPT * objects and not empty:
        return Pixels()
    enough = (side for side in SIZES if side > USUAL and sum(one.kept_at[side] for one in looks) >= KEPT * objects)
    wanted = next(enough, None)
    size = min(wanted or LARGEST, LARGEST)
    told = f"at {USUAL} px only {kept} of {objects} objects in {len(looks)} masks are left"
    told += f" and {empty} masks become empty" if empty else ""
    keeps = f"size {size} keeps 95 % of them" if wanted == size else f"no size up to {LARGEST} keeps 95 %: crop or tile"
    return Pixels({"size": size}, (f"{told}; {keeps}. Training takes {(size / USUAL) ** 2:.0f} times as long",))


def _sizes(shapes: Sequence[tuple[int, ...]]) -> str:
    sides = (sorted({shape[axis] for shape in shapes}) for axis in (0, 1))
    return " x ".join(str(side[0]) if len(side) == 1 else f"{side[0]}-{side[-1]}" for side in sides)


def _spacing(cases: Sequence[Case]) -> str:
    known = sorted({case.pixel_mm for case in cases if case.pixel_mm is not None})
    if not known:
        return ""
    return f", {' x '.join(f'{side:.3g}' for side in known[0])} mm" + (" and others" if len(known) > 1 else "")
