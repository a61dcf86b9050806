"""The two images of `segaug register`: read, checked, grey, in 0..1, of one size."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from segaug.data.formats.cut import Cut, image_cut, is_volume, mask_cut
from segaug.data.pixels import content_hash, in_channels, stored_pixels, unit_range
from segaug.data.readers import read_image, read_mask
from segaug.data.task import Case
from segaug.errors import DataError
from segaug.form import COLOUR, GREY
from segaug.registration.momentum_file import ImageId

SMALLEST_PX = 8  # a side
CUT = "--slice"  # option that chooses one of volumes


@dataclass(frozen=True)
class Pair:
    """Images to register, (H, W) grey: where they are in colour, the registration looks at their luma."""

    moving: np.ndarray  # float32, 0..1
    fixed: np.ndarray
    moving_id: ImageId
    fixed_id: ImageId
    mask: np.ndarray | None  # integers, of the moving image
    moving_range: tuple[float, float]  # grey values as stored of 0 and 1 in the moving image
    colour: np.ndarray | None  # (H, W, 3) float32 as stored, of a moving image in colour


def read_pair(moving: Path, fixed: Path, mask: Path | None, pad: bool, cut: Cut | None = None) -> Pair:
    """Read the files; pad: put images of different sizes in the middle of one canvas.  cut: the slice of volumes."""
    stored = [_stored(moving, cut), _stored(fixed, cut)]
    images = [_grey(pixels, path) for pixels, path in zip(stored, (moving, fixed), strict=True)]
    colour = in_channels(stored[0], COLOUR) if stored[0].ndim == 3 else None
    label = None if mask is None else _mask(mask, moving, images[0].shape, cut)
    ids = [ImageId(path.name, content_hash(image)) for path, image in zip((moving, fixed), images, strict=True)]
    shown = [unit_range(image) for image in images]
    if images[0].shape != images[1].shape:
        if not pad:
            problem = f"have {' and '.join(size(image.shape) for image in images)} pixels (rows x columns)"
            fix = "add --pad to centre both on one canvas, or resize them so that their pixels have one size in mm"
            raise DataError(file=f"{moving} and {fixed}", problem=problem, fix=fix)
        canvas = tuple(map(max, images[0].shape, images[1].shape))
        shown = [_padded(image, canvas, "edge") for image in shown]
        label = None if label is None else _padded(label, canvas, "constant")
        colour = None if colour is None else _padded(colour, canvas, "edge")
    grey_range = (float(images[0].min()), float(images[0].max()))
    return Pair(shown[0], shown[1], ids[0], ids[1], label, grey_range, colour)


def size(shape: tuple[int, ...]) -> str:
    """Rows x columns."""
    return " x ".join(map(str, shape))


def _stored(path: Path, cut: Cut | None) -> np.ndarray:
    """(H, W) or (H, W, 3)."""
    _must_exist(path)
    if is_volume(path):
        return image_cut(path, cut, CUT)
    return stored_pixels(Case(path.stem, path.stem, str(path), partial(read_image, path), partial(read_mask, path)))


def _grey(stored: np.ndarray, path: Path) -> np.ndarray:
    """(H, W) float32."""
    image = in_channels(stored, GREY)
    if min(image.shape) < SMALLEST_PX:
        fix = f"give images of at least {SMALLEST_PX} pixels a side"
        raise DataError(file=path, problem=f"has {size(image.shape)} pixels", fix=fix)
    if image.min() == image.max():
        problem = "has the same value in every pixel, so nothing in it can be matched"
        raise DataError(file=path, problem=problem, fix="give an image that shows something")
    return image


def _mask(path: Path, moving: Path, shape: tuple[int, ...], cut: Cut | None) -> np.ndarray:
    _must_exist(path)
    mask = mask_cut(path, moving, cut, CUT) if is_volume(path) else read_mask(path)
    if mask.shape != shape:
        problem = f"has {size(mask.shape)} pixels, {moving.name} has {size(shape)}"
        raise DataError(file=path, problem=problem, fix="give the mask of the moving image, at its size")
    if mask.min() < 0 or mask.max() > np.iinfo(np.uint16).max:
        problem = f"holds label values from {mask.min()} to {mask.max()}"
        raise DataError(file=path, problem=problem, fix="use values from 0 to 65535")
    return mask


def _must_exist(path: Path) -> None:
    if not path.is_file():
        problem = "is a folder" if path.is_dir() else "does not exist"
        raise DataError(file=path, problem=problem, fix="give the path of one image file")


def _padded(pixels: np.ndarray, canvas: tuple[int, ...], mode: str) -> np.ndarray:
    margins = [((full - n) // 2, full - n - (full - n) // 2) for full, n in zip(canvas, pixels.shape, strict=False)]
    margins += [(0, 0)] * (pixels.ndim - 2)  # of channels
    return np.pad(pixels, margins, mode=mode)  # type: ignore[call-overload]
