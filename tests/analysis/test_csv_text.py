"""No cell of a table is a formula in a spreadsheet, and each is read again as what it was."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.csv_text import csv_bytes, unmarked
from segaug.analysis.foreign.table import from_frame

TEXTS = [
    "=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "-x", "@SUM(A1)", "\tx", "\n=x", "'=x", "''-", "'", "'x", "''",
    "x=1", "a,b", 'a"b', "＝1", "＋", "－", "＠", "red", "red(p=0.5)", "1-dice", "-", "=",
]  # fmt: skip


def cells(table: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_bytes(table).decode(), newline="")))


def test_a_text_that_begins_like_a_formula_is_marked_as_text_and_no_other_is_changed():
    header, *rows = cells(pd.DataFrame({"strategy": TEXTS}))
    assert header == ["strategy"]
    for text, (cell,) in zip(TEXTS, rows, strict=True):
        assert cell[0] not in "=+-@\t\r\n＝＋－＠"
        assert cell in (text, f"'{text}")
        assert unmarked(cell) == text
    assert len({cell for (cell,) in rows}) == len(TEXTS)


def test_numbers_stay_numbers():
    table = pd.DataFrame({"a": [-0.5, np.nan], "b": [-1, 2], "c": [None, -1.5], "d": [True, False], "e": ["-x", None]})
    back = pd.read_csv(io.BytesIO(csv_bytes(table)))
    assert back["a"].tolist()[0] == -0.5
    assert back["b"].tolist() == [-1, 2]
    assert back["c"].tolist()[1] == -1.5
    assert back["d"].tolist() == [True, False]
    assert back["e"].tolist()[0] == "'-x"
    assert pd.isna(back["e"].tolist()[1])


def test_control_characters_are_shown():
    table = pd.DataFrame({"a": ["x\x1b[2J", "\r=1", "=\x07"], "b": [1, 2, 3]})
    assert cells(table)[1:] == [["x␛[2J", "1"], ["␍=1", "2"], ["'=␇", "3"]]


def test_headings_are_marked_as_well():
    assert cells(pd.DataFrame({"=a": [1], "b": [2]}))[0] == ["'=a", "b"]


def test_the_table_itself_stays_as_it_is():
    table = pd.DataFrame({"a": ["=1"]})
    csv_bytes(table)
    assert table["a"].tolist() == ["=1"]


@pytest.mark.parametrize("name", [text for text in TEXTS if text == text.strip()])
def test_names_are_read_again(tmp_path, name):
    path = tmp_path / "table.csv"
    path.write_bytes(csv_bytes(pd.DataFrame({"curve": [name] * 2, "N": [1, 2], "error": [0.5, 0.4]})))
    assert set(from_frame(path).trials["strategy"]) == {name}
