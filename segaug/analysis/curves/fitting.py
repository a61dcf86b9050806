"""From trials to curves: statistics of each size, the law where there is one, and how far it may be believed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby
from pathlib import Path

import numpy as np
import pandas as pd

from segaug.analysis.curves.fitted_curve import CurveFit
from segaug.analysis.curves.population import FEW_PATIENTS, Draws, draws, population, seed_laws
from segaug.analysis.curves.size_point import size_points, size_states
from segaug.analysis.foreign.table import Source, from_frame
from segaug.analysis.interval import RESAMPLES
from segaug.analysis.law.fit import fit_curve
from segaug.analysis.law.weighted_law import MIN_SIZES
from segaug.analysis.metric import Metric
from segaug.analysis.trials.case_grid import case_grid
from segaug.analysis.trials.collapsed import failed_by_collapse
from segaug.analysis.trials.curve_trials import CurveTrials, curves
from segaug.analysis.trials.divergence import divergence_matters, mcnemar
from segaug.analysis.trials.measured import measured, measured_cases
from segaug.analysis.trials.table import study_trials, trials, with_unfinished
from segaug.analysis.trials.untrained import untrained
from segaug.errors import ConfigError
from segaug.results.case_errors import Cases, cases_of_records
from segaug.results.planned import planned_trials
from segaug.results.snapshot import Snapshot
from segaug.results.source import TrialSource
from segaug.results.states import ENDED
from segaug.results.store import Store
from segaug.results.trial_row import Record

_MIN_RESAMPLES = 100  # fewer say nothing about a 95 % interval


def fit_study(study: Store | Path | str, metric: Metric | None = None, resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a study's folder that has measured the metric, by task, model and strategy.

    metric: a measure or its error; None: the cross-entropy of each task.
    """
    store = study if isinstance(study, Store) else Store(Path(study))
    return fit_source(Snapshot(store.folder), planned_trials(store), metric, resamples)


def fit_source(
    source: TrialSource, planned: pd.DataFrame, metric: Metric | None = None, resamples: int = RESAMPLES
) -> list[CurveFit]:
    """The same of trials wherever they are read from; planned: that of `results.planned`."""
    return fit_measured(source, measured(with_unfinished(study_trials(source), planned), metric), resamples)


def fit_measured(source: TrialSource, table: pd.DataFrame, resamples: int = RESAMPLES) -> list[CurveFit]:
    """The same of a table from `measured`, of the trials of this source."""
    return fit_trials(table, measured_cases(table, source.cases), resamples)


def fit_records(records: Sequence[Record], metric: Metric | None = None, resamples: int = RESAMPLES) -> list[CurveFit]:
    """The same of records that are at hand; see `trials` for what is refused."""
    table = measured(trials(records), metric)
    return fit_trials(table, measured_cases(table, partial(cases_of_records, records)), resamples)


def fit_table(
    source: Source, *, nested: bool = False, columns: Mapping[str, str] | None = None, resamples: int = RESAMPLES
) -> list[CurveFit]:
    """Every curve of a table from anywhere: columns N, error, curve, seed, and those that `foreign.table` names.

    nested: a seed's smaller subsets are part of its larger ones.  columns: our names -> those of the table.
    """
    table = from_frame(source, nested=nested, columns=columns)
    return fit_trials(table.trials, table.cases, resamples)


def fit_trials(table: pd.DataFrame, cases: Cases, resamples: int = RESAMPLES) -> list[CurveFit]:
    """Every curve of a table with errors.  cases: those of single test cases, by trial, where there are any."""
    if resamples < _MIN_RESAMPLES:
        raise ConfigError(key="resamples", problem=f"got {resamples}", fix=f"use at least {_MIN_RESAMPLES}")
    all_curves = curves(table)
    sizes = sorted({size for curve in all_curves for size in curve.usable().sizes})
    reference = float(sizes[len(sizes) // 2]) if sizes else float("nan")
    groups = [list(group) for _, group in groupby(all_curves, key=lambda curve: curve.key[:2])]
    return [fit for group in groups for fit in _fit_group(group, cases, resamples, reference)]


def _fit_group(group: Sequence[CurveTrials], cases: Cases, resamples: int, reference: float) -> Iterable[CurveFit]:
    """The curves of one task and model: their draws are shared, so that their laws can be compared draw by draw."""
    seeds = sorted(set(chain.from_iterable(curve.replicates().seeds.tolist() for curve in group)))
    drawn = draws(seeds, f"{group[0].key.task}/{group[0].key.model}", resamples)
    for curve in group:
        others = [other for other in group if other is not curve]
        yield _fit(curve, others, cases, drawn, reference)


def _fit(curve: CurveTrials, others: Sequence[CurveTrials], cases: Cases, drawn: Draws, reference: float) -> CurveFit:
    usable, states = curve.usable(), size_states(curve)
    grid, replicates = case_grid(usable, cases), usable.replicates()
    sizes, values = replicates.sizes, replicates.values
    failed = failed_by_collapse(curve)
    fit = fit_curve(sizes, values, nested=curve.nested, failed=failed) if len(sizes) >= MIN_SIZES else None
    laws = of_cases = None
    if fit is not None:
        counts = drawn.seeds.of(replicates.seeds)
        laws = seed_laws(sizes, values, fit.data.precision, counts)
        of_subsets = grid and replace(grid, values=usable.by_subset(grid.values))
        of_cases = population(of_subsets, sizes, fit.data.precision, counts, drawn) if of_subsets else None
    flags = set(fit.flags if fit else ())
    if divergence_matters([state.rate for state in states], tuple(_mcnemar(curve, other) for other in others)):
        flags.add("divergence_matters")
    if of_cases and of_cases.patients < FEW_PATIENTS:
        flags.add("few_cases")
    if failed:
        flags.add("collapsed")
    if untrained(curve):
        flags.add("not_trained_out")
    return CurveFit(
        key=curve.key, metric=curve.metric, trials=curve, points=size_points(curve), states=states, grid=grid,
        reference_size=reference, fit=fit, seed_laws=laws, population=of_cases, flags=frozenset(flags),
    )  # fmt: skip


def _mcnemar(curve: CurveTrials, other: CurveTrials) -> float:
    """p-value that two strategies diverge equally often, over the seeds and sizes that came to an end in both."""
    if not (curve.count("diverged").any() or other.count("diverged").any()):
        return 1.0
    _, rows, other_rows = np.intersect1d(curve.seeds, other.seeds, return_indices=True)
    _, columns, other_columns = np.intersect1d(curve.sizes, other.sizes, return_indices=True)
    first, second = curve.status[np.ix_(rows, columns)], other.status[np.ix_(other_rows, other_columns)]
    ended = np.isin(first, ENDED) & np.isin(second, ENDED)
    return mcnemar(first[ended] == "diverged", second[ended] == "diverged")
