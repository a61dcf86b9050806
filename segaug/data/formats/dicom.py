"""DICOM series of one file a slice, read by pydicom.

Slices come in the order of their positions, never of names.  No path inside of a file is followed (a DICOMDIR is passed
over), and what a file claims to hold is compared with what it holds before it is decoded.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.formats.bounds import decoding, library, refuse_large, refuse_many
from segaug.data.formats.volume import Volume, located, refuse_not_finite
from segaug.data.rules.intensity import HOUNSFIELD
from segaug.errors import DataError

SUFFIX = ".dcm"
MARK = b"DICM"  # at byte 128
DEFLATED = "1.2.840.10008.1.2.1.99"
SEGMENTATIONS = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")  # SOP classes
_OF_AN_IMAGE = ("Rows", "Columns", "BitsAllocated", "SeriesInstanceUID")
_DECOMPRESS = "decompress it (dcmtk: dcmdjpeg, dcmdjpls, dcmconv), or pip install a decoder of pydicom's list"
UNEVEN = 0.1  # of the distance of two slices: how far one may lie from its place


@dataclass(frozen=True, kw_only=True)
class Slice:
    """One file and its header (a pydicom dataset without pixels)."""

    file: Path
    header: Any


def is_dicom(file: Path) -> bool:
    """Does the file have the mark of DICOM?  Its suffix may be anything, or none."""
    with file.open("rb") as stream:
        return stream.read(132)[128:] == MARK


def read_header(file: Path) -> Any:  # a pydicom dataset, which has no types
    """Everything but pixels.  Raises DataError where that is no DICOM, or is squeezed as a whole."""
    refuse_large(file)
    with library("pydicom", "medical", file):
        import pydicom
    with decoding(file):
        marked = is_dicom(file)
        syntax = pydicom.filereader.read_file_meta_info(file).get("TransferSyntaxUID", "") if marked else ""
        if syntax == DEFLATED:  # it would be inflated whole, however much comes out
            raise _cannot(file, syntax)
        header = pydicom.dcmread(file, stop_before_pixels=True, force=True)  # old files have no mark
        if not marked and "SOPClassUID" not in header:
            problem = "is no DICOM file (no DICM at byte 128, and no class)"
            raise DataError(file=file, problem=problem, fix="remove it, or export it again")
        return header


def series_of(folder: Path, series: str | None = None) -> list[Slice]:
    """The slices of the one image series in a folder (and those in it), or of the one chosen, by their positions.

    series: its UID, number or description.  Raises DataError where there is none, several, or another one.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return ordered(folder, [Slice(file=file, header=read_header(file)) for file in files if _may_be(file)], series)


def ordered(folder: Path, slices: Sequence[Slice], series: str | None = None) -> list[Slice]:
    """The same of headers that have been read; those of files that are no images are passed over."""
    with decoding(folder):  # values of a header are parsed when they are asked for
        return _ordered(folder, slices, series)


def _ordered(folder: Path, slices: Sequence[Slice], series: str | None) -> list[Slice]:
    found: dict[str, list[Slice]] = defaultdict(list)
    for one in slices:
        if all(key in one.header for key in _OF_AN_IMAGE) and one.header.get("SOPClassUID") not in SEGMENTATIONS:
            found[str(one.header.SeriesInstanceUID)].append(one)
    if not found:
        classes = ", ".join(sorted({class_of(one.header) for one in slices}))
        problem = f"holds no DICOM image{f' (but: {classes})' * bool(classes)}"
        raise DataError(file=folder, problem=problem, fix="put the slices of one series into it")
    if series is not None:
        found = {uid: own for uid, own in found.items() if series in _names(uid, own[0])}
    if len(found) != 1:
        raise _several(folder, found, series)
    (own,) = found.values()
    return _by_position(folder, own)


def read_series(slices: Sequence[Slice]) -> Volume:
    """Slices in their order to one volume, rescaled; dark is low, whatever the file's way of showing it."""
    with decoding(slices[0].file):
        return _read(slices)


def _read(slices: Sequence[Slice]) -> Volume:
    first = slices[0]
    shape = (len(slices), int(first.header.Rows), int(first.header.Columns))
    refuse_many(first.file, shape)
    voxels = np.empty(shape, np.float32)
    for place, one in enumerate(slices):
        voxels[place] = _pixels(one)
    affine, oriented = _affine(slices)
    return Volume(voxels=voxels, affine=located(first.file, affine), oriented=oriented, unit=unit_of(first))


