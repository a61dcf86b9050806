"""Tables in text files, as spreadsheets write them: columns apart by commas, semicolons or tabs; every cell is text."""

import csv
import re
from itertools import chain
from pathlib import Path

import pandas as pd

from segaug.errors import DataError

SEPARATORS = ("\t", ";", ",")  # the first that the header has
_TOO_MANY = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


def read_text(path: Path) -> pd.DataFrame:
    """The header's names as columns; only an empty field is missing, for a curve may be called NA or None.

    Raises DataError or ValueError where the file is no such table.
    """
    header, separator = _header(path)
    try:
        frame = pd.read_csv(
            path, sep=separator, encoding="utf-8-sig", header=None, dtype=str, skip_blank_lines=False,
            keep_default_na=False, na_values=[""], skipinitialspace=True,
        )  # fmt: skip
    except pd.errors.ParserError as error:
        if match := _TOO_MANY.search(str(error)):
            raise _too_many(path, *map(int, match.groups()), separator=separator) from error
        raise
    return frame.iloc[1:].set_axis(header, axis=1)


def _header(path: Path) -> tuple[list[str], str]:
    """The names in the first line, and what separates them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        first = next(iter(file), "")
        separator = next((mark for mark in SEPARATORS if mark in _unquoted(first)), ",")
        names = [name.strip() for name in next(csv.reader(chain([first], file), delimiter=separator), [])]
    if not any(names):
        raise pd.errors.EmptyDataError("no header")
    if all(_is_number(name) for name in names):
        fix = "write the names of the columns above them, such as N,error"
        raise DataError(file=path, problem="has numbers in its first line", fix=fix)
    return names, separator


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _too_many(path: Path, expected: int, line: int, fields: int, *, separator: str) -> DataError:
    fix = "give every row a field for each column"
    if separator == ",":
        fix += "; where numbers have decimal commas, separate the columns by semicolons"
    return DataError(file=f"{path}, line {line}", problem=f"has {fields} fields, the header {expected}", fix=fix)
