"""True curves that trials are simulated from: laws over a grid of exponents and floors."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from segaug.analysis.law.power_law import Array, PowerLaw

ERROR = 0.1  # of every truth at the largest size of its design


@dataclass(frozen=True)
class Design:
    """Training sizes: all powers of two from the smallest to the largest."""

    smallest: int
    largest: int

    def __str__(self) -> str:
        return f"{self.smallest}..{self.largest}"

    @property
    def sizes(self) -> Array:
        """N, (m,)."""
        return 2.0 ** np.arange(np.log2(self.smallest), np.log2(self.largest) + 1)


NARROW, MIDDLE, WIDE = DESIGNS = (Design(8, 64), Design(4, 128), Design(1, 512))


@dataclass(frozen=True)
class Truth:
    """A law by its exponent and the share of its floor in the error at the largest size."""

    b: float
    floor_share: float

    def law(self, design: Design) -> PowerLaw:
        """With the error 0.1 at the largest size."""
        c = self.floor_share * ERROR
        return PowerLaw((ERROR - c) * design.largest**self.b, self.b, c)


GRID = tuple(Truth(*pair) for pair in product((0.2, 0.3, 0.5, 0.8, 1.2), (0.0, 0.2, 0.5, 0.8)))
REDUCED = tuple(Truth(*pair) for pair in product((0.3, 0.5, 0.8), (0.0, 0.2, 0.5)))
