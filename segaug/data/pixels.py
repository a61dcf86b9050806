"""From one case's stored pixels to what the network sees: checks, channels, crop, range, size."""

from collections.abc import Iterable
from hashlib import sha256

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from segaug.data.cases import mask_name
from segaug.data.rules.channel import one_channel
from segaug.data.rules.intensity import KEY as INTENSITY
from segaug.data.rules.intensity import is_8_bit
from segaug.data.rules.mask_area import covered
from segaug.data.rules.values import IGNORE, joined, text
from segaug.data.strange import strange_values
from segaug.data.task import Case, Dataset
from segaug.errors import DataError
from segaug.form import COLOUR, GREY
from segaug.grey import grey

GREYS = 255  # the largest grey value of an image of 8 bits


def stored_pixels(case: Case, channel: str | int | None = None) -> np.ndarray:
    """Stored image: (H, W), or (H, W, 3) where it is in colour and no channel of it is chosen."""
    pixels = case.read_image()
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        fix = "replace them, for instance by 0"
        raise DataError(file=case.location, problem="holds NaN or infinite values", fix=fix)
    if pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] == COLOUR):
        return one_channel(pixels, channel)
    problem = f"has the shape {pixels.shape}"
    raise DataError(file=case.location, problem=problem, fix="give one grey (H, W) or RGB (H, W, 3) image")


def in_colour(stored: np.ndarray) -> bool:
    """Do the channels of a stored image differ?  Those of a grey picture that is stored as RGB do not."""
    return stored.ndim == 3 and bool((stored != stored[..., :1]).any())


def in_channels(stored: np.ndarray, channels: int) -> np.ndarray:
    """Stored image as float32: (H, W) for one channel, RGB becoming luma; (H, W, 3) for three, grey being repeated."""
    if channels == GREY and stored.ndim == 3:
        planes = torch.from_numpy(np.moveaxis(stored.astype(np.float64), 2, 0))
        stored = grey(planes[None])[0, 0].numpy()
    elif channels == COLOUR and stored.ndim == 2:
        stored = np.stack([stored] * COLOUR, axis=-1)
    return np.ascontiguousarray(stored, dtype=np.float32)


def grey_pixels(case: Case) -> np.ndarray:
    """Stored image as (H, W) float32."""
    return in_channels(stored_pixels(case), GREY)


def mask_values(case: Case, allowed: tuple[int, ...], shape: tuple[int, int] | None) -> np.ndarray:
    """Stored mask as (H, W) integers, after checking that it fits its image and holds only allowed values.

    shape: of the image; None if the image could not be read.
    """
    mask = joined(case.read_mask(), allowed)
    if shape is not None and mask.shape != shape:
        problem = f"has {_size(mask.shape)} pixels, its image has {_size(shape)} (rows x columns)"
        raise DataError(file=mask_name(case), problem=problem, fix="export image and mask at the same size")
    strange = ~is_one_of(mask, allowed)
    if strange.any():
        raise strange_values(mask_name(case), mask[strange], allowed, mask.size)
    return mask


def is_one_of(mask: np.ndarray, values: Iterable[int]) -> np.ndarray:
    """`np.isin`, by a table where the mask has 8 bits, as most have: a tenth of the time."""
    wanted = list(values)
    if mask.dtype != np.uint8:
        return np.isin(mask, wanted)
    table = np.zeros(GREYS + 1, dtype=bool)
    table[[value for value in wanted if 0 <= value <= GREYS]] = True
    return np.asarray(table[mask])


def content_hash(pixels: np.ndarray) -> str:
    """sha256 of an array's shape, type and values."""
    head = f"{pixels.dtype.str} {pixels.shape} ".encode()
    digest = sha256(head)
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()


def crop_centre(pixels: np.ndarray, side: int | None, name: str) -> np.ndarray:
    """The central square of (H, W) or (H, W, C); None returns the whole image."""
    if side is None:
        return pixels
    height, width = pixels.shape[:2]
    if min(height, width) < side:
        problem = f"has {height} x {width} pixels, less than dataset.crop={side}"
        raise DataError(file=name, problem=problem, fix="make dataset.crop smaller or null")
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def unit_range(pixels: np.ndarray) -> np.ndarray:
    """Shift and scale an image so that its values span 0..1; a constant image becomes 0."""
    low, high = pixels.min(), pixels.max()
    return (pixels - low) / (high - low) if high > low else np.zeros_like(pixels)


