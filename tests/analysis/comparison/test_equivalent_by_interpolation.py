"""Interpolation between the falling means of a baseline."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from segaug.analysis.comparison.equivalent_by_interpolation import falling, sizes_between

SIZES = np.array([1.0, 4.0, 16.0])


@given(
    st.lists(st.floats(0.01, 1), min_size=1, max_size=8).flatmap(
        lambda means: st.tuples(st.just(means), st.lists(st.floats(0.1, 10), min_size=len(means), max_size=len(means)))
    )
)
def test_falling_is_isotonic_regression(drawn):
    means, weights = map(np.array, drawn)
    expected = isotonic_regression(means, weights=weights, increasing=False).x
    assert falling(np.stack([means, means[::-1]]), weights)[0] == pytest.approx(expected)


def test_means_themselves_are_found_at_their_sizes():
    baseline = np.array([[0.4, 0.2, 0.1]])
    assert sizes_between(SIZES, baseline, baseline)[0] == pytest.approx(SIZES)


def test_lines_are_straight_in_log_log():
    baseline = 0.4 * SIZES**-0.5
    wanted = 0.4 * np.array([2.0, 3.0, 10.0]) ** -0.5
    assert sizes_between(SIZES, baseline[None], wanted[None])[0] == pytest.approx([2, 3, 10])


def test_nothing_is_known_beyond_the_measured_errors():
    assert sizes_between(SIZES, np.array([[0.4, 0.2, 0.1]]), np.array([[0.5, 0.05]]))[0].tolist() == [0, np.inf]


def test_a_plateau_stands_for_its_middle():
    found = sizes_between(SIZES, np.array([[0.4, 0.2, 0.2], [0.2, 0.2, 0.1], [0.2, 0.2, 0.2]]), np.full((3, 1), 0.2))
    assert found[:, 0] == pytest.approx([8, 2, 4])


def test_rows_do_not_mix():
    rng = np.random.default_rng(0)
    baselines, errors = np.sort(rng.uniform(size=(20, 3)))[:, ::-1], rng.uniform(size=(20, 2))
    together = sizes_between(SIZES, baselines, errors)
    alone = [sizes_between(SIZES, baselines[[row]], errors[[row]])[0] for row in range(20)]
    assert together == pytest.approx(np.array(alone))
