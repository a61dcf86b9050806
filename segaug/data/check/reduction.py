"""What masks lose between the size they are stored at and the size that the network sees."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segaug.data.check.report import Note
from segaug.data.reduced import by_area, by_nearest

KEPT = 0.95  # of the objects, below which a note is given
WORST = 0.10  # of the masks: a tenth
MOST_ERROR = 0.15  # of the area, in the worst tenth
SIZES = (32, 48, 64, 80, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024)
_EIGHT = np.ones((3, 3), int)  # pixels that touch at a corner are one object


@dataclass(frozen=True)
class Reduced:
    """One mask that holds foreground, at the network's size beside the stored one.

    kept: of the objects (connected components), how many have a pixel left: by nearest, which is how masks are reduced;
    by area; and by nearest at each of `SIZES` above the network's.  off: by what share the area changes, by nearest and
    by area; 1.0 is all of it.
    """

    objects: int
    kept: int
    kept_by_area: int
    kept_at: dict[int, int]
    empty: bool
    empty_by_area: bool
    off: float
    off_by_area: float


def reduced(foreground: np.ndarray, size: int) -> Reduced:
    """foreground: (H, W) of bool, after the crop, with at least one pixel; size: side of the square [px]."""
    from scipy.ndimage import label

    objects, count = label(foreground, structure=_EIGHT)
    nearest, area = by_nearest(objects, (size, size)), by_area(foreground, (size, size))
    kept = _distinct(nearest)
    share = foreground.mean()
    larger = [each for each in SIZES if size < each]
    all_kept = max(foreground.shape) if kept < count else 0  # from this size on
    return Reduced(
        objects=count,
        kept=kept,
        kept_by_area=_distinct(_places(objects, area)),
        kept_at={each: count if each >= all_kept else _distinct(by_nearest(objects, (each, each))) for each in larger},
        empty=not nearest.any(),
        empty_by_area=not area.any(),
        off=float(abs((nearest > 0).mean() / share - 1)),
        off_by_area=float(abs(area.mean() / share - 1)),
    )


def losses(masks: Sequence[Reduced], size: int) -> list[Note]:
    """masks: all that were opened and hold foreground."""
    objects = sum(mask.objects for mask in masks)
    kept, by_area_kept = sum(mask.kept for mask in masks), sum(mask.kept_by_area for mask in masks)
    empty, by_area_empty = sum(mask.empty for mask in masks), sum(mask.empty_by_area for mask in masks)
    off, by_area_off = _worst([mask.off for mask in masks]), _worst([mask.off_by_area for mask in masks])
    if not masks or (not empty and kept >= KEPT * objects and off < MOST_ERROR):
        return []
    text = (
        f"at dataset.size={size}, {empty} of {len(masks)} masks with foreground lose all of it, "
        f"{_percent(kept, objects)} of {objects} objects are left, and the area is off by {100 * off:.0f} % or more in "
        f"the worst tenth of the masks (reduced by area: {by_area_empty}, {_percent(by_area_kept, objects)} and "
        f"{100 * by_area_off:.0f} %)"
    )
    if kept < KEPT * objects:
        text += _smallest(masks, objects)
    return [Note(text)]


def _smallest(masks: Sequence[Reduced], objects: int) -> str:
    """The smallest size that keeps enough."""
    for each in sorted(masks[0].kept_at):
        if sum(mask.kept_at[each] for mask in masks) >= KEPT * objects:
            return f"; dataset.size={each} would keep {100 * KEPT:.0f} % of the objects"
    return f"; no size up to {SIZES[-1]} keeps {100 * KEPT:.0f} % of the objects, crop or tile the images"


def _places(objects: np.ndarray, area: np.ndarray) -> np.ndarray:
    """Numbers of the objects that lie below the pixels that are left."""
    rows, columns = (np.arange(stored) * side // stored for stored, side in zip(objects.shape, area.shape, strict=True))
    return objects * area[np.ix_(rows, columns)]


def _distinct(objects: np.ndarray) -> int:
    """How many objects have a number in here; 0 is background."""
    return int(np.count_nonzero(np.bincount(objects.ravel())[1:]))


def _worst(off: Sequence[float]) -> float:
    """What a tenth of the masks reaches."""
    return float(np.quantile(off, 1 - WORST)) if off else 0.0


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"
