"""Records as columns, one row a trial: what `trial_row` reads of it, and lists of the errors of its test cases.

Beside columns that every table has there is one for each key that some record has measured; it is null in other rows.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from segaug.errors import DataError
from segaug.results.case_errors import CaseErrors, patients_of
from segaug.results.detail_row import NUMBERS
from segaug.results.json_file import REDO
from segaug.results.store import Json
from segaug.results.trial_row import COLUMNS

_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_NUMBER = {float, int, type(None)}
Fields = Sequence[tuple[str, pa.DataType]]
_NAMES = pa.dictionary(pa.int32(), pa.string())  # a few texts, each in many rows
ROW_FIELDS = [(name, _ARROW[kind]) for name, kind in COLUMNS.items()]
CASE_FIELDS = [
    ("id", pa.string()),
    *((name, _NAMES) for name in ("cases", "patients", "scored_patients", "layers")),  # lists of names, as JSON
]
DETAIL_FIELDS = [
    ("id", pa.string()),
    ("settings", _NAMES),
    ("bank", _NAMES),
    ("policies", _NAMES),
    ("learning_cpu_seconds_each", _NAMES),
    *((name, pa.float64()) for name in NUMBERS),
    ("update", pa.list_(pa.int64())),
]
FOREGROUND, LAYER_QUANTITIES = "foreground_px", ("l_fd", "separation")  # of a record's diagnostics
MEASURED, MEASURED_ON_CASES = pa.float64(), pa.list_(pa.float64())  # of the columns beside these
History = tuple[NDArray[np.int64], NDArray[np.float64]]  # updates and values, of one length


def table_of(rows: Sequence[Json], fields: Fields, measured: pa.DataType) -> pa.Table:
    """Rows as columns: the fields, and what any of these rows has beside them."""
    names = {name for name, _ in fields}
    further = sorted(set[str]().union(*rows) - names)
    return pa.Table.from_pylist(rows, pa.schema([*fields, *((name, measured) for name in further)]))


def joined(tables: Sequence[pa.Table], fields: Fields) -> pa.Table:
    """The rows of all of them, with the columns of any of them; at least one table."""
    table = pa.concat_tables(tables, promote_options="default").unify_dictionaries()
    names = [name for name, _ in fields]
    return table.select([*names, *sorted(set(table.column_names) - set(names))])


def case_row(record: Json) -> Json:
    """Cases, patients and measures of a record; nothing but its id where the trial diverged.

    A measure per patient has a column of its own kind, for its values lie beside other names.
    """
    cases, of_patients = record["cases"] or {}, record.get("patient_cases") or {}
    try:
        row: Json = dict(_lists(cases, "ids"))
        row |= _of_layers(record.get("diagnostics"))
        row |= {_by_patient(key): values for key, values in _lists(of_patients, "patients")}
        if cases:
            patients = patients_of(cases)
            _refuse_other_length(patients, cases["ids"])
            row |= {"cases": _text(cases["ids"]), "patients": _text(patients)}
        if of_patients:
            row |= {"scored_patients": _text(of_patients["patients"])}
        return row | {"id": record["id"]}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DataError(file=f"record {record['id']}", problem=f"has malformed cases ({error})", fix=REDO) from error


def _of_layers(diagnostics: Mapping[str, Any] | None) -> Json:
    """What layers make of each case, by `layer_column`; nothing where nobody asked."""
    if not diagnostics:
        return {}
    row: Json = {"layers": _text(diagnostics["layers"]), FOREGROUND: _numbers(diagnostics["foreground_px"])}
    return row | {
        layer_column(quantity, name): _numbers(values)
        for name, layer in diagnostics["layers"].items()
        for quantity, values in layer.items()
        if quantity in LAYER_QUANTITIES
    }


def layer_column(quantity: str, layer: str) -> str:
    """Of a quantity of a layer on each test case."""
    return f"{quantity} of {layer}"


def layers_in(table: pa.Table) -> list[str]:
    """Layers that any row has, by name."""
    texts = table["layers"].unify_dictionaries().unique().drop_null().to_pylist()
    return sorted({str(name) for text in texts for name in orjson.loads(text)})


def _lists(cases: Mapping[str, Any], names: str) -> Iterator[tuple[str, list[float | None]]]:
    """Every measure that was taken, with its values."""
    for key, values in cases.items():
        if key not in ("ids", "patients") and values is not None:
            _refuse_other_length(values, cases[names])
            yield key, _numbers(values)


def _refuse_other_length(values: Sequence[object], names: Sequence[str]) -> None:
    if len(values) not in (0, len(names)):
        raise ValueError("its lists of cases differ in length")


def _text(names: Iterable[str]) -> str:
    return orjson.dumps([*names]).decode()


def _numbers(values: list[float | None]) -> list[float | None]:
    kinds = {*map(type, values)}
    if not kinds <= _NUMBER:
        raise TypeError("an error of a test case is no number")
    if int in kinds:  # Arrow takes no whole number that a float64 does not hold to the last digit
        return [None if value is None else float(value) for value in values]
    return values


def case_columns(key: str) -> list[str]:
    """Columns that hold the errors of this key, beside `CASE_FIELDS`; a table may lack any of them."""
    return [key, _by_patient(key)]


def case_errors(table: pa.Table, key: str) -> dict[str, CaseErrors]:
    """One measure of each test case, by trial id, of the rows that have it."""
    of_patients = _case_errors(table, _by_patient(key), "scored_patients", "scored_patients")
    return _case_errors(table, key, "cases", "patients") | of_patients


def histories(table: pa.Table, key: str, trials: Collection[str]) -> dict[str, History]:
    """One measure of validation, by trial id, of those of these trials that have it."""
    if key not in table.column_names:
        return {}
    wanted = pa.array(sorted(trials), pa.string())
    table = table.filter(pc.and_(pc.is_in(table["id"], wanted), table[key].is_valid()))
    rows = (table[name].combine_chunks().to_numpy(zero_copy_only=False) for name in ("id", "update", key))
    return {trial: (at[: len(values)], values[: len(at)]) for trial, at, values in zip(*rows, strict=True)}


def _by_patient(key: str) -> str:
    return f"{key} by patient"


def _case_errors(table: pa.Table, column: str, cases: str, patients: str) -> dict[str, CaseErrors]:
    if column not in table.column_names:
        return {}
    table = table.filter(table[column].is_valid()).unify_dictionaries().combine_chunks()
    if not table.num_rows:
        return {}
    lists = table[column].chunk(0)
    values, ends = lists.flatten().to_numpy(zero_copy_only=False), lists.value_lengths().to_numpy().cumsum().tolist()
    spans = map(slice, [0, *ends[:-1]], ends)
    rows = zip(table["id"].to_pylist(), _names(table[cases]), _names(table[patients]), spans, strict=True)
    return {trial: CaseErrors(names, owners, values[span]) for trial, names, owners, span in rows}


def _names(column: pa.ChunkedArray) -> list[tuple[str, ...]]:
    """The names in each row; rows of one text share a tuple."""
    texts = column.chunk(0)
    names = [tuple(orjson.loads(text)) for text in texts.dictionary.to_pylist()]
    return [names[code] for code in texts.indices.to_pylist()]
