"""From records to curves: per-size statistics, the published fit and its bootstrap intervals."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segaug.analysis.bootstrap import RESAMPLES
from segaug.analysis.fit import Fit, fit_trials
from segaug.analysis.metric import METRICS, Metric
from segaug.analysis.notes import note
from segaug.analysis.power_law import Array
from segaug.analysis.table import CURVE, Record, errors, trials
from segaug.errors import ConfigError

MIN_SIZES = 4  # three would be as many as the law has parameters
_MIN_RESAMPLES = 100  # fewer say nothing about a 95 % interval
_BAND = 61  # sizes in the grid of the band


@dataclass(frozen=True, kw_only=True)
class SizePoint:
    """The trials of one curve at one training size; errors are in the unit of the curve's metric."""

    size: int  # N, labelled training images; each trial has cost `validation_labels` more
    n: int  # trials in the fit
    mean: float
    sd: float | None  # over trials, divisor n - 1; None for one trial
    se: float | None  # of the mean
    values: tuple[tuple[int, float], ...]  # (seed, error), by seed
    validation_labels: int
    constant: float | None  # test error of the best constant prediction; None where the metric has none
    atlas: float | None  # test error of the mean training mask, mean over the trials; None on validation


@dataclass(frozen=True, kw_only=True)
class Band:
    """Pointwise interval of E(N) on a dense grid over the measured sizes; all (g,)."""

    sizes: Array
    low: Array
    high: Array


@dataclass(frozen=True, kw_only=True)
class CurveFit:
    """One (task, model, strategy): what was measured and, where possible, its law."""

    task: str
    model: str
    strategy: str
    metric: Metric
    points: tuple[SizePoint, ...]  # by size; sizes without a usable trial are not in it
    fit: Fit | None  # None below MIN_SIZES sizes
    band: Band | None  # None without intervals
    n_diverged: int  # trials left out of points and fit
    note: str  # whatever is peculiar about this curve, in plain words; "" if nothing is


def fit_study(records: Iterable[Record], metric: Metric = "bce", resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a study, by task, model and strategy; see `trials` for what is refused."""
    if metric not in METRICS:
        raise ConfigError(key="metric", problem=f"{metric!r} is unknown", fix=f"choose from {', '.join(METRICS)}")
    if resamples < _MIN_RESAMPLES:
        raise ConfigError(key="resamples", problem=f"got {resamples}", fix=f"use at least {_MIN_RESAMPLES}")
    table = trials(records)
    table["error"] = errors(table, metric)
    return [_curve(curve, metric, resamples) for _, curve in table.groupby(CURVE)]


def _curve(curve: pd.DataFrame, metric: Metric, resamples: int) -> CurveFit:
    task, model, strategy = (str(curve[key].iloc[0]) for key in CURVE)
    ok = curve[curve["status"] == "ok"]
    points = tuple(_point(size, metric) for _, size in ok.groupby("size"))
    fit = None
    if len(points) >= MIN_SIZES:
        values = ok.pivot(index="seed", columns="size", values="error")
        sizes = values.columns.to_numpy(dtype=float)
        # strategies share the draws of their task and model, so that their laws can be compared resample by resample
        fit = fit_trials(sizes, values.to_numpy(), resamples, stream=f"{task}/{model}")
    return CurveFit(
        task=task,
        model=model,
        strategy=strategy,
        metric=metric,
        points=points,
        fit=fit,
        band=_band(fit),
        n_diverged=int((curve["status"] == "diverged").sum()),
        note=note(curve, fit, MIN_SIZES),
    )


def _point(trials: pd.DataFrame, metric: Metric) -> SizePoint:
    n, error = len(trials), trials["error"]
    first = trials.iloc[0]  # one data set and protocol: validation labels and constant are the same for all trials
    sd = float(error.std()) if n > 1 else None
    return SizePoint(
        size=int(first["size"]),
        n=n,
        mean=float(error.mean()),
        sd=sd,
        se=None if sd is None else sd / n**0.5,
        values=tuple((int(seed), float(value)) for seed, value in zip(trials["seed"], error, strict=True)),
        validation_labels=int(first["validation_labels"]),
        constant=float(first["constant_bce"]) if metric in ("bce", "bce_recalibrated") else None,
        atlas=_atlas(trials, metric),
    )


def _band(fit: Fit | None) -> Band | None:
    if fit is None or fit.bootstrap is None:
        return None
    sizes = np.geomspace(fit.sizes[0], fit.sizes[-1], _BAND)
    low, high = fit.bootstrap.error(sizes)
    return Band(sizes=sizes, low=low, high=high)


def _atlas(trials: pd.DataFrame, metric: Metric) -> float | None:
    if metric == "validation_bce":
        return None
    return float((1 - trials["atlas_dice"] if metric == "1-dice" else trials["atlas_bce"]).mean())
