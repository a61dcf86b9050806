"""What tables and the mirror carry of the layers of networks."""

import pytest

from segaug.results.columns import (
    CASE_FIELDS,
    FOREGROUND,
    MEASURED_ON_CASES,
    case_row,
    layer_column,
    layers_in,
    table_of,
)
from segaug.results.mirror.series import row
from segaug.results.record import check
from tests.results.test_record import ONE, SEVERAL


def test_a_row_of_cases_has_both_numbers_of_each_layer():
    told = case_row({**SEVERAL, "cases": None})
    assert told[FOREGROUND] == [8, 0]
    assert told[layer_column("l_fd", "encoder1")] == [0.5, -0.25]
    assert told[layer_column("separation", "encoder1")] == [1.5, None]
    table = table_of([{**told, "id": "one"}, {**case_row(ONE), "id": "other"}], CASE_FIELDS, MEASURED_ON_CASES)
    assert layers_in(table) == ["encoder1"]
    assert layers_in(table.slice(0, 0)) == []


def test_a_run_of_the_mirror_shows_means_over_the_cases():
    assert {key: value for key, value in row(SEVERAL, []).items() if key.startswith("diagnostics/")} == {
        "diagnostics/encoder1/l_fd": 0.125,
        "diagnostics/encoder1/separation": 1.5,
    }
    assert not any(key.startswith("diagnostics/") for key in row(ONE, []))


def test_every_layer_has_a_value_for_each_case():
    short = {"foreground_px": [8], "layers": {"encoder1": {"l_fd": [0.5, 0.25], "separation": [1.5]}}}
    with pytest.raises(ValueError, match="layer 'encoder1' is not of 1 cases"):
        check({**SEVERAL, "diagnostics": short})
