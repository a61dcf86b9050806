"""Fitted curves as tables and as JSON; the same fits give the same bytes."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from segaug.analysis.bootstrap import LEVEL, Interval
from segaug.analysis.curves import CurveFit
from segaug.analysis.fit import Fit

_DIGITS = 10  # significant digits in text files: more than any fit means, fewer than depend on the machine
Row = dict[str, object]


def fits_frame(fits: Sequence[CurveFit]) -> pd.DataFrame:
    """One row a curve: counts, law, intervals, diagnostics, errors at the middle and the largest size, note."""
    rows = [_fit_row(curve) for curve in fits]
    longest: Row = max(rows, key=len, default={})  # a curve without a law lacks its columns
    return pd.DataFrame(rows, columns=list(longest))


def points_frame(fits: Sequence[CurveFit]) -> pd.DataFrame:
    """One row a curve and size: statistics of the trials, and the law with its interval there."""
    return pd.DataFrame([row for curve in fits for row in _point_rows(curve)])


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Comma-separated text with a header."""
    return table.to_csv(index=False, float_format=f"%.{_DIGITS}g", lineterminator="\n").encode()


def fits_json(fits: Sequence[CurveFit]) -> bytes:
    """Everything about the curves but the resamples; a value that does not exist is null."""
    curves = [
        _fit_row(curve)
        | {"points": _point_rows(curve)}
        | {"band": curve.band and {name: column.tolist() for name, column in asdict(curve.band).items()}}
        for curve in fits
    ]
    value = _plain({"schema": 1, "interval_level": LEVEL, "curves": curves})
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()


def _key(curve: CurveFit) -> Row:
    return {"task": curve.task, "model": curve.model, "strategy": curve.strategy, "metric": curve.metric}


def _fit_row(curve: CurveFit) -> Row:
    points = curve.points
    return (
        _key(curve)
        | {"sizes": len(points), "seeds": len({seed for point in points for seed, _ in point.values})}
        | {"trials": sum(point.n for point in points), "diverged": curve.n_diverged}
        | {"validation_labels": points[0].validation_labels if points else None}
        | (_law_row(curve.fit) if curve.fit else {})
        | {"note": curve.note}
    )


def _law_row(fit: Fit) -> Row:
    row: Row = {}
    for name, value in asdict(fit.law).items():
        row |= _estimate(name, value, getattr(fit.bootstrap, name, None))
    for name, size in (("middle", fit.middle_size), ("largest", fit.sizes[-1])):
        row |= {f"size_{name}": int(size)} | _error(fit, size, name)
    return row | {
        "r2": fit.r2,
        "rss": fit.rss,
        "b_at_bound": fit.b_at_bound,
        "floor_identified": fit.floor_identified,
        "bc_correlation": fit.bootstrap and fit.bootstrap.bc_correlation,
        "pure_a": fit.pure.a,
        "pure_b": fit.pure.b,
        "aic_gain": fit.aic_gain,
    }


def _error(fit: Fit, size: float, name: str) -> Row:
    return _estimate(f"error_{name}", float(fit.law.predict(size)), fit.interval(size))


def _estimate(name: str, value: float, interval: Interval | None) -> Row:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {name: value, f"{name}_low": low, f"{name}_high": high}


def _point_rows(curve: CurveFit) -> list[Row]:
    rows = [asdict(point) for point in curve.points]
    for i, row in enumerate(rows):
        del row["values"]  # they are the table of trials
        if curve.fit is not None:
            row |= _error(curve.fit, row["size"], "law") | {"residual": curve.fit.residuals[i]}
    return [_key(curve) | row for row in rows]


def _plain(value: object) -> object:
    """JSON with rounded numbers; NaN and infinities become null."""
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, float):  # numpy's float64 is one
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None
    return value
