"""The files that a run carries so that a fit of the mirror equals a fit of the local store, number by number."""

import io
import math
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from segaug.errors import DataError
from segaug.results.columns import (
    CASE_FIELDS,
    MEASURED,
    MEASURED_ON_CASES,
    ROW_FIELDS,
    Fields,
    case_row,
    joined,
    table_of,
)
from segaug.results.mirror.run import DataFile
from segaug.results.store import Json
from segaug.results.trial_row import in_order, trial_row
from segaug.ways import PLAIN

TRIALS, PLAN = "segaug-trials.parquet", "segaug-plan.parquet"
_CASE = "case_"  # before the name of every column that `case_row` reads
_FIELDS: Fields = [*ROW_FIELDS, *((f"{_CASE}{name}", kind) for name, kind in CASE_FIELDS if name != "id")]
_NAMES = {name for name, _ in _FIELDS}
_LATER: Json = {  # what holds of rows of before it was noted
    "structures": 1, "seeds_per_subset": 1, "code": "", "test_cases": 0, "both_empty": math.nan, "one_empty": math.nan,
    "way": PLAIN, "late_fall": math.nan, "batch_size": 0, "sampling": "proportional", "sources": "",
    f"{_CASE}scored_patients": None,
}  # fmt: skip
_TEXT = pa.string()
_PLAN = pa.schema([
    ("id", _TEXT), ("task", _TEXT), ("model", _TEXT), ("strategy", _TEXT), ("size", pa.int64()), ("seed", pa.int64()),
    ("failed", pa.bool_()),
])  # fmt: skip


def trials_file(records: Sequence[Json]) -> DataFile:
    """One row a record, which `by_way` may have made: what a fit reads of it, and the errors of its test cases."""
    rows = table_of([trial_row(record) for record in records], ROW_FIELDS, MEASURED)
    cases = table_of([case_row(record) for record in records], CASE_FIELDS, MEASURED_ON_CASES)
    for name in cases.drop_columns("id").column_names:
        rows = rows.append_column(f"{_CASE}{name}", cases[name])
    return DataFile(name=TRIALS, data=_bytes(joined([rows], _FIELDS)))


def plan_file(planned: pd.DataFrame) -> DataFile:
    """One row a planned trial; see `results.planned`."""
    return DataFile(name=PLAN, data=_bytes(pa.Table.from_pandas(planned, _PLAN, preserve_index=False)))


def read_trials(data: bytes, source: str) -> pa.Table:
    """The rows again; raises DataError where it is no such file."""
    return _table(data, _FIELDS, source, measured=True)


def rows_of(trials: pa.Table) -> pd.DataFrame:
    """What `trial_row` read of each record."""
    return trials.select(in_order(name for name in trials.column_names if not name.startswith(_CASE))).to_pandas()


def cases_of(trials: pa.Table) -> pa.Table:
    """What `case_row` read of each record."""
    names = [name for name in trials.column_names if name.startswith(_CASE)]
    return trials.select(["id", *names]).rename_columns(["id", *(name.removeprefix(_CASE) for name in names)])


def read_plan(data: bytes, source: str) -> pd.DataFrame:
    """The planned trials again; raises DataError where it is no such file."""
    return _table(data, list(zip(_PLAN.names, _PLAN.types, strict=True)), source).to_pandas()


def no_trials() -> pa.Table:
    """Such a table without a row."""
    return pa.schema(_FIELDS).empty_table()


def one_table(tables: Sequence[pa.Table]) -> pa.Table:
    """The rows of several."""
    return joined(tables, _FIELDS)


def _bytes(table: pa.Table) -> bytes:
    """Compressed: bytes of like weight of the errors lie together, and names are written once."""
    lists = [field.name for field in table.schema if pa.types.is_list(field.type)]
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="zstd", write_statistics=False, store_schema=False,
        use_byte_stream_split=[f"{name}.list.element" for name in lists],
        use_dictionary=[name for name in table.column_names if name not in lists],
    )  # fmt: skip
    return sink.getvalue()


def _table(data: bytes, fields: Fields, source: str, *, measured: bool = False) -> pa.Table:
    """The columns of these fields; measured: and what is in the file beside them."""
    try:
        table = pq.read_table(io.BytesIO(data))
        for name in _LATER.keys() - set(table.column_names) if measured else ():
            table = table.append_column(name, pa.array([_LATER[name]] * len(table)))
        beside = [name for name in table.column_names if name not in _NAMES] if measured else []
        schema = pa.schema([*fields, *((name, _measured(name)) for name in beside)])
        return table.select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError) as error:
        problem = f"is no file that this segaug reads ({' '.join(str(error).split())[:100]})"
        raise DataError(file=source, problem=problem, fix="run `segaug sync STUDY` with this version") from error


def _measured(name: str) -> pa.DataType:
    return MEASURED_ON_CASES if name.startswith(_CASE) else MEASURED
