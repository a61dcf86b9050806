"""The table of a dataset: one row per image, with the columns that name it, its patient and its near copies."""

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from segaug.data.place import refuse_special
from segaug.errors import ConfigError, DataError


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
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file, strict=True)
            rows = list(reader)
    except (csv.Error, UnicodeDecodeError) as error:
        raise DataError(
            file=path, problem=f"is no CSV file ({error})", fix="save it as UTF-8 text with commas"
        ) from error
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():  # where DictReader puts cells too many, and too few
            problem = f"row {number} has not the same number of cells as the header"
            raise DataError(file=path, problem=problem, fix="give every row one cell per column")
    if not rows:
        raise DataError(file=path, problem="holds no row", fix="add one row per image below the header")
    return Table(path, tuple(reader.fieldnames or ()), rows)


def _some(values: set[str], at_most: int = 10) -> str:
    shown = sorted(values)[:at_most]
    return ", ".join(map(repr, shown)) + (", ..." if len(values) > at_most else "") if shown else "(none found)"
