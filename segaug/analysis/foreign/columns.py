"""The columns of a foreign table, each checked: what is wrong is named by file, row and column."""

import numpy as np
import pandas as pd

from segaug.analysis.csv_text import unmarked
from segaug.analysis.foreign.file import ForeignFile
from segaug.analysis.foreign.naming import SHOWN
from segaug.analysis.foreign.numbers import PERCENT, first_true, in_percent, numbers, shares
from segaug.analysis.foreign.synonyms import plain_name
from segaug.measures import LARGEST
from segaug.name import is_name
from segaug.results.states import STATUSES

_WHOLE_MAX = 2**53  # larger ones are not exact as floats


def text_column(file: ForeignFile, column: str) -> pd.Series:
    """Names; none may be empty, or hold what is none of a line of text."""
    values = file.frame[column].astype("object")
    values = values.where(values.isna(), values.astype(str).str.strip().map(unmarked, na_action="ignore"))
    _refuse_first(file, column, values.isna() | (values == ""), "is empty", "name it in every row")
    odd = ~values.map(is_name).astype(bool)
    _refuse_first(file, column, odd, "holds a control character, or a name in several lines", "write a plain name")
    return values


def whole_column(file: ForeignFile, column: str, least: int) -> pd.Series:
    """Whole numbers, also where they are written as 8.0."""
    values = numbers(file, column)
    bad = ~((values >= least) & (values < _WHOLE_MAX) & (values % 1 == 0)) | file.frame[column].map(_has_percent)
    _refuse_first(file, column, bad, "", f"{SHOWN.get(column, column)} is a whole number from {least}")
    return values.astype("int64")


def status_column(file: ForeignFile) -> pd.Series:
    """One of `STATUSES`; "ok" where it is left out."""
    if "status" not in file.frame:
        return pd.Series("ok", index=file.frame.index)
    values = file.frame["status"].fillna("ok").astype(str).str.strip().str.lower()
    _refuse_first(file, "status", ~values.isin(STATUSES), "", f"choose from {', '.join(STATUSES)}")
    return values


def error_column(file: ForeignFile, status: pd.Series, *, overlap: bool) -> pd.Series:
    """Above 0, or from 0 where a row is a single case; NaN where a trial that is not ok has no finite error.

    overlap: the column is a Dice, an accuracy or their like, and its error 1 minus it.
    """
    values = shares(file, "error")
    infinite = ~(np.abs(values) <= LARGEST)  # NaN, too
    fix = "give a number, or the trial the status diverged, failed or missing, or leave it out"
    _refuse_first(file, "error", (status == "ok") & infinite, "", fix)
    if overlap:
        _refuse_no_share(file, values)
        values = 1 - values
    bad = values < 0 if "case" in file.frame else values <= 0
    fix = "errors are above 0 and fall with N; a Dice or an accuracy is read as 1 minus it where it is called so"
    _refuse_first(
        file, "error", bad, "", "its error is 0, which no law can take: leave the row out" if overlap else fix
    )
    return values.mask(infinite)


def constant_column(file: ForeignFile) -> pd.Series:
    """Above 0; NaN where it is left out."""
    if "constant" not in file.frame:
        return pd.Series(np.nan, index=file.frame.index)
    values = shares(file, "constant")
    bad = file.frame["constant"].notna() & ~((values > 0) & (values <= LARGEST))
    _refuse_first(file, "constant", bad, "", "give a number above 0, or leave it empty")
    return values


def _refuse_no_share(file: ForeignFile, values: pd.Series) -> None:
    heading = file.heading("error")
    marked = in_percent(file, "error")
    unit = "0 to 100 %" if marked else f"0 to 1; per cent need a % sign, as in {plain_name(heading)} [{PERCENT}]"
    _refuse_first(file, "error", (values < 0) | (values > 1), "", f"{heading} is from {unit}")


def _has_percent(cell: object) -> bool:
    return isinstance(cell, str) and cell.strip().endswith(PERCENT)


def _refuse_first(file: ForeignFile, column: str, bad: pd.Series, problem: str, fix: str) -> None:
    """Name the first bad row, with what it holds."""
    if bad.any():
        row = first_true(bad)
        shown = file.frame[column][row]
        problem = problem or ("is empty" if pd.isna(shown) else f"got {shown}")
        file.refuse(column=column, row=row, problem=problem, fix=fix)