def grey_limits(case: Case, stored: np.ndarray, dataset: Dataset) -> tuple[float, float] | None:
    """The stored values that become 0 and 1; None: the range of what `network_image` is given, or that of 8 bits.

    stored: (H, W) or (H, W, 3), as `stored_pixels` gives it.
    """
    rule = dataset.intensity
    if not dataset.rescale:
        if not is_8_bit(stored.dtype):
            raise _no_8_bits(case, stored)
        return None
    if rule.per == "volume" and rule.window is None:
        if case.limits is None:
            problem, fix = "is no slice of a volume", f"set {INTENSITY}.per=image"
            raise DataError(file=case.location, problem=problem, fix=fix)
        return case.limits()
    return None if rule.spans(stored.dtype) else rule.limits(crop_centre(stored, dataset.crop, case.location))


def _no_8_bits(case: Case, stored: np.ndarray) -> DataError:
    problem = f"has more than 8 bits per channel ({stored.dtype}), and dataset.rescale=false maps 0 to 255"
    fix = f"leave dataset.rescale out; one range for all images is '{INTENSITY}.window=[low,high]'"
    return DataError(file=case.location, problem=problem, fix=fix)


def within(pixels: np.ndarray, limits: tuple[float, float]) -> np.ndarray:
    """Values to 0..1, of which `limits` are 0 and 1; what lies outside is clipped.  Equal limits: all become 0."""
    low, high = limits
    return ((pixels - low) / (high - low)).clip(0, 1) if high > low else np.zeros_like(pixels)


def network_image(pixels: np.ndarray, dataset: Dataset, name: str, limits: tuple[float, float] | None = None) -> Tensor:
    """(H, W) or (H, W, C) stored values to (C, size, size) in 0..1, by one range over all channels.

    limits: of `grey_limits`.  Without, the range is the image's own, or that of 8 bits where the data set is not
    rescaled: an image that has the size asked for is then its stored values / 255, bit for bit.

    Bilinear with antialias: plain bilinear looks at 4 neighbours only, so that halving or more would skip pixels and
    turn fine texture into noise.
    """
    pixels = crop_centre(pixels, dataset.crop, name)
    if limits is not None:
        pixels = within(pixels, limits)
    else:
        pixels = unit_range(pixels) if dataset.rescale else pixels / np.float32(GREYS)
    planes = np.moveaxis(pixels, 2, 0) if pixels.ndim == 3 else [pixels]
    image = _stacked(planes)[None]
    side = dataset.form.size
    return interpolate(image, side, mode="bilinear", align_corners=False, antialias=True)[0].clamp(0, 1)


def network_label(mask: np.ndarray, dataset: Dataset, name: str) -> Tensor:
    """(H, W) mask values to (K, size, size) of 0 and 1, one channel a structure; NaN in all where a pixel is ignored.

    By the nearest pixel centre, or by the area that a structure covers, as `dataset.mask_resize` says.  Raises
    DataError where all pixels are ignored.
    """
    mask = crop_centre(mask, dataset.crop, name)
    planes = [is_one_of(mask, values).astype(np.float32) for values in dataset.foreground()]
    rows, columns = dataset.form.size
    unknown = is_one_of(mask, dataset.ignored()).astype(np.float32) if dataset.form.ignored else None
    if dataset.mask_resize == "area":
        label = torch.from_numpy(covered(np.stack(planes), (rows, columns), unknown))
    elif unknown is None:
        label = interpolate(_stacked(planes)[None], (rows, columns), mode="nearest-exact")[0]
    else:
        *of_structures, out = interpolate(
            _stacked([*planes, unknown])[None], (rows, columns), mode="nearest-exact"
        ).unbind(1)
        label = torch.cat(of_structures).masked_fill(out > 0, float("nan"))
    if unknown is not None and label.isnan().all():
        problem = f"every pixel of its mask is ignored ('{IGNORE}=[{','.join(map(text, dataset.ignored()))}]')"
        raise DataError(file=name, problem=problem, fix="leave the image out, or make it one without a mask")
    return label


def _stacked(planes: Iterable[np.ndarray]) -> Tensor:
    return torch.stack([torch.from_numpy(np.ascontiguousarray(plane)) for plane in planes])


def network_spacing_mm(case: Case, dataset: Dataset, shape: tuple[int, int]) -> tuple[float, float]:
    """(row, column) size of the network's pixels in mm; NaN where the stored size is unknown."""
    if case.pixel_mm is None:
        return float("nan"), float("nan")
    height, width = shape if dataset.crop is None else (dataset.crop, dataset.crop)
    rows, columns = dataset.form.size
    return case.pixel_mm[0] * height / rows, case.pixel_mm[1] * width / columns


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
