"""Masks as run lengths: of Kaggle, in a table with a row per image or object, and of COCO.

Both go down the columns, from left to right.  Kaggle writes pairs "start length" and counts pixels from 1; an image
without the structure has an empty cell, or -1.  COCO writes how many pixels are outside, inside, outside and so on.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from segaug.data.outlines import Runs
from segaug.data.place import refuse_special
from segaug.errors import ConfigError, DataError

MAX_BYTES = 2**28
NOTHING = ("", "-1", "nan")


def read(path: Path, image: str, runs: str, category: str | None, only: str) -> dict[str, list[Runs]]:
    """The runs of each image by the text in its column; no runs where a row says that there are none.

    category: column of the structure's name; without one, all runs are of `only`.
    """
    found: dict[str, list[Runs]] = {}
    with _long_cells():
        for line, row in _rows(path, [image, runs, *([category] if category else [])]):
            own = found.setdefault(row[image].strip(), [])
            if (text := row[runs].strip()).lower() not in NOTHING:
                own.append(_from_pairs(path, line, row[category].strip() if category else only, text))
    return found


def from_counts(path: Path, structure: str, counts: Any, pixels: int) -> Runs:  # counts: whatever JSON holds
    """The runs of COCO, as a list of numbers or as its text; they count all pixels of the image, the last ones too."""
    try:
        numbers = _unpacked(counts) if isinstance(counts, str) else np.asarray(counts)
        if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or (numbers < 0).any() or (numbers > 2**40).any():
            raise ValueError("they are no list of whole numbers")
    except (ValueError, TypeError, OverflowError) as error:
        problem = f"an annotation of {structure} has 'counts' that are no run lengths ({error})"
        raise DataError(file=path, problem=problem, fix="export it again from the program that made it") from error
    ends = np.cumsum(numbers.astype(np.int64))
    if not len(ends) or ends[-1] != pixels:
        counted = ends[-1] if len(ends) else 0
        problem = f"an annotation of {structure} has 'counts' of {counted} pixels, its image has {pixels}"
        raise DataError(file=path, problem=problem, fix="export it again at the size of the image")
    return Runs(structure, ends[:-1][::2], numbers[1::2].astype(np.int64))


def _from_pairs(path: Path, line: int, structure: str, text: str) -> Runs:
    try:
        numbers = np.array(text.split(), dtype=np.int64).reshape(-1, 2)
    except (ValueError, OverflowError) as error:
        problem = f"line {line} has run lengths that are no pairs of whole numbers"
        raise DataError(file=path, problem=problem, fix="write start length start length, with spaces") from error
    return Runs(structure, numbers[:, 0] - 1, numbers[:, 1])


def _unpacked(text: str) -> np.ndarray:
    """The numbers in COCO's text: five bits a letter, and from the fourth number on, the change to the last but one."""
    numbers: list[int] = []
    value = shift = 0
    for letter in text:
        bits = ord(letter) - 48
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("the text holds other letters")
        value |= (bits & 31) << shift
        shift += 5
        if not bits & 32:
            value -= (bits & 16) << (shift - 4)
            numbers.append(value + (numbers[-2] if len(numbers) > 2 else 0))
            value = shift = 0
    if shift:
        raise ValueError("the text ends too early")
    return np.array(numbers, dtype=np.int64)


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Number of the line, and the row."""
    refuse_special(path, MAX_BYTES)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            for name in columns:
                if name not in (reader.fieldnames or ()):
                    listed = ", ".join(reader.fieldnames or ())[:300] or "nothing"
                    problem = f"{path} has no column {name!r}"
                    raise ConfigError(key="dataset.columns", problem=problem, fix=f"it has: {listed}")
            for row in reader:
                if None in row or None in row.values():  # where DictReader puts cells too many, and too few
                    raise csv.Error(f"line {reader.line_num} has not as many cells as the first")
                yield reader.line_num, row
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(
            file=path, problem=f"is no CSV file ({error})", fix="save it as UTF-8 text with commas"
        ) from error


@contextmanager
def _long_cells() -> Iterator[None]:
    """The runs of a large mask are longer than what `csv` takes for a cell."""
    before = csv.field_size_limit(MAX_BYTES)
    try:
        yield
    finally:
        csv.field_size_limit(before)
