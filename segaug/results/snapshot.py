"""The records of a study as columns, so that 50,000 of them load in a second: a row for each way of predicting.

    snapshot.parquet  what a fit reads        cases.parquet  errors of single test cases
    details.parquet   what a page reads beside them; made once somebody asks for it

All are caches: rows copied from verified records, thrown away whenever there is doubt.  A row stands for a record as
long as the checksum at the end of the record's file is the row's; times of files are never asked.  New and changed
records are read and verified one by one, as `Store.records` does, and join the files; what is no valid record is named
and left out.  Writers need no lock: a file is replaced as a whole, and each row is compared with its record, so that of
two writers either may come last.  A file has the columns that its rows need: what no record of the study has measured
is in none.
"""

import gc
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segaug.errors import DataError
from segaug.results.by_way import by_way
from segaug.results.case_errors import CaseErrors
from segaug.results.columns import (
    CASE_FIELDS,
    DETAIL_FIELDS,
    MEASURED,
    MEASURED_ON_CASES,
    ROW_FIELDS,
    Fields,
    History,
    case_columns,
    case_errors,
    case_row,
    histories,
    joined,
    layers_in,
    table_of,
)
from segaug.results.detail_row import detail_row
from segaug.results.inside import NO_LINK, NO_WAIT, inside, trial_folders
from segaug.results.left_out import tell
from segaug.results.sealed_parquet import read_sealed, write_sealed
from segaug.results.store import DamagedRecord, Json, Store, read_record
from segaug.results.trial_row import in_order, trial_row
from segaug.ways import PLAIN

_SEALED = "ways_checksum"  # of another name than in files of before a record had a row for each way of predicting
_KEY = [("folder", pa.string()), (_SEALED, pa.string())]  # of the record that a row stands for
_KEY_NAMES = [name for name, _ in _KEY]
_CHUNK = 100  # records in memory at a time: each takes ten times the bytes of its file
_TAIL = 80  # bytes that hold the end of a record: its checksum
Seals = Mapping[str, str]  # folder of a trial -> checksum that its record ends with


class Snapshot:
    """The valid records that a study's folder holds at one moment; brings its files up to date where they are not.

    quiet: whoever asks tells what is left out, and not the log.
    must_write: raise where the files cannot be written, instead of going without them.
    """

    def __init__(self, folder: Path | str, *, quiet: bool = False, must_write: bool = False) -> None:
        self.folder, self.quiet, self.must_write = Path(folder), quiet, must_write
        self._seals = _seals(self.folder)
        self._left_out: dict[str, DataError] = {}
        self._held: dict[_ColumnFile, pa.Table] = {}  # what the files do not have

    def trials(self) -> pd.DataFrame:
        """One row a record and way of predicting, by id.

        Columns: as `trial_row` makes them, in the order of `in_order`.
        """
        table = self._table(_TRIALS).sort_by("id").drop_columns(_KEY_NAMES)
        return table.select(in_order(table.column_names)).to_pandas()

    def plain_trials(self) -> pd.DataFrame:
        """Of these the rows of the plain way, so that each trial is counted once."""
        table = self.trials()
        return table[table["way"] == PLAIN].reset_index(drop=True)

    @property
    def left_out(self) -> Mapping[str, DataError]:
        """Folder of a trial -> why its record does not count: a DamagedRecord, or it cannot be read by this version."""
        self._table(_TRIALS, _KEY_NAMES)
        return dict(sorted(self._left_out.items()))

    def refuse_unreadable(self, trials: Iterable[str]) -> None:
        """Raise the error of the first of these whose record may be one: only a damaged one is made again."""
        for error in map(self.left_out.get, trials):
            if error is not None and not isinstance(error, DamagedRecord):
                raise error

    def cases(self, key: str) -> dict[str, CaseErrors]:
        """The measure of this key on each test case, by trial id, of the trials that have it."""
        return case_errors(self._table(_CASES, [*_CASES.names, *case_columns(key)]), key)

    def layers(self) -> list[str]:
        """Layers that any record has diagnostics of, by name."""
        return layers_in(self._table(_CASES, [*_KEY_NAMES, "layers"]))

    def columns(self) -> pa.Table:
        """One row a record and way, by id: the columns of `trials`, and those of `detail_row` but for the histories."""
        names = [name for name in _DETAILS.names if name != "update"]
        details = self._table(_DETAILS, names).select(names).sort_by("id")  # first: it may bring both up to date
        table = self._table(_TRIALS).sort_by("id")
        for name in names[len(_KEY) + 1 :]:
            table = table.append_column(name, details[name])
        return table.drop_columns(_KEY_NAMES)

    def histories(self, key: str, trials: Collection[str]) -> dict[str, History]:
        """Updates, and a measure of validation at each (NaN: not finite), of those of these trials that have it."""
        return histories(self._table(_DETAILS, [*_DETAILS.names, key]), key, trials)

    def _table(self, kind: "_ColumnFile", columns: Sequence[str] | None = None) -> pa.Table:
        """All columns, or those of some columns that there are."""
        if kind not in self._held:
            table = kind.of(self.folder, self._seals, columns)
            if self._is_whole(table):
                return table
            kinds = _COLUMN_FILES if kind is _DETAILS else _COLUMN_FILES[:2]
            tables, written, left_out = _refresh(self.folder, self._seals, kinds, self.must_write)
            self._leave_out(left_out)
            if written and self._is_whole(tables[kind]):
                return tables[kind]  # the files have it all: whoever asks again reads what he needs from there
            self._held |= tables
        return self._held[kind]

    def _is_whole(self, table: pa.Table) -> bool:
        """Has every record its rows?"""
        return bool(pc.count_distinct(table["folder"]).as_py() == len(self._seals))

    def _leave_out(self, errors: Mapping[str, DataError]) -> None:
        self._left_out |= errors
        self._seals = {trial: seal for trial, seal in self._seals.items() if trial not in errors}
        if not self.quiet:
            tell(errors.values())


