"""Which files make up a volume: the one file, or those of a DICOM series in the order of its slices."""

from collections.abc import Sequence
from pathlib import Path

from segaug.data.formats.cut import SUFFIXES
from segaug.data.formats.dicom import SUFFIX as DICOM
from segaug.data.formats.dicom import Slice, is_dicom, ordered, read_header, series_of, unit_of
from segaug.data.formats.opened import READERS, MaskStack, Stack
from segaug.data.readers import READERS as FLAT
from segaug.data.suffix import stem_of, suffix_of
from segaug.errors import DataError


def image_stack(path: Path, *, channel: int | None, series: str | None, unoriented: bool) -> Stack:
    """The volume at a path: a file, or a folder with the slices of a series."""
    if not path.is_dir() and suffix_of(path) != DICOM:
        return Stack(files=(path,), channel=channel, unoriented=unoriented)
    slices = series_of(path, series) if path.is_dir() else ordered(path, [Slice(file=path, header=read_header(path))])
    files = tuple(one.file for one in slices)
    return Stack(files=files, unit=unit_of(slices[0]), unoriented=unoriented)


def mask_stack(path: Path, image: Stack) -> MaskStack:
    """The mask at a path: a file; a folder with the one file; or a folder with an image file for each DICOM slice.

    Raises where a slice has no mask of its name, or a mask no slice.
    """
    if not path.is_dir():
        return MaskStack(files=(path,), image=image)
    files = sorted(one for one in path.iterdir() if one.is_file() and not one.name.startswith("."))
    whole = [one for one in files if suffix_of(one) in SUFFIXES]
    flat = {stem_of(one): one for one in files if suffix_of(one) in FLAT}
    if len(whole) == 1 and not flat:
        return MaskStack(files=(whole[0],), image=image)
    if whole or not flat:
        problem = f"holds {len(whole)} mask volumes and {len(flat)} mask images"
        raise DataError(file=path, problem=problem, fix="give one volume, or one image for each slice")
    if not is_dicom(image.files[0]):
        problem = f"holds images, and the volume {image.files[0]} has no files of its slices that could name them"
        raise DataError(file=path, problem=problem, fix="give the mask as a volume, e.g. .nii.gz")
    slices = [stem_of(one) for one in image.files]
    _refuse_unpaired(path, image, slices, flat)
    return MaskStack(files=tuple(flat[name] for name in slices), image=image)


def joined_stack(parts: Sequence[tuple[int, Path]], image: Stack) -> MaskStack:
    """The mask that several files make up, each by the value that it stands for.  Raises where one is no volume."""
    for _, path in parts:
        if path.is_dir() or suffix_of(path) not in READERS:
            fix = f"give each part of a mask as one file: {', '.join(READERS)}"
            raise DataError(file=path, problem="is one of several parts of a mask, and no such volume", fix=fix)
    return MaskStack(files=tuple(path for _, path in parts), image=image, values=tuple(value for value, _ in parts))


def _refuse_unpaired(path: Path, image: Stack, slices: list[str], flat: dict[str, Path]) -> None:
    if missing := [name for name in slices if name not in flat]:
        problem = f"has no mask of the slice {image.files[slices.index(missing[0])]} ({len(missing)} such slices)"
        fix = "name each mask after the file of its slice; a slice without the structure has a mask of zeros"
        raise DataError(file=path, problem=problem, fix=fix)
    if left := sorted(set(flat) - set(slices)):
        problem = f"has no slice in {image.files[0].parent} ({len(left)} such masks)"
        raise DataError(file=flat[left[0]], problem=problem, fix="add the slice, or remove the mask")
