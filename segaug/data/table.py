"""The table of a dataset: one row per image, with the columns that name it, its patient and its near copies."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segaug.data.place import refuse_special
from segaug.errors import ConfigError, DataError

_AS_CSV = "save it as UTF-8 text with commas (in Excel: CSV UTF-8)"


@dataclass(frozen=True)
class Table:
    """Rows of a CSV file, every cell as text."""

    path: Path
    columns: tuple[str, ...]
    rows: list[dict[str, str]]

    def column(self, name: str, key: str) -> list[str]:
        """One column; `key` is the config key that named it."""
        if name not in self.columns:
            problem = f"{self.path} has no column {name!r}"
            if any(separator in column for column in self.columns for separator in ";\t"):
                raise ConfigError(key=key, problem=f"{problem}: its header mixes separators", fix=_AS_CSV)
            raise ConfigError(key=key, problem=problem, fix=f"choose from: {', '.join(self.columns)}")
        return [row[name] for row in self.rows]

    def ids(self, name: str) -> list[str]:
        """The column of unique image names."""
        ids = self.column(name, "dataset.id_column")
        twice = [value for value, count in Counter(ids).items() if count > 1]
        if twice:
            problem = f"column {name!r} holds {twice[0]!r} more than once ({len(twice)} such values)"
            raise DataError(file=self.path, problem=problem, fix="keep one row per image")
        return ids

    def where(self, filters: Mapping[str, list[str]]) -> "Table":
        """The rows that hold, in each column named, one of the texts given."""
        rows = self.rows
        for name, wanted in filters.items():
            values = set(self.column(name, "dataset.where"))
            unknown = sorted(set(wanted) - values)
            if unknown:
                problem = f"column {name!r} of {self.path} never holds {', '.join(map(repr, unknown))}"
                raise ConfigError(key="dataset.where", problem=problem, fix=f"it holds: {_some(values)}")
            rows = [row for row in rows if row[name] in wanted]
        if not rows:
            problem = f"no row of {self.path} passes all of {dict(filters)}"
            raise ConfigError(key="dataset.where", problem=problem, fix="ask for combinations that occur together")
        return Table(self.path, self.columns, rows)


def read_table(path: Path) -> Table:
    """Read a CSV file with a header line."""
    if not path.is_file():
        found = _some({other.name for other in path.parent.glob("*.csv")})
        raise DataError(file=path, problem="does not exist", fix=f"set dataset.table to a CSV file beside it: {found}")
    refuse_special(path)
    try:
        with path.open("rb") as raw:
            _check_kind(path, raw.read(4))
        with path.open(newline="", encoding="utf-8-sig") as file:
            separator = _separator(path, file.readline())
            file.seek(0)
            reader = csv.DictReader(file, strict=True, delimiter=separator)
            rows = [row for row in reader if any(map(_says, row.values()))]  # Excel leaves separators alone
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(file=path, problem=f"is no CSV file ({error})", fix=_AS_CSV) from error
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():  # where DictReader puts cells too many, and too few
            problem = f"row {number} has not the same number of cells as the header"
            raise DataError(file=path, problem=problem, fix="give every row one cell per column")
    if not rows:
        raise DataError(file=path, problem="holds no row", fix="add one row per image below the header")
    return Table(path, tuple(reader.fieldnames or ()), rows)


def _says(cell: str | list[str] | None) -> bool:
    """Is it not empty?  Cells that are too many come as a list."""
    return any(cell) if isinstance(cell, list) else bool(cell)


def _check_kind(path: Path, start: bytes) -> None:
    """Refuse by name what Excel offers to save beside UTF-8."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        raise DataError(file=path, problem="is stored as UTF-16", fix=_AS_CSV)
    if start.startswith(b"PK"):
        raise DataError(file=path, problem="is a workbook, no text", fix=_AS_CSV)


def _separator(path: Path, header: str) -> str:
    """What stands between the names of the header: a comma wherever there is one."""
    bare = re.sub(r'"[^"]*"', "", header)
    found = [separator for separator in (",", ";", "\t") if separator in bare]
    if found == [";", "\t"]:
        raise DataError(file=path, problem="has both semicolons and tabs in its header", fix=_AS_CSV)
    return found[0] if found else ","


def _some(values: set[str], at_most: int = 10) -> str:
    shown = sorted(values)[:at_most]
    return ", ".join(map(repr, shown)) + (", ..." if len(values) > at_most else "") if shown else "(none found)"