@dataclass(frozen=True, eq=False)
class _ColumnFile:
    """One of the files."""

    name: str
    fields: Fields  # of every such file
    measured: pa.DataType  # of its further columns
    row: Callable[[Json], Json]

    @property
    def schema(self) -> pa.Schema:
        """Of the fields."""
        return pa.schema(self.fields)

    @property
    def names(self) -> list[str]:
        """Of the fields."""
        return [name for name, _ in self.fields]

    def of(self, folder: Path, seals: Seals, columns: Sequence[str] | None = None) -> pa.Table:
        """The rows of the file that still stand for a record."""
        table = read_sealed(inside(folder, self.name), self.schema, columns, self.measured)
        if table is None:
            return self.schema.empty_table()
        keys = zip(*(table[name].to_pylist() for name in _KEY_NAMES), strict=True)
        valid = [seals.get(trial) == seal for trial, seal in keys]
        return table if all(valid) else table.filter(pa.array(valid, pa.bool_()))

    def rows_of(self, record: Json) -> list[Json]:
        """Of a valid record, one for each way of predicting."""
        key = {"folder": record["id"], _SEALED: record["checksum"]}
        return [{**self.row(one), **key} for one in by_way(record)]

    def table(self, rows: Sequence[Json]) -> pa.Table:
        """Rows as columns."""
        return table_of(rows, self.fields, self.measured)


_TRIALS = _ColumnFile("snapshot.parquet", [*_KEY, *ROW_FIELDS], MEASURED, trial_row)
_CASES = _ColumnFile("cases.parquet", [*_KEY, *CASE_FIELDS], MEASURED_ON_CASES, case_row)
_DETAILS = _ColumnFile("details.parquet", [*_KEY, *DETAIL_FIELDS], MEASURED_ON_CASES, detail_row)
_COLUMN_FILES = (_TRIALS, _CASES, _DETAILS)


def _refresh(
    folder: Path, seals: Seals, kinds: Sequence[_ColumnFile], must_write: bool
) -> tuple[dict[_ColumnFile, pa.Table], bool, dict[str, DataError]]:
    """Bring these files up to date; each record that one of them lacks is read once.

    Returns the rows, whether the files have them too, and what is left out.
    """
    tables = {kind: [kind.of(folder, seals)] for kind in kinds}
    held = {kind: set(parts[0]["folder"].to_pylist()) for kind, parts in tables.items()}
    lacking = sorted(seals.keys() - set.intersection(*held.values()))
    store, written, left_out = Store(folder), True, dict[str, DataError]()
    try:
        for start in range(0, len(lacking), _CHUNK):
            with _no_search_for_cycles():
                rows: dict[_ColumnFile, list[Json]] = {kind: [] for kind in kinds}
                for trial in lacking[start : start + _CHUNK]:
                    try:
                        record = read_record(store.record_path(trial))
                        new = {kind: kind.rows_of(record) for kind in kinds if trial not in held[kind]}
                    except DataError as error:
                        left_out[trial] = error
                        continue
                    for kind, own in new.items():
                        rows[kind] += own
                for kind, parts in tables.items():
                    parts.append(kind.table(rows[kind]))
    finally:  # an interruption must not cost the work on those before it
        whole = {kind: joined(parts, kind.fields) for kind, parts in tables.items()}
        for kind, table in whole.items():
            if len(table) == len(tables[kind][0]) and not must_write:
                continue  # what was left out is looked at each time, which must not cost a writing
            try:
                write_sealed(inside(folder, kind.name), table)
            except OSError:
                if must_write:
                    raise
                written = False  # a study that is read-only loads all the same, only slower
    return whole, written, left_out


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """JSON holds none; looking for them again and again took a fifth of the time of reading records."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _seals(folder: Path) -> Seals:
    """Every trial with a record."""
    seals = ((entry.name, _seal(f"{entry.path}/record.json")) for entry in trial_folders(folder))
    return {trial: seal for trial, seal in seals if seal is not None}


def _seal(path: str) -> str | None:
    """The last quoted text of a file, without reading the rest; "" if there is none, None if there is no file."""
    try:
        file = os.open(path, os.O_RDONLY | NO_LINK | NO_WAIT)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return ""  # matches no row, so that the record is read and the error told
    try:
        os.lseek(file, -_TAIL, os.SEEK_END)
        quoted = os.read(file, _TAIL).rsplit(b'"', 2)
    except OSError:  # shorter than that
        return ""
    finally:
        os.close(file)
    return quoted[1].decode(errors="replace") if len(quoted) == 3 else ""
