"""The two sites that generated images come from, and the shift between them that is known."""

from typing import Literal

import numpy as np

from segaug.data.pixels import unit_range


def site_of(index: int) -> Literal["a", "b"]:
    """Site of case `index`, by turns, so that it is the same however many cases there are."""
    return "b" if index % 2 else "a"


def exponent_of(index: int, gamma: float | None) -> float | None:
    """What the grey values of a case are raised to: of site b to gamma and 1 / gamma by turns; None: to nothing."""
    if gamma is None or site_of(index) == "a":
        return None
    return gamma if index % 4 == 1 else 1 / gamma


def to_power(image: np.ndarray, exponent: float) -> np.ndarray:
    """The image (H, W), its own range made 0 to 1, to this power: decoding, which makes the same range, keeps it."""
    raised: np.ndarray = unit_range(image) ** np.float32(exponent)
    return raised
