"""A sealed file is whole or it is nothing."""

import pandas as pd
import pyarrow as pa
import pytest

from segaug.results.sealed_parquet import read_sealed, write_sealed

SCHEMA = pa.schema([("name", pa.string()), ("error", pa.float64()), ("cases", pa.list_(pa.float64()))])
TABLE = pa.table({"name": ["u", "v"], "error": [0.1, 0.2], "cases": [[1.0], [2.0, 3.0]]}, schema=SCHEMA)


@pytest.fixture
def file(tmp_path):
    write_sealed(tmp_path / "table.parquet", TABLE)
    return tmp_path / "table.parquet"


def test_it_comes_back_whole_or_by_column(file):
    assert read_sealed(file, SCHEMA).equals(TABLE)
    assert read_sealed(file, SCHEMA, ["error"]).equals(TABLE.select(["error"]))


def test_any_parquet_reader_reads_it(file):
    assert pd.read_parquet(file)["error"].tolist() == [0.1, 0.2]


def test_no_changed_byte_goes_unnoticed(file):
    data = file.read_bytes()
    for place in range(0, len(data), 3):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert read_sealed(file, SCHEMA) is None, place


def test_no_cut_goes_unnoticed(file):
    data = file.read_bytes()
    for length in range(0, len(data), 3):
        file.write_bytes(data[:length])
        assert read_sealed(file, SCHEMA) is None, length


def test_further_columns_are_read_where_they_may_be_there(file):
    own = pa.schema(list(SCHEMA)[:2])
    floats = TABLE.drop_columns("cases").append_column("more.or less", pa.array([None, 0.5]))
    write_sealed(file, floats)
    assert read_sealed(file, own) is None
    assert read_sealed(file, own, None, pa.float64()).equals(floats)
    assert read_sealed(file, own, None, pa.int64()) is None
    assert read_sealed(file, own, ["error", "absent", "more.or less"], pa.float64()).num_columns == 2
    assert read_sealed(file, pa.schema(reversed(list(own))), None, pa.float64()) is None


def test_an_absent_file_and_another_schema_are_none(file):
    assert read_sealed(file.with_name("absent"), SCHEMA) is None
    assert read_sealed(file, pa.schema([*SCHEMA, ("new", pa.int64())])) is None
    assert read_sealed(file, SCHEMA.set(1, pa.field("error", pa.float32()))) is None
