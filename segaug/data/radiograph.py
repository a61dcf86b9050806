"""Chest radiographs of JSRT as they are published: raw numbers without a header, in files `.IMG` of one size."""

from pathlib import Path

import numpy as np

from segaug.data.place import refuse_special
from segaug.errors import DataError

SUFFIX = ".img"
SIDE = 2048  # pixels, both ways
GREYS = 4096  # values of 12 bits
BYTES = 2 * SIDE * SIDE


def read_radiograph(path: Path) -> np.ndarray:
    """(2048, 2048) float32, 1 - v / 4096 of the stored v, which are large where the film is dark.

    Source: Shiraishi et al., AJR 174 (2000): 12 bits in two bytes, the upper one first.  Such a file says nothing of
    itself, so its size and the range of its values are all that can be checked; Analyze uses the same suffix.
    """
    refuse_special(path)
    if (found := path.stat().st_size) != BYTES:
        raise _other_size(path, found)
    with path.open("rb") as file:
        data = file.read(BYTES)
    if len(data) != BYTES:  # it was cut since
        raise _other_size(path, len(data))
    stored = np.frombuffer(data, dtype=">u2")
    if stored.max() >= GREYS:
        problem = f"holds values up to {stored.max()}, and JSRT has 12 bits, the upper byte first"
        raise DataError(file=path, problem=problem, fix="copy it again as it is published; save other images as PNG")
    return np.float32(1) - stored.reshape(SIDE, SIDE).astype(np.float32) / GREYS


def refuse_as_mask(path: Path) -> np.ndarray:
    """Raise DataError: such a file is an image."""
    raise DataError(file=path, problem="is a radiograph, not label values", fix="name the files of masks")


def _other_size(path: Path, found: int) -> DataError:
    problem = f"has {found:,} bytes, and a raw radiograph of JSRT has {BYTES:,}: {SIDE} x {SIDE} pixels of two bytes"
    return DataError(file=path, problem=problem, fix="copy it again; save images of other kinds as PNG")