def class_of(header: Any) -> str:
    """What a file is, in words."""
    return str(getattr(header.get("SOPClassUID"), "name", "something without a class"))


def unit_of(one: Slice) -> str:
    """Of the values of a slice, where that is known: HU of CT."""
    return HOUNSFIELD if one.header.get("Modality") == "CT" and one.header.get("RescaleType", "HU") == "HU" else ""


def _may_be(file: Path) -> bool:
    return file.suffix.lower() == SUFFIX or is_dicom(file)


def _names(uid: str, one: Slice) -> tuple[str, ...]:
    return uid, str(one.header.get("SeriesNumber", "")), str(one.header.get("SeriesDescription", ""))


def _several(folder: Path, found: dict[str, list[Slice]], series: str | None) -> DataError:
    if not found:
        return DataError(file=folder, problem=f"has no series {series!r}", fix="correct dataset.series")
    named = [f"{uid} ({names[2] or 'no description'}, {len(own)} files)"
             for uid, own in sorted(found.items()) for names in [_names(uid, own[0])]]  # fmt: skip
    listed = ", ".join(named[:4]) + ", ..." * (len(named) > 4)
    fix = "set dataset.series to the description, number or UID of one, or put each into a folder of its own"
    return DataError(file=folder, problem=f"holds {len(found)} series: {listed}", fix=fix)


def _by_position(folder: Path, slices: list[Slice]) -> list[Slice]:
    """In the order along their normal.  Raises where they have no positions, or are no single stack."""
    first = slices[0]
    if len(slices) == 1:
        return slices
    for one in slices:
        for key in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
            if not one.header.get(key):
                problem = f"has no {key}, so that the order of the {len(slices)} slices in its folder is not known"
                raise DataError(file=one.file, problem=problem, fix="export the series with positions")
        for key in ("ImageOrientationPatient", "PixelSpacing", "Rows", "Columns"):
            values = [np.atleast_1d(np.array(other.header[key].value, float)) for other in (one, first)]
            if values[0].shape != values[1].shape or not np.allclose(values[0], values[1], atol=1e-3):
                problem = f"has {key} {_plain(values[0])}, {first.file.name} of the same series has {_plain(values[1])}"
                fix = "put each stack of slices into a folder of its own"
                raise DataError(file=one.file, problem=problem, fix=fix)
    normal = _normal(first)
    along = sorted(slices, key=lambda one: float(np.dot(normal, _position(one))))
    _refuse_uneven(folder, along)
    return along


def _refuse_uneven(folder: Path, slices: Sequence[Slice]) -> None:
    positions = np.array([_position(one) for one in slices])
    steps = np.diff(positions, axis=0)
    usual = np.median(steps, axis=0)
    gaps, gap = steps @ _normal(slices[0]), float(np.linalg.norm(usual))
    worst = int(np.abs(steps - usual).max(axis=1).argmax())
    pair = f"{slices[worst].file.name} and {slices[worst + 1].file.name}"
    if (gaps < 1e-3).any():
        same = int((gaps < 1e-3).argmax())
        problem = f"holds two slices at one place: {slices[same].file.name} and {slices[same + 1].file.name}"
        raise DataError(file=folder, problem=problem, fix="keep one of each (a time, an echo) in the folder")
    if np.abs(steps[worst] - usual).max() > UNEVEN * gap:
        problem = f"has {gaps[worst]:.4g} mm from slice to slice between {pair}, elsewhere {gap:.4g} mm"
        raise DataError(file=folder, problem=problem, fix="add the slices that are missing, or leave this series out")


def _affine(slices: Sequence[Slice]) -> tuple[np.ndarray, bool]:
    """(slice, row, column) to the patient, and: do the files say so?"""
    first, affine = slices[0], np.eye(4)
    known = bool(first.header.get("ImagePositionPatient") and first.header.get("ImageOrientationPatient"))
    spacing = first.header.get("PixelSpacing") or first.header.get("ImagerPixelSpacing") or (1, 1)
    down, right = float(spacing[0]), float(spacing[1])
    if not known:
        affine[:3, :3] = np.array([[0, 0, right], [0, down, 0], [1, 0, 0]])
        return affine, False
    row, column = _directions(first)
    affine[:3, 2], affine[:3, 1], affine[:3, 3] = row * right, column * down, _position(first)
    if len(slices) > 1:
        affine[:3, 0] = (_position(slices[-1]) - _position(first)) / (len(slices) - 1)
    else:
        affine[:3, 0] = _normal(first) * float(first.header.get("SliceThickness") or 1)
    return affine, True


