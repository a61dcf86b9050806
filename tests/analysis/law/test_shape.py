"""A rise is flagged where it is larger than chance; the isotonic curve falls and stays as near as it can."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segaug.analysis.law.shape import isotonic, non_monotone

FALLING = np.array([0.5, 0.4, 0.3, 0.25, 0.2, 0.18])
PRECISION = np.diag(1 / (0.03 * FALLING) ** 2)


def test_rate_of_false_and_of_true_alarms():
    rng = np.random.default_rng(0)

    def rate(truth):
        return np.mean([non_monotone(truth * (1 + 0.03 * rng.standard_normal(6)), PRECISION) for _ in range(400)])

    assert rate(FALLING) == 0
    assert 0.005 < rate(np.full(6, 0.2)) < 0.3, "the precision assumed here is that of a falling curve"
    assert rate(FALLING[::-1]) == 1


def test_flat_curves_are_flagged_at_the_level():
    rng, flat = np.random.default_rng(1), np.eye(6)
    assert np.mean([non_monotone(rng.standard_normal(6), flat) for _ in range(1000)]) < 0.06


def test_shared_seeds_make_a_step_more_certain():
    """Means that move together: their difference is better known than the means are."""
    rising, covariance = np.array([1.0, 1.2]), 0.01 * np.array([[1, 0.9], [0.9, 1]])
    assert non_monotone(rising, np.linalg.inv(covariance))
    assert not non_monotone(rising, np.diag(1 / np.diag(covariance)))


def test_one_size_has_no_step():
    assert not non_monotone(np.array([0.3]), np.eye(1))


@given(st.lists(st.floats(0.01, 1), min_size=6, max_size=6))
def test_isotonic_falls_and_keeps_the_weighted_mean(values):
    means, weight = np.array(values), np.diag(PRECISION)
    found = isotonic(means, PRECISION)
    assert (np.diff(found) <= 1e-12).all()
    assert weight @ found == pytest.approx(weight @ means)
    assert isotonic(found, PRECISION) == pytest.approx(found)


def test_isotonic_leaves_a_falling_curve_alone():
    assert isotonic(FALLING, PRECISION) == pytest.approx(FALLING)
