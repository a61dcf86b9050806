"""Images of any size on one square canvas, where the outlines of a data set are in the canvas's pixels."""

from dataclasses import dataclass, field

import numpy as np
import torch
from torch.nn.functional import interpolate

from segaug.errors import ConfigError, DataError

KEY = "dataset.canvas"
MAX_SIDE = 8000  # px; as many pixels as an image may have


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """How an image comes onto the canvas: cropped to what is not black, padded with 0 to a square, and resized.

    Values of more than 8 bits count by their upper 8, as OpenCV reads them.
    """

    side: int | None = None  # of the canvas [px]; None: images stay as they are, and outlines are in their pixels
    above: int = 1  # grey value of 8 bits; the crop is the smallest box around all pixels above it
    whole: list[str] = field(default_factory=list, hash=False)  # sites whose images are not cropped

    def __post_init__(self) -> None:
        if self.side is not None and not 1 <= self.side <= MAX_SIDE:
            fix = f"use 1 to {MAX_SIDE} pixels, or null"
            raise ConfigError(key=f"{KEY}.side", problem=f"got {self.side}", fix=fix)
        if not 0 <= self.above < 255:
            fix = "use 0 to 254; 1 is the default"
            raise ConfigError(key=f"{KEY}.above", problem=f"got {self.above}", fix=fix)

    def placed(self, image: np.ndarray, site: str, file: object) -> np.ndarray:
        """(side, side) or (side, side, 3) of the type of the image, (H, W) or (H, W, 3); without a side, as it is.

        Of an odd number of rows or columns to pad, the further one is below or to the right.
        """
        if self.side is None:
            return image
        cropped = image if site in self.whole else image[self._box(image, file)]
        height, width = cropped.shape[:2]
        spare = [max(height, width) - length for length in (height, width)]
        pads = [(each // 2, each - each // 2) for each in spare] + [(0, 0)] * (image.ndim - 2)
        return _resized(np.pad(cropped, pads), self.side)

    def _box(self, image: np.ndarray, file: object) -> tuple[slice, slice]:
        grey = image.max(axis=2) if image.ndim == 3 else image
        seen = (grey >> 8 if grey.dtype == np.uint16 else grey) > self.above
        if not seen.any():
            problem = f"has no pixel above {self.above} of 255, so that there is nothing to crop it to"
            raise DataError(file=file, problem=problem, fix=f"look at it; {KEY}.whole names sites that are not cropped")
        first_row, *_, last_row = np.flatnonzero(seen.any(axis=1)).repeat(2)
        first_column, *_, last_column = np.flatnonzero(seen.any(axis=0)).repeat(2)
        return slice(first_row, last_row + 1), slice(first_column, last_column + 1)


def _resized(square: np.ndarray, side: int) -> np.ndarray:
    """Bilinear with antialias, whole numbers rounded."""
    planes = torch.from_numpy(np.atleast_3d(square).astype(np.float32)).permute(2, 0, 1)
    resized = interpolate(planes[None], (side, side), mode="bilinear", align_corners=False, antialias=True)[0]
    image = resized.permute(1, 2, 0).numpy().reshape(side, side, *square.shape[2:])
    if square.dtype.kind in "iu":
        image = image.round()
    return np.ascontiguousarray(image.astype(square.dtype))
