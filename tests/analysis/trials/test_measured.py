"""Which error curves are fitted to, and what becomes of trials that have not measured it."""

from dataclasses import replace

import numpy as np
import pytest

import segaug.analysis.metric as metric_module
from segaug import measures
from segaug.analysis.comparison.compare import compare_trials
from segaug.analysis.curves.fitting import fit_records
from segaug.analysis.metric import default_metrics, measured_quantities
from segaug.analysis.trials.curve_trials import curves
from segaug.analysis.trials.measured import measured, metrics_to_compare, not_measured, where_it_fits
from segaug.analysis.trials.table import trials
from segaug.errors import ConfigError, DataError
from tests.structures import STRUCTURES, structures_record
from tests.synthetic import record

SIZES, SEEDS = (1, 2, 4, 8), (0, 1, 2)


def made(make=record, task="lung", strategies=("baseline", "red")):
    return [make(task, "nnunet", strategy, size, seed) for strategy in strategies for size in SIZES for seed in SEEDS]


def several():
    return made(structures_record, "heart")


@pytest.fixture(scope="module")
def mixed():
    return trials([*made(), *several()])


def test_each_task_is_fitted_to_its_own_cross_entropy(mixed):
    assert default_metrics(mixed) == {"lung": "bce", "heart": "ce"}
    found = fit_records([*made(), *several()], resamples=100)
    assert {(curve.task, curve.metric) for curve in found} == {("lung", "bce"), ("heart", "ce")}
    heart = next(curve for curve in found if curve.task == "heart")
    assert (heart.points[0].constant, heart.points[0].atlas) == (0.45, pytest.approx(0.35))
    assert heart.grid.patient_count == 12


def test_what_is_measured_is_known_from_the_records(mixed):
    keys = [one.key for one in measured_quantities(mixed)]
    assert [key for key in keys if key.startswith("dice")][:5] == [
        "dice", "dice/lv", "dice/myo", "dice/rv", "dice_patient",
    ]  # fmt: skip
    assert {"bce", "ce", "hd95", "hd95/rv", "validation_bce", "validation_ce"} <= set(keys)


def test_every_error_above_zero_of_all_structures_together_can_be_compared():
    found = several()
    found[0]["test"]["best"]["dice"] = 1.0
    errors, zero = metrics_to_compare(trials(found))
    listed = [one.error for one in measures.quantities(STRUCTURES) if not one.structure]
    assert (errors, zero) == ([error for error in listed if error != "1-dice"], ["1-dice"])
    assert {"ce", "ce_recalibrated", "1-dice_patient", "hd95"} <= set(errors)


def test_a_curve_of_a_structure(mixed):
    table = measured(mixed, "dice/rv")
    assert {curve.key.task for curve in curves(table)} == {"heart"}
    one = curves(table)[0]
    assert one.metric == "1-dice/rv"
    assert one.values[0, 0] == 1 - structures_record("heart", "nnunet", "baseline", 1, 0)["test"]["best"]["dice/rv"]
    assert not_measured(table) == (
        "1-dice/rv was not measured in lung/nnunet/baseline (all 12 trials: left out), "
        "lung/nnunet/red (all 12 trials: left out)"
    )


def test_a_metric_of_other_tasks_is_not_missed_where_it_is_not_meant_to_be(mixed):
    assert set(where_it_fits(mixed, "ce")["task"]) == {"heart"}
    assert set(where_it_fits(mixed, "bce_recalibrated")["task"]) == {"lung"}
    assert len(where_it_fits(mixed, "1-dice")) == len(mixed)


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (
            "dice/xx",
            "dice/xx: the study has no structure 'xx'; choose from dice/lv, dice/myo, dice/rv, or dice for all",
        ),
        ("bce", "no converged trial of the study has measured bce; choose from what it has measured: ce, ce_recal"),
        ("1-dise", "'1-dise' is unknown; did you mean dice?"),
    ],
)
def test_what_was_never_measured_is_one_line(metric, said):
    table = trials(several())
    with pytest.raises(ConfigError) as refusal:
        measured(table, metric, "--target")
    assert str(refusal.value).startswith(f"--target: {said}")
    assert "\n" not in str(refusal.value)


def test_a_structure_of_a_task_with_one_is_one_line():
    with pytest.raises(ConfigError, match=r"has measured dice/lung of a single structure; choose from .*: bce, "):
        measured(trials(made()), "dice/lung")


@pytest.mark.parametrize(("metric", "same"), [("dice_patient", "dice"), ("dice_patient/lung", "dice/lung")])
def test_where_each_patient_has_one_image_the_measure_of_images_is_told(metric, same):
    told = rf"has measured {metric}.*; use {same} if each patient has one image, where it is the same; or choose from"
    with pytest.raises(ConfigError, match=told):
        measured(trials(made()), metric)


