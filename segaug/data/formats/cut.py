"""One slice of a volume file, for whoever wants a single image."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segaug.data.formats.dicom import SUFFIX as DICOM
from segaug.data.formats.opened import READERS, Stack, opened
from segaug.data.formats.volume import AXES, Volume, labels, refuse_apart
from segaug.data.suffix import suffix_of
from segaug.errors import ConfigError, DataError

SUFFIXES = (*READERS, DICOM)


@dataclass(frozen=True)
class Cut:
    """Which slice: its axis, and its place along it as `view` puts them, from 0."""

    axis: str
    place: int


def cut_of(text: str, key: str) -> Cut:
    """From a text as `axial:17`; `key` is the option that it was given by."""
    axis, _, place = text.partition(":")
    if axis not in AXES or not place.isdecimal():
        fix = f"write it as {AXES[0]}:17, with one of {', '.join(AXES)}"
        raise ConfigError(key=key, problem=f"got {text}", fix=fix)
    return Cut(axis, int(place))


def is_volume(path: Path) -> bool:
    """Has the file the suffix of a volume?"""
    return suffix_of(path) in SUFFIXES


def image_cut(path: Path, cut: Cut | None, key: str) -> np.ndarray:
    """(H, W) of a volume; without a cut, of a volume that is one axial slice."""
    return _plane(path, _volume(path, cut), cut, key)


def mask_cut(path: Path, image: Path, cut: Cut | None, key: str) -> np.ndarray:
    """(H, W) integers of the mask of an image, after checking that it lies on it."""
    volume = labels(path, _volume(path, cut))
    if is_volume(image):
        refuse_apart(path, volume.grid, image, _volume(image, cut).grid)
    return _plane(path, volume, cut, key)


def _volume(path: Path, cut: Cut | None) -> Volume:
    return opened(Stack(files=(path,), unoriented=cut is None), AXES[0] if cut is None else cut.axis)


def _plane(path: Path, volume: Volume, cut: Cut | None, key: str) -> np.ndarray:
    count = len(volume.voxels)
    if cut is None and count > 1:
        fix = f"choose one, e.g. {key} {AXES[0]}:{count // 2}, or along {' or '.join(AXES[1:])}"
        raise DataError(file=path, problem=f"is a volume of {count} {AXES[0]} slices", fix=fix)
    place = 0 if cut is None else cut.place
    if place >= count:
        axis = AXES[0] if cut is None else cut.axis
        raise DataError(file=path, problem=f"has {count} {axis} slices", fix=f"use {key} {axis}:0 to {count - 1}")
    return np.ascontiguousarray(volume.voxels[place])
