"""The trials of a curve become a grid, whatever is missing from it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segaug.analysis.curves.variance import components
from segaug.analysis.foreign.table import from_frame
from segaug.analysis.trials.case_grid import case_grid
from segaug.analysis.trials.curve_trials import CurveKey, curves
from segaug.analysis.trials.divergence import divergence_matters, rates, with_constant
from segaug.analysis.trials.measured import measured, not_measured
from segaug.analysis.trials.table import study_trials, trials, with_unfinished
from segaug.errors import DataError
from segaug.results.case_errors import cases_of_records
from segaug.results.planned import planned_trials
from segaug.results.snapshot import Snapshot
from tests.synthetic import failure, record, write_study

STATES = ["ok", "diverged", "failed", "missing"]


def records(sizes=(4, 1, 2), seeds=(3, 0, 1)):
    return [record("t", "m", "red", size, seed) for size in sizes for seed in seeds]


def test_rows_are_seeds_and_columns_are_sizes():
    (curve,) = curves(trials(records()), "bce")
    assert (curve.key, str(curve.key)) == (("t", "m", "red"), "t/m/red")
    assert (curve.sizes.tolist(), curve.seeds.tolist()) == ([1, 2, 4], [0, 1, 3])
    assert curve.values[2, 1] == record("t", "m", "red", 2, 3)["test"]["best"]["bce"]
    assert (curve.status == "ok").all()
    assert (curve.constant, curve.nested) == (0.45, False)


def test_nested_subsets_are_known_from_the_protocol():
    made = [one | {"config": {"protocol": {"subset": "nested"}}} for one in records()]
    assert curves(trials(made), "bce")[0].nested


@pytest.mark.parametrize(("metric", "constant"), [("bce_recalibrated", 0.45), ("1-dice", 1.0)])
def test_metrics_have_their_own_errors_and_constant(metric, constant):
    (curve,) = curves(trials(records()), metric)
    test = record("t", "m", "red", 1, 0)["test"]["best"]
    assert curve.values[0, 0] == (1 - test["dice"] if metric == "1-dice" else test[metric])
    assert curve.constant == constant


def test_validation_has_no_constant():
    assert np.isnan(curves(trials(records()), "validation_bce")[0].constant)


def test_a_diverged_trial_keeps_its_finite_error_apart():
    made = records()
    made[0]["history"]["training_loss"] = [1.0, 2.0]
    made[0]["test"]["best"] |= {"bce": 0.7, "bce_recalibrated": 0.5}
    (curve,) = curves(trials(made), "bce")
    assert (curve.status[2, 2], curve.errors[2, 2]) == ("diverged", 0.7)
    assert np.isnan(curve.values[2, 2])
    assert curve.count("diverged").tolist() == [0, 0, 1]


def test_a_bad_trial_that_converged_is_marked():
    made = records()
    made[0]["test"]["best"]["bce"] = 0.7
    made[1]["test"]["best"]["bce"] = 0.45
    (curve,) = curves(trials(made), "bce")
    assert np.argwhere(curve.worse_than_constant[:, 1:]).tolist() == [[2, 1]]
    assert curve.values[2, 2] == 0.7


def test_planned_trials_without_a_record_are_failed_or_missing(tmp_path):
    store = write_study(tmp_path, sizes=(1, 2), seeds=2)
    for strategy, seed in (("red", 0), ("red", 1), ("baseline", 1)):
        store.record_path(f"phantom_thorax-nnunet-{strategy}-2-{seed}").unlink()
    store.write_failure(failure("phantom_thorax-nnunet-red-2-0"))
    found = curves(with_unfinished(study_trials(Snapshot(tmp_path)), planned_trials(store)), "bce")
    assert [curve.status.tolist() for curve in found] == [
        [["ok", "ok"], ["ok", "missing"]],
        [["ok", "failed"], ["ok", "missing"]],
    ]
    usable = found[1].usable()
    assert (usable.sizes.tolist(), usable.seeds.tolist(), usable.values.shape) == ([1], [0, 1], (2, 1))


@pytest.mark.parametrize("other", ["0", "zzzz"])  # before and behind the ids of the records
def test_a_trial_that_was_asked_for_again_with_other_options_hides_no_result(tmp_path, other):
    store = write_study(tmp_path, sizes=(1, 2), seeds=2)
    table = study_trials(Snapshot(tmp_path))
    planned = planned_trials(store)
    before = planned.assign(id=other + planned["id"])
    pd.testing.assert_frame_equal(with_unfinished(table, pd.concat([before, planned], ignore_index=True)), table)


def test_a_complete_study_gains_no_row(tmp_path):
    store = write_study(tmp_path, sizes=(1,), seeds=2)
    table = study_trials(Snapshot(tmp_path))
    pd.testing.assert_frame_equal(with_unfinished(table, planned_trials(store)), table)


def test_an_error_of_zero_is_refused_by_name():
    made = records()
    made[0]["test"]["best"]["dice"] = 1.0
    with pytest.raises(DataError, match=r"trial t-m-red-4-3.*error 0.*choose an error.*: bce, bce_recalibrated, hd95$"):
        curves(trials(made), "1-dice")


def test_cases_average_to_the_error():
    made = records()
    table = trials(made)
    for metric, measure in (("bce", "bce"), ("1-dice", "dice")):
        (curve,) = curves(table, metric)
        grid = case_grid(curve, cases_of_records(made, measure))
        np.testing.assert_allclose(grid.values.mean(axis=2), curve.values, rtol=1e-6)  # made in float32
        assert grid.patient_count == len(grid.cases) == 12


def test_cases_of_trials_that_did_not_converge_are_absent():
    made = records()
    made[0] |= {"status": "diverged", "test": None, "cases": None}
    (curve,) = curves(trials(made), "bce")
    grid = case_grid(curve, cases_of_records(made, "bce"))
    assert (np.isnan(grid.values).all(axis=2) == np.isnan(curve.values)).all()
    assert np.isnan(grid.values).any(axis=2).sum() == 1


def test_no_grid_without_case_errors():
    made = records()
    (curve,) = curves(trials(made), "bce")
    cases = cases_of_records(made, "bce")
    assert case_grid(curve, {}) is None
    assert case_grid(curve, dict(list(cases.items())[1:])) is None


def test_trials_of_a_curve_have_the_same_cases():
    made = records()
    made[4]["cases"]["ids"] = made[4]["cases"]["ids"][::-1]
    (curve,) = curves(trials(made), "bce")
    with pytest.raises(DataError, match=r"t/m/red.*different test cases"):
        case_grid(curve, cases_of_records(made, "bce"))


def test_a_key_leaves_out_what_is_not_named():
    assert str(CurveKey("", "", "red")) == "red"


row = st.tuples(
    st.sampled_from("AB"), st.integers(1, 4), st.integers(0, 3), st.floats(1e-9, 1e6), st.sampled_from(STATES)
)
tables = given(
    rows=st.lists(row, min_size=1, max_size=20, unique_by=lambda one: one[:3]), constant=st.sampled_from([0.5, None])
)


@settings(max_examples=40)
@tables
def test_no_table_breaks_what_is_computed_of_a_curve(rows, constant):
    check_table(rows, constant)


@pytest.mark.slow
@settings(max_examples=500)
@tables
def test_no_table_of_many_breaks_what_is_computed_of_a_curve(rows, constant):
    check_table(rows, constant)


def check_table(rows, constant):
    """Whatever trials there are: every cell has one state, and what is usable has numbers in each row and column."""
    frame = pd.DataFrame(rows, columns=["curve", "N", "seed", "error", "status"]).assign(constant=constant)
    for curve in curves(from_frame(frame).trials, None):
        assert curve.status.size == sum(curve.count(state).sum() for state in STATES)
        assert (np.isfinite(curve.values) == (curve.status == "ok")).all()
        usable = curve.usable()
        assert np.isfinite(usable.values).any(axis=0).all()
        assert np.isfinite(usable.values).any(axis=1).all()
        replaced = with_constant(curve.errors, curve.status, curve.constant)
        assert (replaced[curve.status == "ok"] == curve.values[curve.status == "ok"]).all()
        assert divergence_matters(rates(curve.status)) in (True, False)
        assert len(components(curve, None)) == len(usable.sizes)


def test_a_trial_without_the_metric_is_left_out_and_named():
    made = records()
    made[0]["test"]["best"]["bce_recalibrated"] = None
    del made[1]["test"]["best"]["bce_recalibrated"]
    table = measured(trials(made), "bce_recalibrated")
    (curve,) = curves(table)
    assert curve.unmeasured == ((4, 0), (4, 3))
    assert np.isnan(curve.values).tolist() == [[False, False, True], [False, False, False], [False, False, True]]
    assert curve.count("ok").tolist() == [3, 3, 1]
    assert not_measured(table) == "bce_recalibrated was not measured in t/m/red (2 of 9 trials)"
    (curve,) = curves(trials(made), "bce")
    assert (curve.unmeasured, curve.count("ok").tolist()) == ((), [3, 3, 3])
