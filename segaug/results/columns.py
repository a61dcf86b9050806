"""Records as columns, one row a trial: what `trial_row` reads of it, and lists of the errors of its test cases."""

from collections.abc import Sequence

import orjson
import pyarrow as pa

from segaug.errors import DataError
from segaug.results.case_errors import MEASURES, CaseErrors, Measure, patients_of
from segaug.results.store import Json
from segaug.results.trial_row import COLUMNS, REDO

_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}
_NUMBER = {float, int, type(None)}
_NAMES = pa.dictionary(pa.int32(), pa.string())  # a few texts, each in many rows
ROW_FIELDS = [(name, _ARROW[kind]) for name, kind in COLUMNS.items()]
CASE_FIELDS = [
    ("id", pa.string()),
    ("cases", _NAMES),
    ("patients", _NAMES),
    *((name, pa.list_(pa.float64())) for name in MEASURES),
]


def case_row(record: Json) -> Json:
    """Cases, patients and measures of a record; nothing but its id where the trial diverged."""
    cases = record["cases"]
    if not cases:
        return {"id": record["id"]}
    try:
        lists = [list(patients_of(cases)), *(cases[name] or [] for name in MEASURES)]
        if not all(len(values) in (0, len(cases["ids"])) for values in lists):
            raise ValueError("its lists of cases differ in length")
        names = {"cases": _text(cases["ids"]), "patients": _text(lists[0])}
        return {"id": record["id"]} | names | {name: _numbers(cases[name]) for name in MEASURES}
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise DataError(file=f"record {record['id']}", problem=f"has malformed cases ({error})", fix=REDO) from error


def _text(names: Sequence[str]) -> str:
    return orjson.dumps([*names]).decode()


def _numbers(values: list[float | None] | None) -> list[float | None] | None:
    if values is not None and not {*map(type, values)} <= _NUMBER:
        raise TypeError("an error of a test case is no number")
    return values


def case_errors(table: pa.Table, measure: Measure) -> dict[str, CaseErrors]:
    """One measure of each test case, by trial id, of the rows that have it."""
    table = table.filter(table[measure].is_valid()).unify_dictionaries().combine_chunks()
    if not table.num_rows:
        return {}
    lists = table[measure].chunk(0)
    values, ends = lists.flatten().to_numpy(), lists.value_lengths().to_numpy().cumsum().tolist()
    spans = map(slice, [0, *ends[:-1]], ends)
    rows = zip(table["id"].to_pylist(), _names(table["cases"]), _names(table["patients"]), spans, strict=True)
    return {trial: CaseErrors(cases, patients, values[span]) for trial, cases, patients, span in rows}


def _names(column: pa.ChunkedArray) -> list[tuple[str, ...]]:
    """The names in each row; rows of one text share a tuple."""
    texts = column.chunk(0)
    names = [tuple(orjson.loads(text)) for text in texts.dictionary.to_pylist()]
    return [names[code] for code in texts.indices.to_pylist()]
