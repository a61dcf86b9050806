"""The law of a scaling curve: E(N) = a N^-b + c."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class PowerLaw:
    """Test error after training on N images; a, b, c >= 0.  a: error * N^b, b: without unit, c: error (the floor)."""

    a: float
    b: float
    c: float

    def predict(self, sizes: ArrayLike) -> Array:
        """Error at each size, in the shape of `sizes`."""
        return self.a * np.asarray(sizes, dtype=float) ** -self.b + self.c


@dataclass(frozen=True)
class PowerLaws:
    """B laws at once; a, b, c: (B,)."""

    a: Array
    b: Array
    c: Array

    def __len__(self) -> int:
        return len(self.b)

    def __getitem__(self, row: int) -> PowerLaw:
        return PowerLaw(float(self.a[row]), float(self.b[row]), float(self.c[row]))

    def predict(self, sizes: ArrayLike) -> Array:
        """Error of each law at each size; sizes: (m,).  Returns (B, m)."""
        return self.a[:, None] * np.asarray(sizes, dtype=float) ** -self.b[:, None] + self.c[:, None]
