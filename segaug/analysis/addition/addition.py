"""Addition curves of a study: their effects, verdicts, what added images are worth, and what is dilution of it."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from segaug.analysis.addition.added_worth import added_worth
from segaug.analysis.addition.beside import beside_reference
from segaug.analysis.addition.curve import AddedPoint, AdditionCurve, Additions, Dilution, TakenBack
from segaug.analysis.addition.family import Family, Sampling, families
from segaug.analysis.addition.missing import missing_trials
from segaug.analysis.addition.notes import addition_notes
from segaug.analysis.addition.placed_effects import placed_effects
from segaug.analysis.addition.simultaneous import PairedEffect
from segaug.analysis.addition.single_runs import SingleRuns, single_runs
from segaug.analysis.addition.verdict import addition_verdict
from segaug.analysis.comparison.compare import BASELINE
from segaug.analysis.comparison.shared_grid import PlacedCurve
from segaug.analysis.interval import RESAMPLES, Interval
from segaug.analysis.law.power_law import Array
from segaug.analysis.law.resample import percentile_interval, resampled_means
from segaug.analysis.metric import Metric
from segaug.analysis.trials.measured import measured, measured_cases, not_measured
from segaug.analysis.trials.table import study_trials
from segaug.results.case_errors import Cases
from segaug.results.snapshot import Snapshot
from segaug.results.source import TrialSource


def addition_study(folder: Path | str, metric: Metric | None = None, resamples: int = RESAMPLES) -> Additions:
    """Of a study's folder; metric: a measure or its error; None: the cross-entropy of each task."""
    return addition_of(Snapshot(folder), metric, resamples)


def addition_of(
    source: TrialSource, metric: Metric | None = None, resamples: int = RESAMPLES, reference: str = BASELINE
) -> Additions:
    """The same wherever the trials are read from."""
    table = measured(study_trials(source), metric)
    return addition_trials(table, measured_cases(table, source.cases), resamples, reference)


def addition_trials(
    table: pd.DataFrame, cases: Cases, resamples: int = RESAMPLES, reference: str = BASELINE
) -> Additions:
    """Of a table of trials with errors of its own; cases: errors of single test cases, by trial, where there are any.

    reference: the strategy that others are set beside.

    Raises DataError as `families` does.
    """
    found = families(table, cases, resamples)
    curves = [one_curve(family, sampling) for family in found for sampling in family.pooled]
    dilutions = [dilution for family in found if (dilution := _dilution(family))]
    harmed = {curve.key for curve in curves if curve.verdict.harm}
    lacking = [trials for family in found for trials in missing_trials(family, harmed=family.key in harmed)]
    beside = tuple(beside_reference(found, reference))
    return Additions(tuple(curves), tuple(dilutions), tuple(lacking), not_measured(table), beside)


def one_curve(family: Family, sampling: Sampling) -> AdditionCurve:
    """Of one sampling."""
    placed = family.pooled[sampling]
    values, columns = placed.compared.values, _added(family, placed)
    at_zero = values[:, family.columns == 0].reshape(len(values), -1)
    zero = at_zero[:, 0] if at_zero.shape[1] else np.full(len(values), np.nan)
    differences = values[:, columns] - zero[:, None]
    effects = placed_effects(
        placed, differences, _on_cases(placed, columns, placed, np.flatnonzero(family.columns == 0))
    )
    controls = _controls(family, placed, columns)
    shown = family.presentations[sampling]
    points = tuple(
        _point(int(family.columns[column]), values[:, column], zero, effect, shown, controls.get(column))
        for column, effect in zip(columns, effects, strict=True)
        if effect.pairs
    )
    by_k = {point.k: point.effect for point in points}
    return AdditionCurve(
        key=family.key,
        sampling=sampling,
        metric=placed.trials.metric,
        points=points,
        zero=(int(np.isfinite(zero).sum()), shown.get(0, float("nan"))),
        verdict=addition_verdict(by_k),
        single=_single(by_k),
        worth=added_worth(family, placed),
        notes=tuple(addition_notes(family, sampling)),
    )


def _point(
    k: int, values: Array, zero: Array, effect: PairedEffect, shown: dict[int, float], control: PairedEffect | None
) -> AddedPoint:
    both = np.isfinite(values) & np.isfinite(zero)
    return AddedPoint(k, float(values[both].mean()), float(zero[both].mean()), effect, shown[k], control)


