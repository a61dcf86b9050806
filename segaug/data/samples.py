"""The numbers that an image file holds, where Pillow gives what a viewer would show of them.

Pillow turns a TIFF whose white is zero upside down, and spreads the values of 2 and 4 bits over 0..255.
"""

from dataclasses import dataclass

import numpy as np
from PIL import ImageFile

_BITS, _PHOTOMETRIC, _FORMAT = 258, 262, 339  # tags of TIFF
_WHITE_IS_ZERO, _SIGNED = 0, 2  # their values
WIDE = ("I;16", "I;16B", "I;16L", "I;16N", "I", "F")  # modes of grey with more than 8 bits


@dataclass(frozen=True)
class Samples:
    """How the pixels of a file are stored, by its header."""

    bits: int  # of a channel
    inverted: bool  # the lowest value is white
    signed: bool

    @property
    def wide(self) -> bool:
        """More than 8 bits?"""
        return self.bits > 8


def samples_of(image: ImageFile.ImageFile) -> Samples:
    """Of an image that was opened and not yet decoded."""
    if image.format == "TIFF":
        tags = image.tag_v2  # type: ignore[attr-defined]  # of TIFF alone
        bits, kind = (tags.get(tag, default) for tag, default in ((_BITS, (1,)), (_FORMAT, (1,))))
        return Samples(max(bits), tags.get(_PHOTOMETRIC, _WHITE_IS_ZERO) == _WHITE_IS_ZERO, _SIGNED in kind)
    if image.format == "PNG":
        raw = str(image.tile[0].args) if image.tile else ""  # "L", "1", "P;4", "RGB;16B"
        bits_of = raw.partition(";")[2].rstrip("B") or ("1" if raw == "1" else "8")
        return Samples(int(bits_of), inverted=False, signed=False)
    return Samples(8, inverted=False, signed=False)


def grey_values(mode: str, pixels: np.ndarray, samples: Samples) -> np.ndarray:
    """(H, W) of a grey, black and white or palette file: the integers that are stored; indices of a palette."""
    if mode in WIDE:
        return wide_values(pixels, samples)
    if mode == "1":
        return (pixels != samples.inverted).astype(np.uint8)
    if mode == "P":
        return pixels
    values = np.uint8(255) - pixels if samples.inverted else pixels
    if samples.bits < 8:
        return values // np.uint8(255 // (2**samples.bits - 1))
    return values.view(np.int8) if samples.signed else values


def wide_values(pixels: np.ndarray, samples: Samples) -> np.ndarray:
    """(H, W) of more than 8 bits, in the byte order of this machine; Pillow gives 32 bits without a sign as signed."""
    pixels = pixels.astype(pixels.dtype.newbyteorder("="))
    return pixels.view(np.uint32) if pixels.dtype == np.int32 and samples.bits == 32 and not samples.signed else pixels
