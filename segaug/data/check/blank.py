"""Images that show nothing."""

import numpy as np

from segaug.data.check.report import Note

FLAT = 2  # grey values of 8 bits: a picture of one colour that was stored as JPEG spans no more


def is_blank(pixels: np.ndarray) -> bool:
    """Is a stored image, (H, W) or (H, W, C), of one value everywhere?  Of 8 bits: of nearly one, in each channel."""
    low, high = pixels.min(axis=(0, 1)), pixels.max(axis=(0, 1))
    spans = high.astype(np.float64) - low
    return bool(np.all(spans <= (FLAT if pixels.dtype == np.uint8 else 0)))


def blank_images(blank: list[str], images: int) -> list[Note]:
    """blank: their ids."""
    if not blank:
        return []
    text = f"{len(blank)} of {images} images: blank, of one grey value everywhere; export them again, or leave them out"
    return [Note(text, "blank", tuple(blank))]
