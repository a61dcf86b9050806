"""Arrays in HDF5 files: plain numbers that lie in the file itself, packed in a way whose size is known beforehand."""

import math
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from segaug.data.formats.array_header import MAX_ARRAYS, ArrayHeader, no_such_array
from segaug.data.formats.bounds import decoding, library
from segaug.data.place import refuse_special
from segaug.errors import DataError

if TYPE_CHECKING:
    import h5py

MAX_FILE_BYTES = 2**40  # of which one array, or one part of it, is read at a time
MAX_DEPTH = 8  # groups inside of groups, and links to links
MAX_CHUNKS = 100_000  # that one array, or the part of it that is read, may be stored in
MAX_CHUNK_BYTES = 2**28  # unpacked
SURELY_SMALL = 2**21  # a chunk of so many bytes grows to 2 GiB at most, whatever is in it
DEFLATE = 1
FILTERS = {DEFLATE: "gzip", 2: "shuffle", 3: "fletcher32", 32000: "lzf"}  # others are plugins, or grow without a bound


def headers(path: Path) -> dict[str, ArrayHeader]:
    """Every array of the file, by its path inside of it, such as "case_1/image"; of other things, nothing."""
    with _opened(path) as file:
        found: dict[str, ArrayHeader] = {}
        _collect(path, file, "", found, set())
        return found


def read(path: Path, name: str, axis: int = 0, at: int | None = None) -> np.ndarray:
    """One array, or what lies at one place of an axis, without reading the rest."""
    with _opened(path) as file:
        _refuse_foreign(path, file, name)
        dataset = file.get(name)
        header = _header(dataset)
        if header is None:
            raise no_such_array(path, name, list(headers(path)))
        header.refuse_strange(path, name)
        _refuse_outside(path, name, dataset)
        wanted = tuple(at if at is not None and place == axis else slice(None) for place in range(len(header.shape)))
        sides = [side for side, place in zip(header.shape, wanted, strict=True) if place != at]
        ArrayHeader(tuple(sides), header.dtype).refuse_large(path, name)
        _refuse_bombs(path, name, dataset, wanted)
        return np.asarray(dataset[wanted])


@contextmanager
def _opened(path: Path) -> "Iterator[h5py.File]":
    refuse_special(path, MAX_FILE_BYTES)
    with library("h5py", "hdf5", path):
        import h5py
    with decoding(path), h5py.File(path, "r") as file:
        yield file


def _header(found: Any) -> ArrayHeader | None:  # whatever lies in the file under a name
    import h5py

    if not isinstance(found, h5py.Dataset) or found.shape is None:  # a group, a type, an array without a place
        return None
    return ArrayHeader(tuple(map(int, found.shape)), found.dtype)


def _collect(
    path: Path, group: "h5py.Group", prefix: str, found: dict[str, ArrayHeader], seen: "set[h5py.Group]"
) -> None:
    """Arrays below a group; what a link leads to is listed where it lies, and no group twice."""
    import h5py

    seen.add(group)
    if prefix.count("/") > MAX_DEPTH or len(found) + len(group) + len(seen) > MAX_ARRAYS:
        problem = f"holds more than {MAX_ARRAYS:,} arrays, or groups deeper than {MAX_DEPTH}"
        raise DataError(file=path, problem=problem, fix="part it into several files")
    for key in group:
        if not isinstance(group.get(key, getlink=True), h5py.HardLink):
            continue
        one = group[key]
        if isinstance(one, h5py.Group):
            if one not in seen:
                _collect(path, one, f"{prefix}{key}/", found, seen)
        elif (header := _header(one)) is not None:
            found[f"{prefix}{key}"] = header


def _refuse_foreign(path: Path, file: "h5py.File", name: str, links: int = 0) -> None:
    """Raise DataError where a part of the name is a link to another file; the library would follow it."""
    import h5py

    place: Any = file  # a group, until its last part
    parts = [part for part in name.split("/") if part not in ("", ".")]
    for number, part in enumerate(parts):
        link = place.get(part, getlink=True) if isinstance(place, h5py.Group) and part in place else None
        if isinstance(link, h5py.SoftLink) and links < MAX_DEPTH:
            start = [] if link.path.startswith("/") else parts[:number]
            return _refuse_foreign(
                path, file, "/".join([*start, link.path.strip("/"), *parts[number + 1 :]]), links + 1
            )
        if isinstance(link, h5py.SoftLink | h5py.ExternalLink):
            where = f"the file {link.filename!r}" if isinstance(link, h5py.ExternalLink) else "itself"
            fix = "copy the array into the file; nothing is read through such a link"
            raise DataError(file=path, problem=f"array {name!r} is a link to {where}", fix=fix)
        if link is None:
            return None
        place = place[part]
    return None


def _refuse_outside(path: Path, name: str, dataset: "h5py.Dataset") -> None:
    """Raise DataError where the values lie in other files, or are packed in a way that is not known to be bounded."""
    if dataset.is_virtual or dataset.external:
        what = "is put together from other files (a virtual data set)" if dataset.is_virtual else "lies in other files"
        raise DataError(file=path, problem=f"array {name!r} {what}", fix="copy the array into the file itself")
    plist = dataset.id.get_create_plist()
    unknown = [number for at in range(plist.get_nfilters()) if (number := plist.get_filter(at)[0]) not in FILTERS]
    if unknown:
        problem = f"array {name!r} is packed by the filter {unknown[0]}"
        raise DataError(file=path, problem=problem, fix="write it again with compression='gzip' or without")


def _refuse_bombs(path: Path, name: str, dataset: "h5py.Dataset", wanted: tuple[int | slice, ...]) -> None:
    """Raise DataError where a chunk that is to be read would unpack to more than it says: HDF5 has no bound of its own.

    gzip and lzf grow no byte to more than 1,032; what is larger than `SURELY_SMALL` is unpacked here, up to its bound.
    """
    if dataset.chunks is None:
        return
    size = math.prod(dataset.chunks) * dataset.dtype.itemsize
    corners = [
        range(0, side, step) if isinstance(at, slice) else [at // step * step]
        for side, step, at in zip(dataset.shape, dataset.chunks, wanted, strict=True)
    ]
    if math.prod(map(len, corners)) > MAX_CHUNKS or size > MAX_CHUNK_BYTES:
        problem = f"array {name!r} is parted into too many chunks, or too large ones ({dataset.chunks})"
        fix = f"write it with chunks of at most {MAX_CHUNK_BYTES:,} bytes, and at most {MAX_CHUNKS:,} of them"
        raise DataError(file=path, problem=problem, fix=fix)
    for corner in product(*corners) if dataset.compression is not None else ():
        stored = dataset.id.get_chunk_info_by_coord(corner).size
        if stored > SURELY_SMALL and _unpacked(dataset.id.read_direct_chunk(corner)[1], dataset.compression, size):
            problem = f"array {name!r} has a chunk that unpacks to more than its {size:,} bytes"
            raise DataError(file=path, problem=problem, fix="copy it again from its source, or leave it out")


def _unpacked(stored: bytes, compression: str, size: int) -> bool:
    """Does a chunk unpack to more bytes than it should hold, checksum included?"""
    if compression != "gzip":
        return len(stored) > size + size // 8 + 4096
    try:
        return len(zlib.decompressobj().decompress(stored, size + 17)) > size + 16
    except zlib.error:
        return False  # then the library says so too
