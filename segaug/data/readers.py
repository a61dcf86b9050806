"""Files to pixels: one reader per file suffix, each error naming the file and the way out.

Nothing is converted where a choice could change the result: an alpha channel, 16-bit grey values and a rotation left to
the viewer are refused, so that whoever knows the images makes that choice once, outside.
"""

import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile

from segaug.data.place import refuse_special
from segaug.errors import DataError

MAX_PIXELS = 64_000_000  # more is refused before decoding: a small file can claim a size that fills the memory
BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, struct.error,
          AssertionError, AttributeError, MemoryError)  # fmt: skip
"""What Pillow's decoders raise on damaged files; memory, where a length in the file is garbled."""
FORMATS = ("PNG", "JPEG", "BMP", "TIFF")  # Pillow would try all that it knows; for one it starts another program
SCAN, MAX_SCANS = b"\xff\xda", 100  # of a progressive JPEG; each costs the time of the whole image, and a few bytes
ORIENTATION = 0x0112  # EXIF tag; 1 = stored upright


class Reader(NamedTuple):
    """How files of one suffix are read."""

    image: Callable[[Path], np.ndarray]  # (H, W) grey or (H, W, 3) RGB
    mask: Callable[[Path], np.ndarray]  # (H, W) integers


def read_image(path: Path) -> np.ndarray:
    """Pixels of an image: (H, W) or (H, W, 3)."""
    return _reader(path).image(path)


def read_mask(path: Path) -> np.ndarray:
    """Label values of a mask: (H, W) integers."""
    return _reader(path).mask(path)


def _reader(path: Path) -> Reader:
    try:
        return READERS[path.suffix.lower()]
    except KeyError:
        fix = f"save it as one of {', '.join(READERS)}"
        raise DataError(file=path, problem=f"has the unknown suffix {path.suffix!r}", fix=fix) from None


def _image_with_pillow(path: Path) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8."""
    with _open(path) as image:
        if image.mode.startswith(("I", "F")) or ";16" in str(image.tile):  # 16-bit RGB would be cut to 8 without a word
            problem = f"has more than 8 bits per channel (mode {image.mode})"
            fix = "convert it to 8 bit with the intensity window that suits the modality; no default window is safe"
            raise DataError(file=path, problem=problem, fix=fix)
        _refuse_alpha(path, image)
        if image.mode not in ("1", "L", "P", "RGB"):
            raise DataError(file=path, problem=f"has the colour mode {image.mode}", fix="save it as 8-bit grey or RGB")
        _decode(path, image)
        return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _mask_with_pillow(path: Path) -> np.ndarray:
    """(H, W) integers: grey values, palette indices, or 0 and 1 of a 1-bit file."""
    with _open(path) as image:
        _refuse_alpha(path, image)
        if image.mode not in ("1", "L", "P", "RGB", "I;16", "I;16B", "I"):
            fix = "save one label value per pixel as a grey PNG"
            raise DataError(file=path, problem=f"has the colour mode {image.mode}, not label values", fix=fix)
        _decode(path, image)
        values = np.asarray(image)
    if values.dtype == bool:
        return values.astype(np.uint8)
    if values.ndim == 3 and (values != values[..., :1]).any():
        fix = "replace each colour by its label value and save a grey PNG"
        raise DataError(file=path, problem="is a colour mask (its three channels differ)", fix=fix)
    return values if values.ndim == 2 else values[..., 0]


def _open(path: Path) -> ImageFile.ImageFile:
    """Read the header only, and refuse what should not be decoded."""
    refuse_special(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)  # our own, lower limit comes below
            image = Image.open(path, formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(path, str(error)) from error
    except BROKEN as error:
        raise _damaged(path, error) from error
    if image.width * image.height > MAX_PIXELS:
        image.close()
        raise _too_large(path, f"{image.width} x {image.height} pixels")
    if _has_several_frames(image):
        image.close()
        raise DataError(file=path, problem="holds several frames", fix="save one image per file")
    return image


def _has_several_frames(image: ImageFile.ImageFile) -> bool:
    if image.format == "TIFF":  # it would count them by reading the header of each
        return bool(getattr(image, "is_animated", False))
    return getattr(image, "n_frames", 1) > 1


def _decode(path: Path, image: ImageFile.ImageFile) -> None:
    """Load the pixels."""
    if image.format in ("JPEG", "MPO") and path.read_bytes().count(SCAN) > MAX_SCANS:
        fix = "save it again as a plain (not progressive) JPEG or as PNG"
        raise DataError(file=path, problem=f"is a JPEG of more than {MAX_SCANS} scans", fix=fix)
    try:
        upright = image.getexif().get(ORIENTATION, 1) == 1
        image.load()
    except BROKEN as error:
        raise _damaged(path, error) from error
    if not upright:
        fix = "save it upright, without an EXIF orientation, so that image and mask cannot disagree"
        raise DataError(file=path, problem="is stored rotated (EXIF orientation)", fix=fix)


def _refuse_alpha(path: Path, image: Image.Image) -> None:
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        problem = f"has an alpha channel (mode {image.mode})"
        raise DataError(file=path, problem=problem, fix="flatten it: save it as grey or RGB without transparency")


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        file=path,
        problem=f"cannot be decoded ({error or type(error).__name__})",
        fix="copy the file again from its source",
    )


def _too_large(path: Path, what: str) -> DataError:
    fix = f"reduce or tile it to at most {MAX_PIXELS:,} pixels"
    return DataError(file=path, problem=f"is too large to decode safely ({what})", fix=fix)


_PILLOW = Reader(_image_with_pillow, _mask_with_pillow)
READERS: dict[str, Reader] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"), _PILLOW),
}
