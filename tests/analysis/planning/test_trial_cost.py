"""Hours and images of a design."""

import numpy as np
import pytest

from segaug.analysis.planning.forecast import Design
from segaug.analysis.planning.trial_cost import cost, seconds_per_trial, task_images, updates_follow_size
from tests.analysis.made_curve import curve

ONES = np.ones((3, 3))
SIZES = (4, 8, 16)


def test_measured_sizes_cost_their_mean_and_those_between_lie_on_the_line():
    table = curve(ONES, SIZES, seconds=[10, 20, 80]).table
    assert seconds_per_trial(table, (1, 4, 8, 16)) == pytest.approx([10, 10, 20, 80])
    assert seconds_per_trial(table, (32**0.5,)) == pytest.approx([200**0.5])


def test_beyond_them_seconds_follow_the_updates():
    steps = curve(ONES, SIZES, seconds=[10, 20, 80], updates=256).table
    epochs = curve(ONES, SIZES, seconds=[10, 20, 80], updates=[50, 50, 100]).table
    assert not updates_follow_size(steps)
    assert updates_follow_size(epochs)
    assert seconds_per_trial(steps, (64,)) == pytest.approx([80])
    assert seconds_per_trial(epochs, (64,)) == pytest.approx([320])


def test_only_trials_that_are_not_there_are_paid_for():
    values = np.ones((3, 3))
    values[2, 0] = np.nan
    one = curve(values, SIZES, seconds=36.0)
    assert cost([one], Design(SIZES, 3)).trials == 1
    assert cost([one], Design((8, 16, 32), 5)).trials == 2 + 2 + 5
    assert cost([one], Design((8, 16, 32), 5)).hours == pytest.approx(9 * 36 / 3600)
    assert cost([one, curve(ONES, SIZES, seconds=72.0)], Design((8, 16, 32), 5)).hours == pytest.approx(27 * 36 / 3600)
    assert cost([one], Design(SIZES, 2)).trials == 0


def test_another_way_of_predicting_costs_no_trial():
    plain = curve(ONES, SIZES, strategy="red", seconds=36.0)
    flips, alone = (curve(ONES, SIZES, strategy=f"{name}+flips", seconds=36.0) for name in ("red", "regda"))
    design = Design(SIZES, 5)
    assert cost([plain, flips], design) == cost([plain], design)
    assert cost([plain, alone], design).trials == 2 * cost([plain], design).trials


def test_a_diverged_trial_is_there():
    one = curve(ONES, SIZES)
    one.status[0, 0] = "diverged"
    assert cost([one], Design(SIZES, 3)).trials == 0


def test_without_times_the_price_is_the_number_of_trials():
    found = cost([curve(ONES, SIZES, seconds=np.nan)], Design((4, 8, 32), 5))
    assert found.hours is None
    assert found.price == found.trials == 2 + 2 + 5
    assert found.images == 32


def test_images_beside_those_that_n_counts():
    found = task_images([curve(ONES, SIZES, task="lung", pool=80), curve(ONES, SIZES, task="heart", validation=20)])
    assert [(one.task, one.validation, one.pool) for one in found] == [("heart", 20, 500), ("lung", 16, 80)]
