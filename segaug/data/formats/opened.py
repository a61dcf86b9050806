"""Volumes by their files: which reader a suffix has, and the volumes that were opened last.

A volume gives many slices, and a mask is needed for choosing them and again for decoding; so what was read stays in
memory, up to a bound, and a file is read once.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from segaug.data.formats import dicom, itk, nifti
from segaug.data.formats.dicom_seg import read_segmentation
from segaug.data.formats.joined_volume import joined_volumes
from segaug.data.formats.volume import Grid, Volume, labels, placed, refuse_apart, refuse_not_finite, view
from segaug.data.readers import read_mask
from segaug.data.rules.intensity import Intensity
from segaug.data.suffix import suffix_of
from segaug.errors import DataError

READERS: dict[str, Callable[[Path, int | None], Volume]] = {
    **dict.fromkeys(nifti.SUFFIXES, nifti.read_nifti),
    **dict.fromkeys(itk.SUFFIXES, itk.read_itk),
}
KEPT_BYTES = 2**29


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The files of one volume, in the order of its slices where these are files of their own."""

    files: tuple[Path, ...]  # one file that is a volume, or the slices of a DICOM series
    channel: int | None = None
    unit: str = ""  # of the values, where the files say it
    unoriented: bool = False  # take a file that does not say how it lies in the patient, as it is stored


@dataclass(frozen=True, kw_only=True)
class MaskStack:
    """The files of one mask volume, and the image that it is of."""

    files: tuple[Path, ...]  # one NIfTI, MHA, NRRD or DICOM-SEG, or an image file for each slice of a DICOM series
    image: Stack
    values: tuple[int, ...] = ()  # of files that are joined (NIfTI, MHA, NRRD): what all that is not 0 in each becomes


def opened(stack: Stack, axis: str) -> Volume:
    """An image volume, seen along an axis."""
    return _KEPT.get((stack, axis), stack.files, lambda: _image(stack, axis))


def opened_mask(stack: MaskStack, axis: str) -> Volume:
    """A mask volume, seen along an axis; whole numbers, never interpolated."""
    return _KEPT.get((stack, axis), stack.files, lambda: _mask(stack, axis))


def volume_limits(stack: Stack, axis: str, rule: Intensity) -> tuple[float, float]:
    """The stored values of a whole volume that become 0 and 1."""
    return _limits(stack, axis, rule, _stamp(stack.files))


@lru_cache(maxsize=2**14)  # each slice asks for them
def _limits(stack: Stack, axis: str, rule: Intensity, stamp: tuple[tuple[int, int], ...]) -> tuple[float, float]:
    return rule.limits(opened(stack, axis).voxels)


def image_slice(stack: Stack, axis: str, place: int, mask: Path, grid: Grid) -> np.ndarray:
    """(H, W) of an image, after checking that its mask lies on it: `grid` is where the mask's voxels lie."""
    volume = opened(stack, axis)
    refuse_apart(mask, grid, stack.files[0], volume.grid)
    return np.ascontiguousarray(volume.voxels[place])


def mask_slice(stack: MaskStack, axis: str, place: int) -> np.ndarray:
    """(H, W) integers of a mask."""
    return np.ascontiguousarray(opened_mask(stack, axis).voxels[place])


def _image(stack: Stack, axis: str) -> Volume:
    volume = _read(stack)
    voxels = refuse_not_finite(stack.files[0], volume.voxels)
    whole = Volume(voxels=voxels, affine=volume.affine, oriented=volume.oriented, unit=volume.unit)
    return view(whole, axis)


def _read(stack: Stack) -> Volume:
    file = stack.files[0]
    reader = READERS.get(suffix_of(file))
    if reader is None:
        volume = dicom.read_series([dicom.Slice(file=one, header=dicom.read_header(one)) for one in stack.files])
    else:
        volume = reader(file, stack.channel)
    if not volume.oriented and not stack.unoriented:
        problem = "does not say how it lies in the patient, so that axial is not known"
        fix = "write its orientation into the file, or set dataset.unoriented=true to take all as they are stored"
        raise DataError(file=file, problem=problem, fix=fix)
    return volume


def _mask(stack: MaskStack, axis: str) -> Volume:
    file = stack.files[0]
    if stack.values:
        alone = [_mask(MaskStack(files=(one,), image=stack.image), axis) for one in stack.files]
        return joined_volumes(stack.files, alone, stack.values)
    if suffix_of(file) in READERS:
        volume = _read(Stack(files=stack.files, unoriented=stack.image.unoriented))
        return view(labels(file, volume), axis)
    if dicom.is_dicom(file):
        return placed(file, view(read_segmentation(file), axis), stack.image.files[0], opened(stack.image, axis))
    return view(_of_slices(stack), axis)


def _of_slices(stack: MaskStack) -> Volume:
    """Mask of one image file a slice, which lie as the slices do."""
    image = _read(stack.image)
    planes = [read_mask(file) for file in stack.files]
    for file, plane in zip(stack.files, planes, strict=True):
        if plane.shape != image.voxels.shape[1:]:
            found, wanted = (" x ".join(map(str, shape)) for shape in (plane.shape, image.voxels.shape[1:]))
            problem = f"has {found} pixels, the slices of its image have {wanted} (rows x columns)"
            raise DataError(file=file, problem=problem, fix="export image and mask at the same size")
    return labels(stack.files[0], Volume(voxels=np.stack(planes), affine=image.affine, oriented=image.oriented))


def _stamp(files: Sequence[Path]) -> tuple[tuple[int, int], ...]:
    """What changes when files do."""
    return tuple((found.st_mtime_ns, found.st_size) for found in (file.stat() for file in files))


class _Kept:
    """Volumes that were read last, up to `KEPT_BYTES`; the last one stays, however large it is."""

    def __init__(self) -> None:
        self._volumes: OrderedDict[object, Volume] = OrderedDict()

    def get(self, name: object, files: tuple[Path, ...], read: Callable[[], Volume]) -> Volume:
        """The volume of this name, as long as its files stay as they are."""
        key = (name, _stamp(files))
        if key not in self._volumes:
            volume = read()
            while self._volumes and self._bytes() + volume.voxels.nbytes > KEPT_BYTES:
                self._volumes.popitem(last=False)
            self._volumes[key] = volume
        self._volumes.move_to_end(key)
        return self._volumes[key]

    def _bytes(self) -> int:
        return sum(volume.voxels.nbytes for volume in self._volumes.values())


_KEPT = _Kept()
