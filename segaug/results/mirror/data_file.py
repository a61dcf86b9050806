"""The files that a run carries so that a fit of the mirror equals a fit of the local store, number by number."""

import io
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from segaug.errors import DataError
from segaug.results.columns import CASE_FIELDS, ROW_FIELDS, case_row
from segaug.results.mirror.run import DataFile
from segaug.results.store import Json
from segaug.results.trial_row import trial_row

TRIALS, PLAN = "segaug-trials.parquet", "segaug-plan.parquet"
_CASE_COLUMNS = {name: f"case_{name}" for name, _ in CASE_FIELDS if name != "id"}
_TRIALS = pa.schema([*ROW_FIELDS, *((_CASE_COLUMNS[name], kind) for name, kind in CASE_FIELDS if name != "id")])
_TEXT = pa.string()
_PLAN = pa.schema([
    ("id", _TEXT), ("task", _TEXT), ("model", _TEXT), ("strategy", _TEXT), ("size", pa.int64()), ("seed", pa.int64()),
    ("failed", pa.bool_()),
])  # fmt: skip


def trials_file(records: Sequence[Json]) -> DataFile:
    """One row a record: what a fit reads of it, and the errors of its test cases."""
    cases = ({_CASE_COLUMNS.get(name, name): value for name, value in case_row(record).items()} for record in records)
    rows = [{**trial_row(record), **row} for record, row in zip(records, cases, strict=True)]
    return DataFile(name=TRIALS, data=_bytes(pa.Table.from_pylist(rows, _TRIALS)))


def plan_file(planned: pd.DataFrame) -> DataFile:
    """One row a planned trial; see `results.planned`."""
    return DataFile(name=PLAN, data=_bytes(pa.Table.from_pandas(planned, _PLAN, preserve_index=False)))


def read_trials(data: bytes, source: str) -> pa.Table:
    """The rows again; raises DataError where it is no such file."""
    return _table(data, _TRIALS, source)


def rows_of(trials: pa.Table) -> pd.DataFrame:
    """What `trial_row` read of each record."""
    return trials.select([name for name, _ in ROW_FIELDS]).to_pandas()


def cases_of(trials: pa.Table) -> pa.Table:
    """What `case_row` read of each record."""
    return trials.select(["id", *_CASE_COLUMNS.values()]).rename_columns(["id", *_CASE_COLUMNS])


def read_plan(data: bytes, source: str) -> pd.DataFrame:
    """The planned trials again; raises DataError where it is no such file."""
    return _table(data, _PLAN, source).to_pandas()


def no_trials() -> pa.Table:
    """Such a table without a row."""
    return _TRIALS.empty_table()


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


def _table(data: bytes, schema: pa.Schema, source: str) -> pa.Table:
    try:
        table = pq.read_table(io.BytesIO(data))
        return table.select(schema.names).cast(schema)
    except (pa.ArrowException, KeyError) as error:
        problem = f"is no file that this segaug reads ({' '.join(str(error).split())[:100]})"
        raise DataError(file=source, problem=problem, fix="run `segaug sync STUDY` with this version") from error
