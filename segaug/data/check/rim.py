"""Masks that hold 1 and 255: a structure, and a rim that counts for nothing, as in Pascal VOC."""

import numpy as np

from segaug.data.check.report import Note

RIM = 255


def has_rim(mask: np.ndarray) -> bool:
    """Does a mask of stored values hold both 1 and 255?  1 in one mask and 255 in another are two ways to say yes."""
    return bool((mask == RIM).any() and (mask == 1).any())


def rims(masks: list[str], read: int, meanings: tuple[int, ...]) -> list[Note]:
    """masks: ids of those with a rim, of so many that were read.  meanings: the values that make up structures."""
    if not masks or RIM not in meanings:  # as background it has been told apart
        return []
    text = (
        f"{len(masks)} of {read} masks hold both 1 and {RIM}, and both count as foreground; in Pascal VOC {RIM} is a "
        f"rim that nobody has judged: 'dataset.structures.NAME=[1]' 'dataset.background=[0,{RIM}]' is then background; "
        "where values number objects, dataset.above_zero=true is meant"
    )
    return [Note(text, f"1 and {RIM}", tuple(masks))]
