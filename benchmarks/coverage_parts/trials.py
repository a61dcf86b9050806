"""Simulated trials around a true curve.

Shapes: S seeds, m sizes.
"""

from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from segaug.analysis.law.power_law import Array

_CV_AT_ONE = 0.30  # falls to 5 % at N = 512
_FALL = np.log(6) / np.log(512)
_CONSTANT_CV = 0.15
TAIL = 3.0  # times the spread of the other trials


def generator(*names: object) -> np.random.Generator:
    """The random stream of one cell; depends on its names alone, not on which process draws it, nor when."""
    return np.random.default_rng(int.from_bytes(sha256("/".join(map(str, names)).encode()).digest()[:8], "big"))


@dataclass(frozen=True)
class Noise:
    """Multiplicative lognormal noise with mean 1."""

    seeds: int = 20
    constant_cv: bool = False
    tails: float = 0.0  # share of trials with three times the spread
    correlation: float = 0.0  # between the trials of one seed at two sizes, as nested subsets have it

    def cv(self, sizes: Array) -> Array:
        """Coefficient of variation of a trial, (m,)."""
        return np.full(len(sizes), _CONSTANT_CV) if self.constant_cv else _CV_AT_ONE * sizes**-_FALL

    def draw(self, rng: np.random.Generator, sizes: Array, errors: Array) -> Array:
        """Trials around the errors (m,): (S, m)."""
        shape = self.seeds, len(sizes)
        common, own = rng.standard_normal((self.seeds, 1)), rng.standard_normal(shape)
        scores = np.sqrt(self.correlation) * common + np.sqrt(1 - self.correlation) * own
        spread = np.where(rng.random(shape) < self.tails, TAIL, 1.0) * log_spread(self.cv(sizes))
        return errors * lognormal(scores, spread)


def lognormal(scores: Array, spread: Array | float) -> Array:
    """exp(spread * scores), with mean 1 over standard normal scores."""
    return np.exp(spread * scores - np.square(spread) / 2)


def log_spread(cv: Array) -> Array:
    """Standard deviation of the logarithm of a lognormal quantity."""
    return np.sqrt(np.log1p(np.square(cv)))
