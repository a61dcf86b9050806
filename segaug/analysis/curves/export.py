"""Fitted curves as tables and as JSON; the same fits give the same bytes."""

import math
from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.record import curve_record
from segaug.analysis.curves.reporting import METHOD, reproducibility
from segaug.analysis.interval import Interval
from segaug.analysis.law.fit import Fit
from segaug.analysis.plain_json import json_bytes

Row = dict[str, object]


def fits_frame(fits: Sequence[CurveFit]) -> pd.DataFrame:
    """One row a curve: counts, verdicts, errors, laws, diagnostics, note."""
    rows = [_fit_row(curve) for curve in fits]
    longest: Row = max(rows, key=len, default={})  # a curve without a law lacks its columns
    return pd.DataFrame(rows, columns=list(longest))


def points_frame(fits: Sequence[CurveFit]) -> pd.DataFrame:
    """One row a curve and size: statistics of the trials, and the law with its interval there."""
    return pd.DataFrame([row for curve in fits for row in _point_rows(curve)])


def fits_json(fits: Sequence[CurveFit]) -> bytes:
    """Everything about the curves, see `curve_record`, and how it was made; a value that does not exist is null."""
    value = {
        "schema": 2,
        "reporting": METHOD,
        "reproducibility": reproducibility(fits),
        "curves": [curve_record(curve) for curve in fits],
    }
    return json_bytes(value)


def _key(curve: CurveFit) -> Row:
    return {**curve.key._asdict(), "metric": curve.metric or "error"}


def _fit_row(curve: CurveFit) -> Row:
    points = curve.points
    row: Row = (
        _key(curve)
        | {"sizes": len(points), "seeds": len({seed for point in points for seed, _ in point.values})}
        | {"trials": sum(point.n for point in points), "diverged": curve.n_diverged}
        | {"validation_labels": points[0].validation_labels if points else None}
        | {f"verdict_{name}": value for name, value in asdict(curve.verdict).items()}
        | {"flags": " ".join(sorted(curve.flags))}
    )
    for name, size in (("reference", curve.reference_size), ("largest", points[-1].size if points else math.nan)):
        row |= {f"size_{name}": size} | _error(curve, size, f"error_{name}")
    return row | (_law_row(curve.fit) if curve.fit else {}) | {"note": curve.note}


def _law_row(fit: Fit) -> Row:
    law, default = fit.law, fit.default
    row: Row = {"a": law.a, "b": law.b if law.a > 0 else None}
    row |= _ends("b", default.b.interval) | {"c": law.c} | _ends("c", default.floor.interval)
    for name, estimate in (("phi", default.floor_share), ("slope", default.slope), ("drop", default.drop)):
        row |= {name: estimate.value} | _ends(name, estimate.interval)
    for extrapolation in fit.extrapolations:
        name = f"error_{extrapolation.factor:g}x"
        row |= (
            {name: extrapolation.value}
            | _ends(name, extrapolation.interval)
            | {f"{name}_claimed": extrapolation.claimed}
        )
    row |= _ends("b_stated", fit.stated_exponent) | _ends("c_stated", fit.stated_floor)
    row |= {"p_lof": default.lack_of_fit.p}
    row |= {f"misfit_{name}": value for name, value in asdict(default.misfit).items()}
    row |= {"p_no_floor": fit.p_no_floor, "b_at_bound": default.b_at_bound}
    row |= {"holdout_relative_error": fit.holdout and fit.holdout.relative_error}
    row |= {"holdout_passed": fit.holdout and fit.holdout.passed}
    return row | {f"published_{name}": value for name, value in asdict(fit.published.law).items()} | {
        "published_r2": fit.published.r2
    }  # fmt: skip


def _error(curve: CurveFit, size: float, name: str) -> Row:
    estimate = curve.error(size)
    on_cases = curve.population.error(size) if curve.population and estimate else None
    return (
        {name: estimate and estimate.value}
        | _ends(name, estimate.interval if estimate else None)
        | _ends(f"{name}_population", on_cases)
    )


def _ends(name: str, interval: Interval | None) -> Row:
    low, high = (interval.low, interval.high) if interval else (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _point_rows(curve: CurveFit) -> list[Row]:
    rows = [vars(point) | _ends("mean", point.interval) for point in curve.points]
    for row, point in zip(rows, curve.points, strict=True):
        del row["values"], row["interval"]  # the trials are a table of their own
        if curve.fit is not None:
            row |= _error(curve, point.size, "law")
            row |= {"published_law": float(curve.fit.published.law.predict(point.size))}
    return [_key(curve) | row for row in rows]
