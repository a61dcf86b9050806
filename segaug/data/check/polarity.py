"""Masks in which foreground and background may be the wrong way round."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segaug.data.check.report import Note

_INVERTED_SHARE = 0.9  # of the masks


@dataclass(frozen=True)
class Extent:
    """Shares of pixels that are foreground: of all, and of those along the border of the image."""

    foreground: float
    border: float

    @property
    def inverted(self) -> bool:
        """More than half of everything, and of the border as well, where a structure seldom reaches."""
        return self.foreground > 0.5 and self.border > 0.5


def extent(foreground: np.ndarray) -> Extent:
    """foreground: (H, W) of bool."""
    border = np.concatenate([foreground[0], foreground[-1], foreground[1:-1, 0], foreground[1:-1, -1]])
    return Extent(float(foreground.mean()), float(border.mean()))


def suspect_polarity(extents: Mapping[str, Extent]) -> list[Note]:
    """extents: by the id of the image, of all masks that were opened.  Whole ones count as above half, too."""
    above = tuple(name for name, each in extents.items() if each.foreground > 0.5)
    if not above:
        return []
    count = f"{len(above)} of {len(extents)} masks: foreground in more than half of the pixels"
    inverted = [name for name in above if extents[name].inverted]
    if len(inverted) >= _INVERTED_SHARE * len(extents):
        text = (
            f"{count} and along the border of the image: inverted? If foreground and background are the wrong way "
            "round, swap the values of dataset.structures and dataset.background"
        )
        return [Note(text, "inverted?", above)]
    if inverted:
        count += f", {len(inverted)} of them along the border of the image as well, as inverted masks would"
    return [Note(f"{count}; look at them with `segaug data preview`", "above half", above)]