def _added(family: Family, placed: PlacedCurve) -> NDArray[np.intp]:
    """Columns of the grid at which the curve has trials with added images."""
    return np.flatnonzero(np.isin(family.columns, placed.trials.sizes) & (family.columns > 0))


def _controls(family: Family, placed: PlacedCurve, columns: NDArray[np.intp]) -> dict[int, PairedEffect]:
    """Column -> error minus that of the base alone with as many images in all."""
    if family.base is None:
        return {}
    alone = family.base.compared.values
    kept = [
        int(column) for column in columns if np.isfinite(alone[:, column] - placed.compared.values[:, column]).any()
    ]
    differences = placed.compared.values[:, kept] - alone[:, kept]
    on_cases = _on_cases(placed, np.array(kept, dtype=int), family.base, np.array(kept, dtype=int))
    return dict(zip(kept, placed_effects(placed, differences, on_cases), strict=True))


def _dilution(family: Family) -> Dilution | None:
    """None unless both samplings have a k in common, and k = 0."""
    if len(family.pooled) < 2 or not (family.columns == 0).any():
        return None
    proportional, balanced = family.pooled["proportional"], family.pooled["balanced"]
    zero = np.flatnonzero(family.columns == 0)
    columns = np.intersect1d(_added(family, proportional), _added(family, balanced))
    rises = [curve.compared.values[:, columns] - curve.compared.values[:, zero] for curve in (proportional, balanced)]
    columns, rises = _paired(columns, rises)
    if not len(columns):
        return None
    on_cases = [_on_cases(curve, columns, curve, zero) for curve in (proportional, balanced)]
    both = None if on_cases[0] is None or on_cases[1] is None else on_cases[0] - on_cases[1]
    rise = placed_effects(proportional, rises[0], on_cases[0])
    taken = placed_effects(proportional, rises[0] - rises[1], both)
    counts = proportional.drawn.seeds.counts
    points = []
    for place, column in enumerate(columns):
        k = int(family.columns[column])
        share, interval = _share(rises[0][:, place], rises[1][:, place], counts, shown=_is_above(rise[place]))
        shown = {name: family.presentations[name][k] for name in family.pooled}
        points.append(TakenBack(k, rise[place], taken[place], share, interval, shown))
    return Dilution(family.key, tuple(points))


def _paired(columns: NDArray[np.intp], rises: Sequence[Array]) -> tuple[NDArray[np.intp], list[Array]]:
    """Only seeds that both samplings have at a k, and only k with any."""
    both = np.isfinite(rises[0]) & np.isfinite(rises[1])
    kept = both.any(axis=0)
    return columns[kept], [np.where(both, rise, np.nan)[:, kept] for rise in rises]


def _share(
    proportional: Array, balanced: Array, counts: NDArray[np.int64], *, shown: bool
) -> tuple[float | None, Interval | None]:
    """Of the rise by proportional sampling, that balanced takes back; only where there is a rise to speak of."""
    if not shown:
        return None, None
    rises = np.stack([proportional, balanced], axis=1)
    means = np.nanmean(rises, axis=0)
    drawn = resampled_means(rises, counts)
    with np.errstate(divide="ignore"):
        shares = 1 - drawn[:, 1] / np.maximum(drawn[:, 0], 0.0)
    return float(1 - means[1] / means[0]), percentile_interval(shares, "this_test_set")


def _is_above(effect: PairedEffect) -> bool:
    return effect.interval is not None and effect.interval.low > 0


def _on_cases(
    placed: PlacedCurve, columns: NDArray[np.intp], other: PlacedCurve, against: NDArray[np.intp]
) -> Array | None:
    """Difference on each test case, (S, m, K), of columns of one curve to one column, or to as many, of another."""
    if placed.cases is None or other.cases is None or placed.cases.cases != other.cases.cases or not len(against):
        return None
    return placed.cases.values[:, columns] - other.cases.values[:, against]


def _single(effects: dict[int, PairedEffect]) -> SingleRuns | None:
    """Of a curve with one training at each k."""
    if not effects or any(effect.pairs > 1 for effect in effects.values()):
        return None
    return single_runs({k: effect.mean for k, effect in effects.items()})
