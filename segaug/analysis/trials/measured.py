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


def measured(table: pd.DataFrame, metric: Metric | None = None, key: str = "--metric") -> pd.DataFrame:
    """Add the columns `metric`, `error` in its unit, and `constant`, the error of the best constant prediction.

    metric: a measure or its error; None: that of each trial's task, see `default_metrics`.  A diverged trial may have
    an error: it is finite, but no result.  Raises ConfigError naming `key` where no converged trial has measured it.
    """
    names = {"": quantity(metric, key).error} if metric else default_metrics(table)
    asked = [quantity(name) for name in sorted({*names.values()})]
    found = table.assign(metric=asked[0].error if len(asked) == 1 else table["task"].map(names))
    found["error"] = _of_each(asked, found["metric"], lambda one: error_of(one, table))
    found["constant"] = _of_each(asked, found["metric"], lambda one: constant_error_of(one, table))
    ok = table["status"] == "ok"
    lacking = ok & found["error"].isna()
    if not lacking.any():
        return found
    if lacking.sum() == ok.sum():
        raise _nowhere_measured(asked[0], table, key)
    return found.assign(status=table["status"].mask(lacking, NOT_MEASURED))


def measured_cases(table: pd.DataFrame, read: Callable[[str], Cases]) -> dict[str, CaseErrors]:
    """Errors of single test cases of each trial's own metric, by trial.

    table: from `measured`.  read: those of all trials by the key of a measure, such as `TrialSource.cases`.
    """
    found: dict[str, CaseErrors] = {}
    for name, rows in table.groupby("metric"):
        asked = quantity(str(name))
        if asked.measure.part == "test":
            own = set(rows["id"])
            found |= {trial: errors for trial, errors in read(asked.key).items() if trial in own}
    return found


def not_measured(table: pd.DataFrame) -> str:
    """One sentence: which curves of a table from `measured` lack its metric, in how many trials; "" where none does."""
    if not (table["status"] == NOT_MEASURED).any():
        return ""
    found = []
    for key, rows in table.groupby([*CURVE]):
        lacking, ok = (int((rows["status"] == state).sum()) for state in (NOT_MEASURED, "ok"))
        if lacking:
            share = f"{lacking} of {lacking + ok} trials" if ok else f"all {lacking} trials: left out"
            found.append(f"{'/'.join(filter(None, map(str, key)))} ({share})")
    return f"{', '.join(sorted(table['metric'].unique()))} was not measured in {', '.join(found)}"


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
    whole = [one for one in measured_quantities(table) if one.measure.part == "test" and not one.structure]
    zero = [one.error for one in whole if (error_of(one, ok) <= 0).any()]
    return [one.error for one in whole if one.error not in zero], zero


def _of_each(asked: list[Quantity], metric: pd.Series, read: Callable[[Quantity], pd.Series]) -> pd.Series:
    """What is read of each trial's own metric."""
    found = read(asked[0])
    for one in asked[1:]:
        found = found.mask(metric == one.error, read(one))
    return found


def _nowhere_measured(asked: Quantity, table: pd.DataFrame, key: str) -> ConfigError:
    """What there is instead: structures where the measure is there, else measures."""
    found = measured_quantities(table)
    known = ", ".join(one.key for one in found if not one.structure) or "nothing"
    structures = sorted({one.structure for one in found if one.measure == asked.measure} - {""})
    if asked.structure and structures:
        named = ", ".join(f"{asked.measure.key}/{structure}" for structure in structures)
        return ConfigError(
            key=key,
            problem=f"{asked.key}: the study has no structure {asked.structure!r}",
            fix=f"choose from {named}, or {asked.measure.key} for all of them together",
        )
    where = " of a single structure" if asked.structure else ""
    return ConfigError(
        key=key,
        problem=f"no converged trial of the study has measured {asked.key}{where}",
        fix=f"choose from what it has measured: {known}; or run it again under another name=...",
    )
