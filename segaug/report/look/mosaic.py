"""Images beside each other with the outlines of their structures, as a small PNG that a page can hold."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segaug.report.look.palette import DASHED
from segaug.report.look.pictures import Array, outline_of

_GREYS = 96
COLOURS = 192  # of a palette that fits the images
_TILE_PX = 190  # about the side of one image
_GAP_PX = 8
THICK_PX = 2
Pixels = NDArray[np.uint8]  # places in the palette


def mosaic_png(image: Array, label: Array) -> bytes:
    """Rows of tiles; image: (rows, columns, C, H, W), 0..1.  label: (rows, columns, K, H, W), foreground if >= 0.5."""
    factor, structures = max(1, round(_TILE_PX / image.shape[-1])), label.shape[2]
    tiles, palette = _grey(image) if image.shape[2] == 1 else _colour(image)
    first = len(palette) // 3  # the palette continues with the outlines, then the gap
    for place in range(structures):
        palette += bytes.fromhex(outline_of(place).colour[1:])
    rows = [
        np.concatenate([_tile(*both, factor, first) for both in zip(images, labels, strict=True)], axis=1)
        for images, labels in zip(tiles, label, strict=True)
    ]
    picture = Image.fromarray(np.concatenate(rows)[:-_GAP_PX, :-_GAP_PX], mode="P")
    picture.putpalette([*palette, 0, 0, 0])
    buffer = io.BytesIO()
    picture.save(buffer, format="png", transparency=first + structures, compress_level=9)
    return buffer.getvalue()


def _grey(image: Array) -> tuple[Pixels, list[int]]:
    """(rows, columns, H, W), and the palette."""
    greys = np.clip(np.rint(np.asarray(image[:, :, 0]) * (_GREYS - 1)), 0, _GREYS - 1).astype(np.uint8)
    return greys, [round(255 * grey / (_GREYS - 1)) for grey in range(_GREYS) for _ in "rgb"]


def _colour(image: Array) -> tuple[Pixels, list[int]]:
    """The same with the colours that fit all of these images best."""
    rows, columns, _, height, width = image.shape
    rgb = np.clip(np.rint(np.moveaxis(image, 2, -1) * 255), 0, 255).astype(np.uint8)
    flat = Image.fromarray(rgb.reshape(rows * columns * height, width, 3))
    picture = flat.quantize(COLOURS, dither=Image.Dither.NONE)
    return np.asarray(picture).reshape(rows, columns, height, width), list(picture.getpalette() or [])[: 3 * COLOURS]


def _tile(image: Pixels, label: Array, factor: int, first: int) -> Pixels:
    """One image, each pixel `factor` wide, with a gap below and at the right; first: place of the first outline."""
    tile = _enlarged(image, factor)
    for place, mask in enumerate(np.asarray(label) >= 0.5):
        tile[_outline(_enlarged(mask, factor), place, alone=len(label) == 1)] = first + place
    return np.pad(tile, ((0, _GAP_PX), (0, _GAP_PX)), constant_values=first + len(label))


def _enlarged(pixels: NDArray, factor: int) -> NDArray:
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _outline(foreground: NDArray[np.bool_], place: int, alone: bool) -> NDArray[np.bool_]:
    """Pixels on either side of the border of a mask; of several masks inside, so that neighbours keep theirs."""
    outline = _border(foreground)
    if not alone:
        inside = foreground
        for _ in range(THICK_PX):
            inside = inside & ~_border(inside)
        outline = foreground & ~inside
    if outline_of(place).dash == DASHED:
        rows, columns = np.indices(outline.shape)
        outline &= (rows + columns) % 8 < 5
    return outline


def _border(foreground: NDArray[np.bool_]) -> NDArray[np.bool_]:
    border = np.zeros_like(foreground)
    below, right = foreground[1:] != foreground[:-1], foreground[:, 1:] != foreground[:, :-1]
    border[1:] |= below
    border[:-1] |= below
    border[:, 1:] |= right
    border[:, :-1] |= right
    return border