def _directions(one: Slice) -> tuple[np.ndarray, np.ndarray]:
    """Along a row (columns grow), and down a column (rows grow)."""
    cosines = np.array(one.header.ImageOrientationPatient, float)
    return cosines[:3], cosines[3:]


def _normal(one: Slice) -> np.ndarray:
    return np.cross(*_directions(one))


def _position(one: Slice) -> np.ndarray:
    return np.array(one.header.ImagePositionPatient, float)


def _pixels(one: Slice) -> np.ndarray:
    """(rows, columns) of one file, after checking what it claims."""
    import pydicom
    from pydicom.pixels import apply_rescale

    _check_claims(one)
    with decoding(one.file):
        dataset = pydicom.dcmread(one.file, force=True)  # as its header was
        if "TransferSyntaxUID" not in dataset.file_meta:
            problem = "does not say how its pixels are encoded (no transfer syntax)"
            raise DataError(file=one.file, problem=problem, fix="export it again, or write one (dcmtk's dcmconv)")
        _check_bytes(one, dataset)
        stored = _stored(one.file, dataset)
        if dataset.PhotometricInterpretation == "MONOCHROME1":  # low is white
            low, high = _range(dataset)
            stored = low + high - stored.astype(np.int64)
        values = apply_rescale(stored, dataset)
    return refuse_not_finite(one.file, values)


def _stored(file: Path, dataset: Any) -> np.ndarray:
    """(rows, columns) as the file has them; what a decoder cannot do is said with the name of the syntax."""
    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        return dataset.pixel_array
    try:
        return dataset.pixel_array
    except RuntimeError as error:  # of all decoders that are installed for the syntax
        problem = f"is encapsulated as {syntax.name}, and cannot be decoded ({' '.join(str(error).split())[-160:]})"
        raise DataError(file=file, problem=problem, fix=_DECOMPRESS) from error


def _check_claims(one: Slice) -> None:
    header, file = one.header, one.file
    frames = int(header.get("NumberOfFrames") or 1)
    refuse_many(file, (frames, int(header.Rows), int(header.Columns)))
    if frames > 1:
        problem = f"holds {frames} frames"
        raise DataError(file=file, problem=problem, fix="convert it to one file a slice, or to NIfTI (dcm2niix)")
    if header.get("PhotometricInterpretation") not in ("MONOCHROME1", "MONOCHROME2"):
        problem = f"is in colour ({header.get('PhotometricInterpretation')})"
        raise DataError(file=file, problem=problem, fix="export it in grey, or its slices as PNG for dataset=folder")
    if "ModalityLUTSequence" in header:
        problem = "has a table of grey values (Modality LUT) where a slope is expected"
        raise DataError(file=file, problem=problem, fix="export it with rescale slope and intercept")


def _check_bytes(one: Slice, dataset: Any) -> None:
    """Refuse syntaxes that nothing here decodes, and pixels that are more or fewer than claimed."""
    from pydicom.pixels import get_decoder

    syntax = dataset.file_meta.TransferSyntaxUID
    if syntax.is_encapsulated:
        if not get_decoder(syntax).is_available:
            raise _cannot(one.file, syntax)
        return
    name = next((name for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData") if name in dataset), None)
    found = len(dataset[name].value) if name else 0
    claimed = dataset.Rows * dataset.Columns * dataset.BitsAllocated // 8
    if not claimed <= found < 2 * claimed:  # an even number of bytes, and some programs pad more
        problem = f"holds {found:,} bytes of pixels where {claimed:,} are claimed"
        raise DataError(file=one.file, problem=problem, fix="copy the file again from its source")


def _cannot(file: Path, syntax: Any) -> DataError:
    from pydicom.uid import UID

    problem = f"is encapsulated as {UID(syntax).name} ({syntax}), and no decoder of that is installed"
    return DataError(file=file, problem=problem, fix=_DECOMPRESS)


def _range(dataset: Any) -> tuple[int, int]:
    """The least and the greatest stored value that these bits can hold."""
    bits = int(dataset.BitsStored)
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dataset.PixelRepresentation else (0, 2**bits - 1)


def _plain(values: np.ndarray) -> str:
    return "\\".join(f"{value:g}" for value in values.tolist())