def test_older_trials_that_lack_a_measure_are_left_out_of_its_curves_alone():
    found = several()
    for one in found:
        if one["strategy"] == "red" or one["size"] == 1:
            one["test"] = {"best": {key: one["test"]["best"][key] for key in ("ce", "ce_recalibrated")}, "last": {}}
    table = measured(trials(found), "dice_patient")
    (curve,) = curves(table)
    assert (str(curve.key), curve.sizes.tolist(), len(curve.unmeasured)) == ("heart/nnunet/baseline", [2, 4, 8], 3)
    assert not_measured(table) == (
        "1-dice_patient was not measured in heart/nnunet/baseline (3 of 12 trials), "
        "heart/nnunet/red (all 12 trials: left out)"
    )
    (fit,) = fit_records(found, "dice_patient", resamples=100)
    assert "trials that have not measured 1-dice_patient are left out: 3 at N=1" in fit.notes
    assert sum(state.ok for state in fit.states) == 9
    with pytest.raises(DataError, match=r"was not measured in .*; compare them by another --metric"):
        compare_trials(table, None, {}, "baseline")
    assert len(curves(measured(trials(found)))) == 2


def test_a_diverged_trial_has_diverged_whatever_it_has_measured():
    found = several()
    found[0] |= {"status": "diverged", "test": None, "cases": None, "patient_cases": None}
    assert curves(trials(found), "hd95")[0].count("diverged").tolist() == [1, 0, 0, 0]


def test_several_structures_diverge_by_their_own_cross_entropy():
    found = several()
    for one in found[-2:]:
        one["history"]["training_loss"] = [1.0, 2.0]
    found[-1]["test"]["best"]["ce_recalibrated"] = 0.46
    table = trials(found)
    assert table.loc[table["status"] == "diverged", "id"].tolist() == [found[-1]["id"]]


def test_a_measure_has_its_own_references_or_none():
    one = fit_records(made(), "hd95", resamples=100)[0]
    assert {(point.atlas, point.constant) for point in one.points} == {(None, None)}
    assert np.isnan(one.trials.constant)
    by_dice = fit_records(made(), "dice", resamples=100)[0]
    assert [(point.atlas, point.constant) for point in by_dice.points] == [(pytest.approx(0.4), None)] * 4
    assert by_dice.trials.constant == 1


def test_a_new_measure_needs_a_line_in_the_list_alone(monkeypatch):
    """Its records hold it, with a reference of its own."""
    brier = replace(measures.CE, key="brier", words="Brier score", structures="any", atlas="atlas_brier", constant=None)
    for module in (measures, metric_module):
        monkeypatch.setattr(module, "MEASURES", (*measures.MEASURES, brier))
    monkeypatch.setitem(measures.BY_KEY, "brier", brier)
    found = made()
    for one in found:
        one["test"]["best"]["brier"] = one["test"]["best"]["bce"] / 2
        one["cases"]["brier"] = [value / 2 for value in one["cases"]["bce"]]
        one["reference"]["atlas_brier"] = 0.125
    assert metrics_to_compare(trials(found))[0][-1] == "brier"
    curve = fit_records(found, "brier", resamples=100)[0]
    assert (curve.metric, curve.points[0].atlas, curve.points[0].constant) == ("brier", 0.125, None)
    np.testing.assert_allclose(curve.grid.values.mean(axis=2), curve.trials.values, rtol=1e-6)


def test_patients_are_the_cases_of_a_measure_per_patient():
    found = several()
    for one in found:
        patients = one["patient_cases"]["patients"][:8]
        one["patient_cases"] = {"patients": patients, "dice_patient": one["patient_cases"]["dice_patient"][:8]}
        one["test"]["best"]["dice_patient"] = float(np.mean(one["patient_cases"]["dice_patient"]))
    curve = fit_records(found, "dice_patient", resamples=100)[0]
    assert (curve.grid.values.shape, curve.grid.patient_count, curve.population.patients) == ((3, 4, 8), 8, 8)
    np.testing.assert_allclose(curve.grid.values.mean(axis=2), curve.trials.values, rtol=1e-9)
    assert {one.patients for one in curve.components} == {8}


def test_trials_of_different_code_are_told_in_one_note():
    found = made()
    for one in found[:4]:
        one["run"]["code"] = {"version": "0.2.0", "commit": None, "changed": None, "hash": "abcd"}
    one, other = fit_records(found, resamples=100)
    assert "trained by different code: 8 by code that nobody noted, 4 by abcd" in one.notes
    assert not [note for note in other.notes if "code" in note]


def test_structures_are_those_of_the_records():
    assert set(STRUCTURES) == {one.structure for one in measured_quantities(trials(several())) if one.structure}


@pytest.mark.parametrize(("key", "metric"), [("bce", None), ("dice", "dice"), ("hd95", "hd95")])
def test_an_error_of_zero_is_answered_with_errors_that_are_above_it_everywhere(key, metric):
    found = [record("lung", "nnunet", "red", size, seed) for size in (1, 2) for seed in range(2)]
    found[0]["test"]["best"][key] = 1.0 if key == "dice" else 0.0
    with pytest.raises(DataError) as raised:
        curves(trials(found), metric or "bce")
    advised = str(raised.value).partition("in every trial: ")[2].split(", ")
    assert advised == [one for one in ("bce", "bce_recalibrated", "1-dice", "hd95") if key not in one.split("-")]


def test_where_every_error_is_zero_somewhere_none_is_advised():
    found = [record("lung", "nnunet", "red", 1, seed) for seed in range(2)]
    found[0]["test"]["best"] = {"bce": 0.0, "bce_recalibrated": 0.0, "dice": 1.0, "hd95": 0.0}
    with pytest.raises(DataError, match=r"whatever else was measured is 0 in places"):
        curves(trials(found), "bce")
