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

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from segaug.analysis.curve_trials import CurveKey
from segaug.analysis.foreign_file import ForeignFile, read_file
from segaug.analysis.table import CURVE
from segaug.results.case_errors import CaseErrors

_TRIAL = [*CURVE, "size", "seed"]
_STATES = ("ok", "diverged", "failed", "missing")
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
    rows = pd.DataFrame({name: _text(file, name) for name in CURVE})
    rows["size"], rows["seed"] = _whole(file, "size", 1), _whole(file, "seed", 0)
    rows["status"] = _status(file)
    rows["error"] = _error(file, rows["status"])
    rows["constant"] = _constant(file)
    rows["subset_policy"] = "nested" if nested else "independent"
    rows["id"] = _ids(rows)
    optional = [name for name in ("subset", "case", "patient") if name in file.frame]
    rows = rows.assign(**{name: _text(file, name) for name in optional})
    _refuse_duplicates(file, rows)
    if "case" not in rows:
        return ForeignTable(rows.sort_values(_TRIAL, ignore_index=True), {})
    return _averaged(file, rows)


def _renamed(file: ForeignFile) -> ForeignFile:
    """Known names in lower case, N as size, a curve as a strategy; each column of a curve is there."""
    names = [str(name).strip().lower() for name in file.frame.columns]
    names = [{"n": "size"}.get(name, name) for name in names]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        file.refuse(
            problem=f"has more than one column for {', '.join(twice)}",
            fix="keep one of each (N, n and size are the same)",
        )
    frame = file.frame.set_axis(names, axis=1)
    if "curve" in frame and "strategy" in frame:
        file.refuse(problem="has both curve and strategy", fix="leave out one of them")
    frame = frame.rename(columns={"curve": "strategy"})
    lacking = [shown for name, shown in (("size", "N"), ("seed", "seed"), ("error", "error")) if name not in frame]
    lacking += [] if any(name in frame for name in CURVE) else ["curve"]
    if lacking:
        found = ", ".join(map(str, file.frame.columns))
        file.refuse(
            problem=f"has no column {' and '.join(lacking)}, only {found}", fix=f"give it the columns {_COLUMNS}"
        )
    absent = {name: "" for name in CURVE if name not in frame}
    return ForeignFile(file.name, frame.assign(**absent), file.row_word, file.first_row)


def _text(file: ForeignFile, column: str) -> pd.Series:
    values = file.frame[column]
    _refuse_first(file, column, values.isna(), "is empty", "name it in every row")
    return values.astype(str)


def _whole(file: ForeignFile, column: str, least: int) -> pd.Series:
    values = pd.to_numeric(file.frame[column], errors="coerce")
    shown = "N" if column == "size" else column
    _refuse_first(file, column, ~((values >= least) & (values % 1 == 0)), "", f"{shown} is a whole number from {least}")
    return values.astype("int64")


def _status(file: ForeignFile) -> pd.Series:
    if "status" not in file.frame:
        return pd.Series("ok", index=file.frame.index)
    values = file.frame["status"].fillna("ok").astype(str).str.strip().str.lower()
    _refuse_first(file, "status", ~values.isin(_STATES), "", f"choose from {', '.join(_STATES)}")
    return values


def _error(file: ForeignFile, status: pd.Series) -> pd.Series:
    """NaN where a trial that is not ok has no finite error."""
    values = pd.to_numeric(file.frame["error"], errors="coerce").astype(float)
    infinite = ~np.isfinite(values)
    fix = "give a number, or the trial the status diverged, failed or missing, or leave it out"
    _refuse_first(file, "error", (status == "ok") & infinite, "", fix)
    _refuse_first(file, "error", values <= 0, "", "errors are above 0 and fall with N: for Dice give 1 - Dice")
    return values.mask(infinite)


def _constant(file: ForeignFile) -> pd.Series:
    if "constant" not in file.frame:
        return pd.Series(np.nan, index=file.frame.index)
    values = pd.to_numeric(file.frame["constant"], errors="coerce").astype(float)
    bad = file.frame["constant"].notna() & ~(np.isfinite(values) & (values > 0))
    _refuse_first(file, "constant", bad, "", "give a number above 0, or leave it empty")
    return values


def _ids(rows: pd.DataFrame) -> list[str]:
    return [f"{CurveKey(*names)} N={size} seed {seed}" for *names, size, seed in rows[_TRIAL].itertuples(index=False)]


def _refuse_duplicates(file: ForeignFile, rows: pd.DataFrame) -> None:
    keys = [*_TRIAL, "case"] if "case" in rows else _TRIAL
    twice = rows.duplicated(keys)
    if twice.any():
        second = _first(twice)
        first = _first((rows[keys] == rows.loc[second, keys]).all(axis=1))
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


def _refuse_first(file: ForeignFile, column: str, bad: pd.Series, problem: str, fix: str) -> None:
    """Name the first bad row, with what it holds."""
    if bad.any():
        row = _first(bad)
        shown = file.frame[column][row]
        problem = problem or ("is empty" if pd.isna(shown) else f"got {shown}")
        file.refuse(column="N" if column == "size" else column, row=row, problem=problem, fix=fix)


def _first(flags: pd.Series) -> int:
    """Label of the first true row."""
    return int(flags.index.to_numpy()[flags.to_numpy().argmax()])
