"""The trials of a study as the page reads them: rows of its columns, so that no record is held in memory."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import pyarrow as pa

from segaug.results.snapshot import Snapshot

_SHARED = "settings"


class Trial(Mapping[str, Any]):  # Any: text, number, or what the settings hold
    """One row: what `trial_row` and `detail_row` make of a record, and each of its settings; None for NaN."""

    __slots__ = ("_columns", "_row")

    def __init__(self, columns: "Columns", row: int) -> None:
        self._columns, self._row = columns, row

    def __getitem__(self, name: str) -> Any:
        value = self._columns[name][self._row]
        return None if value != value else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.names)

    def __len__(self) -> int:
        return len(self._columns.names)


class Columns(dict[str, Sequence[Any]]):
    """The values of all trials, by column; those of one are made when it is first asked for."""

    def __init__(self, table: pa.Table) -> None:
        super().__init__()
        settings = table[_SHARED].unify_dictionaries().combine_chunks()
        self._table, self._codes = table.drop_columns(_SHARED), settings.indices.to_pylist()
        self._settings = [orjson.loads(text) for text in settings.dictionary.to_pylist()]
        self._own = {*self._table.column_names}  # Arrow makes a list of them each time it is asked
        self.names = [*self._table.column_names, *(self._settings[0] if self._settings else ())]

    def __missing__(self, name: str) -> Sequence[Any]:
        if name in self._own:
            self[name] = _values(self._table[name])
            self._table = self._table.drop_columns(name)
            self._own.remove(name)
        else:
            self[name] = self._shared(name)
        return self[name]

    def _shared(self, name: str) -> list[Any]:
        values = [setting[name] for setting in self._settings]  # KeyError: nobody has measured it
        return [values[code] for code in self._codes]


def _values(column: pa.ChunkedArray) -> Sequence[Any]:
    """As Python takes them; rows of one text share it."""
    if pa.types.is_floating(column.type):
        return array("d", column.to_numpy().tobytes())  # a third of the room of a list
    if pa.types.is_string(column.type):
        column = column.dictionary_encode().unify_dictionaries().combine_chunks()
        texts = column.dictionary.to_pylist()
        return [texts[code] for code in column.indices.to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def read_trials(snapshot: Snapshot) -> tuple[Trial, ...]:
    """Every finished trial, by id; raises as `Snapshot` does."""
    columns = Columns(snapshot.columns())
    return tuple(Trial(columns, row) for row in range(len(columns["id"])))
