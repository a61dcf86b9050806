"""Volumes that do not say what they seem to, or lie beside their masks."""

import json
import shutil
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pydicom
from pydicom.uid import generate_uid

from tests.troubles.real_sets import public
from tests.troubles.trouble import ERROR, NOTE, Asked, trouble

_SPLIT = {"min_validation": 1, "max_external": 0}


def brains(root: Path, count: int = 10) -> Path:
    """Volumes of the hippocampus with their masks."""
    whole = public() / "mri_hippocampus_msd_3d"
    for part in ("imagesTr", "labelsTr"):
        (root / part).mkdir(parents=True)
        for file in sorted((whole / part).glob("*.nii.gz"))[:count]:
            shutil.copy(file, root / part)
    return root


def of_brains(root: Path, **options: Any) -> Asked:
    """To check them as they are meant to be used."""
    own = {"root": str(root), "structures": {"front": [1], "back": [2]}, "structure": "all", "split": _SPLIT}
    return Asked("volumes", own | {"slices": {"per_patient": 2, "share_without": 0.0}} | options)


def _one(root: Path, part: str) -> Path:
    return min((root / part).iterdir())


def _write(file: Path, voxels: np.ndarray, affine: np.ndarray) -> None:
    nibabel.save(nibabel.Nifti1Image(voxels, affine), file)


def _load(file: Path) -> tuple[np.ndarray, np.ndarray]:
    image = nibabel.load(file)
    return np.asarray(image.dataobj), image.affine


@trouble("a mask of another place", ERROR, "as affine, its image .* has")
def other_affine(root: Path) -> Asked:
    """The affine of one mask moved by 4 mm."""
    voxels, affine = _load(file := _one(brains(root), "labelsTr"))
    affine[0, 3] += 4
    _write(file, voxels, affine)
    return of_brains(root)


@trouble("a mask of another spacing", ERROR, "mm spacing .*, its image .* has 1 x 1 x 1")
def other_spacing(root: Path) -> Asked:
    """The affine of one mask says 1.2 mm."""
    voxels, affine = _load(file := _one(brains(root), "labelsTr"))
    _write(file, voxels, affine @ np.diag([1.2, 1.2, 1.2, 1]))
    return of_brains(root)


@trouble("a mask of fewer slices", ERROR, "voxels \\(slices x rows x columns\\), its image")
def fewer_slices(root: Path) -> Asked:
    """The last three slices of one mask are gone."""
    voxels, affine = _load(file := _one(brains(root), "labelsTr"))
    _write(file, voxels[..., :-3], affine)
    return of_brains(root)


@trouble("a mask that was interpolated", ERROR, "voxels that are no whole numbers")
def interpolated(root: Path) -> Asked:
    """Means of neighbouring slices of one mask, as floats."""
    voxels, affine = _load(file := _one(brains(root), "labelsTr"))
    values = voxels.astype(np.float32)
    _write(file, (values + np.roll(values, 1, axis=2)) / 2, affine)
    return of_brains(root)


@trouble("4-D without a channel", ERROR, "is 4-D: 2 channels .*dataset.channel=0 to 1")
def four_axes(root: Path) -> Asked:
    """Two times in each image file."""
    for file in sorted((brains(root) / "imagesTr").iterdir()):
        voxels, affine = _load(file)
        _write(file, np.stack([voxels, voxels], axis=3), affine)
    return of_brains(root)


@trouble("no orientation", ERROR, "does not say how it lies in the patient")
def no_orientation(root: Path) -> Asked:
    """sform_code and qform_code 0, as some converters write."""
    file = _one(brains(root), "imagesTr")
    image = nibabel.load(file)
    bare = nibabel.Nifti1Image(np.asarray(image.dataobj), None)
    bare.header["sform_code"] = bare.header["qform_code"] = 0
    nibabel.save(bare, file)
    return of_brains(root)


@trouble("a truncated .nii.gz", ERROR, "cannot be decoded|cut short")
def truncated_volume(root: Path) -> Asked:
    """Half of the bytes of one volume are gone."""
    file = _one(brains(root), "imagesTr")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return of_brains(root)


@trouble("a .nii that is called .nii.gz", ERROR, "cannot be decoded \\(.*gzip")
def not_compressed(root: Path) -> Asked:
    """One volume is not compressed, whatever its name says."""
    voxels, affine = _load(file := _one(brains(root), "imagesTr"))
    _write(root / "plain.nii", voxels, affine)
    shutil.move(root / "plain.nii", file)
    return of_brains(root)


