"""Variance components are those that the errors were made with, and add up to what is seen."""

import numpy as np
import pytest

from segaug.analysis.curves.variance import by_subset, components, nested_two_way, patient_means, two_way
from segaug.analysis.trials.case_grid import case_grid
from segaug.analysis.trials.curve_trials import curves
from segaug.analysis.trials.table import trials
from segaug.results.case_errors import cases_of_records
from tests.synthetic import record


def crossed(rng, rows, columns, sd_row, sd_column, sd_interaction):
    return (
        5
        + sd_row * rng.standard_normal((rows, 1))
        + sd_column * rng.standard_normal((1, columns))
        + sd_interaction * rng.standard_normal((rows, columns))
    )


def test_two_way_recovers_what_was_put_in():
    rng = np.random.default_rng(0)
    found = np.mean([two_way(crossed(rng, 8, 12, 2.0, 3.0, 1.0)) for _ in range(1500)], axis=0)
    assert found == pytest.approx([4, 9, 1], rel=0.06)


def test_seed_and_interaction_add_up_to_the_spread_on_this_test_set():
    values = crossed(np.random.default_rng(1), 6, 9, 2.0, 1.0, 1.0)
    row, column, interaction = two_way(values)
    assert row + interaction / 9 == pytest.approx(values.mean(axis=1).var(ddof=1))
    assert column + interaction / 6 == pytest.approx(values.mean(axis=0).var(ddof=1))


def test_rows_that_only_repeat_have_no_variance():
    assert two_way(np.tile([1.0, 2, 4], (5, 1))) == pytest.approx((0, np.var([1, 2, 4], ddof=1), 0))
    assert two_way(np.tile([[1.0], [2], [4]], (1, 5))) == pytest.approx((np.var([1, 2, 4], ddof=1), 0, 0))


def test_two_way_is_symmetric_and_scales():
    values = crossed(np.random.default_rng(2), 5, 7, 1.0, 1.0, 1.0)
    row, column, interaction = two_way(values)
    assert two_way(values.T) == pytest.approx((column, row, interaction))
    assert two_way(1e-6 * values + 3) == pytest.approx((1e-12 * row, 1e-12 * column, 1e-12 * interaction))


