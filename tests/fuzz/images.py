"""Tiny valid image files, and what makes a spoiled one look whole again to its decoder."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

_RNG = np.random.default_rng(0)
GREY = _RNG.integers(0, 255, (9, 11), dtype=np.uint8)
RGB = _RNG.integers(0, 255, (9, 11, 3), dtype=np.uint8)


def _saved(pixels: np.ndarray, kind: str, mode: str | None = None, **options: object) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(buffer, format=kind, **options)
    return buffer.getvalue()


def png() -> list[bytes]:
    """Grey, colour, palette, one bit, 16 bits, with text and with EXIF."""
    exif = Image.Exif()
    exif[0x0112] = 1
    return [
        _saved(GREY, "PNG"),
        _saved(RGB, "PNG", exif=exif.tobytes()),
        _saved(RGB, "PNG", "P"),
        _saved(GREY, "PNG", "1"),
        _saved(GREY.astype(np.uint16) * 200, "PNG"),
    ]


def jpeg() -> list[bytes]:
    """Baseline, progressive, colour, with EXIF, and a multi-picture file."""
    exif = Image.Exif()
    exif[0x0112] = 1
    return [
        _saved(GREY, "JPEG"),
        _saved(GREY, "JPEG", progressive=True),
        _saved(RGB, "JPEG", exif=exif.tobytes(), subsampling=2),
        _saved(RGB, "MPO", save_all=True, append_images=[Image.fromarray(RGB)]),
    ]


def bmp() -> list[bytes]:
    """Grey, colour, one bit."""
    return [_saved(GREY, "BMP"), _saved(RGB, "BMP"), _saved(GREY, "BMP", "1")]


def tiff() -> list[bytes]:
    """Every compression that Pillow writes, 16 bits, big-endian values, several pages."""
    kinds = ["raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "jpeg"]
    return [
        *(_saved(RGB, "TIFF", compression=kind) for kind in kinds),
        _saved(GREY, "TIFF", "1", compression="group4"),
        _saved(GREY.astype(np.uint16), "TIFF"),
        _saved(GREY.astype(">u2"), "TIFF"),
        _saved(GREY, "TIFF", save_all=True, append_images=[Image.fromarray(GREY)]),
    ]


def with_checksums(data: bytes) -> bytes:
    """A PNG whose chunks have the checksums that belong to them, so that its decoder looks at what is in them."""
    out, at = data[:8], 8
    while at + 12 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunk = data[at + 4 : at + 8 + min(length, len(data))]
        out += data[at : at + 4] + chunk + struct.pack(">I", zlib.crc32(chunk))
        at += 12 + length
    return out + data[at:]
