"""The trials of one curve at one training size."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segaug.analysis.distributions import t_quantile
from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.metric import column
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.analysis.trials.divergence import Rate, rate
from segaug.measures import Quantity
from segaug.results.states import STATUSES


@dataclass(frozen=True, kw_only=True)
class SizePoint:
    """Statistics of the converged trials; errors are in the unit of the curve's metric."""

    size: int  # N, labelled training images; each trial has cost `validation_labels` more
    n: int  # trials that converged
    mean: float  # over subsets, each the mean of its trials
    sd: float | None  # over subsets, divisor one less than their number; None for one subset
    se: float | None  # of the mean
    interval: Interval | None  # of the mean, Student's; None for one subset
    values: tuple[tuple[int, float], ...]  # (seed, error), by seed
    validation_labels: int | None  # None in a table from elsewhere
    constant: float | None  # test error of the best constant prediction; None where the metric has none
    atlas: float | None  # test error of the mean training mask, mean over the trials; None where the metric has none
    subsets: int  # of the pool, that the trials were trained on; n unless seeds share theirs


@dataclass(frozen=True, kw_only=True)
class SizeState:
    """How the trials at one size ended."""

    size: int
    ok: int
    diverged: int
    failed: int
    missing: int
    rate: Rate  # of divergence


def size_points(curve: CurveTrials) -> tuple[SizePoint, ...]:
    """Every size with a converged trial, increasing."""
    groups = curve.table[curve.table["status"] == "ok"].sort_values("seed").groupby("size")
    replicates = curve.replicates()
    return tuple(_point(int(rows["size"].iloc[0]), rows, curve, replicates) for _, rows in groups)


def size_states(curve: CurveTrials) -> tuple[SizeState, ...]:
    """Every size, increasing; missing are trials that a plan names, not seeds that only other sizes have."""
    place, status = np.searchsorted(curve.sizes, curve.table["size"]), curve.table["status"].to_numpy()
    counts = np.stack([np.bincount(place[status == word], minlength=len(curve.sizes)) for word in STATUSES], axis=1)
    return tuple(
        SizeState(size=int(size), **dict(zip(STATUSES, row, strict=True)), rate=rate(row[1], row[0] + row[1]))
        for size, row in zip(curve.sizes, counts.tolist(), strict=True)
    )


def _point(size: int, rows: pd.DataFrame, curve: CurveTrials, replicates: CurveTrials) -> SizePoint:
    place = int(np.searchsorted(curve.sizes, size))
    present = curve.status[:, place] == "ok"
    means = replicates.errors[replicates.status[:, place] == "ok", place]
    count, mean = len(means), float(means.mean())
    sd = float(means.std(ddof=1)) if count > 1 else None
    trials = zip(curve.seeds[present], curve.errors[present, place], strict=True)
    return SizePoint(
        size=size,
        n=int(present.sum()),
        mean=mean,
        sd=sd,
        se=None if sd is None else sd / count**0.5,
        interval=None if sd is None else _student(mean, sd / count**0.5, count),
        values=tuple((int(seed), float(error)) for seed, error in trials),
        validation_labels=int(rows["validation_labels"].iloc[0]) if "validation_labels" in rows else None,
        constant=_constant(curve),
        atlas=_atlas(rows, curve.quantity),
        subsets=count,
    )


def _student(mean: float, se: float, n: int) -> Interval:
    half = float(t_quantile(0.5 + LEVEL / 2, n - 1)) * se
    return Interval(mean - half, mean + half, method="t")


def _constant(curve: CurveTrials) -> float | None:
    """Of a metric whose records measure one; that of an overlap is known without any, and is no reference."""
    measured = curve.quantity is None or curve.quantity.constant is not None
    return curve.constant if measured and np.isfinite(curve.constant) else None


def _atlas(rows: pd.DataFrame, quantity: Quantity | None) -> float | None:
    if quantity is None or quantity.atlas is None:
        return None
    errors = quantity.error_of(column(rows, quantity.atlas)).dropna().to_numpy()
    return float(errors.mean()) if len(errors) else None