def test_no_component_is_negative():
    row, column, interaction = two_way(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert (row, column) == (0, 0)
    assert interaction > 0


@pytest.mark.parametrize(
    ("subsets", "known"), [("abcd", (False, False)), ("aaaa", (False, True)), ("aabb", (True, True))]
)
def test_subset_and_training_are_told_apart_only_by_shared_subsets(subsets, known):
    found = by_subset(np.array([1.0, 2.0, 4.0, 3.0]), list(subsets))
    assert (found.subset is not None, found.training is not None) == known
    assert (found.subset_interval is not None, found.training_interval is not None) == known


def test_one_subset_leaves_training_alone():
    errors = np.array([1.0, 2.0, 4.0])
    found = by_subset(errors, ["a"] * 3)
    assert (found.subset, found.training) == (None, pytest.approx(errors.var(ddof=1)))


def test_shared_subsets_recover_what_was_put_in():
    rng, names = np.random.default_rng(3), list("aaaaaaaabcde")
    owner = np.unique(names, return_inverse=True)[1]
    runs = [2 * rng.standard_normal(5)[owner] + rng.standard_normal(12) for _ in range(600)]
    found = [by_subset(errors, names) for errors in runs]
    assert np.mean([(one.subset, one.training) for one in found], axis=0) == pytest.approx([4, 1], rel=0.1)


def test_intervals_of_subset_and_training_hold_them():
    rng, names = np.random.default_rng(8), [str(seed // 3) for seed in range(18)]
    held = []
    for _ in range(400):
        found = by_subset(np.repeat(2 * rng.standard_normal(6), 3) + rng.standard_normal(18), names)
        truths = ((found.subset_interval, 4.0), (found.training_interval, 1.0))
        held.append([interval.low <= truth <= interval.high for interval, truth in truths])
    assert (np.mean(held, axis=0) >= 0.93).all()


def test_seeds_that_share_subsets_recover_what_was_put_in():
    """5 subsets of 3 trials; subset, training and case, and what the first two make of each case."""
    rng, subset, found = np.random.default_rng(9), np.arange(15) // 3, []
    for _ in range(1500):
        of_subset = 2 * rng.standard_normal((5, 1)) + 1.5 * rng.standard_normal((5, 12))
        own = crossed(rng, 15, 12, 1.0, 3.0, 0.5)
        found.append(nested_two_way(of_subset[subset] + own, subset))
    assert np.mean(found, axis=0) == pytest.approx([4 + 1, 9, 1.5**2 + 0.5**2], rel=0.06)


def test_a_subset_for_each_seed_is_the_plain_split():
    values = crossed(np.random.default_rng(10), 6, 9, 2.0, 1.0, 1.0)
    assert nested_two_way(values, np.arange(6)) == two_way(values)


def test_patients_average_to_the_cases():
    values = np.random.default_rng(4).random((3, 6))
    found = patient_means(values, list("aabccc"))
    assert found.shape == (3, 3)
    assert found.mean(axis=1) == pytest.approx(values.mean(axis=1))
    assert patient_means(values, list("abcdef")) == pytest.approx(values)
    assert patient_means(values, list("aabbcc")) == pytest.approx(values.reshape(3, 3, 2).mean(axis=2))


def test_patients_tell_how_other_test_sets_would_differ():
    """A test set of 30 patients with 1 to 7 images each; images of one patient are alike."""
    rng, owner = np.random.default_rng(5), np.repeat(np.arange(30), np.arange(30) % 7 + 1)
    patients = [f"{one}" for one in owner]
    errors, per_patient, per_image = [], [], []
    for _ in range(1500):
        seed = rng.standard_normal((5, 1))
        values = seed + (rng.standard_normal(30)[owner] + 0.3 * rng.standard_normal(len(owner)))[None]
        errors.append(values.mean() - seed.mean())
        per_patient.append(two_way(patient_means(values, patients))[1] / 30)
        per_image.append(two_way(values)[1] / len(owner))
    assert np.mean(per_patient) == pytest.approx(np.var(errors), rel=0.12)
    assert np.mean(per_image) < 0.5 * np.var(errors)


def made(seeds=range(4), sizes=(2, 4), ids=None):
    found = [record("t", "m", "red", size, seed) for size in sizes for seed in seeds]
    for one in found:
        one["subset"] = one["subset"] | {"ids": ids or [f"{one['seed']}-{i}" for i in range(one["size"])]}
    return found


def split(records):
    (curve,) = curves(trials(records), "bce")
    return components(curve, case_grid(curve, cases_of_records(records, "bce")))


def test_each_size_of_a_curve_is_split():
    found = split(made())
    assert [(one.size, one.trials, one.patients) for one in found] == [(2, 4, 12), (4, 4, 12)]
    for one in found:
        assert one.seed + one.of_interaction == pytest.approx(one.spread, rel=1e-6)
        assert one.of_cases == one.case / 12
        assert (one.subset, one.training) == (None, None)


def test_equal_subsets_are_detected():
    """At N = the size of the pool all seeds are trained on the same images."""
    found = split(made(ids=["a", "b"]))
    assert all(one.subset is None and one.training == pytest.approx(one.spread) for one in found)


def test_what_cannot_be_told_is_none():
    (one,) = split(made(seeds=[0], sizes=(2,)))
    assert (one.spread, one.seed, one.case, one.of_cases, one.training) == (None,) * 5
    records = made(sizes=(2,))
    (curve,) = curves(trials(records), "bce")
    (one,) = components(curve, None)
    assert (one.spread is None, one.seed, one.patients, one.of_interaction) == (False, None, None, None)


def test_one_patient_tells_nothing_about_others():
    records = made(sizes=(2,))
    for one in records:
        one["cases"]["patients"] = ["p"] * 12
    (one,) = split(records)
    assert (one.patients, one.seed, one.case) == (1, None, None)
