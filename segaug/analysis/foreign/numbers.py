"""Cells of a foreign table as numbers: 0.5, 0,5 and 12.5 %, where the table says which of them it means."""

from collections.abc import Iterable
from numbers import Real as Number

import pandas as pd

from segaug.analysis.foreign.file import ForeignFile

PERCENT = "%"
_WITH_COMMA, _WITH_POINT = r"[+-]?\d*,\d+(?:[eE][+-]?\d+)?", r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?"
_MARK = rf"\s*{PERCENT}$"


def numbers(file: ForeignFile, column: str) -> pd.Series:
    """The column as floats, without their % signs; NaN where a cell is no number."""
    cells = file.frame[column]
    body = _text(cells).str.replace(_MARK, "", regex=True)
    body = body.mask(body.str.fullmatch(_WITH_COMMA), body.str.replace(",", ".", regex=False))
    return pd.to_numeric(body, errors="coerce").astype(float).fillna(_plain_numbers(cells))


def shares(file: ForeignFile, column: str) -> pd.Series:
    """`numbers`, divided by 100 where `in_percent`."""
    return numbers(file, column) / (100 if in_percent(file, column) else 1)


def in_percent(file: ForeignFile, column: str) -> bool:
    """Is the column marked by a % sign, in its heading or behind every number?  Behind some of them is refused."""
    if PERCENT in file.heading(column):
        return True
    marked = _text(file.frame[column]).str.endswith(PERCENT)
    unmarked = numbers(file, column).notna() & ~marked
    if marked.any() and unmarked.any():
        row = first_true(unmarked)
        problem = f"got {file.frame[column][row]} without the % sign of other rows"
        fix = f"write it behind every number, or once in the heading: {file.heading(column)} [%]"
        file.refuse(column=column, row=row, problem=problem, fix=fix)
    return bool(marked.any())


def decimal_commas(file: ForeignFile, columns: Iterable[str]) -> bool:
    """Do the numbers of these columns have decimal commas?  Commas and points side by side are refused."""
    first: dict[str, tuple[str, int]] = {}  # pattern -> where it is met first
    for column in columns:
        body = _text(file.frame[column]).str.replace(_MARK, "", regex=True)
        for pattern in (_WITH_COMMA, _WITH_POINT):
            matches = body.str.fullmatch(pattern)
            if matches.any():
                first.setdefault(pattern, (column, first_true(matches)))
    if len(first) == 2:
        (column, row), (other, elsewhere) = first[_WITH_COMMA], first[_WITH_POINT]
        there = f"{file.frame[other][elsewhere]} in {file.place(elsewhere)}, column {file.heading(other)}"
        problem = f"got {file.frame[column][row]}, but {there}"
        file.refuse(column=column, row=row, problem=problem, fix="write all decimals with a point, or all with a comma")
    return _WITH_COMMA in first


def first_true(flags: pd.Series) -> int:
    """Label of the first true row."""
    return int(flags.index.to_numpy()[flags.to_numpy().argmax()])


def _text(cells: pd.Series) -> pd.Series:
    """Stripped; "" where a cell is no text."""
    if pd.api.types.is_numeric_dtype(cells):
        return pd.Series("", index=cells.index, dtype="object")
    return cells.astype("object").map(lambda cell: cell.strip() if isinstance(cell, str) else "")


def _plain_numbers(cells: pd.Series) -> pd.Series:
    """The cells that are numbers by themselves, as those of spreadsheets and of Parquet are."""
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.astype(float)
    return cells.map(
        lambda cell: float(cell) if isinstance(cell, Number) and not isinstance(cell, bool) else None
    ).astype(float)
