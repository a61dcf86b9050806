"""Images beside each other with the outline of their masks, as a small PNG that a page can hold."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from segaug.report.palette import LIGHT

Array = NDArray[np.floating] | NDArray[np.integer]
_GREYS = 96
_OUTLINE, _GAP = _GREYS, _GREYS + 1  # in the palette, after the greys
_TILE_PX = 190  # about the side of one image
_GAP_PX = 8


def mosaic_png(image: Array, label: Array) -> bytes:
    """Rows of tiles; image: (rows, columns, H, W), 0..1.  label: the same, foreground where >= 0.5."""
    factor = max(1, round(_TILE_PX / image.shape[-1]))
    rows = [
        np.concatenate([_tile(*both, factor) for both in zip(images, labels, strict=True)], axis=1)
        for images, labels in zip(image, label, strict=True)
    ]
    picture = Image.fromarray(np.concatenate(rows)[:-_GAP_PX, :-_GAP_PX], mode="P")
    picture.putpalette([*(round(255 * grey / (_GREYS - 1)) for grey in range(_GREYS) for _ in "rgb"), *_rgb(), 0, 0, 0])
    buffer = io.BytesIO()
    picture.save(buffer, format="png", transparency=_GAP, compress_level=9)
    return buffer.getvalue()


def _tile(image: Array, label: Array, factor: int) -> NDArray[np.uint8]:
    """Indices of one image, each pixel `factor` wide, with a gap below and at the right."""
    greys = np.clip(np.rint(np.asarray(image) * (_GREYS - 1)), 0, _GREYS - 1).astype(np.uint8)
    tile = _enlarged(greys, factor)
    tile[_outline(_enlarged(np.asarray(label) >= 0.5, factor))] = _OUTLINE
    return np.pad(tile, ((0, _GAP_PX), (0, _GAP_PX)), constant_values=_GAP)


def _enlarged(pixels: NDArray, factor: int) -> NDArray:
    return pixels.repeat(factor, axis=0).repeat(factor, axis=1)


def _outline(foreground: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Pixels on either side of the border of a mask."""
    found = np.zeros_like(foreground)
    below, right = foreground[1:] != foreground[:-1], foreground[:, 1:] != foreground[:, :-1]
    found[1:] |= below
    found[:-1] |= below
    found[:, 1:] |= right
    found[:, :-1] |= right
    return found


def _rgb() -> tuple[int, ...]:
    """Of the outline: bright on dark and grey anatomy alike."""
    return tuple(bytes.fromhex(LIGHT["orange"][1:]))
