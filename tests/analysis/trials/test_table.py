"""Records become one tidy table, and a study that mixes experiments is refused by name."""

import random

import pandas as pd
import pytest

from segaug.analysis.trials.measured import NOT_MEASURED, measured
from segaug.analysis.trials.table import trials
from segaug.errors import DataError
from tests.synthetic import record


def records(**changes):
    made = [
        record("thorax", "nnunet", s, size, seed) for s in ("red", "baseline") for size in (1, 2) for seed in (0, 1)
    ]
    made[0] |= changes
    return made


def test_one_row_a_trial_in_any_order():
    shuffled = random.Random(0).sample(records(), 8)
    table = trials(shuffled)
    pd.testing.assert_frame_equal(table, trials(records()))
    assert table[["strategy", "size", "seed"]].iloc[[0, 1, 2, 4]].to_numpy().tolist() == [
        ["baseline", 1, 0], ["baseline", 1, 1], ["baseline", 2, 0], ["red", 1, 0],
    ]  # fmt: skip
    source = record("thorax", "nnunet", "baseline", 2, 1)
    row = table.iloc[3]
    assert row["bce_best"] == source["test"]["best"]["bce"]
    assert row["hd95_last"] == source["test"]["last"]["hd95"]
    assert (row["validation_labels"], row["constant_bce"], row["atlas_dice"]) == (16, 0.45, 0.6)


def errors(table, metric):
    table = measured(table, metric)
    return table["error"].where(table["status"] == "ok")


def test_metrics_are_errors():
    table = trials(records())
    assert (errors(table, "1-dice") == 1 - table["dice_best"]).all()
    assert (errors(table, "bce_recalibrated") == table["bce_recalibrated_best"]).all()


@pytest.mark.parametrize("test", [None, {"best": None, "last": None}, {"best": {"bce": None}, "last": None}])
def test_a_diverged_trial_has_no_error(test):
    table = trials(records(status="diverged", test=test))
    assert errors(table, "bce").isna().sum() == 1
    assert table["status"].value_counts().to_dict() == {"ok": 7, "diverged": 1}


def test_an_ok_trial_without_the_metric_has_not_measured_it():
    table = measured(trials(records(test={"best": None, "last": None})), "bce")
    assert table["status"].value_counts().to_dict() == {"ok": 7, NOT_MEASURED: 1}
    assert table.loc[table["status"] == NOT_MEASURED, "id"].tolist() == ["thorax-nnunet-red-1-0"]


@pytest.mark.parametrize("column", ["dataset_hash", "protocol_hash"])
def test_a_curve_of_two_experiments_is_refused(column):
    with pytest.raises(DataError, match=f"{column} in thorax/nnunet/red") as error:
        trials(records(**{column: "other"}))
    assert "baseline" not in str(error.value)
    assert "other" in str(error.value)


def test_different_curves_may_differ_in_protocol():
    made = records()
    for one in made[:4]:
        one["protocol_hash"] = "other"
    assert len(trials(made)) == 8


def test_a_trial_found_twice_is_refused():
    with pytest.raises(DataError, match=r"thorax/nnunet/red N=1 seed 0 \(again, thorax-nnunet-red-1-0\)"):
        trials([*records(), records(id="again")[0]])


def test_incomplete_records_are_refused():
    broken = records()
    del broken[3]["labels"]["validation"]
    with pytest.raises(DataError, match=r"red-2-1.*'validation'"):
        trials(broken)
    with pytest.raises(DataError, match="neither ok nor diverged"):
        trials(records(status="odd"))
    with pytest.raises(DataError, match="no finished trial"):
        trials([])
