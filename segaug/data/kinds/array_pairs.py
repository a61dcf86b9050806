"""Arrays of images and of masks that belong together, found by their names in a file, and one image of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from segaug.data.formats import hdf5, npz
from segaug.data.formats.array_header import ArrayHeader, no_such_array
from segaug.data.kinds.axes import Axes
from segaug.data.official import WORDS, part_of
from segaug.data.rules.intensity import Intensity
from segaug.errors import DataError

HDF5_SUFFIXES = (".h5", ".hdf5")
SUFFIXES = (".npz", *HDF5_SUFFIXES)
PLACES = {"part": "|".join(sorted(WORDS, key=len, reverse=True)), "case": ".+"}  # what may stand for {part}, {case}


@dataclass(frozen=True)
class Named:
    """One of the two arrays of a pair."""

    file: Path
    key: str  # its name inside of the file
    axes: Axes

    def __str__(self) -> str:
        return f"{self.file}:{self.key}"

    def stored(self, at: int | None) -> np.ndarray:
        """The array, or what lies at one place of its stack."""
        if self.file.suffix.lower() in HDF5_SUFFIXES:
            return hdf5.read(self.file, self.key, self.axes.stack or 0, at)
        array = npz.read(self.file, self.key)
        return array if at is None else np.take(array, at, axis=self.axes.stack)


@dataclass(frozen=True)
class Pair:
    """An array of images and that of their masks."""

    images: Named
    masks: Named
    base: str  # what its images are called, before their number
    part: str  # of the split, where the names say so
    count: int | None  # images in it; None: it is one image

    def ids(self) -> Iterator[tuple[str, int | None]]:
        """Names of its images, and their places in the array."""
        if self.count is None:
            yield self.base, None
        for at in range(self.count or 0):
            yield self.name(at), at

    def name(self, at: int | None) -> str:
        """Name of one image: its place is written with as many digits as the last one has, and at least three."""
        return self.base if at is None else f"{self.base}_{at:0{max(3, len(str((self.count or 1) - 1)))}}"

    def image(self, at: int | None, channel: int | None) -> np.ndarray:
        """(H, W) or (H, W, 3), finite."""
        picture = self.images.axes.picture(self.images.stored(at), str(self.images), channel)
        if picture.dtype.kind == "f" and not np.isfinite(picture).all():
            problem = f"has values that are no numbers (NaN or infinite){'' if at is None else f', in image {at}'}"
            fix = "replace them, e.g. by numpy.nan_to_num, and save it again"
            raise DataError(file=self.images, problem=problem, fix=fix)
        return picture.astype(np.uint8) if picture.dtype == bool else picture

    def mask(self, at: int | None) -> np.ndarray:
        """(H, W) integers."""
        mask = self.masks.axes.picture(self.masks.stored(at), str(self.masks))
        if mask.ndim == 3:
            problem = f"has {mask.shape[2]} channels"
            fix = "save one value a pixel, e.g. by argmax over the channels"
            raise DataError(file=self.masks, problem=problem, fix=fix)
        return _whole(mask, str(self.masks))


def pairs(path: Path, stem: str, keys: tuple[str, str], axes: tuple[Axes, Axes], *, alone: bool) -> Iterator[Pair]:
    """All pairs of a file.  Raises DataError where there are none, or not one mask for each image.

    keys, axes: of images and of masks.  stem: of the file; its images are not called by it if it is `alone` and its
    arrays have names that differ.
    """
    headers = npz.headers(path) if path.suffix.lower() not in HDF5_SUFFIXES else hdf5.headers(path)
    pattern = re.escape(keys[0])
    for place, stands in PLACES.items():
        pattern = pattern.replace(re.escape(f"{{{place}}}"), f"(?P<{place}>{stands})")
    matches = [match for name in sorted(headers) if (match := re.fullmatch(pattern, name))]
    if not matches:
        raise no_such_array(path, keys[0], list(headers))
    for match in matches:
        places = match.groupdict()
        label = keys[1]
        for place, text in places.items():
            label = label.replace(f"{{{place}}}", text)
        if label not in headers:
            raise no_such_array(path, label, list(headers))
        images, masks = Named(path, match[0], axes[0]), Named(path, label, axes[1])
        base = "_".join([*([] if alone and places else [stem]), *places.values()]).replace("/", "_")
        part = part_of(places.get("part", ""), path)
        yield Pair(images, masks, base, part, _count(images, masks, headers))


def volume_limits(volume: Pair, channel: int | None, rule: Intensity) -> tuple[float, float]:
    """The stored values of a whole volume that become 0 and 1."""
    state = volume.images.file.stat()
    return _limits(volume, channel, rule, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2**14)  # each slice asks for them
def _limits(volume: Pair, channel: int | None, rule: Intensity, state: tuple[int, int]) -> tuple[float, float]:
    return rule.limits(np.stack([volume.image(at, channel) for at in range(volume.count or 0)]))


def _count(images: Named, masks: Named, headers: dict[str, ArrayHeader]) -> int | None:
    for one in (images, masks):
        headers[one.key].refuse_strange(one.file, one.key)
    of_images, of_masks = (one.axes.count(headers[one.key].shape, one.file, one.key) for one in (images, masks))
    if of_images != of_masks:
        problem = f"has {of_images} images in {images.key!r} and {of_masks} masks in {masks.key!r}"
        raise DataError(file=images.file, problem=problem, fix="save one mask for each image")
    return None if images.axes.stack is None else of_images


def _whole(mask: np.ndarray, name: str) -> np.ndarray:
    """As integers; raises DataError where values have a fraction."""
    if mask.dtype.kind in "iu":
        return mask
    strange = ~np.isfinite(mask) | (mask != np.round(mask)) | (np.abs(mask) >= 2**53)
    if strange.any():
        problem = f"has mask values that are no whole numbers, such as {mask[strange][0]:g}"
        raise DataError(file=name, problem=problem, fix="save masks of whole numbers, never resized by averaging")
    return mask.astype(np.int64)
