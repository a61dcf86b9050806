"""A table from elsewhere is read, or refused by naming the place."""

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.foreign.table import from_frame
from segaug.analysis.trials.case_grid import case_grid
from segaug.analysis.trials.curve_trials import curves
from segaug.errors import DataError

GOOD = pd.DataFrame({"curve": ["B", "A", "A"], "N": [8, 16, 8], "seed": [0, 1, 1], "error": [0.5, 0.25, 0.5]})


def written(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text)
    return path


def test_a_table_gives_curves():
    first, second = curves(from_frame(GOOD).trials, None)
    assert (str(first.key), first.sizes.tolist(), first.values.tolist()) == ("A", [8, 16], [[0.5, 0.25]])
    assert (str(second.key), second.nested, np.isnan(second.constant)) == ("B", False, True)
    assert curves(from_frame(GOOD, nested=True).trials, None)[0].nested


def test_files_give_what_the_table_gives(tmp_path):
    GOOD.to_csv(tmp_path / "t.csv", index=False)
    GOOD.to_parquet(tmp_path / "t.parquet")
    for name in ("t.csv", "t.parquet"):
        for path in (tmp_path / name, str(tmp_path / name)):
            pd.testing.assert_frame_equal(from_frame(path).trials, from_frame(GOOD).trials)


def test_the_order_of_rows_and_the_index_do_not_matter():
    other = GOOD.iloc[[2, 0, 1]].set_axis(["x", "y", "z"])
    pd.testing.assert_frame_equal(from_frame(other).trials, from_frame(GOOD).trials)


def test_names_of_columns_are_forgiving(tmp_path):
    path = written(tmp_path, "\ufeffTask,model, Strategy,SIZE,Seed,Error,remark\nT,M,S,8.0,0,5e-1,x\n\n")
    (curve,) = curves(from_frame(path).trials, None)
    assert (curve.key, curve.values.tolist()) == (("T", "M", "S"), [[0.5]])


def test_a_curve_may_be_called_as_missing_values_are(tmp_path):
    table = from_frame(written(tmp_path, "curve,n,seed,error\nNA,8,0,0.5\nNone,8,0,0.5\n"))
    assert [str(curve.key) for curve in curves(table.trials, None)] == ["NA", "None"]


def test_trials_that_did_not_converge_need_no_error(tmp_path):
    text = "curve,N,seed,error,status,constant\nA,8,0,0.5,,0.6\nA,8,1,,Diverged,0.6\nA,8,2,inf,diverged,\n"
    (curve,) = curves(from_frame(written(tmp_path, text + "A,8,3,0.9,diverged,\nA,8,4,,failed,\n")).trials, None)
    assert curve.status.ravel().tolist() == ["ok", "diverged", "diverged", "diverged", "failed"]
    np.testing.assert_array_equal(curve.errors.ravel(), [0.5, np.nan, np.nan, 0.9, np.nan])
    assert curve.constant == 0.6


BAD = {
    "-1": r"line 3, column error: got -1",
    "0": r"line 3, column error: got 0.*above 0",
    "": r"line 3, column error: is empty.*diverged",
    "nan": r"line 3, column error: got nan",
    "inf": r"line 3, column error: got inf",
    "1e308": r"line 3, column error: got 1e\+?308",
    "0,5": r"line 3: has 5 fields, the header 4.*semicolons",
    "a lot": r"line 3, column error: got a lot",
}


@pytest.mark.parametrize("error", BAD)
def test_a_wrong_error_is_named(tmp_path, error):
    with pytest.raises(DataError, match=r"table\.csv.*" + BAD[error]):
        from_frame(written(tmp_path, f"curve,N,seed,error\nA,8,0,0.5\nA,16,0,{error}\n"))


