"""MetaImage (`.mha`) and NRRD (`.nrrd`) volumes, read by SimpleITK."""

import re
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.formats.bounds import decoding, library, refuse_large, refuse_many, refuse_short
from segaug.data.formats.volume import Volume, located, one_channel
from segaug.data.suffix import suffix_of
from segaug.errors import DataError

READERS = {".mha": "MetaImageIO", ".nrrd": "NrrdImageIO"}
SUFFIXES = tuple(READERS)
MAX_HEADER = 2**16  # bytes


def read_itk(file: Path, channel: int | None = None) -> Volume:
    """The volume, or one channel of a file that has several.

    The header is text and is looked at first: a file that keeps its voxels in another one is refused, so that no path
    in it is followed.
    """
    refuse_large(file)
    with library("SimpleITK", "medical", file):
        import SimpleITK
    oriented = _check_header(file)
    with decoding(file):
        SimpleITK.ProcessObject.SetGlobalWarningDisplay(False)
        reader = SimpleITK.ImageFileReader()
        reader.SetImageIO(READERS[suffix_of(file)])
        reader.SetFileName(str(file))
        reader.ReadImageInformation()
        refuse_many(file, (*reader.GetSize(), reader.GetNumberOfComponents()))
        if "complex" in SimpleITK.GetPixelIDValueAsString(reader.GetPixelID()):
            raise DataError(file=file, problem="holds complex numbers", fix="save one real number a voxel")
        return _volume(file, reader.Execute(), channel, oriented)


def _volume(file: Path, image: Any, channel: int | None, oriented: bool) -> Volume:
    import SimpleITK

    values, sides = SimpleITK.GetArrayFromImage(image), image.GetDimension()
    components = image.GetNumberOfComponentsPerPixel()
    if sides > 4 or (sides == 4 and components > 1):
        raise DataError(file=file, problem=f"is {sides}-D", fix="save one 3-D volume a file")
    if components == 1:
        values = np.moveaxis(values, 0, -1) if sides == 4 else values[..., None]
    values = values.reshape(-1, *values.shape[-3:])  # of one slice, where the file is flat
    direction, affine = np.array(image.GetDirection()).reshape(sides, sides), np.eye(4)
    flat = min(sides, 3)
    affine[:flat, :flat] = (direction * image.GetSpacing())[:flat, :flat]
    affine[:flat, 3] = image.GetOrigin()[:flat]
    voxels = np.ascontiguousarray(one_channel(file, values, channel))
    return Volume(voxels=voxels, affine=located(file, affine[:, [2, 1, 0, 3]]), oriented=oriented and sides > 2)


def _check_header(file: Path) -> bool:
    """Refuse what SimpleITK should not open; returns: does the file say how it lies in the patient?"""
    with file.open("rb") as stream:
        start = stream.read(MAX_HEADER)
    return _check_meta(file, start) if suffix_of(file) == ".mha" else _check_nrrd(file, start)


def _check_meta(file: Path, start: bytes) -> bool:
    fields: dict[bytes, bytes] = {}
    for key, value in re.findall(rb"^[ \t]*(\w+)[ \t]*[=:]([^\r\n]*)\r?\n", start, re.M):
        if fields.setdefault(key.lower(), value.strip()) != value.strip():
            raise DataError(file=file, problem=f"has the field {key.decode()} twice in its header", fix=_AGAIN)
        if key.lower() == b"elementdatafile":  # the last one: voxels follow
            break
    place = fields.get(b"elementdatafile", b"")
    if b"dimsize" not in fields or not place:
        raise DataError(file=file, problem="is no MetaImage (its header lacks DimSize or the voxels)", fix=_AGAIN)
    if place.lower() != b"local":
        raise _elsewhere(file, place)
    squeezed = fields.get(b"compresseddata", b"").lower() == b"true"
    _check_size(file, fields[b"dimsize"], fields.get(b"elementnumberofchannels", b"1"), squeezed)
    return b"transformmatrix" in fields or b"rotation" in fields or b"orientation" in fields


def _check_nrrd(file: Path, start: bytes) -> bool:
    head = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    fields = {
        key.strip().lower(): value.strip() for key, value in re.findall(rb"^([\w ]+):(?!=)[ \t]*([^\r\n]*)", head, re.M)
    }
    if not head.startswith(b"NRRD000") or b"sizes" not in fields:
        raise DataError(file=file, problem="is no NRRD file (its header lacks the mark or the sizes)", fix=_AGAIN)
    for key in (b"data file", b"datafile"):
        if key in fields:
            raise _elsewhere(file, fields[key])
    _check_size(file, fields[b"sizes"], b"1", fields.get(b"encoding", b"raw").lower() != b"raw")
    return b"space" in fields


def _check_size(file: Path, sizes: bytes, channels: bytes, squeezed: bool) -> None:
    try:
        shape = [int(side) for side in (*sizes.split(), channels)]
    except ValueError as error:
        raise DataError(file=file, problem=f"claims the size {sizes[:60]!r}", fix=_AGAIN) from error
    refuse_many(file, shape)
    refuse_short(file, int(np.prod(shape)), compressed=squeezed)


def _elsewhere(file: Path, place: bytes) -> DataError:
    problem = f"keeps its voxels in another file ({place[:60].decode(errors='replace')!r}), which is not followed"
    return DataError(file=file, problem=problem, fix="save header and voxels as one .mha, .nrrd or .nii.gz")


_AGAIN = "save it again"
