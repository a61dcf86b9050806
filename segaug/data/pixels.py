"""From one case's stored pixels to what the network sees: checks, grey, crop, range, size."""

from hashlib import sha256

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from segaug.data.cases import mask_name
from segaug.data.task import Case, Dataset
from segaug.errors import DataError


def grey_pixels(case: Case) -> np.ndarray:
    """Stored image as (H, W) float32; RGB becomes luma, exactly the grey value where all three channels agree.

    Source: ITU-R BT.601, Y = 0.299 R + 0.587 G + 0.114 B; summed in thousandths so that integers give no rounding.
    """
    pixels = case.read_image()
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        red, green, blue = np.moveaxis(pixels.astype(np.float64), 2, 0)
        pixels = (299 * red + 587 * green + 114 * blue) / 1000
    if pixels.ndim != 2:
        problem = f"has the shape {pixels.shape}"
        raise DataError(file=case.location, problem=problem, fix="give one grey (H, W) or RGB (H, W, 3) image")
    return np.ascontiguousarray(pixels, dtype=np.float32)


def mask_values(case: Case, allowed: tuple[int, ...], shape: tuple[int, int] | None) -> np.ndarray:
    """Stored mask as (H, W) integers, after checking that it fits its image and holds only allowed values.

    shape: of the image; None if the image could not be read.
    """
    mask = case.read_mask()
    if shape is not None and mask.shape != shape:
        problem = f"has {_size(mask.shape)} pixels, its image has {_size(shape)} (rows x columns)"
        raise DataError(file=mask_name(case), problem=problem, fix="export image and mask at the same size")
    strange = ~np.isin(mask, allowed)
    if strange.any():
        raise _strange_values(mask_name(case), mask[strange], allowed)
    return mask


def _strange_values(name: str, found: np.ndarray, allowed: tuple[int, ...]) -> DataError:
    values, counts = np.unique(found, return_counts=True)
    listed = ", ".join(f"{value} ({count} px)" for value, count in zip(values[:8], counts[:8], strict=True))
    problem = (
        f"holds the values {listed}{', ...' if len(values) > 8 else ''}; allowed are {', '.join(map(str, allowed))}"
    )
    fix = "add them to dataset.structures or dataset.background; blurred edges: save masks as PNG, resized by nearest"
    return DataError(file=name, problem=problem, fix=fix)


def content_hash(pixels: np.ndarray) -> str:
    """sha256 of an array's shape, type and values."""
    head = f"{pixels.dtype.str} {pixels.shape} ".encode()
    return sha256(head + np.ascontiguousarray(pixels).tobytes()).hexdigest()


def crop_centre(pixels: np.ndarray, side: int | None, name: str) -> np.ndarray:
    """The central square; None returns the whole image."""
    if side is None:
        return pixels
    height, width = pixels.shape
    if min(height, width) < side:
        problem = f"has {height} x {width} pixels, less than dataset.crop={side}"
        raise DataError(file=name, problem=problem, fix="make dataset.crop smaller or null")
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def unit_range(pixels: np.ndarray) -> np.ndarray:
    """Shift and scale an image so that its values span 0..1; a constant image becomes 0."""
    low, high = pixels.min(), pixels.max()
    return (pixels - low) / (high - low) if high > low else np.zeros_like(pixels)


def network_image(grey: np.ndarray, dataset: Dataset, name: str) -> Tensor:
    """(H, W) stored grey values to (1, size, size) in 0..1.

    Bilinear with antialias: plain bilinear looks at 4 neighbours only, so that halving or more would skip pixels and
    turn fine texture into noise.
    """
    pixels = unit_range(crop_centre(grey, dataset.crop, name))
    image = torch.from_numpy(pixels)[None, None]
    side = (dataset.size, dataset.size)
    return interpolate(image, side, mode="bilinear", align_corners=False, antialias=True)[0].clamp(0, 1)


def network_label(mask: np.ndarray, dataset: Dataset, name: str) -> Tensor:
    """(H, W) mask values to (1, size, size) of 0 and 1, by the nearest pixel centre."""
    inside = np.isin(crop_centre(mask, dataset.crop, name), dataset.foreground())
    label = torch.from_numpy(inside.astype(np.float32))[None, None]
    return interpolate(label, (dataset.size, dataset.size), mode="nearest-exact")[0]


def network_spacing_mm(case: Case, dataset: Dataset, shape: tuple[int, int]) -> tuple[float, float]:
    """(row, column) size of the network's pixels in mm; NaN where the stored size is unknown."""
    if case.pixel_mm is None:
        return float("nan"), float("nan")
    height, width = shape if dataset.crop is None else (dataset.crop, dataset.crop)
    return case.pixel_mm[0] * height / dataset.size, case.pixel_mm[1] * width / dataset.size


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
