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

    def floor_share(self, size: float) -> float:
        """c / E(size), between 0 (no floor) and 1 (a flat curve)."""
        return float(self.c / self.predict(size)) if self.a > 0 else 1.0

    def slope(self, size: float) -> float:
        """-d ln E / d ln N at `size`: per cent of the error removed per per cent of data added."""
        return self.b * self.a * float(size) ** -self.b / float(self.predict(size)) if self.a > 0 else 0.0


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

    def floor_share(self, size: float) -> Array:
        """c / E(size) of each law, (B,)."""
        error = self.predict([size])[:, 0]
        return np.divide(self.c, error, out=np.ones_like(error), where=self.a > 0)

    def slope(self, size: float) -> Array:
        """-d ln E / d ln N of each law at `size`, (B,)."""
        return self.b * (1 - self.floor_share(size))
