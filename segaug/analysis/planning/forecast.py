"""What a planned study will be able to say about its curves, before it is run.

The planned law is put exactly at the planned sizes, with the precision that so many seeds will give; the profile
regions of these noise-free means are the intervals to expect.  What will be printed about floor and exponent is counted
over drawn means.  The delta method (the inverse of the information matrix) must not be used for this: it promised a
floor in 89 % where 16 % of simulated studies found one (measured: benchmarks/coverage.py).

Everything is relative to the error, so scaling a law changes no share and no percentage.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segaug.analysis.law.power_law import Array, PowerLaw
from segaug.analysis.law.profile import Profile, profile, threshold
from segaug.analysis.law.verdict import too_few_sizes
from segaug.analysis.law.weighted_law import MIN_SIZES
from segaug.analysis.planning.drawn_curves import draw_curves
from segaug.analysis.planning.trial_spread import TrialSpread
from segaug.analysis.planning.verdict_chances import NOTHING, VerdictChances, drawn_verdicts
from segaug.errors import ConfigError

MIN_SEEDS = 2  # a single one shows no spread


@dataclass(frozen=True)
class Design:
    """Every size is trained with every seed."""

    sizes: tuple[int, ...]  # N, increasing
    seeds: int

    def __post_init__(self) -> None:
        if len(self.sizes) < MIN_SIZES or self.sizes[0] < 1 or (np.diff(self.sizes) <= 0).any():
            given = ",".join(map(str, self.sizes))
            raise ConfigError(
                key="sizes", problem=f"got {given}", fix=f"give {MIN_SIZES} or more, rising from 1 or more"
            )
        if self.seeds < MIN_SEEDS:
            raise ConfigError(key="seeds", problem=f"got {self.seeds}", fix=f"plan {MIN_SEEDS} or more for each size")

    @property
    def sizes_label(self) -> str:
        """`1,4,16..64`: three or more doublings in a row by their ends."""
        runs: list[list[int]] = []
        for size in self.sizes:
            if runs and size == 2 * runs[-1][-1]:
                runs[-1].append(size)
            else:
                runs.append([size])
        return ",".join(f"{run[0]}..{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)

    @property
    def dof(self) -> int:
        """Degrees of freedom that the spread of the trials will have."""
        return len(self.sizes) * (self.seeds - 1)


@dataclass(frozen=True, eq=False)
class Forecast:
    """What a design will say if the law is true; intervals are those to expect, at 95 %."""

    design: Design
    law: PowerLaw
    spread: TrialSpread

    @cached_property
    def profile(self) -> Profile:
        """Intervals of b, of the floor's share and the slope at the largest size, and of E at any size."""
        sizes = np.asarray(self.design.sizes, dtype=float)
        means = self.law.predict(sizes)
        weights = self.design.seeds * _precision(self.law, self.spread, self.design.sizes)
        return profile(sizes, means, weights, threshold(self.design.dof))

    def relative_half_width(self, size: float) -> float:
        """Half of the expected interval of E(size), as a share of E(size); infinite where the interval is open."""
        low, high = self.profile.error([size])
        return float((high[0] - low[0]) / 2 / self.law.predict(size))

    @cached_property
    def chances(self) -> VerdictChances:
        """How often each verdict will be printed."""
        return verdict_chances(self.law, self.spread, self.design)


def verdict_chances(law: PowerLaw, spread: TrialSpread, design: Design) -> VerdictChances:
    """Of a design, if the law is true: within 8 points of what simulated studies print (benchmarks/coverage.py)."""
    sizes = np.asarray(design.sizes, dtype=float)
    if too_few_sizes(sizes):
        return NOTHING
    precision = design.seeds * _precision(law, spread, design.sizes)
    return drawn_verdicts(draw_curves(sizes, law.predict(sizes), precision, design.dof), design.dof).chances


def _precision(law: PowerLaw, spread: TrialSpread, sizes: tuple[int, ...]) -> Array:
    """Inverse covariance of the means that each seed adds, (m, m)."""
    deviation = spread.cv(sizes) * law.predict(sizes)
    return np.linalg.inv(spread.correlation(len(sizes))) / np.multiply.outer(deviation, deviation)
