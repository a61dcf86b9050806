"""From trials to curves: statistics of each size, the law where there is one, and how far it may be believed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path

import numpy as np
import pandas as pd

from segaug.analysis.case_grid import case_grid
from segaug.analysis.curve_trials import CurveKey, CurveTrials, curves
from segaug.analysis.divergence import divergence_matters, mcnemar, with_constant
from segaug.analysis.fit import Fit, Flag, fit_curve
from segaug.analysis.foreign_table import from_frame
from segaug.analysis.law_fit import MIN_SIZES, Band, Estimate, fit_law
from segaug.analysis.metric import MEASURES, METRICS, Metric
from segaug.analysis.noise import weighted_means
from segaug.analysis.notes import notes
from segaug.analysis.population import FEW_PATIENTS, Draws, Population, draws, population, seed_laws
from segaug.analysis.power_law import PowerLaws
from segaug.analysis.resample import RESAMPLES
from segaug.analysis.size_point import SizePoint, SizeState, size_points, size_states
from segaug.analysis.table import study_trials, trials, with_unfinished
from segaug.analysis.variance import Components, components
from segaug.analysis.verdict import NO_LAW, Verdict
from segaug.errors import ConfigError
from segaug.results.case_errors import Cases, cases_of_records
from segaug.results.snapshot import Snapshot
from segaug.results.store import Store
from segaug.results.trial_row import Record

_MIN_RESAMPLES = 100  # fewer say nothing about a 95 % interval


@dataclass(frozen=True, kw_only=True, eq=False)
class CurveFit:
    """One (task, model, strategy): what was measured and, where possible, its law."""

    key: CurveKey
    metric: Metric | None  # None: the errors of a table from elsewhere
    trials: CurveTrials
    points: tuple[SizePoint, ...]  # by size; sizes without a converged trial are not in it
    states: tuple[SizeState, ...]  # every size
    components: tuple[Components, ...]  # variance by source, at each size of `points`
    reference_size: float  # the middle size of the study, at which its curves are compared
    fit: Fit | None  # None below three sizes
    seed_laws: PowerLaws | None  # laws of draws of seeds, shared by the strategies of a (task, model)
    population: Population | None  # None without errors of single test cases
    sensitivity: Estimate | None  # E at the largest size if diverged trials count as constant; None: none did
    flags: frozenset[Flag]
    notes: tuple[str, ...]  # whatever is peculiar about this curve, in plain words

    @property
    def note(self) -> str:
        """All notes as one line; "" if there is none."""
        return "; ".join(self.notes)

    @property
    def task(self) -> str:
        """Data set and structure."""
        return self.key.task

    @property
    def model(self) -> str:
        """Network."""
        return self.key.model

    @property
    def strategy(self) -> str:
        """Augmentation."""
        return self.key.strategy

    @property
    def verdict(self) -> Verdict:
        """What may be said about floor and exponent."""
        return self.fit.verdict if self.fit else NO_LAW

    @property
    def band(self) -> Band | None:
        """Of the law."""
        return self.fit.default.band if self.fit else None

    @property
    def n_diverged(self) -> int:
        """Trials left out of points and law."""
        return sum(state.diverged for state in self.states)

    def error(self, size: float) -> Estimate | None:
        """E of the law within the measured sizes; without a law the mean, if there are several trials of that size."""
        if self.fit is not None:
            inside = self.points[0].size <= size <= self.points[-1].size
            return self.fit.error(size) if inside else None
        found = [point for point in self.points if point.size == size and point.interval]
        return Estimate(found[0].mean, found[0].interval) if found and found[0].interval else None


def fit_study(study: Store | Path | str, metric: Metric = "bce", resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a study's folder, by task, model and strategy."""
    store = study if isinstance(study, Store) else Store(Path(study))
    _check_metric(metric)
    snapshot = Snapshot(store.folder)
    table = with_unfinished(study_trials(snapshot), store)
    cases = snapshot.cases(MEASURES[metric]) if metric in MEASURES else {}
    return fit_trials(table, metric, cases, resamples)


def fit_records(records: Sequence[Record], metric: Metric = "bce", resamples: int = RESAMPLES) -> list[CurveFit]:
    """The same of records that are at hand; see `trials` for what is refused."""
    _check_metric(metric)
    cases = cases_of_records(records, MEASURES[metric]) if metric in MEASURES else {}
    return fit_trials(trials(records), metric, cases, resamples)