@pytest.mark.parametrize("size", ["0", "-8", "8.5", "many", "", "inf", "1e300"])
@pytest.mark.parametrize("column", ["N", "seed"])
def test_a_wrong_number_is_named(tmp_path, column, size):
    if (column, size) == ("seed", "0"):
        size = "-0.5"
    numbers = f"{size},0" if column == "N" else f"8,{size}"
    with pytest.raises(DataError, match=rf"table\.csv, line 5, column {column}: .*{column} is a whole number from"):
        from_frame(written(tmp_path, f"curve,N,seed,error\nA,16,0,0.5\n\n\nA,{numbers},0.5\n"))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        ("curve,N,seed,error\n", "has no row"),
        (
            "curve:N:seed:error\nA:8:0:1\n",
            "has no column N and error, only curve:N:seed:error; separate the columns by",
        ),
        ("curve,score\nA,8\n", "has no column N and error, only curve, score; say which column is what: --columns N="),
        ("curve,N,size,seed,error\nA,8,8,0,1\n", "more than one column for N: N and size; say which one it is: --col"),
        ("curve,strategy,N,seed,error\nA,B,8,0,1\n", "more than one column for curve: curve and strategy"),
        ("N,dice,loss\n8,0.9,0.1\n", "more than one column for error: dice and loss; say which one it is: --columns"),
        ("N,error,error\n8,0.9,0.1\n", "more than one column for error: error and error"),
        ("8,0.5\n16,0.4\n", "has numbers in its first line; write the names of the columns above them"),
        ("curve,N,seed,error\n,8,0,1\n", "line 2, column curve: is empty"),
        ("curve,N,seed,error,status\nA,8,0,1,odd\n", "line 2, column status: got odd; choose from ok, diverged"),
        ("curve,N,seed,error,constant\nA,8,0,1,0\n", "line 2, column constant: got 0"),
        ("curve,N,seed,error\nA,8,0,1\nB,8,0,1\nA,8.0,0,2\n", "line 4: has the same curve, N and seed as line 2"),
        ("curve,N,seed,error\nA,8,0,1,2,3\nA,8\n", "line 2: has 6 fields, the header 4"),
        ("curve,N,seed,error\nA,8,0,1,\n", "line 2: has 5 fields, the header 4"),
        ("curve, n ,seed,error\nA,0,0,1\n", "line 2, column n: got 0"),
    ],
)
def test_a_wrong_table_is_named(tmp_path, text, problem):
    with pytest.raises(DataError, match=r"table\.csv.*") as raised:
        from_frame(written(tmp_path, text))
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_row_of_a_table_at_hand_is_counted_from_zero():
    with pytest.raises(DataError, match="table, row 1, column error: got -1"):
        from_frame(GOOD.assign(error=[1, -1, 1]))


def test_files_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "t.parquet").write_text("no Parquet")
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "folder.csv").mkdir()
    for name, problem in {
        "t.parquet": "cannot be parsed", "t.csv": "cannot be parsed", "folder.csv": "cannot be read",
        "absent.csv": "cannot be read", "t.doc": r"is no table.*\.csv, ",
    }.items():  # fmt: skip
        with pytest.raises(DataError, match=f"{name}.*{problem}"):
            from_frame(tmp_path / name)


def cases(**columns):
    rows = [(n, seed, case, 0.1 * (k + 1) + seed) for n in (8, 16) for seed in (0, 1) for k, case in enumerate("xyz")]
    return pd.DataFrame(rows, columns=["N", "seed", "case", "error"]).assign(curve="A", **columns)


def test_rows_of_cases_are_averaged():
    table = from_frame(cases(patient=list("ppq") * 4).sample(frac=1, random_state=0))
    (curve,) = curves(table.trials, None)
    np.testing.assert_allclose(curve.values, [[0.2, 0.2], [1.2, 1.2]])
    grid = case_grid(curve, table.cases)
    np.testing.assert_allclose(grid.values.mean(axis=2), curve.values)
    assert (grid.cases, grid.patients, grid.patient_count) == (("x", "y", "z"), ("p", "p", "q"), 2)


def test_a_single_case_may_be_perfect_and_a_trial_not():
    assert from_frame(cases().assign(error=[0, 0.5, 1] * 4)).trials["error"].tolist() == [0.5] * 4
    with pytest.raises(DataError, match=r"A N=8 seed 0.*error 0"):
        curves(from_frame(cases().assign(error=[0] * 3 + [1] * 9)).trials, None)


def test_trials_with_other_cases_or_mixed_status_are_refused():
    with pytest.raises(DataError, match="column case: the trial A N=16 seed 1 has other test cases than A N=8 seed 0"):
        from_frame(cases().iloc[:-1])
    with pytest.raises(DataError, match=r"row \d+, column status: differs between the cases"):
        from_frame(cases(status=["ok"] * 11 + ["diverged"]))
    with pytest.raises(DataError, match="row 12: has the same curve, N, seed and case as row 3"):
        from_frame(pd.concat([cases(), cases().iloc[[3]]]))


def test_tables_without_cases_have_none():
    assert from_frame(GOOD).cases == {}
