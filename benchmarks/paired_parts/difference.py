"""The mean difference of pairs of scores, and what seeds alone do to them."""

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Difference:
    """Second less first, from low to high with 95 % (Student's t), and how seeds alone scatter."""

    mean: float
    low: float
    high: float
    spread: float  # standard deviation over seeds of the first

    @classmethod
    def of(cls, first: np.ndarray, second: np.ndarray) -> "Difference":
        """Both (pairs,) of the same seeds."""
        change = second - first
        half = stats.t.ppf(0.975, len(change) - 1) * stats.sem(change)
        mean = float(change.mean())
        return cls(mean, mean - half, mean + half, float(first.std(ddof=1)))

    def __str__(self) -> str:
        return f"{self.mean:+.4f} [{self.low:+.4f}, {self.high:+.4f}]"
