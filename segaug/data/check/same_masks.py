"""Masks that are equal pixel for pixel, and images that show a mask instead of a picture."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from segaug.data.check.report import Note

FEWEST = 3  # patients: two near copies of one picture may have one mask


def foreground_hash(foreground: np.ndarray) -> str:
    """foreground: (H, W) of bool; "" where it may well be that of many: empty, or a rectangle as of a field of view."""
    rows, columns = foreground.any(axis=1), foreground.any(axis=0)
    if foreground.sum() == rows.sum() * columns.sum():
        return ""
    return sha256(f"{foreground.shape}".encode() + np.packbits(foreground).tobytes()).hexdigest()


def shows_its_mask(pixels: np.ndarray, foreground: np.ndarray) -> bool:
    """pixels: (H, W).  Is it of one value inside of the mask, and of another one outside?"""
    if pixels.shape != foreground.shape or not 0 < foreground.sum() < foreground.size:
        return False
    inside, outside = pixels[foreground], pixels[~foreground]
    return bool(np.ptp(inside) == np.ptp(outside) == 0 and inside[0] != outside[0])


def equal_masks(masks: Sequence[tuple[str, str, str]]) -> list[Note]:
    """masks: id, patient and `foreground_hash` of each."""
    alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, patient, content in masks:
        if content:
            alike[content].append((name, patient))
    groups = [own for own in alike.values() if len({patient for _, patient in own}) >= FEWEST]
    if not groups:
        return []
    largest = max(groups, key=len)
    text = (
        f"{len(largest)} of {len(masks)} masks are equal, and of {len({patient for _, patient in largest})} patients: "
        "has one file been copied under other names?"
    )
    return [Note(text, "equal masks", tuple(name for name, _ in largest))]


def images_of_masks(shown: Sequence[str], images: int) -> list[Note]:
    """shown: ids of images that show their mask."""
    if not shown:
        return []
    text = f"{len(shown)} of {images} images show nothing but their masks: correct dataset.images, or export them again"
    return [Note(text, "shows its mask", tuple(shown))]
