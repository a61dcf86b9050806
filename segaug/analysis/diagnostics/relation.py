"""Correlation of two quantities over images, plain and with a third one held fixed, in draws of images.

Shapes: S trials, K images, B draws.
"""

import math
from dataclasses import dataclass

import numpy as np

from segaug.analysis.interval import Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import Counts, kappa, percentile_interval

_SAME = 1e-10  # a spread below this share of the values is rounding
FEWEST = 5  # patients, of whom an interval is told


@dataclass(frozen=True)
class Estimate:
    """A number over images, mean over trials, with its 95 % interval for other images."""

    value: float  # NaN: not defined, because something is the same in all images
    interval: Interval | None  # None: fewer than `FEWEST` patients, or not defined


@dataclass(frozen=True)
class Relation:
    """Of a score y with x, and with an z that may be behind both; of trials on the same images."""

    slope: Estimate  # of y against x
    plain: Estimate  # correlation of y and x
    partial: Estimate  # the same given z: of what is left of y and x after a straight line in z
    confounded: Estimate  # correlation of x and z


def relation(y: Array, x: Array, z: Array, counts: Counts, patients: int) -> Relation:
    """y, x: (S, K), finite; z: (K,).  counts: (B, K), draws of so many patients, the same for all trials.

    Each trial has its own correlations, over its images; the mean over trials is what is told.  Pearson's, and
    r_yx.z = (r_yx - r_yz r_xz) / sqrt((1 - r_yz^2) (1 - r_xz^2)).
    """
    whole = _of_draws(y, x, z, np.ones((1, y.shape[1]), dtype=np.int64))
    drawn = _of_draws(y, x, z, counts)
    slope, *correlations = zip(whole, drawn, strict=True)
    return Relation(_estimate(*slope, patients), *(_estimate(*one, patients, limit=1.0) for one in correlations))


def _of_draws(y: Array, x: Array, z: Array, counts: Counts) -> tuple[Array, Array, Array, Array]:
    """Slope, plain, partial and confounded of each draw, mean over the trials: (B,) each."""
    weights = counts / counts.sum(axis=1, keepdims=True)
    sums: list[Array] = [np.zeros(len(counts)) for _ in range(4)]
    for own_y, own_x in zip(y, x, strict=True):
        values = np.stack([own_y, own_x, z])
        centred = values - values.mean(axis=1, keepdims=True)
        means = weights @ centred.T  # (B, 3)
        products = weights @ (centred[:, None] * centred).reshape(9, -1).T  # (B, 9)
        moments = products.reshape(-1, 3, 3) - means[:, :, None] * means[:, None, :]
        spread = np.sqrt(np.clip(np.diagonal(moments, axis1=1, axis2=2), 0, None))
        spread = np.where(spread > _SAME * np.abs(values).max(axis=1), spread, np.nan)
        r_yx, r_yz, r_xz = (moments[:, a, b] / (spread[:, a] * spread[:, b]) for a, b in ((0, 1), (0, 2), (1, 2)))
        left = np.clip((1 - r_yz**2) * (1 - r_xz**2), 0, None)
        partial = (r_yx - r_yz * r_xz) / np.sqrt(np.where(left > _SAME, left, np.nan))
        for total, value in zip(sums, (moments[:, 0, 1] / spread[:, 1] ** 2, r_yx, partial, r_xz), strict=True):
            total += value
    slope, plain, partial, confounded = (total / len(y) for total in sums)
    return slope, plain, partial, confounded


def _estimate(whole: Array, drawn: Array, patients: int, limit: float = math.inf) -> Estimate:
    """Percentiles of the draws, spread out as for few patients; limit: of what the number can be."""
    value, known = float(whole[0]), drawn[np.isfinite(drawn)]
    if patients < FEWEST or not np.isfinite(value) or len(known) < len(drawn) / 2:
        return Estimate(value, None)
    middle = float(known.mean())
    spread = np.clip(middle + kappa(patients) * (known - middle), -limit, limit)
    return Estimate(value, percentile_interval(spread, "case_population"))
