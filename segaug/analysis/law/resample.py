"""Resampled size means: what a curve could have been with other seeds, or with other seeds and other test cases.

A draw takes whole seeds, with all their sizes and strategies, and whole patients, with all their images: the trials of
one seed share a subset and an initialisation, the images of one patient an anatomy, and drawing them one by one would
hide that.  Draws are kept as counts (how often a draw has each seed), so that B resampled means are a matrix product.

Shapes: B draws, S seeds, m sizes, K test cases, P patients.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from segaug.analysis.distributions import normal_quantile, t_quantile
from segaug.analysis.interval import LEVEL, RESAMPLES, Interval, Target
from segaug.analysis.law.power_law import Array

_BLOCK = 250  # draws at a time: keeps K test cases out of memory
_TAILS = (0.5 - LEVEL / 2, 0.5 + LEVEL / 2)
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SeedDraws:
    """Draws of the seeds of one (task, model), shared by all of its sizes and strategies."""

    seeds: tuple[int, ...]  # of any of its curves
    counts: Counts  # (B, len(seeds))

    def of(self, seeds: Iterable[int]) -> Counts:
        """Counts of one curve's seeds, in its order: (B, S)."""
        column = {seed: place for place, seed in enumerate(self.seeds)}
        return self.counts[:, [column[int(seed)] for seed in seeds]]


def draw_seeds(seeds: Iterable[int], stream: str, resamples: int = RESAMPLES) -> SeedDraws:
    """Draws with replacement; the same seeds and name of the stream (say, "task/model") give the same draws."""
    known = tuple(sorted({int(seed) for seed in seeds}))
    return SeedDraws(known, _counts(len(known), resamples, f"{stream}/seeds"))


def draw_cases(patients: Sequence[str], stream: str, resamples: int = RESAMPLES) -> Counts:
    """Draws of the patients of K test cases; a case comes as often as its patient: (B, K)."""
    known, owner = np.unique(np.asarray(patients), return_inverse=True)
    return _counts(len(known), resamples, f"{stream}/cases")[:, owner]


def kappa(units: int) -> float:
    """How much wider percentiles of a resampled mean of so many units must be; units >= 2.

    sqrt(n / (n - 1)) t(n - 1) / z: plain percentiles of few units are too narrow.
    Measured: tests/analysis/law/test_resample.py.
    """
    if units < 2:
        raise ValueError(f"{units} unit cannot be resampled")
    return float(np.sqrt(units / (units - 1)) * t_quantile(_TAILS[1], units - 1) / normal_quantile(_TAILS[1]))


def resampled_means(values: Array, counts: Counts | Array) -> Array:
    """Size means of each draw of seeds, spread out by `kappa`.

    values: (S, m), NaN where missing, at least one value a size.  counts: (B, S).  Returns (B, m).
    A draw without any trial at a size takes the original mean there.
    """
    present = np.isfinite(values)
    mean = np.nanmean(values, axis=0)
    drawn = counts @ present.astype(float)
    total = counts @ np.where(present, values, 0.0)
    deviation = np.where(drawn > 0, total / np.maximum(drawn, 1) - mean, 0.0)
    return mean + kappa(int(present.any(axis=1).sum())) * deviation


def two_way_means(values: Array, seed_counts: Counts, case_counts: Counts, patients: int) -> Array:
    """Size means of each draw of seeds and test cases, spread out by `kappa` of the fewer of both.

    values: (S, m, K) errors of single test cases, NaN for all cases of a missing trial, at least one trial a size.
    seed_counts: (B, S).  case_counts: (B, K).  patients: P, how many units the cases were drawn in.  Returns (B, m).
    A draw without any trial at a size takes all of its trials there.
    Source: Owen (2007), the pigeonhole bootstrap of crossed random effects.
    """
    present = np.isfinite(values[:, :, 0])
    filled = np.where(present[:, :, None], values, 0.0)
    mean = filled.sum(axis=(0, 2)) / (present.sum(axis=0) * values.shape[2])
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(seed_counts), _BLOCK)]
    means = np.concatenate([_block_means(filled, present, seed_counts[b], case_counts[b]) for b in blocks])
    units = min(int(present.any(axis=1).sum()), patients)
    return mean + kappa(units) * (means - mean)


def _block_means(filled: Array, present: NDArray[np.bool_], seed_counts: Counts, case_counts: Counts) -> Array:
    """filled: (S, m, K), 0 for missing trials.  The cases are averaged first: what is left is small."""
    seeds, sizes, cases = filled.shape
    shares = case_counts / case_counts.sum(axis=1, keepdims=True)
    trials = (shares @ filled.reshape(seeds * sizes, cases).T).reshape(-1, seeds, sizes)
    weights = seed_counts[:, :, None] * present
    weights = np.where(weights.any(axis=1, keepdims=True), weights, present)
    return (weights * trials).sum(axis=1) / weights.sum(axis=1)


def percentile_interval(samples: Array, target: Target) -> Interval:
    """Percentiles of B values at the level `LEVEL`, by linear interpolation; infinite values keep their order."""
    low, high = _end(samples, _TAILS[0], "lower"), _end(samples, _TAILS[1], "higher")
    return Interval(low, high, method="bootstrap", target=target)


def _end(samples: Array, tail: float, outer: Literal["lower", "higher"]) -> float:
    with np.errstate(invalid="ignore"):
        value = np.quantile(samples, tail)
    return float(np.quantile(samples, tail, method=outer) if np.isnan(value) else value)  # inf - inf: no interpolation


def _counts(units: int, resamples: int, stream: str) -> Counts:
    """How often each of `resamples` draws of `units` out of `units` has each one: (B, units)."""
    rng = np.random.default_rng(int.from_bytes(sha256(stream.encode()).digest()[:8], "big"))
    drawn = rng.integers(units, size=(resamples, units))
    drawn += units * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * units).reshape(resamples, units)
