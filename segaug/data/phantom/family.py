"""What one kind of generated anatomy brings."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from segaug.data.phantom.acquisition import Scanner
from segaug.data.phantom.canvas import Canvas
from segaug.data.phantom.deform import Warp
from segaug.data.phantom.draw import Draw


@dataclass(frozen=True)
class Family:
    """A kind of anatomy and the scanner that looks at it.

    paint: draws one case's anatomy on a blank canvas.  texture: field (S, S) of variance 1, the fine structure that
    tissue shows on S x S points.  structures: name to mask values; a name may join several.
    """

    paint: Callable[[Canvas, Draw], None]
    texture: Callable[[Draw, int], np.ndarray]
    structures: dict[str, tuple[int, ...]]
    side_mm: float  # side of the field of view
    background: float  # intensity where nothing is painted
    warp: Warp
    scanner: Scanner

    def values(self) -> tuple[int, ...]:
        """All mask values, background included."""
        return (0, *sorted({value for values in self.structures.values() for value in values}))
