"""Several mask files of one image as one mask."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from segaug.data.readers import REFUSE, read_image, read_mask
from segaug.data.rules.values import Values, code
from segaug.errors import DataError

AS_STORED = -1
Part = tuple[int, Path]  # the value that a file's foreground becomes (or `AS_STORED`), and the file


def read_joined(parts: Sequence[Part], meaning: Values) -> np.ndarray:
    """(H, W) integers: the value of whichever file has one, besides those of the background, in a pixel.

    Raises where files differ in size, where they overlap with values of different structures, and where one that stands
    for a structure holds more than one value besides 0.
    """
    background = [code(value) for value in meaning.background]
    mask = _read(*parts[0])
    owner = np.where(np.isin(mask, background), -1, 0)
    for place, (value, path) in enumerate(parts[1:], start=1):
        more = _read(value, path)
        if more.shape != mask.shape:
            problem = f"has {_size(more)} pixels, and {parts[0][1].name} has {_size(mask)} (rows x columns)"
            raise DataError(file=path, problem=problem, fix="export all masks of an image at the same size")
        inside = ~np.isin(more, background)
        both = inside & (owner >= 0)
        if not meaning.above_zero and (clash := both & (meaning.alike(more) != meaning.alike(mask))).any():
            other = parts[owner[clash][0]][1]
            problem = f"overlaps with {other.name} in {clash.sum()} pixels that have another value there"
            raise DataError(file=path, problem=problem, fix="give each pixel to one structure, or use one of the files")
        mask = np.where(inside & ~both, more, mask)
        owner[inside & (owner < 0)] = place
    return mask


def read_empty(image: Path, background: int, alpha: str = REFUSE) -> np.ndarray:
    """The mask of an image that has none: background, (H, W) as the image.  alpha: see `read_image`."""
    return np.full(read_image(image, alpha).shape[:2], background, np.int64)


def _read(value: int, path: Path) -> np.ndarray:
    mask = read_mask(path)
    if value == AS_STORED:
        return mask
    values = np.unique(mask[mask != 0])
    if len(values) > 1:
        problem = (
            f"stands for one structure, but holds {len(values)} values besides 0: {', '.join(map(str, values[:5]))}"
        )
        fix = "save it as a black and white PNG, or name one file for all structures and their values"
        raise DataError(file=path, problem=problem, fix=fix)
    return np.where(mask != 0, value, 0)


def _size(mask: np.ndarray) -> str:
    return f"{mask.shape[0]} x {mask.shape[1]}"
