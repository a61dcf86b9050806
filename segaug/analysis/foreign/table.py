"""Trials from anywhere: errors that segaug did not measure, as the table that fits use.

Columns (upper or lower case, in any order; common other names are in `synonyms`, any name can be told):
    N          or n, size: training size, a whole number from 1
    error      above 0, falling with N; a Dice, an accuracy or their like by its name is read as 1 minus it
    curve      or any of task, model, strategy: which trials make up one curve; without one, all of them
    seed       a whole number from 0; trials of one seed are paired over sizes and curves.  Without it rows of one curve
               and N are independent repeats, and no two curves are paired
    status     optional: ok (also where empty), diverged, failed or missing; a trial that is not ok needs no error
    constant   optional: error of the best constant prediction
    subset     optional: names the set of training images
    case       optional: then a row is one test case, and a trial's error is the mean over its rows
    patient    optional, beside case: whom it shows
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from segaug.analysis.foreign.columns import (
    constant_column,
    error_column,
    status_column,
    text_column,
    whole_column,
)
from segaug.analysis.foreign.file import ForeignFile, read_file
from segaug.analysis.foreign.naming import KEY, named
from segaug.analysis.foreign.numbers import decimal_commas, first_true
from segaug.analysis.foreign.reading import Reading
from segaug.analysis.foreign.repeats import numbered_repeats
from segaug.analysis.trials.curve_trials import CurveKey
from segaug.errors import DataError
from segaug.name import is_name
from segaug.results.case_errors import CaseErrors
from segaug.results.keys import CURVE, TRIAL


@dataclass(frozen=True, eq=False)
class ForeignTable:
    """A checked table."""

    trials: pd.DataFrame  # for `curves(trials, None)`: id, task, model, strategy, size, seed, status, error, constant
    cases: dict[str, CaseErrors]  # by id, of the trials that are ok; empty without a column `case`
    reading: Reading  # what was taken for what

    def refuse_unpaired(self) -> None:
        """Raise a DataError where no seeds say which trials of two curves are a pair."""
        if not self.reading.paired:
            raise DataError(
                file=self.reading.name,
                problem="has no column for the seed, so no trial of one curve is the partner of one of another",
                fix=f"name its column: {KEY} seed=...",
            )


Source = pd.DataFrame | Path | str | ForeignTable


def from_frame(
    source: Source, *, nested: bool = False, columns: Mapping[str, str] | None = None, smallest: int = 1
) -> ForeignTable:
    """Check a table, or a file of one (see `file`), and bring it into the form that fits use.

    nested: a seed's smaller subsets are part of its larger ones.  columns: our names -> those of the table, where it
    has others.  smallest: the least that N may be.  A table that has been read is returned as it is.  Raises DataError
    naming file, row and column.
    """
    if isinstance(source, ForeignTable):
        return source
    recognised = named(read_file(source), columns)
    file = recognised.file
    commas = decimal_commas(file, [name for name in ("size", "seed", "error", "constant") if name in file.frame])
    rows = pd.DataFrame({name: _curve_column(file, name) for name in CURVE})
    rows["size"] = whole_column(file, "size", smallest)
    optional = [name for name in ("subset", "case", "patient") if name in file.frame]
    rows = rows.assign(**{name: text_column(file, name) for name in optional})
    rows["seed"] = whole_column(file, "seed", 0) if "seed" in file.frame else numbered_repeats(recognised, rows)
    rows["status"] = status_column(file)
    rows["error"] = error_column(file, rows["status"], overlap=recognised.overlap)
    rows["constant"] = constant_column(file)
    rows["subset_policy"] = "nested" if nested else "independent"
    rows["id"] = _ids(rows)
    _refuse_duplicates(file, rows)
    trials, cases = (rows, {}) if "case" not in rows else _averaged(file, rows)
    trials = trials.sort_values([*TRIAL], ignore_index=True)
    return ForeignTable(trials, cases, Reading.of(recognised, trials, commas=commas))


def _curve_column(file: ForeignFile, name: str) -> pd.Series:
    """Empty where the table lacks it; a table that names no curve has one, called as the file is."""
    if name in file.frame:
        return text_column(file, name)
    alone = name == "strategy" and not any(other in file.frame for other in CURVE)
    if alone and not is_name(file.stem):
        file.refuse(problem="has a control character in its name, after which its curve is called", fix="rename it")
    return pd.Series(file.stem if alone else "", index=file.frame.index)


def _ids(rows: pd.DataFrame) -> list[str]:
    return [f"{CurveKey(*names)} N={size} seed {seed}" for *names, size, seed in rows[[*TRIAL]].itertuples(index=False)]


def _refuse_duplicates(file: ForeignFile, rows: pd.DataFrame) -> None:
    keys = [*TRIAL, "case"] if "case" in rows else [*TRIAL]
    twice = rows.duplicated(keys)
    if twice.any():
        second = first_true(twice)
        first = first_true((rows[keys] == rows.loc[second, keys]).all(axis=1))
        what = "curve, N, seed and case" if "case" in rows else "curve, N and seed"
        file.refuse(
            row=second,
            problem=f"has the same {what} as {file.place(first)} ({rows['id'][first]})",
            fix=f"keep one of them, give each its own seed, or say what tells them apart: {KEY} curve=... or seed=...",
        )


def _averaged(file: ForeignFile, rows: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, CaseErrors]]:
    """One row a trial out of one row a case, and the cases by trial."""
    rows = rows.assign(patient=rows["patient"] if "patient" in rows else rows["case"]).sort_values([*TRIAL, "case"])
    groups = rows.groupby("id", sort=False)
    mixed = rows[groups["status"].transform("nunique") > 1]
    if len(mixed):
        file.refuse(column="status", row=int(mixed.index[0]), problem="differs between the cases of one trial",
                    fix="give all rows of a trial the same status")  # fmt: skip
    ok = rows[rows["status"] == "ok"].groupby("id", sort=False)
    cases = {
        str(trial): CaseErrors(tuple(group["case"]), tuple(group["patient"]), group["error"].to_numpy())
        for trial, group in ok
    }
    trials = groups.first().assign(error=groups["error"].mean()).reset_index().drop(columns=["case", "patient"])
    _refuse_other_cases(file, trials, cases)
    return trials, cases


def _refuse_other_cases(file: ForeignFile, trials: pd.DataFrame, cases: dict[str, CaseErrors]) -> None:
    for _, curve in trials[trials["id"].isin(cases)].groupby([*CURVE]):
        first, *others = curve["id"]
        wrong = [trial for trial in others if set(cases[trial].cases) != set(cases[first].cases)]
        if wrong:
            file.refuse(
                column="case",
                problem=f"the trial {wrong[0]} has other test cases than {first}",
                fix="test all trials of a curve on the same cases",
            )
