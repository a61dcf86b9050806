"""The files of a mirror hold what records hold, those of older versions too."""

import io

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segaug.errors import DataError
from segaug.results.case_errors import cases_of_records
from segaug.results.columns import case_errors
from segaug.results.mirror.data_file import cases_of, no_trials, one_table, read_trials, rows_of, trials_file
from segaug.results.trial_row import in_order, trial_row
from tests.structures import structures_record
from tests.synthetic import record

OLD = [record("lung", "net", "red", 4, seed) for seed in range(2)]
NEW = [structures_record("heart", "net", "red", 4, seed) for seed in range(2)]
COUNTS = [
    "test_cases",
    "both_empty",
    "one_empty",
    "late_fall",
    "batch_size",
]  # of records of before, too, not of their files
LATER = ["structures", "seeds_per_subset", "code", "way", "case_scored_patients", *COUNTS]


def rows(records):
    found = [trial_row(one) for one in records]
    return pd.DataFrame(found, columns=in_order(set().union(*found)))


def test_old_and_new_records_come_back_together():
    files = [read_trials(trials_file(records).data, "mirror") for records in (OLD, NEW)]
    table = one_table([no_trials(), *files])
    pd.testing.assert_frame_equal(rows_of(table), rows([*OLD, *NEW]))
    for key in ("bce", "ce", "dice/rv", "dice_patient", "hd95"):
        found, expected = case_errors(cases_of(table), key), cases_of_records([*OLD, *NEW], key)
        assert found.keys() == expected.keys()
        for trial, one in expected.items():
            assert (found[trial].cases, found[trial].patients) == (one.cases, one.patients)
            assert (found[trial].values == one.values).all()


def test_a_file_of_before_is_read():
    table = pq.read_table(io.BytesIO(trials_file(OLD).data)).drop_columns(LATER)
    sink = io.BytesIO()
    pq.write_table(table.select(table.column_names[::-1]), sink)
    found = rows_of(read_trials(sink.getvalue(), "mirror"))
    pd.testing.assert_frame_equal(found.drop(columns=COUNTS), rows(OLD).drop(columns=COUNTS))
    assert found[COUNTS].iloc[0].fillna("unknown").tolist() == [0, "unknown", "unknown", "unknown", 0]
    assert found[["structures", "seeds_per_subset", "code", "way"]].iloc[0].tolist() == [1, 1, "", "none"]


def test_a_column_that_holds_no_numbers_is_refused():
    table = pq.read_table(io.BytesIO(trials_file(OLD).data))
    sink = io.BytesIO()
    pq.write_table(table.append_column("remark", pa.array(["fine", "good"])), sink)
    with pytest.raises(DataError, match="mirror: is no file that this segaug reads"):
        read_trials(sink.getvalue(), "mirror")
