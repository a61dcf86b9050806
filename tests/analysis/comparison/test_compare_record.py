"""Comparisons as JSON and as rows."""

import json

import numpy as np
import pandas as pd
import pytest

from segaug.analysis.comparison.compare import compare_table
from segaug.analysis.comparison.record import comparison_record, comparisons_record, overall_row, size_rows
from segaug.analysis.plain_json import json_bytes
from tests.analysis.comparison.test_compare import frame


@pytest.fixture(scope="module")
def found():
    rows = frame({"baseline": 1, "red": 0.8, "regda": 0.05}, constant=0.9, status="ok")
    rows.loc[(rows["curve"] == "red") & (rows["seed"] == 0), "status"] = "diverged"
    return compare_table(rows, resamples=200)


def test_the_json_has_every_number_and_repeats_byte_by_byte(found):
    text = json_bytes(comparisons_record(found))
    assert text == json_bytes(comparisons_record(found))
    red, regda = json.loads(text)["comparisons"]
    assert {"n_pairs", "log_ratio", "ratio", "ci", "diff_err", "p_t", "p_flip", "p_holm", "p_maxt"} <= set(
        red["sizes"][0]
    )
    assert {"ratio", "ci", "p_t", "p_flip"} <= set(red["overall"])
    assert {"n", "n_eq", "factor", "ci", "censored"} <= set(red["edf"][0])
    assert {"geo_mean", "ci", "n_used", "n_censored"} == set(red["edf_summary"])
    assert red["divergence"]["strategy"] == [1] * 5
    assert red["overall"]["ci"]["method"] == "t"
    assert regda["edf_summary"] is None


def test_beyond_the_measured_sizes_there_is_no_number(found):
    last = comparison_record(found.found[1])["edf"][-1]
    assert (last["n_eq"], last["factor"], last["censored"]) == (None, None, "high")
    assert last["text"] == "more than 1x"
    assert (last["ci"]["high"], last["ci"]["open_high"]) == (1.0, True)


def test_rows_hold_what_the_comparison_holds(found):
    red = found.found[0]
    rows = pd.DataFrame(size_rows(red))
    assert rows["size"].tolist() == [one.size for one in red.sizes]
    assert rows["ratio"].tolist() == [one.ratio.value for one in red.sizes]
    assert rows["ratio_high"].tolist() == [one.ratio.interval.high for one in red.sizes]
    assert rows["data_factor"].tolist()[0] == red.equivalent.sizes[0].factor
    assert rows["diverged"].tolist() == [1] * 5
    row = overall_row(red)
    assert (row["ratio"], row["data_factor"]) == (red.overall.ratio.value, red.equivalent.summary.factor)
    assert row["data_sizes"] == red.equivalent.summary.used


def test_what_does_not_exist_is_null():
    text = json_bytes({"number": np.float64(1 / 3), "none": [float("nan"), float("inf"), None], "open": (1, "x")})
    assert json.loads(text) == {"number": 0.3333333333, "none": [None, None, None], "open": [1, "x"]}
