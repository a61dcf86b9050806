"""Files to pixels: one reader per file suffix, each error naming the file and the way out.

An image is what a viewer shows, with all of its bits; a mask is the numbers that are stored, whatever a viewer makes of
them.  Nothing is converted where a choice could change the result: an alpha channel that hides something and a rotation
left to the viewer are refused, so that whoever knows the images makes that choice once, outside.
"""

import struct
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageFile

from segaug.data.place import refuse_special
from segaug.data.radiograph import SUFFIX as RADIOGRAPH
from segaug.data.radiograph import read_radiograph, refuse_as_mask
from segaug.data.rules.values import codes
from segaug.data.samples import WIDE, Samples, grey_values, samples_of, wide_values
from segaug.data.suffix import suffix_of
from segaug.errors import DataError

MAX_PIXELS = 64_000_000  # more is refused before decoding: a small file can claim a size that fills the memory
BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, LookupError, ArithmeticError, struct.error,
          AssertionError, AttributeError, MemoryError)  # fmt: skip
"""What Pillow's decoders raise on damaged files; memory, where a length in the file is garbled."""
FORMATS = ("PNG", "JPEG", "BMP", "TIFF")  # Pillow would try all that it knows; for one it starts another program
SCAN, MAX_SCANS = b"\xff\xda", 100  # of a progressive JPEG; each costs the time of the whole image, and a few bytes
OPAQUE = 255
REFUSE, IGNORE = "refuse", "ignore"  # an alpha channel that is not opaque; one that is the same everywhere is dropped
_ALPHA = ("RGBA", "LA", "RGBa", "La")
ORIENTATION = 0x0112  # EXIF tag; 1 = stored upright


class Reader(NamedTuple):
    """How files of one suffix are read."""

    image: Callable[[Path], np.ndarray]  # (H, W) grey or (H, W, 3) RGB
    mask: Callable[[Path], np.ndarray]  # (H, W) integers
    any_alpha: Callable[[Path], np.ndarray] | None = None  # an image where `IGNORE` is asked for; None: it has no alpha


def read_image(path: Path, alpha: str = REFUSE) -> np.ndarray:
    """Pixels of an image: (H, W) or (H, W, 3).

    alpha: what becomes of an alpha channel that is not opaque; `IGNORE` drops one that has a single value, which hides
    no pixel more than another.  An opaque one is dropped without a word.
    """
    reader = _reader(path)
    read = reader.any_alpha if alpha == IGNORE and reader.any_alpha else reader.image
    return read(path)


def read_mask(path: Path) -> np.ndarray:
    """Label values of a mask: (H, W) integers."""
    return _reader(path).mask(path)


def _reader(path: Path) -> Reader:
    try:
        return READERS[suffix_of(path)]
    except KeyError:
        fix = f"save it as one of {', '.join(READERS)}"
        raise DataError(file=path, problem=f"has the unknown suffix {suffix_of(path)!r}", fix=fix) from None


def _image_with_pillow(path: Path, alpha: str = REFUSE) -> np.ndarray:
    """(H, W) or (H, W, 3), uint8 or grey of any type."""
    with _open(path) as image:
        samples = _samples(path, image)
        _refuse_cut(path, image, samples)
        if image.mode not in ("1", "L", "P", "RGB", *_ALPHA, *WIDE):
            raise DataError(file=path, problem=f"has the colour mode {image.mode}", fix="save it as 8-bit grey or RGB")
        if samples.signed and not samples.wide:
            raise DataError(file=path, problem="has signed values of 8 bits", fix="save it with unsigned values")
        if samples.inverted and image.mode in WIDE:
            problem = "has more than 8 bits, and white as zero (PhotometricInterpretation 0)"
            raise DataError(file=path, problem=problem, fix="save it with black as zero")
        _decode(path, image)
        if image.mode in _ALPHA:
            return _without_alpha(path, image, alpha)
        _refuse_hidden(path, image, samples)
        if image.mode in WIDE:
            return wide_values(np.asarray(image), samples)
        return np.asarray(image.convert("L" if image.mode in ("1", "L") else "RGB"))


