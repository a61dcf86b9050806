"""One case as three tiles beside each other: the image, its mask filled, and the outline on the image.

The filled mask is there since the outline of a mask and that of its complement are the same.
"""

import io

import numpy as np
from PIL import Image

from segaug.report.dataset.looked_at import Case
from segaug.report.look.mosaic import COLOURS, THICK_PX
from segaug.report.look.pictures import outline_of

TILE_PX = 180  # about the longer side of a tile
GROUND = (38, 42, 48)  # of the filled mask: no grey of an image, and no colour of a structure
STRIPE = (150, 150, 150)  # of what counts for nothing, on that ground
_STRIPE_PX = 3  # wide, as wide as the gaps between
_GAP_PX = 6


def strip_png(case: Case) -> bytes:
    """The tiles as a small PNG; without a mask, the image alone."""
    pixels = np.concatenate(_tiles(case), axis=1)
    numbers = pixels.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)  # rows of three sort much slower
    colours, places = np.unique(numbers, return_inverse=True)
    picture = Image.fromarray(places.reshape(numbers.shape).astype(np.uint8), mode="P")
    picture.putpalette([part for colour in colours.tolist() for part in colour.to_bytes(3, "big")])
    buffer = io.BytesIO()
    picture.save(buffer, format="png", compress_level=9)
    return buffer.getvalue()


def filled(label: np.ndarray, ignored: np.ndarray | None = None) -> np.ndarray:
    """(K, H, W) of bool to (H, W, 3) uint8: each structure in its colour on a dark ground.

    ignored: (H, W) of bool, pixels that count for nothing; they are hatched.
    """
    pixels = np.full((*label.shape[1:], 3), GROUND, np.uint8)
    for place, mask in enumerate(label):
        pixels[mask] = _rgb(place)
    if ignored is not None:
        pixels[ignored & _hatching(ignored.shape)] = STRIPE
    return pixels


def outlined(pixels: np.ndarray, label: np.ndarray) -> np.ndarray:
    """(H, W, 3) uint8 with the inner border of each structure (K, H, W) in its colour."""
    drawn = pixels.copy()
    for place, mask in enumerate(label):
        inside = mask
        for _ in range(THICK_PX):
            inside = _eroded(inside)
        drawn[mask & ~inside] = _rgb(place)
    return drawn


def _tiles(case: Case) -> list[np.ndarray]:
    factor = max(1, round(TILE_PX / max(case.image.shape[1:])))
    image = _large(_few_colours(_rgb_pixels(case.image)), factor)
    if case.label is None:
        return [image]
    label = np.stack([_large(mask, factor) for mask in case.label])
    gap = np.full((image.shape[0], _GAP_PX, 3), 255, np.uint8)
    ignored = None if case.ignored is None else _large(case.ignored, factor)
    return [image, gap, filled(label, ignored), gap, outlined(image, label)]


def _hatching(shape: tuple[int, ...]) -> np.ndarray:
    rows, columns = np.indices(shape)
    hatched: np.ndarray = (rows + columns) // _STRIPE_PX % 2 == 0
    return hatched


def _rgb_pixels(image: np.ndarray) -> np.ndarray:
    """(C, H, W) in 0..1 to (H, W, 3) uint8."""
    planes = np.moveaxis(image if len(image) == 3 else np.repeat(image[:1], 3, axis=0), 0, -1)
    return np.clip(np.rint(255 * planes), 0, 255).astype(np.uint8)


def _few_colours(pixels: np.ndarray) -> np.ndarray:
    """With so few that those of the structures, the ground and the gap have room in one palette, as they are."""
    return np.asarray(Image.fromarray(pixels).quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB"))


def _large(pixels: np.ndarray, factor: int) -> np.ndarray:
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _eroded(mask: np.ndarray) -> np.ndarray:
    """Pixels whose four neighbours are inside as well; beyond the image is outside."""
    wide = np.pad(mask, 1)
    return wide[1:-1, 1:-1] & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]


def _rgb(place: int) -> tuple[int, ...]:
    return tuple(bytes.fromhex(outline_of(place).colour[1:]))
