"""Tables as people have them: each is read as the one table that it stands for, or refused with a way out."""

import sys

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.comparison.compare import compare_table
from segaug.analysis.foreign.naming import read_columns
from segaug.analysis.foreign.table import from_frame
from segaug.errors import ConfigError, DataError

MEANT = pd.DataFrame({"N": [8, 8, 16, 16], "error": [0.5, 0.4375, 0.25, 0.125]})  # exact in binary and in text


def written(tmp_path, text, name="table.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


def read(source, **options):
    table = from_frame(source, **options)
    return table.trials[["size", "seed", "error"]].to_numpy().tolist(), str(table.reading)


AS_IT_IS = "N,error\n8,0.5\n8,0.4375\n16,0.25\n16,0.125\n"
SAME = {  # text -> options, what has to be said
    AS_IT_IS: ({}, "1 curve of 2 sizes, 2 repeats of each, assumed independent; error, in the unit of the table"),
    AS_IT_IS.replace("error", "Test Loss [nats]"): ({}, "error = Test Loss [nats], in the unit"),
    AS_IT_IS.replace(",", "\t"): ({}, "error"),
    AS_IT_IS.replace(",", ";").replace(".", ","): ({}, "decimal commas"),
    'N,error\n8,"0,5"\n8,"0,4375"\n16,"0,25"\n16,"0,125"\n': ({}, "decimal commas"),
    "n_train;Dice;note\n8;0,5;a\n8;0,5625;b\n16;0,75;c\n16;0,875;d\n": (
        {}, "N = n_train; error = 1 - Dice; decimal commas; not used: note",
    ),
    "N,accuracy\n8,50 %\n8,56.25%\n16,75%\n16,87.5 %\n": ({}, "error = 1 - accuracy, from per cent"),
    "N,Dice (%)\n8,50\n8,56.25\n16,75\n16,87.5\n": ({}, "error = 1 - Dice (%), from per cent"),
    "N,error\n8,50 %\n8,43.75 %\n16,25 %\n16,12.5 %\n": ({}, "error, from per cent"),
    "images,score\n8,0.5\n8,0.5625\n16,0.75\n16,0.875\n": ({"columns": {"dice": "score"}}, "error = 1 - score"),
    "k,iou,loss\n8,0.5,1\n8,0.5625,1\n16,0.75,1\n16,0.875,1\n": (
        {"columns": {"error": "iou", "N": "k"}}, "N = k; error = 1 - iou; not used: loss",
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", SAME)
def test_a_table_is_what_it_stands_for_and_says_so(tmp_path, text):
    options, said = SAME[text]
    numbers, reading = read(written(tmp_path, text), **options)
    assert numbers == [[8, 0, 0.5], [8, 1, 0.4375], [16, 0, 0.25], [16, 1, 0.125]]
    assert said in reading


def test_the_sign_of_a_file_is_that_of_a_table_at_hand():
    frame = pd.DataFrame({"n_train": [8, 8, 16, 16], "dsc": 1 - MEANT["error"]})
    assert read(frame)[0] == read(MEANT)[0]


def test_the_only_curve_is_called_as_the_file(tmp_path):
    assert set(from_frame(written(tmp_path, AS_IT_IS, "trials.of.2024.csv")).trials["strategy"]) == {"trials.of.2024"}


def test_common_names_make_curves_and_pairs(tmp_path):
    text = "Method,dataset,Fold,train_size,err\nred,heart,0,8,0.5\nbaseline,heart,0,8,0.25\n"
    trials = from_frame(written(tmp_path, text)).trials
    assert trials[["task", "strategy", "seed"]].to_numpy().tolist() == [["heart", "baseline", 0], ["heart", "red", 0]]


def test_our_own_names_hide_common_ones():
    assert read(MEANT.assign(loss=9.0, samples=7))[0] == read(MEANT)[0]


def test_without_seeds_no_two_curves_are_paired():
    table = pd.concat([MEANT.assign(curve="baseline"), MEANT.assign(curve="red")])
    seeds = from_frame(table).trials.groupby("strategy")["seed"].agg(set)
    assert not seeds["baseline"] & seeds["red"]
    with pytest.raises(DataError, match=r"has no column for the seed.*--columns seed="):
        compare_table(table)


def test_rows_that_another_column_tells_apart_are_not_pooled():
    factor = MEANT.assign(variant=["a", "b", "a", "b"], seconds=[1.5, 2.5, 3.5, 4.5])
    with pytest.raises(DataError, match="may tell them apart: variant; say what they are, --columns curve=variant"):
        from_frame(factor)
    assert set(from_frame(factor, columns={"curve": "variant"}).trials["strategy"]) == {"a", "b"}
    assert read(factor, columns={"N": "N", "error": "error"})[0] == read(MEANT)[0]  # said to be nothing


BAD = {
    "N,dice\n8,0.5\n16,87.5\n": "line 3, column dice: got 87.5; dice is from 0 to 1; per cent need a % sign",
    "N,dice\n8,0.5\n16,-0.1\n": "line 3, column dice: got -0.1; dice is from 0 to 1",
    "N,dice\n8,0.5\n16,1\n": "line 3, column dice: got 1; its error is 0",
    "N,dice\n8,50 %\n16,187 %\n": "line 3, column dice: got 187 %; dice is from 0 to 100 %",
    "N,dice\n8,50 %\n16,60\n": "line 3, column dice: got 60 without the % sign of other rows",
    "N;error\n8;0,5\n16;0.25\n": "line 2, column error: got 0,5, but 0.25 in line 3, column error; write all decimals",
    "N;error\n1,024;0,5\n": "line 2, column N: got 1,024; N is a whole number",
    "N,error\n8 %,0.5\n": "line 2, column N: got 8 %; N is a whole number",
    "N,error\n8,0.5\n16,1.234,5\n": "line 3: has 3 fields, the header 2",
    "N,error\n8,0.5\n16,1 234\n": "line 3, column error: got 1 234",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_not_sure_is_refused_by_row_and_column(tmp_path, text):
    with pytest.raises(DataError) as raised:
        from_frame(written(tmp_path, text))
    assert BAD[text] in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("error", "write OURS=THEIRS"),
        ("error=dice,error=loss", "names error twice"),
        ("eror=dice", "did you mean error"),
        ("error=dcie", "has no column dcie; did you mean dice"),
        ("error=dice,dice=dice", "for the second time"),
    ],
)
def test_what_columns_are_said_to_be_is_checked(text, said):
    with pytest.raises((ConfigError, DataError), match=said):
        from_frame(pd.DataFrame({"N": [8], "dice": [0.5]}), columns=read_columns(text))


@pytest.mark.parametrize(("suffix", "reader", "package"), [("xlsx", "openpyxl", "openpyxl"), ("ods", "odf", "odfpy")])
def test_spreadsheets_need_their_reader(tmp_path, monkeypatch, suffix, reader, package):
    path = tmp_path / f"t.{suffix}"
    np.savez(path.with_suffix(".npz"))  # any ZIP file: it is not looked into
    path.with_suffix(".npz").rename(path)
    monkeypatch.setitem(sys.modules, reader, None)
    with pytest.raises(DataError, match=rf"needs {package} to be read; pip install {package}, or save .* \.csv"):
        from_frame(path)


@pytest.mark.parametrize(("suffix", "reader"), [("xlsx", "openpyxl"), ("ods", "odf")])
def test_spreadsheets_are_read(tmp_path, suffix, reader):
    pytest.importorskip(reader)
    path, engine = tmp_path / f"t.{suffix}", reader
    MEANT.rename(columns={"N": "n_train"}).to_excel(path, index=False, engine=engine)
    assert read(path)[0] == read(MEANT)[0]
    MEANT.assign(error=["50 %", "43,75 %", "25 %", "12,5 %"]).to_excel(path, index=False, engine=engine)
    assert read(path)[0] == read(MEANT)[0]
    MEANT.assign(error=[0.5, 0.25, "?", 0.1]).to_excel(path, index=False, engine=engine)
    with pytest.raises(DataError, match="row 4, column error: got \\?"):
        from_frame(path)
    with pd.ExcelWriter(path, engine=engine) as book:
        MEANT.to_excel(book, sheet_name="one", index=False)
        MEANT.to_excel(book, sheet_name="two", index=False)
    with pytest.raises(DataError, match="has 2 sheets that hold something: one, two"):
        from_frame(path)
    path.write_bytes(b"PK no ZIP file")
    with pytest.raises(DataError, match="cannot be parsed"):
        from_frame(path)
