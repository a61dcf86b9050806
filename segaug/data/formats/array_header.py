"""What a file of named arrays says of one of them before it is decoded, and how much may be decoded."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segaug.data.formats.bounds import MAX_VOXELS
from segaug.errors import DataError

MAX_ELEMENTS = MAX_VOXELS  # of what is read at once
MAX_BYTES = 2**32  # of one array, unpacked
MAX_ARRAYS = 10_000  # in one file
PLAIN = "buif"  # kinds of numbers: yes or no, whole, and with a fraction; no objects, texts or records


@dataclass(frozen=True)
class ArrayHeader:
    """Shape and type of an array, as its file claims them."""

    shape: tuple[int, ...]
    dtype: np.dtype

    def refuse_strange(self, path: Path, name: str) -> None:
        """Raise DataError unless it holds plain numbers; an array of objects is a pickle, and is never loaded."""
        if self.dtype.kind not in PLAIN or self.dtype.itemsize > 8:
            what = "Python objects" if self.dtype.hasobject else f"values of type {str(self.dtype)[:40]}"
            fix = "save it as an array of plain numbers, e.g. array.astype(numpy.float32)"
            raise DataError(file=path, problem=f"array {name!r} holds {what}", fix=fix)

    def refuse_large(self, path: Path, name: str) -> None:
        """Raise DataError where decoding it could fill the memory."""
        count = math.prod(self.shape)
        if count > MAX_ELEMENTS or count * self.dtype.itemsize > MAX_BYTES:
            problem = f"array {name!r} is too large to decode safely ({count:,} elements of {self.dtype})"
            fix = f"part it into arrays of at most {MAX_ELEMENTS:,} elements and {MAX_BYTES:,} bytes"
            raise DataError(file=path, problem=problem, fix=fix)


def no_such_array(path: Path, name: str, found: list[str]) -> DataError:
    """What to say where a file has no array of this name."""
    listed = ", ".join(found[:12]) + (", ..." if len(found) > 12 else "") or "no array"
    return DataError(
        file=path, problem=f"has no array {name!r}; it holds {listed}",
        fix="set dataset.image_key and dataset.label_key to names of these",
    )  # fmt: skip
