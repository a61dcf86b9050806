"""The columns of a foreign table, each checked: what is wrong is named by file, row and column."""

import numpy as np
import pandas as pd

from segaug.analysis.trials.foreign_file import ForeignFile

STATES = ("ok", "diverged", "failed", "missing")
_WHOLE_MAX = 2**53  # larger ones are not exact as floats


def text_column(file: ForeignFile, column: str) -> pd.Series:
    """Names; none may be empty."""
    values = file.frame[column]
    _refuse_first(file, column, values.isna(), "is empty", "name it in every row")
    return values.astype(str)


def whole_column(file: ForeignFile, column: str, least: int) -> pd.Series:
    """Whole numbers, also where they are written as 8.0."""
    values = pd.to_numeric(file.frame[column], errors="coerce")
    shown = "N" if column == "size" else column
    bad = ~((values >= least) & (values < _WHOLE_MAX) & (values % 1 == 0))
    _refuse_first(file, column, bad, "", f"{shown} is a whole number from {least}")
    return values.astype("int64")


def status_column(file: ForeignFile) -> pd.Series:
    """One of `STATES`; "ok" where it is left out."""
    if "status" not in file.frame:
        return pd.Series("ok", index=file.frame.index)
    values = file.frame["status"].fillna("ok").astype(str).str.strip().str.lower()
    _refuse_first(file, "status", ~values.isin(STATES), "", f"choose from {', '.join(STATES)}")
    return values


def error_column(file: ForeignFile, status: pd.Series) -> pd.Series:
    """Above 0, or from 0 where a row is a single case; NaN where a trial that is not ok has no finite error."""
    values = pd.to_numeric(file.frame["error"], errors="coerce").astype(float)
    infinite = ~np.isfinite(values)
    fix = "give a number, or the trial the status diverged, failed or missing, or leave it out"
    _refuse_first(file, "error", (status == "ok") & infinite, "", fix)
    bad = values < 0 if "case" in file.frame else values <= 0
    _refuse_first(file, "error", bad, "", "errors are above 0 and fall with N: for Dice give 1 - Dice")
    return values.mask(infinite)


def constant_column(file: ForeignFile) -> pd.Series:
    """Above 0; NaN where it is left out."""
    if "constant" not in file.frame:
        return pd.Series(np.nan, index=file.frame.index)
    values = pd.to_numeric(file.frame["constant"], errors="coerce").astype(float)
    bad = file.frame["constant"].notna() & ~(np.isfinite(values) & (values > 0))
    _refuse_first(file, "constant", bad, "", "give a number above 0, or leave it empty")
    return values


def _refuse_first(file: ForeignFile, column: str, bad: pd.Series, problem: str, fix: str) -> None:
    """Name the first bad row, with what it holds."""
    if bad.any():
        row = first_true(bad)
        shown = file.frame[column][row]
        problem = problem or ("is empty" if pd.isna(shown) else f"got {shown}")
        file.refuse(column=column, row=row, problem=problem, fix=fix)


def first_true(flags: pd.Series) -> int:
    """Label of the first true row."""
    return int(flags.index.to_numpy()[flags.to_numpy().argmax()])
