"""The points of one contour in a file: an array (P, 2) of NumPy, or text with two numbers a line."""

from pathlib import Path

import numpy as np

from segaug.data.formats.npz import SUFFIX as ARRAY
from segaug.data.formats.npz import read_npy
from segaug.data.place import refuse_special
from segaug.errors import DataError

SUFFIXES = (ARRAY, ".txt")
MAX_BYTES = 2**26  # of a text
ORDERS = ("xy", "row_column")


def read(path: Path, order: str) -> np.ndarray:
    """(P, 2) as (row, column) [px]; the last point is joined to the first.  order: of the numbers in the file."""
    pairs = _of_array(path) if path.suffix.lower() == ARRAY else _of_text(path)
    return pairs[:, ::-1] if order == "xy" else pairs


def _of_array(path: Path) -> np.ndarray:
    array = read_npy(path)
    if array.ndim != 2 or array.shape[1] != 2:
        problem = f"has the shape {array.shape}, and no point of two numbers a row"
        raise DataError(file=path, problem=problem, fix="save the points of one contour as an array (P, 2)")
    return array.astype(np.float64)


def _of_text(path: Path) -> np.ndarray:
    """Numbers apart by spaces, tabs, commas or semicolons; lines that begin with # are left out."""
    refuse_special(path, MAX_BYTES)
    pairs = []
    try:
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            words = line.replace(",", " ").replace(";", " ").split()
            if words and not words[0].startswith("#"):
                first, second = map(float, words)
                pairs.append((first, second))
    except ValueError as error:  # that of its encoding, too
        problem = f"has a line that is not two numbers (the one after {len(pairs)} points)"
        raise DataError(file=path, problem=problem, fix="write one point a line, such as 12.5 80") from error
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)
