"""The trials of a study as the page reads them: rows of its columns, so that no record is held in memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pandas as pd

from segaug.results.snapshot import Snapshot

_SHARED = "settings"


class Trial(Mapping[str, Any]):  # Any: text, number, or what the settings hold
    """One row: what `trial_row` and `detail_row` make of a record, and each of its settings; None for NaN."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: "Columns", row: int) -> None:
        self._columns, self._row = columns, row

    def __getitem__(self, name: str) -> Any:
        return self._columns[name][self._row]

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


class Columns(dict[str, list[Any]]):
    """Values of all trials by column; made once somebody asks for it."""

    def __init__(self, table: pd.DataFrame) -> None:
        super().__init__()
        settings = table.pop(_SHARED)
        self._table, self._codes = table, settings.cat.codes.to_numpy()
        self._settings = [orjson.loads(text) for text in settings.cat.categories]
        self.names = [*table.columns, *(self._settings[0] if self._settings else ())]

    def __missing__(self, name: str) -> list[Any]:
        if name in self._table.columns:
            column = self._table[name]
            found = column.tolist() if column.notna().all() else [None if v != v else v for v in column.tolist()]
        else:
            values = [one[name] for one in self._settings]  # shared by all trials that have the same
            found = [values[code] for code in self._codes]
        self[name] = found
        return found


def read_trials(snapshot: Snapshot) -> tuple[Trial, ...]:
    """Every finished trial, by id; raises as `Snapshot` does."""
    details = snapshot.details().drop(columns="id")  # first, so that records that it lacks are read once for all
    table = pd.concat([snapshot.trials(), details], axis=1)
    columns = Columns(table)
    return tuple(Trial(columns, row) for row in range(len(table)))
