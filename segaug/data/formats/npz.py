"""Arrays of NumPy, `.npz` and `.npy`: plain numbers alone, their headers checked before anything is unpacked."""

import struct
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import IO

import numpy as np

from segaug.data.formats.array_header import MAX_ARRAYS, MAX_BYTES, ArrayHeader, no_such_array
from segaug.data.formats.bounds import decoding
from segaug.data.place import refuse_special

SUFFIX = ".npy"  # of each array in an .npz file, and of a file of one array
PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # what NumPy writes; others can take any memory to unpack
DIRECTORY_BYTES = 200 * MAX_ARRAYS  # of the list of arrays at the end of the file
_END, _END_OF_LARGE = b"PK\x05\x06", b"PK\x06\x07"
_LENGTH_OF_END = 22


def headers(path: Path) -> dict[str, ArrayHeader]:
    """Every array of an .npz file by its name.  Raises DataError where one holds objects."""
    with decoding(path), _opened(path) as archive:
        found = {one.filename.removesuffix(SUFFIX): _header_in(path, archive, one) for one in archive.infolist()}
        if len(found) < len(archive.infolist()):
            raise ValueError("an array is there twice")
        return found


def read(path: Path, name: str) -> np.ndarray:
    """One array of an .npz file, not to be written to; it is decoded whole, and kept until others are asked for."""
    refuse_special(path, MAX_BYTES)
    state = path.stat()
    return _read(path, name, (state.st_mtime_ns, state.st_size))


@lru_cache(maxsize=2)  # image and label, which are asked for in turn
def _read(path: Path, name: str, state: tuple[int, int]) -> np.ndarray:
    found = headers(path)
    if name not in found:
        raise no_such_array(path, name, list(found))
    found[name].refuse_large(path, name)
    with decoding(path), np.load(path, allow_pickle=False) as arrays:
        array: np.ndarray = arrays[name]
    array.setflags(write=False)
    return array


def read_npy(path: Path) -> np.ndarray:
    """The array of an .npy file."""
    refuse_special(path)
    with decoding(path):
        with path.open("rb") as file:
            found = _header(file)
            rest = path.stat().st_size - file.tell()
        found.refuse_strange(path, path.stem)
        _refuse_other_length(found, rest)
        array: np.ndarray = np.load(path, allow_pickle=False)
    return array


def _opened(path: Path) -> zipfile.ZipFile:
    refuse_special(path, MAX_BYTES)
    _refuse_long_directory(path)
    return zipfile.ZipFile(path)


def _refuse_long_directory(path: Path) -> None:
    """Raise ValueError where the list of arrays alone would fill the memory: it is read whole when a file is opened."""
    with path.open("rb") as file:
        size = path.stat().st_size
        file.seek(max(0, size - 2**16 - 2 * _LENGTH_OF_END))
        end = file.read()
    at = end.rfind(_END)
    if at < 0 or len(end) < at + _LENGTH_OF_END:
        raise ValueError("it is no .npz file, or its end is missing")
    count, length = struct.unpack("<HI", end[at + 10 : at + 16])
    if count > MAX_ARRAYS or length > DIRECTORY_BYTES or _END_OF_LARGE in end:
        raise ValueError(f"it lists more than {MAX_ARRAYS:,} arrays")


def _header_in(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> ArrayHeader:
    if entry.compress_type not in PACKED or entry.flag_bits & 1:
        raise ValueError(f"{entry.filename!r} is packed in another way than NumPy does")
    if not entry.filename.endswith(SUFFIX):
        raise ValueError(f"{entry.filename!r} is no array")
    with archive.open(entry) as file:
        found = _header(file)
        rest = entry.file_size - file.tell()
    found.refuse_strange(path, entry.filename.removesuffix(SUFFIX))
    _refuse_other_length(found, rest)
    return found


def _header(file: IO[bytes]) -> ArrayHeader:
    version = np.lib.format.read_magic(file)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:  # the third is of records alone, with names that are no ASCII
        raise ValueError(f"version {version} of the format is not known")
    shape, _, dtype = readers[version](file)
    if any(side < 0 for side in shape):
        raise ValueError(f"the shape {shape} is impossible")
    return ArrayHeader(tuple(map(int, shape)), dtype)


def _refuse_other_length(found: ArrayHeader, length: int) -> None:
    expected = int(np.prod(np.array(found.shape, dtype=object), initial=1)) * found.dtype.itemsize
    if expected != length:
        raise ValueError(f"{length:,} bytes are there, and the header promises {expected:,}")
