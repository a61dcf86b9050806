"""The spread of trials is a smooth function of N, and sizes may be noisier than it, never more precise."""

import numpy as np
import pytest
from scipy.special import polygamma

from segaug.analysis.law.noise import noise_of, weighted_means
from segaug.analysis.law.spread import _inverse_trigamma, relative_kurtosis, spread
from tests.analysis.simulated import errors

SIZES = 2.0 ** np.arange(2, 10)
LAW = errors(SIZES, 0.5, 0.2)
FRACTION = np.linspace(-1, 1, len(SIZES))
STEP = np.where(FRACTION <= 0, 0.30, 0.05)
BENT = {"U": 0.05 + 0.2 * FRACTION**2, "hump": 0.25 - 0.2 * FRACTION**2}


def lognormal(rng, cv, seeds):
    scale = np.sqrt(np.log1p(cv**2))
    return LAW * np.exp(scale * rng.standard_normal((seeds, len(cv))) - scale**2 / 2)


def used_cv(values):
    data = weighted_means(SIZES, values)
    return np.sqrt(data.trial_variance) / data.means


@pytest.mark.parametrize("shape", BENT)
def test_a_bent_spread_is_followed(shape):
    values = lognormal(np.random.default_rng(0), BENT[shape], 200)
    noise = noise_of(SIZES, values)
    assert noise.line_rejected
    assert used_cv(values) == pytest.approx(BENT[shape], rel=0.35)
    assert np.sign(noise.curvature) == (1 if shape == "U" else -1)


def test_beyond_the_measured_sizes_a_parabola_stays_and_a_line_goes_on():
    bent = noise_of(SIZES, lognormal(np.random.default_rng(0), BENT["U"], 200))
    assert bent.cv([1, 4096]) == pytest.approx(bent.cv(SIZES[[0, -1]]))
    straight = noise_of(SIZES, lognormal(np.random.default_rng(1), 0.3 * SIZES**-0.3, 200))
    assert straight.curvature == 0
    assert straight.cv(4096) < straight.cv(SIZES[-1])


def test_a_step_leaves_no_size_with_less_spread_than_it_has():
    values = lognormal(np.random.default_rng(2), STEP, 200)
    assert (used_cv(values) >= 0.9 * STEP).all()
    assert noise_of(SIZES, values).line_rejected


def test_one_noisy_size_counts_as_such_and_the_others_do_not_change():
    cv = np.full(len(SIZES), 0.08)
    rng = np.random.default_rng(3)
    values = lognormal(rng, cv, 20)
    noisy = values.copy()
    noisy[:, 2] = LAW[2] * np.exp(0.5 * rng.standard_normal(20))
    used = used_cv(noisy)
    assert used[2] > 3 * 0.08
    assert np.delete(used, 2).max() < 0.2


@pytest.mark.parametrize("seeds", [3, 5, 20])
def test_no_size_is_taken_for_more_precise_than_the_smooth_function_says(seeds):
    rng = np.random.default_rng(4)
    for cv in (STEP, *BENT.values()):
        values = lognormal(rng, cv, seeds)
        data, noise = weighted_means(SIZES, values), noise_of(SIZES, values)
        fitted = np.sqrt(data.trial_variance) / noise.cv(SIZES)
        assert (used_cv(values) >= noise.cv(SIZES) * np.minimum(fitted / data.means, 1) * (1 - 1e-9)).all()


def test_a_straight_line_is_rejected_no_more_often_than_its_level_says():
    rng = np.random.default_rng(5)
    cv = 0.3 * SIZES**-0.3
    p = np.array([noise_of(SIZES, LAW * (1 + cv * rng.standard_normal((6, 8)))).p_line for _ in range(400)])
    assert (p < 0.05).mean() == pytest.approx(0.05, abs=0.035)


def test_heavy_tails_are_no_reason_to_doubt_the_line():
    rng = np.random.default_rng(6)
    trials = [LAW * (1 + 0.05 * np.clip(rng.standard_t(6, (20, 8)), -10, 10)) for _ in range(200)]
    heavy = np.array([noise_of(SIZES, values).p_line for values in trials])
    assert (heavy < 0.05).mean() < 0.15


def test_the_scale_of_the_spread_only_scales_it():
    squared, counts = np.array([0.04, 0.01, 0.02, 0.09, 0.01]), np.full(5, 5.0)
    one, other = (spread(SIZES[:5], scale * squared, counts, 1.0) for scale in (1.0, 1e-4))
    assert other.squared_cv == pytest.approx(1e-4 * one.squared_cv)
    assert (other.p_line, other.dof) == (pytest.approx(one.p_line), one.dof)


def test_kurtosis_is_that_of_the_trials():
    rng = np.random.default_rng(7)
    normal, tails = rng.standard_normal((50, 40)), rng.standard_t(4, (50, 40))
    found = [relative_kurtosis(x - x.mean(axis=0), np.full(40, 50.0)) for x in (normal, tails)]
    assert found[0] == pytest.approx(1.0, abs=0.1)
    assert found[1] > 1.4
    assert relative_kurtosis(np.zeros((50, 3)), np.full(3, 50.0)) == 1.0


@pytest.mark.parametrize("value", [1e-4, 0.1, 1.0, 50.0])
def test_inverse_of_trigamma(value):
    assert polygamma(1, _inverse_trigamma(value)) == pytest.approx(value, rel=1e-9)
