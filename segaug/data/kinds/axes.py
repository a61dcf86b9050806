"""What the axes of a stored array mean, and one image of it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segaug.errors import ConfigError, DataError
from segaug.form import COLOUR

MEANINGS = {"n": "images", "d": "slices of one patient", "h": "rows", "w": "columns", "c": "channels"}
STACKED = "nd"


@dataclass(frozen=True)
class Axes:
    """One letter an axis, in the order of the array; `key` is the config key that names them."""

    letters: str
    key: str

    def __post_init__(self) -> None:
        stacked = sum(letter in STACKED for letter in self.letters)
        whole = {"h", "w"} <= set(self.letters) <= set(MEANINGS)
        if not whole or len(set(self.letters)) < len(self.letters) or stacked > 1:
            meant = ", ".join(f"{letter} {meaning}" for letter, meaning in MEANINGS.items())
            fix = f"write h and w, perhaps c, and n or d, one letter an axis: {meant}"
            raise ConfigError(key=self.key, problem=f"got {self.letters!r}", fix=fix)

    @property
    def stack(self) -> int | None:
        """Axis along which images follow each other."""
        return next((self.letters.index(letter) for letter in STACKED if letter in self.letters), None)

    @property
    def of_one_patient(self) -> bool:
        """Are the images of an array slices of one patient?"""
        return "d" in self.letters

    def count(self, shape: tuple[int, ...], path: Path, name: str) -> int:
        """Images in an array of this shape.  Raises DataError where it has other axes."""
        if len(shape) != len(self.letters) or 0 in shape:
            problem = (
                f"array {name!r} has the shape {shape}, and {self.key}={self.letters} names {len(self.letters)} axes"
            )
            fix = f"set {self.key} to one letter for each of its axes, e.g. {_guess(shape)}"
            raise DataError(file=path, problem=problem, fix=fix)
        return 1 if self.stack is None else shape[self.stack]

    def picture(self, array: np.ndarray, name: str, channel: int | None = None) -> np.ndarray:
        """(H, W), or (H, W, 3), of an array without its stack; channel: the only one that is wanted."""
        left = "".join(letter for letter in self.letters if letter not in STACKED)
        picture = np.transpose(array, [left.index(letter) for letter in "hwc" if letter in left])
        if picture.ndim == 3 and picture.shape[2] == 1:
            return picture[..., 0]
        if picture.ndim == 3 and channel is not None:
            if channel >= picture.shape[2]:
                problem = f"has {picture.shape[2]} channels, and no number {channel}"
                raise DataError(file=name, problem=problem, fix="count them from 0 in dataset.channel")
            return picture[..., channel]
        if picture.ndim == 3 and picture.shape[2] != COLOUR:
            problem = f"has {picture.shape[2]} channels"
            fix = f"choose one by dataset.channel=0 (the first), or correct {self.key}"
            raise DataError(file=name, problem=problem, fix=fix)
        return picture


def _guess(shape: tuple[int, ...]) -> str:
    return {2: "hw", 3: "nhw", 4: "nhwc"}.get(len(shape), "nchw")
