"""The error of each trial, and what of a study was not measured.

Studies grow while measures are added: older records lack what newer ones hold.  Such a trial has converged, and is no
result under that metric: its status becomes `NOT_MEASURED`.
"""

from collections.abc import Callable

import pandas as pd

from segaug.analysis.metric import Metric, column, constant_error_of, default_metrics, error_of, measured_quantities
from segaug.errors import ConfigError
from segaug.measures import Quantity, quantity
from segaug.results.case_errors import CaseErrors, Cases
from segaug.results.keys import CURVE

NOT_MEASURED = "not measured"
_PER_PATIENT = "_patient"  # ends the key of a measure that has one value a patient


def measured(table: pd.DataFrame, metric: Metric | None = None, key: str = "--metric") -> pd.DataFrame:
    """Add the columns `metric`, `error` in its unit, and `constant`, the error of the best constant prediction.

    metric: a measure or its error; None: that of each trial's task, see `default_metrics`.  A diverged trial may have
    an error: it is finite, but no result.  Raises ConfigError naming `key` where no converged trial has measured it.
    """
    names = {"": quantity(metric, key).error} if metric else default_metrics(table)
    asked = [quantity(name) for name in sorted({*names.values()})]
    trials = table.assign(metric=asked[0].error if len(asked) == 1 else table["task"].map(names))
    trials["error"] = _of_each(asked, trials["metric"], lambda own: error_of(own, table))
    trials["constant"] = _of_each(asked, trials["metric"], lambda own: constant_error_of(own, table))
    ok = table["status"] == "ok"
    lacking = ok & trials["error"].isna()
    if not lacking.any():
        return trials
    if lacking.sum() == ok.sum():
        raise _nowhere_measured(asked[0], table, key)
    return trials.assign(status=table["status"].mask(lacking, NOT_MEASURED))


def measured_cases(table: pd.DataFrame, read: Callable[[str], Cases]) -> dict[str, CaseErrors]:
    """Errors of single test cases of each trial's own metric, by trial.

    table: from `measured`.  read: those of all trials by the key of a measure, such as `TrialSource.cases`.
    """
    cases: dict[str, CaseErrors] = {}
    for name, rows in table.groupby("metric"):
        asked = quantity(str(name))
        if asked.measure.part == "test":
            own = set(rows["id"])
            cases |= {trial: errors for trial, errors in read(asked.key).items() if trial in own}
    return cases


def not_measured(table: pd.DataFrame) -> str:
    """One sentence: which curves of a table from `measured` lack its metric, in how many trials; "" where none does."""
    if not (table["status"] == NOT_MEASURED).any():
        return ""
    shares = []
    for key, rows in table.groupby([*CURVE]):
        lacking, ok = (int((rows["status"] == state).sum()) for state in (NOT_MEASURED, "ok"))
        if lacking:
            share = f"{lacking} of {lacking + ok} trials" if ok else f"all {lacking} trials: left out"
            shares.append(f"{'/'.join(filter(None, map(str, key)))} ({share})")
    return f"{', '.join(sorted(table['metric'].unique()))} was not measured in {', '.join(shares)}"


def where_it_fits(table: pd.DataFrame, metric: Metric) -> pd.DataFrame:
    """The trials of tasks that a metric is for: some are for one structure, others for several."""
    measure = quantity(metric).measure
    structures = column(table, "structures").groupby(table["task"]).transform("max").fillna(1)
    return table[[measure.fits(int(count)) for count in structures]]


def metrics_to_compare(table: pd.DataFrame) -> tuple[list[Metric], list[Metric]]:
    """Errors on the test set, of all structures together, that a law can be fitted to; and those that are 0 somewhere.

    table: from `trials` or `study_trials`.
    """
    ok = table[table["status"] == "ok"]
    whole = [
        quantity
        for quantity in measured_quantities(table)
        if quantity.measure.part == "test" and not quantity.structure
    ]
    zero = [quantity.error for quantity in whole if (error_of(quantity, ok) <= 0).any()]
    return [quantity.error for quantity in whole if quantity.error not in zero], zero


def _of_each(asked: list[Quantity], metric: pd.Series, read: Callable[[Quantity], pd.Series]) -> pd.Series:
    """What is read of each trial's own metric."""
    values = read(asked[0])
    for own in asked[1:]:
        values = values.mask(metric == own.error, read(own))
    return values


def _nowhere_measured(asked: Quantity, table: pd.DataFrame, key: str) -> ConfigError:
    """What there is instead: structures where the measure is there, else measures."""
    available = measured_quantities(table)
    known = ", ".join(quantity.key for quantity in available if not quantity.structure) or "nothing"
    structures = sorted({quantity.structure for quantity in available if quantity.measure == asked.measure} - {""})
    if asked.structure and structures:
        named = ", ".join(f"{asked.measure.key}/{structure}" for structure in structures)
        return ConfigError(
            key=key,
            problem=f"{asked.key}: the study has no structure {asked.structure!r}",
            fix=f"choose from {named}, or {asked.measure.key} for all of them together",
        )
    where = " of a single structure" if asked.structure else ""
    same = ""
    if asked.measure.per == "patient":
        same = f"use {asked.key.replace(_PER_PATIENT, '')} if each patient has one image, where it is the same; or "
    return ConfigError(
        key=key,
        problem=f"no converged trial of the study has measured {asked.key}{where}",
        fix=f"{same}choose from what it has measured: {known}; or run it again under another name=...",
    )
