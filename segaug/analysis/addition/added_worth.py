"""What k added images are worth in images of the base: as many as give the base alone the same error.

w = N' - N, where N' solves E_base(N') = E(k): between the sizes of the base alone its falling means are joined in
log-log, see `equivalent_by_interpolation`.  It is negative where adding harms.  Nothing is claimed outside the sizes at
which the base alone was trained; k = 0 counts as the base alone with N.  Intervals: draws of whole seeds, the same for
both, each for one k.

Shapes: S seeds, m sizes of the base, q numbers of added images, B draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from segaug.analysis.addition.family import Family
from segaug.analysis.comparison.equivalent_by_interpolation import falling_means, floored, sizes_between
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.interval import Interval
from segaug.analysis.law.noise import weighted_means
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval, resampled_means

_FEWEST_SEEDS = 3  # at a size: its spread is then its own


@dataclass(frozen=True)
class AddedWorth:
    """Of k added images."""

    k: int
    images: float  # w; infinite where the base alone reaches this error at no measured size
    interval: Interval  # of w, cut to the measured range; an end that was cut is open
    smallest: float  # of the range: the base's sizes minus N
    largest: float

    @property
    def inside(self) -> bool:
        """Is w within the measured range?"""
        return self.smallest <= self.images <= self.largest


@dataclass(frozen=True)
class Worth:
    """Of every k of a curve; or why it is not told."""

    added: tuple[AddedWorth, ...]
    reason: str  # "" where it is told
    sizes: tuple[int, ...] = ()  # at which the base alone was trained, k = 0 included


def added_worth(family: Family, pooled: PlacedCurve) -> Worth:
    """Of one curve of the family."""
    sizes, values = _base_curve(family, pooled)
    told = tuple(int(size) for size in sizes)
    if len(sizes) < 2:
        return Worth((), "the base alone was trained with N images only", told)
    errors = pooled.compared.values
    columns = np.flatnonzero(np.isfinite(errors).any(axis=0) & (family.columns > 0))
    counts = np.isfinite(np.hstack([values, errors[:, columns]])).sum(axis=0)
    if not len(columns):
        return Worth((), "no trial with added images converged", told)
    if counts.min() < _FEWEST_SEEDS:
        return Worth((), f"that needs {_FEWEST_SEEDS} seeds at each size and k", told)
    data, draws = weighted_means(sizes, values, nested=pooled.trials.nested), pooled.drawn.seeds.counts
    means = np.nanmean(errors[:, columns], axis=0)
    own = sizes_between(sizes, falling_means(data, data.means[None]), means[None])[0]
    drawn_errors = floored(resampled_means(errors[:, columns], draws), means)
    drawn = sizes_between(sizes, falling_means(data, resampled_means(values, draws)), drawn_errors)
    worth = [
        _worth(int(family.columns[column]), family.key.size, float(equivalent), of_draws, sizes)
        for column, equivalent, of_draws in zip(columns, own, drawn.T, strict=True)
    ]
    return Worth(tuple(worth), "", told)


def _base_curve(family: Family, pooled: PlacedCurve) -> tuple[Array, Array]:
    """Sizes of the base alone, (m,), and its errors, (S, m); at N those of k = 0 where it has none."""
    own = pooled.compared.values
    values = np.full_like(own, np.nan) if family.base is None else family.base.compared.values.copy()
    at_zero = np.flatnonzero(family.columns == 0)
    values[:, at_zero] = np.where(np.isfinite(values[:, at_zero]), values[:, at_zero], own[:, at_zero])
    present = np.isfinite(values).any(axis=0)
    return family.columns[present] + family.key.size, values[:, present]


def _worth(k: int, size: int, equivalent: float, drawn: Array, sizes: Array) -> AddedWorth:
    """equivalent: N'; 0 above all means of the base, infinite below.  drawn: (B,), N' of draws."""
    spread = percentile_interval(drawn, "this_test_set")
    smallest, largest = float(sizes[0]), float(sizes[-1])
    low, high = (float(np.clip(end, smallest, largest)) - size for end in (spread.low, spread.high))
    interval = Interval(
        low, high, spread.low < smallest, spread.high > largest, method="bootstrap", target="this_test_set"
    )
    images = (
        math.copysign(math.inf, equivalent - smallest) if not smallest <= equivalent <= largest else equivalent - size
    )
    return AddedWorth(k, images, interval, smallest - size, largest - size)