@trouble("a slice rule that leaves nothing", ERROR, "no slice of 10 volumes holds tail \\(mask values 7\\)")
def nothing_left(root: Path) -> Asked:
    """structures: {tail: [7]}, and no mask holds 7."""
    named = {"front": [1], "back": [2], "tail": [7]}
    return of_brains(brains(root), structures=named, structure="tail")


@trouble("a volume without a mask", ERROR, "there is no hippocampus_001 in")
def volume_without_mask(root: Path) -> Asked:
    """One mask removed."""
    _one(brains(root), "labelsTr").unlink()
    return of_brains(root)


@trouble("CT without a window", ERROR, "ct|window")
def ct(root: Path) -> Asked:
    """dataset.json says that the modality is CT; imported."""
    told = {"modality": {"0": "CT"}, "labels": {"0": "background", "1": "front", "2": "back"}}
    (brains(root) / "dataset.json").write_text(json.dumps(told))
    return Asked("volumes", {"root": str(root)}, "import")


@trouble("numbers in volumes that dataset.json does not name", ERROR, "masks hold 2, which nothing names")
def unnamed_value(root: Path) -> Asked:
    """dataset.json names label 1 alone; imported."""
    told = {"modality": {"0": "MRI"}, "labels": {"0": "background", "1": "front"}}
    (brains(root) / "dataset.json").write_text(json.dumps(told))
    return Asked("volumes", {"root": str(root)}, "import")


def _series(root: Path) -> Path:
    """Four volumes of DICOM slices with masks as NIfTI of the same grid."""
    for patient in range(4):
        folder = root / "imagesTr" / f"p{patient}"
        shutil.copytree(public() / "_original_formats/dicom/hippocrop_series", folder)
        first = pydicom.dcmread(folder / "1.dcm", stop_before_pixels=True)
        mask = np.zeros((int(first.Columns), int(first.Rows), 32), np.uint8)
        mask[10:20, 10:20, 8:20] = 1
        _write_beside(root / "labelsTr" / f"p{patient}.nii.gz", mask, folder)
    return root


def _write_beside(file: Path, mask: np.ndarray, folder: Path) -> None:
    from segaug.data.formats.dicom import Slice, read_header, read_series, series_of

    slices = [Slice(file=one.file, header=read_header(one.file)) for one in series_of(folder)]
    steps = read_series(slices).affine[:, [2, 1, 0, 3]]
    file.parent.mkdir(exist_ok=True)
    _write(file, mask, np.diag([-1.0, -1.0, 1.0, 1.0]) @ steps)


def of_series(root: Path) -> Asked:
    """To check them as they are meant to be used."""
    return of_brains(root, structures={"front": [1]}, structure="front")


@trouble("two DICOM series in one folder", ERROR, "holds 2 series: .*set dataset.series to the description, number")
def two_series(root: Path) -> Asked:
    """Half of the slices of one folder have another SeriesInstanceUID."""
    uid = generate_uid(entropy_srcs=["other"])
    for file in sorted((_series(root) / "imagesTr/p0").iterdir())[::2]:
        one = pydicom.dcmread(file)
        one.SeriesInstanceUID = uid
        one.save_as(file)
    return of_series(root)


@trouble("a missing DICOM slice", ERROR, "mm from slice to slice between .*add the slices that are missing")
def missing_slice(root: Path) -> Asked:
    """17.dcm removed from one folder."""
    (_series(root) / "imagesTr/p0/17.dcm").unlink()
    return of_series(root)


@trouble("a multi-frame DICOM file", ERROR, "holds 3 frames; convert it to one file a slice, or to NIfTI")
def frames(root: Path) -> Asked:
    """One slice claims three frames, and has their pixels."""
    file = _series(root) / "imagesTr/p0/17.dcm"
    one = pydicom.dcmread(file)
    one.NumberOfFrames, one.PixelData = 3, one.PixelData * 3
    one.save_as(file)
    return of_series(root)


@trouble("two DICOM slices at one place", ERROR, "holds two slices at one place")
def same_place(root: Path) -> Asked:
    """One slice twice, under two names."""
    folder = _series(root) / "imagesTr/p0"
    one = pydicom.dcmread(folder / "17.dcm")
    one.SOPInstanceUID = generate_uid(entropy_srcs=["again"])
    one.save_as(folder / "again.dcm")
    return of_series(root)


@trouble("slices that were chosen, and others that were not", NOTE, "taken are 20 of the")
def chosen_slices(root: Path) -> Asked:
    """Nothing: what a slice rule leaves out is said."""
    return of_brains(brains(root))
