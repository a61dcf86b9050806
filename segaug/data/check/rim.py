"""Masks that hold 1 and 255: a structure, and a rim that counts for nothing, as in Pascal VOC."""

import numpy as np

from segaug.data.check.report import Note
from segaug.data.rules.values import IGNORE, text

RIM = 255
_LEAST_REACH_PX, _REACH = 4, 0.02  # half of a rim's width: in pixels, and of the longer side of an image
_MOST = 0.9  # of the pixels of a rim; VOC has whole objects as well, small ones that nobody could tell


def has_rim(mask: np.ndarray) -> bool:
    """Does a mask of stored values hold both 1 and 255?  1 in one mask and 255 in another are two ways to say yes."""
    return bool((mask == RIM).any() and (mask == 1).any())


def is_thin(mask: np.ndarray) -> bool:
    """Is 255 a thin band along what has other values above 0, in a mask (H, W) that holds both?"""
    from scipy.ndimage import distance_transform_edt

    rim = mask == RIM
    objects = (mask > 0) & ~rim
    if not rim.any() or not objects.any():
        return False
    reach = max(_LEAST_REACH_PX, _REACH * max(mask.shape))
    inside, beside = distance_transform_edt(rim)[rim], distance_transform_edt(~objects)[rim]
    return bool((inside <= reach).mean() >= _MOST and (beside <= 2 * reach).mean() >= _MOST)


def left_out(shares: list[float], values: tuple[int, ...]) -> list[Note]:
    """What is ignored.  shares: of the pixels of each mask that was read.  values: of masks, that count for nothing."""
    if not values or not shares:
        return []
    told = f"'{IGNORE}=[{','.join(map(text, values))}]'"
    some = sum(share > 0 for share in shares)
    if not some:
        return [Note(f"{told} leaves out nothing: none of {len(shares)} masks holds such a value")]
    percent = 100 * sum(shares) / len(shares)
    return [Note(f"{told} leaves out {percent:.2g} % of the pixels, in {some} of {len(shares)} masks")]


def rims(masks: list[str], read: int, meanings: tuple[int, ...]) -> list[Note]:
    """masks: ids of those with a rim, of so many that were read.  meanings: the values that make up structures."""
    if not masks or RIM not in meanings:  # as background, or ignored, it has been told apart
        return []
    said = (
        f"{len(masks)} of {read} masks hold both 1 and {RIM}, and both count as foreground; in Pascal VOC {RIM} is a "
        f"rim that nobody has judged: with 'dataset.structures.NAME=[1]' 'dataset.ignore=[{RIM}]' it counts for "
        f"nothing, with 'dataset.background=[0,{RIM}]' it is background; where values number objects, "
        "dataset.above_zero=true is meant"
    )
    return [Note(said, f"1 and {RIM}", tuple(masks))]