def fit_table(source: pd.DataFrame | Path | str, *, nested: bool = False, resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a table from anywhere: columns curve, N, seed, error, and those that `foreign_table` names.

    nested: a seed's smaller subsets are part of its larger ones.
    """
    table = from_frame(source, nested=nested)
    return fit_trials(table.trials, None, table.cases, resamples)


def fit_trials(table: pd.DataFrame, metric: Metric | None, cases: Cases, resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a table of trials.  cases: errors of single test cases, by trial, where there are any."""
    if resamples < _MIN_RESAMPLES:
        raise ConfigError(key="resamples", problem=f"got {resamples}", fix=f"use at least {_MIN_RESAMPLES}")
    found = curves(table, metric)
    sizes = sorted({size for curve in found for size in curve.usable().sizes})
    reference = float(sizes[len(sizes) // 2]) if sizes else float("nan")
    groups = [list(group) for _, group in groupby(found, key=lambda curve: curve.key[:2])]
    return [fit for group in groups for fit in _fit_group(group, metric, cases, resamples, reference)]


def _fit_group(
    group: Sequence[CurveTrials], metric: Metric | None, cases: Cases, resamples: int, reference: float
) -> Iterable[CurveFit]:
    """The curves of one task and model: their draws are shared, so that their laws can be compared draw by draw."""
    seeds = sorted(set(chain.from_iterable(curve.seeds.tolist() for curve in group)))
    drawn = draws(seeds, f"{group[0].key.task}/{group[0].key.model}", resamples)
    for curve in group:
        others = [other for other in group if other is not curve]
        yield _fit(curve, others, metric, cases, drawn, reference)


def _fit(
    curve: CurveTrials,
    others: Sequence[CurveTrials],
    metric: Metric | None,
    cases: Cases,
    drawn: Draws,
    reference: float,
) -> CurveFit:
    usable, states = curve.usable(), size_states(curve)
    grid = case_grid(usable, cases, metric)
    fit = fit_curve(usable.sizes, usable.values, nested=curve.nested) if len(usable.sizes) >= MIN_SIZES else None
    laws = of_cases = None
    if fit is not None:
        counts = drawn.seeds.of(usable.seeds)
        laws = seed_laws(usable.sizes, usable.values, fit.data.precision, counts)
        of_cases = population(grid, usable.sizes, fit.data.precision, counts, drawn) if grid else None
    flags = set(fit.flags if fit else ())
    if divergence_matters([state.rate for state in states], tuple(_mcnemar(curve, other) for other in others)):
        flags.add("divergence_matters")
    if of_cases and of_cases.patients < FEW_PATIENTS:
        flags.add("few_cases")
    return CurveFit(
        key=curve.key, metric=metric, trials=curve, points=size_points(curve, metric), states=states,
        components=tuple(components(curve, case_grid(curve, cases, metric))), reference_size=reference, fit=fit,
        seed_laws=laws, population=of_cases, sensitivity=_sensitivity(curve), flags=frozenset(flags),
        notes=tuple(notes(curve, fit)),
    )  # fmt: skip


def _mcnemar(curve: CurveTrials, other: CurveTrials) -> float:
    """p-value that two strategies diverge equally often, over the seeds and sizes that came to an end in both."""
    ended = [
        {(size, seed): state == "diverged" for (size, seed), state in _cells(one) if state in ("ok", "diverged")}
        for one in (curve, other)
    ]
    shared = sorted(ended[0].keys() & ended[1].keys())
    first, second = (np.array([one[cell] for cell in shared], dtype=bool) for one in ended)
    return mcnemar(first, second)


def _cells(curve: CurveTrials) -> Iterable[tuple[tuple[float, int], str]]:
    for row, seed in enumerate(curve.seeds):
        for column, size in enumerate(curve.sizes):
            yield (float(size), int(seed)), str(curve.status[row, column])


def _sensitivity(curve: CurveTrials) -> Estimate | None:
    if not curve.count("diverged").any() or not np.isfinite(curve.constant):
        return None
    values = with_constant(curve.errors, curve.status, curve.constant)
    data = weighted_means(curve.sizes, values, nested=curve.nested)
    return fit_law(data).error(data.sizes[-1]) if len(data.sizes) >= MIN_SIZES else None


def _check_metric(metric: str) -> None:
    if metric not in METRICS:
        raise ConfigError(key="metric", problem=f"{metric!r} is unknown", fix=f"choose from {', '.join(METRICS)}")
