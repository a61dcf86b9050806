"""The trials of one curve at one training size."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import t

from segaug.analysis.interval import LEVEL, Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.metric import Metric
from segaug.analysis.trials.curve_trials import CurveTrials
from segaug.analysis.trials.divergence import Rate, rate

_STATES = ("ok", "diverged", "failed", "missing")


@dataclass(frozen=True, kw_only=True)
class SizePoint:
    """Statistics of the converged trials; errors are in the unit of the curve's metric."""

    size: int  # N, labelled training images; each trial has cost `validation_labels` more
    n: int  # trials that converged
    mean: float
    sd: float | None  # over trials, divisor n - 1; None for one trial
    se: float | None  # of the mean
    interval: Interval | None  # of the mean, Student's; None for one trial
    values: tuple[tuple[int, float], ...]  # (seed, error), by seed
    validation_labels: int | None  # None in a table from elsewhere
    constant: float | None  # test error of the best constant prediction; None where the metric has none
    atlas: float | None  # test error of the mean training mask, mean over the trials; None where not measured


@dataclass(frozen=True, kw_only=True)
class SizeState:
    """How the trials at one size ended."""

    size: int
    ok: int
    diverged: int
    failed: int
    missing: int
    rate: Rate  # of divergence


def size_points(curve: CurveTrials, metric: Metric | None) -> tuple[SizePoint, ...]:
    """Every size with a converged trial, increasing."""
    groups = curve.table[curve.table["status"] == "ok"].sort_values("seed").groupby("size")
    return tuple(_point(int(rows["size"].iloc[0]), rows, curve, metric) for _, rows in groups)


def size_states(curve: CurveTrials) -> tuple[SizeState, ...]:
    """Every size, increasing; missing are trials that a plan names, not seeds that only other sizes have."""
    column, status = np.searchsorted(curve.sizes, curve.table["size"]), curve.table["status"].to_numpy()
    counts = np.stack([np.bincount(column[status == word], minlength=len(curve.sizes)) for word in _STATES], axis=1)
    return tuple(
        SizeState(size=int(size), **dict(zip(_STATES, row, strict=True)), rate=rate(row[1], row[0] + row[1]))
        for size, row in zip(curve.sizes, counts.tolist(), strict=True)
    )


def _point(size: int, rows: pd.DataFrame, curve: CurveTrials, metric: Metric | None) -> SizePoint:
    column = int(np.searchsorted(curve.sizes, size))
    present = curve.status[:, column] == "ok"
    errors = curve.errors[present, column]
    n, mean = len(errors), float(errors.mean())
    sd = float(errors.std(ddof=1)) if n > 1 else None
    return SizePoint(
        size=size,
        n=n,
        mean=mean,
        sd=sd,
        se=None if sd is None else sd / n**0.5,
        interval=None if sd is None else _student(mean, sd / n**0.5, n),
        values=tuple((int(seed), float(error)) for seed, error in zip(curve.seeds[present], errors, strict=True)),
        validation_labels=int(rows["validation_labels"].iloc[0]) if "validation_labels" in rows else None,
        constant=None if metric == "1-dice" or np.isnan(curve.constant) else curve.constant,
        atlas=_atlas(rows, metric),
    )


def _student(mean: float, se: float, n: int) -> Interval:
    half = float(t.ppf(0.5 + LEVEL / 2, n - 1)) * se
    return Interval(mean - half, mean + half, method="t")


def _atlas(rows: pd.DataFrame, metric: Metric | None) -> float | None:
    if metric is None or metric == "validation_bce":
        return None
    errors: Array = (1 - rows["atlas_dice"] if metric == "1-dice" else rows["atlas_bce"]).to_numpy()
    return float(errors.mean())
