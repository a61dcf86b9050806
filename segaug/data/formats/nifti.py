"""NIfTI volumes (`.nii`, `.nii.gz`), versions 1 and 2, read by nibabel."""

import gzip
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from segaug.data.formats.bounds import decoding, library, refuse_large, refuse_many, refuse_short, times
from segaug.data.formats.volume import Volume, located, one_channel
from segaug.data.suffix import DOUBLE, suffix_of
from segaug.errors import DataError

SUFFIXES = (".nii", DOUBLE)
HEADER_BYTES = 540  # of version 2; version 1 has 348
MAX_OFFSET = 2**24  # bytes between header and voxels
MM = {0: 1.0, 1: 1000.0, 2: 1.0, 3: 0.001}  # code of the unit of space -> its mm; 0 is not known, and taken as mm
TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])  # from NIfTI's right, anterior, superior


def read_nifti(file: Path, channel: int | None = None) -> Volume:
    """The volume, or one channel of a 4-D file; scl_slope and scl_inter are applied.

    Only the header and then as many bytes as it claims voxels come out of gzip; extensions are not looked at.
    """
    refuse_large(file)
    with library("nibabel", "medical", file):
        import nibabel  # noqa: F401
    compressed = suffix_of(file) == DOUBLE
    with decoding(file), gzip.open(file) if compressed else file.open("rb") as opened:
        stream = cast(BinaryIO, opened)
        header = _header(file, stream.read(HEADER_BYTES))
        shape = tuple(map(int, header.get_data_shape()))
        refuse_many(file, shape)
        dtype = header.get_data_dtype()
        if dtype.kind not in "iuf":
            raise DataError(file=file, problem=f"holds {_kind(dtype)}", fix="save one real number a voxel")
        offset = int(header.get_data_offset())
        if not 0 <= offset <= MAX_OFFSET:
            raise DataError(file=file, problem=f"claims voxels at byte {offset:,}", fix="write it again")
        refuse_short(file, offset + int(np.prod(shape)) * dtype.itemsize, compressed=compressed)
        stream.seek(0)
        values = np.array(header.data_from_fileobj(stream))
        stream.read(1)  # the end of a gzip has a checksum
    return _volume(file, header, values, channel)


def _header(file: Path, start: bytes) -> Any:  # nibabel's header classes have fields of their own
    """The header alone; the voxels are behind it."""
    import nibabel

    kinds: tuple[Any, ...] = (nibabel.Nifti1Header, nibabel.Nifti2Header)
    for kind in kinds:
        if kind.may_contain_header(start):
            header = kind(start[: kind.sizeof_hdr])
            if not header["magic"].item().startswith(b"n+"):
                problem = "is the header of a NIfTI pair, whose voxels lie in another file"
                raise DataError(file=file, problem=problem, fix="save it as one .nii.gz")
            return header
    raise DataError(file=file, problem="is no NIfTI file (its header has another size)", fix="save it as .nii.gz")


def _volume(file: Path, header: Any, values: np.ndarray, channel: int | None) -> Volume:
    shape = (*values.shape, 1, 1)[: max(3, values.ndim)]
    if any(side > 1 for side in shape[3:4]) and any(side > 1 for side in shape[4:]):
        raise DataError(file=file, problem=f"is {len(shape)}-D ({times(shape)})", fix="save one 3-D volume a file")
    values = values.reshape(*shape[:3], -1, order="F").transpose(2, 1, 0, 3)
    affine = TO_LPS @ header.get_best_affine()
    affine[:3] *= MM.get(int(header["xyzt_units"]) & 7, 1.0)
    affine = affine[:, [2, 1, 0, 3]]
    oriented = bool(header["sform_code"] > 0 or header["qform_code"] > 0)
    voxels = np.ascontiguousarray(one_channel(file, values, channel))
    return Volume(voxels=voxels, affine=located(file, affine), oriented=oriented)


def _kind(dtype: np.dtype) -> str:
    return "complex numbers" if dtype.kind == "c" else "colours" if dtype.fields else f"values of type {dtype}"
