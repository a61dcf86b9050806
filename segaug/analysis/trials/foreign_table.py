"""Trials from anywhere: errors that segaug did not measure, as the table that fits use.

Columns (upper or lower case, in any order; others are ignored):
    curve      or any of task, model, strategy: which trials make up one curve
    N          or n, size: training size, a whole number from 1
    seed       a whole number from 0; trials of one seed are paired over sizes and curves
    error      above 0, falling with N (1 - Dice, not Dice)
    status     optional: ok (also where empty), diverged, failed or missing; a trial that is not ok needs no error
    constant   optional: error of the best constant prediction
    subset     optional: names the set of training images
    case       optional: then a row is one test case, and a trial's error is the mean over its rows
    patient    optional, beside case: whom it shows
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from segaug.analysis.trials.curve_trials import CurveKey
from segaug.analysis.trials.foreign_columns import (
    constant_column,
    error_column,
    first_true,
    status_column,
    text_column,
    whole_column,
)
from segaug.analysis.trials.foreign_file import ForeignFile, read_file
from segaug.analysis.trials.table import CURVE
from segaug.results.case_errors import CaseErrors

_TRIAL = [*CURVE, "size", "seed"]
_COLUMNS = "curve (or task, model, strategy), N, seed, error"


@dataclass(frozen=True, eq=False)
class ForeignTable:
    """A checked table."""

    trials: pd.DataFrame  # for `curves(trials, None)`: id, task, model, strategy, size, seed, status, error, constant
    cases: dict[str, CaseErrors]  # by id, of the trials that are ok; empty without a column `case`


def from_frame(source: pd.DataFrame | Path | str, *, nested: bool = False) -> ForeignTable:
    """Check a table, or a .csv or .parquet file, and bring it into the form that fits use.

    nested: a seed's smaller subsets are part of its larger ones.  Raises DataError naming file, row and column.
    """
    file = _renamed(read_file(source))
    rows = pd.DataFrame({name: text_column(file, name) for name in CURVE})
    rows["size"], rows["seed"] = whole_column(file, "size", 1), whole_column(file, "seed", 0)
    rows["status"] = status_column(file)
    rows["error"] = error_column(file, rows["status"])
    rows["constant"] = constant_column(file)
    rows["subset_policy"] = "nested" if nested else "independent"
    rows["id"] = _ids(rows)
    optional = [name for name in ("subset", "case", "patient") if name in file.frame]
    rows = rows.assign(**{name: text_column(file, name) for name in optional})
    _refuse_duplicates(file, rows)
    if "case" not in rows:
        return ForeignTable(rows.sort_values(_TRIAL, ignore_index=True), {})
    return _averaged(file, rows)


def _renamed(file: ForeignFile) -> ForeignFile:
    """Known names in lower case, N as size, a curve as a strategy; each column of a curve is there."""
    names = [str(name).strip().lower() for name in file.frame.columns]
    names = [{"n": "size", "curve": "strategy"}.get(name, name) for name in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        file.refuse(
            problem=f"has more than one column for {', '.join(twice)}",
            fix="keep one of each (N, n and size are the same, curve and strategy too)",
        )
    frame = file.frame.set_axis(names, axis=1)
    lacking = [shown for name, shown in (("size", "N"), ("seed", "seed"), ("error", "error")) if name not in frame]
    lacking += [] if any(name in frame for name in CURVE) else ["curve"]
    if lacking:
        found = ", ".join(map(str, file.frame.columns))
        file.refuse(
            problem=f"has no column {' and '.join(lacking)}, only {found}", fix=f"give it the columns {_COLUMNS}"
        )
    absent = {name: "" for name in CURVE if name not in frame}
    headings = dict(zip(names, (str(name).strip() for name in file.frame.columns), strict=True))
    return replace(file, frame=frame.assign(**absent), headings=headings)


def _ids(rows: pd.DataFrame) -> list[str]:
    return [f"{CurveKey(*names)} N={size} seed {seed}" for *names, size, seed in rows[_TRIAL].itertuples(index=False)]


def _refuse_duplicates(file: ForeignFile, rows: pd.DataFrame) -> None:
    keys = [*_TRIAL, "case"] if "case" in rows else _TRIAL
    twice = rows.duplicated(keys)
    if twice.any():
        second = first_true(twice)
        first = first_true((rows[keys] == rows.loc[second, keys]).all(axis=1))
        what = "curve, N, seed and case" if "case" in rows else "curve, N and seed"
        file.refuse(
            row=second,
            problem=f"has the same {what} as {file.place(first)} ({rows['id'][first]})",
            fix="keep one of them, or give each its own seed",
        )


def _averaged(file: ForeignFile, rows: pd.DataFrame) -> ForeignTable:
    """One row a trial out of one row a case."""
    rows = rows.assign(patient=rows["patient"] if "patient" in rows else rows["case"]).sort_values([*_TRIAL, "case"])
    groups = rows.groupby("id", sort=False)
    mixed = rows[groups["status"].transform("nunique") > 1]
    if len(mixed):
        file.refuse(column="status", row=int(mixed.index[0]), problem="differs between the cases of one trial",
                    fix="give all rows of a trial the same status")  # fmt: skip
    ok = rows[rows["status"] == "ok"].groupby("id", sort=False)
    cases = {
        str(trial): CaseErrors(tuple(one["case"]), tuple(one["patient"]), one["error"].to_numpy()) for trial, one in ok
    }
    trials = groups.first().assign(error=groups["error"].mean()).reset_index().drop(columns=["case", "patient"])
    _refuse_other_cases(file, trials, cases)
    return ForeignTable(trials, cases)


def _refuse_other_cases(file: ForeignFile, trials: pd.DataFrame, cases: dict[str, CaseErrors]) -> None:
    for _, curve in trials[trials["id"].isin(cases)].groupby(CURVE):
        first, *others = curve["id"]
        wrong = [trial for trial in others if set(cases[trial].cases) != set(cases[first].cases)]
        if wrong:
            file.refuse(
                column="case",
                problem=f"the trial {wrong[0]} has other test cases than {first}",
                fix="test all trials of a curve on the same cases",
            )