def _mask_with_pillow(path: Path) -> np.ndarray:
    """(H, W) integers: the values of grey and of 1-bit files, palette indices, and numbers of colours (`codes`)."""
    with _open(path) as image:
        samples = _samples(path, image)
        _refuse_cut(path, image, samples)
        if image.mode not in ("1", "L", "P", "RGB", *_ALPHA, *WIDE) or image.mode == "F":
            fix = "save one label value per pixel as a grey PNG"
            raise DataError(file=path, problem=f"has the colour mode {image.mode}, not label values", fix=fix)
        if image.mode == "RGB" and "transparency" in image.info:
            raise _has_alpha(path, image)
        _decode(path, image)
        values = _without_alpha(path, image) if image.mode in _ALPHA else np.asarray(image)
        return codes(values) if values.ndim == 3 else grey_values(image.mode, values, samples)


def _samples(path: Path, image: ImageFile.ImageFile) -> Samples:
    try:
        return samples_of(image)
    except BROKEN as error:
        raise _damaged(path, error) from error


def _refuse_cut(path: Path, image: Image.Image, samples: Samples) -> None:
    """Raise DataError where Pillow would cut the values to 8 bits without a word: channels of more."""
    if samples.wide and image.mode not in WIDE:
        problem = f"has more than 8 bits in each of several channels (mode {image.mode}, {samples.bits} bits)"
        raise DataError(file=path, problem=problem, fix="save it as grey, or convert it to 8 bits per channel")


def _without_alpha(path: Path, image: Image.Image, alpha: str = REFUSE) -> np.ndarray:
    """(H, W) or (H, W, 3) of a decoded image with an alpha channel that is opaque, or the same, everywhere."""
    pixels = np.asarray(image)
    values = pixels[..., -1]
    if (values != (values.flat[0] if alpha == IGNORE else OPAQUE)).any():
        raise _has_alpha(path, image)
    return np.ascontiguousarray(pixels[..., 0] if pixels.shape[2] == 2 else pixels[..., :-1])


def _refuse_hidden(path: Path, image: Image.Image, samples: Samples) -> None:
    """Raise DataError where a decoded image has a transparent grey value or colour, if it is in use."""
    hidden = image.info.pop("transparency", None)
    if hidden is None:
        return
    if image.mode == "RGB":
        raise _has_alpha(path, image)
    if isinstance(hidden, bytes):  # the alpha of each colour of a palette
        transparent = [value for value, alpha in enumerate(hidden) if alpha < OPAQUE]
    else:  # of 1 bit, Pillow calls the white one 255
        transparent = [min(hidden, 1) if image.mode == "1" else hidden]
    if np.isin(grey_values(image.mode, np.asarray(image), samples), transparent).any():
        raise _has_alpha(path, image)


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


def _has_alpha(path: Path, image: Image.Image) -> DataError:
    problem = f"has an alpha channel (mode {image.mode})"
    return DataError(file=path, problem=problem, fix="flatten it: save it as grey or RGB without transparency")


def _damaged(path: Path, error: Exception) -> DataError:
    return DataError(
        file=path,
        problem=f"cannot be decoded ({error or type(error).__name__})",
        fix="copy the file again from its source; if another program opens it, save it there as PNG of 8 or 16 bits",
    )


def _too_large(path: Path, what: str) -> DataError:
    fix = f"reduce or tile it to at most {MAX_PIXELS:,} pixels"
    return DataError(file=path, problem=f"is too large to decode safely ({what})", fix=fix)


_PILLOW = Reader(_image_with_pillow, _mask_with_pillow, partial(_image_with_pillow, alpha=IGNORE))
READERS: dict[str, Reader] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"), _PILLOW),
    RADIOGRAPH: Reader(read_radiograph, refuse_as_mask),
}
