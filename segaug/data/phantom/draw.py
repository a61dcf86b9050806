"""Random numbers of one case, as numpy values."""

import numpy as np
import torch


class Draw:
    """Draws from one stream; `variability` scales only what is drawn with `vary` (1 = natural, 0 = always the mean)."""

    def __init__(self, rng: torch.Generator, variability: float) -> None:
        self.rng = rng
        self.variability = variability

    def uniform(self, low: float, high: float) -> float:
        """One number in low..high."""
        return low + (high - low) * torch.rand((), generator=self.rng, dtype=torch.float64).item()

    def vary(self, mean: float, spread: float) -> float:
        """One number in mean +- spread, the spread scaled by the family's variability."""
        return mean + self.variability * self.uniform(-spread, spread)

    def vary_point(self, row: float, column: float, spread: float) -> tuple[float, float]:
        """A point within +- spread of (row, column)."""
        return self.vary(row, spread), self.vary(column, spread)

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.uniform(0, 1) < probability

    def count(self, low: int, high: int) -> int:
        """A whole number in low..high, both included."""
        return int(torch.randint(low, high + 1, (), generator=self.rng).item())

    def normal(self, *shape: int) -> np.ndarray:
        """Independent standard normal numbers, float32."""
        return torch.randn(shape, generator=self.rng).numpy()

    def waves(self, strength: float, count: int = 6) -> np.ndarray:
        """Random Fourier coefficients (2, count) of a contour: wave k + 2 has standard deviation strength / (k + 1)."""
        return self.variability * strength * self.normal(2, count) / np.arange(1, count + 1)
