"""The noise of the trials is found without bias, and nothing that a table may contain stops it."""

import numpy as np
import pytest
from scipy.special import polygamma

from segaug.analysis.law.noise import CV_MIN, noise_of, weighted_means
from segaug.analysis.law.solver import solve
from segaug.errors import DataError
from tests.analysis.simulated import coefficient_of_variation, errors, trials

SIZES = 2.0 ** np.arange(8)
LAW = errors(SIZES, 0.5, 0.2)


def normal_trials(rng, seeds, cv):
    return LAW * (1 + cv * rng.standard_normal((seeds, len(SIZES))))


def test_recovers_the_line_of_many_trials():
    noise = noise_of(SIZES, trials(np.random.default_rng(0), SIZES, 0.5, 0.2, seeds=4000))
    assert noise.cv(SIZES) == pytest.approx(coefficient_of_variation(SIZES), rel=0.03)
    assert noise.dof == 8 * 3999
    assert noise.cv(noise.centre) ** 2 == pytest.approx(np.exp(noise.alpha))


@pytest.mark.parametrize("seeds", [2, 3, 6])
def test_few_trials_do_not_bias_the_logarithm_of_the_variance(seeds):
    rng = np.random.default_rng(1)
    alphas = [noise_of(SIZES, normal_trials(rng, seeds, 0.1)).alpha for _ in range(500)]
    standard_error = np.std(alphas) / np.sqrt(len(alphas))
    assert np.mean(alphas) == pytest.approx(2 * np.log(0.1), abs=4 * standard_error)
    assert standard_error < 0.04  # the bias of the logarithm at 2, 3, 6 seeds is 1.27, 0.58, 0.21


def test_the_line_weighs_sizes_by_what_their_trials_tell():
    """Its slope varies as that of the best linear estimate from log chi-squares does."""
    rng, counts = np.random.default_rng(13), np.array([2, 40, 2, 40, 2, 40, 2, 40])
    slopes = []
    for _ in range(600):
        values = normal_trials(rng, 40, 0.1)
        values[np.arange(40)[:, None] >= counts] = np.nan
        slopes.append(noise_of(SIZES, values).beta)
    information = 1 / polygamma(1, (counts - 1) / 2)
    x = np.log(SIZES) - np.average(np.log(SIZES), weights=information)
    assert np.std(slopes) == pytest.approx(1 / np.sqrt(information @ x**2), rel=0.1)


def test_statistics_of_each_size_are_those_of_its_trials():
    values = normal_trials(np.random.default_rng(2), 5, 0.1)
    values[1:, 3] = values[0, 5] = np.nan
    data = weighted_means(SIZES, values)
    assert data.counts.tolist() == [5, 5, 5, 1, 5, 4, 5, 5]
    assert data.means == pytest.approx(np.nanmean(values, axis=0))
    several = data.counts > 1
    assert data.variance[several] == pytest.approx(np.nanvar(values[:, several], axis=0, ddof=1))
    assert np.isnan(data.variance[3])
    assert data.dof == 6 * 4 + 3


def test_variances_follow_the_fitted_means():
    data = weighted_means(SIZES, trials(np.random.default_rng(1), SIZES, 0.5, 0.2, seeds=4))
    fitted = solve(SIZES, data.means[None], data.precision)[0].predict(SIZES)
    assert np.sqrt(data.trial_variance) / data.noise.cv(SIZES) == pytest.approx(fitted, rel=2e-3)
    assert np.abs(fitted / data.means - 1).max() > 0.02, "else the test could not tell"
    assert data.standard_error == pytest.approx(np.sqrt(data.trial_variance / 4))


def test_order_of_seeds_does_not_matter_and_scale_only_scales():
    values = trials(np.random.default_rng(4), SIZES, 0.5, 0.2, seeds=6)
    plain, permuted = weighted_means(SIZES, values), weighted_means(SIZES, values[::-1])
    assert permuted.precision == pytest.approx(plain.precision, rel=1e-9)
    for scale in (1e-9, 1e6):
        scaled = weighted_means(SIZES, scale * values)
        assert scaled.trial_variance == pytest.approx(scale**2 * plain.trial_variance, rel=1e-6)
        assert scaled.precision == pytest.approx(plain.precision / scale**2, rel=1e-6)


def test_a_single_trial_takes_its_variance_from_the_line():
    values = trials(np.random.default_rng(5), SIZES, 0.5, 0.2, seeds=10)
    without = noise_of(np.delete(SIZES, 2), np.delete(values, 2, axis=1))
    values[1:, 2] = np.nan
    data = weighted_means(SIZES, values)
    assert data.noise == without
    assert data.precision[2, 2] == pytest.approx(1 / data.trial_variance[2])


def test_a_size_without_spread_is_named_and_keeps_out_of_the_line():
    values = trials(np.random.default_rng(6), SIZES, 0.5, 0.2, seeds=10)
    without = noise_of(np.delete(SIZES, 2), np.delete(values, 2, axis=1))
    values[:, 2] = LAW[2]
    data = weighted_means(SIZES, values)
    assert data.without_spread.tolist() == [4]
    assert data.noise.cv(SIZES) == pytest.approx(without.cv(SIZES))


def test_no_spread_at_all_gives_the_law_of_the_means():
    data = weighted_means(SIZES, np.tile(LAW, (5, 1)))
    assert data.without_spread.tolist() == SIZES.tolist()
    assert data.noise.cv(SIZES) == pytest.approx(np.full(8, CV_MIN), rel=0.2)
    found = solve(SIZES, data.means[None], data.precision, polish=True)[0]
    assert (found.b, found.c) == pytest.approx((0.5, 0.02), rel=1e-5)


def test_few_sizes_get_a_constant_coefficient_of_variation():
    noise = noise_of(SIZES[:2], trials(np.random.default_rng(7), SIZES, 0.5, 0.2)[:, :2])
    assert noise.beta == 0
    for count in (1, 2):
        assert np.isfinite(weighted_means(SIZES[:count], np.tile(LAW[:count], (3, 1))).precision).all()


def test_single_trials_everywhere_are_judged_by_their_distance_from_the_law():
    rng = np.random.default_rng(8)
    variances = []
    for _ in range(200):
        data = weighted_means(SIZES, normal_trials(rng, 1, 0.05))
        assert (data.dof, data.replicated) == (5, False)
        assert np.diag(data.precision) == pytest.approx(1 / (data.noise.cv(SIZES) * data.means) ** 2)
        variances.append(data.noise.cv(1.0) ** 2)
    assert np.mean(variances) == pytest.approx(0.05**2, rel=0.15)
    few = weighted_means(SIZES[:4], normal_trials(rng, 1, 0.05)[:, :4])
    assert few.dof == 0
    assert np.isfinite(few.precision).all()


def test_a_size_without_trials_is_left_out():
    values = trials(np.random.default_rng(9), SIZES, 0.5, 0.2)
    values[:, 4] = np.nan
    data, other = weighted_means(SIZES, values), weighted_means(np.delete(SIZES, 4), np.delete(values, 4, axis=1))
    assert data.sizes.tolist() == other.sizes.tolist()
    assert data.precision == pytest.approx(other.precision, rel=1e-9)


def test_precision_inverts_the_covariance_of_means_that_share_seeds():
    values = trials(np.random.default_rng(10), SIZES, 0.5, 0.2, correlation=0.5)
    values[:12, 1] = values[10:, 2] = np.nan  # 8 and 10 trials without a common seed
    data = weighted_means(SIZES, values, nested=True)
    spread, present, rho = np.sqrt(data.trial_variance), np.isfinite(values), data.noise.correlation
    covariance = np.diag(spread**2 / data.counts)
    for i in range(8):
        for j in set(range(8)) - {i}:
            common = (present[:, i] & present[:, j]).sum()
            covariance[i, j] = rho * spread[i] * spread[j] * common / (data.counts[i] * data.counts[j])
    assert rho == pytest.approx(0.5, abs=0.25)
    assert covariance[1, 2] == 0 < covariance[1, 3]
    assert data.precision @ covariance == pytest.approx(np.eye(8), abs=1e-9)


def test_few_seeds_hardly_bias_a_planned_correlation():
    rng = np.random.default_rng(14)
    found = [noise_of(SIZES, trials(rng, SIZES, 0.5, 0.2, 4, 0.7), nested=True).correlation for _ in range(600)]
    assert 0.57 < np.mean(found) < 0.73  # a ratio of estimates from four seeds: a little low


def test_sizes_that_are_alike_do_not_count_twice():
    """Degrees of freedom are those of the mean of the correlated variances: 2 (mean)^2 / variance."""
    rng, correlation = np.random.default_rng(15), 0.8
    shared, own = rng.standard_normal((4000, 20, 1)), rng.standard_normal((4000, 20, 8))
    variances = (np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own).var(axis=1, ddof=1).mean(axis=1)
    values = trials(rng, SIZES, 0.5, 0.2, 20, correlation)
    assert noise_of(SIZES, values).dof == pytest.approx(2 / variances.var(), rel=0.25)
    assert noise_of(SIZES, rng.permuted(values, axis=0)).dof > 0.9 * 8 * 19


@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_correlation_is_found_where_the_plan_or_the_trials_say_so(correlation):
    rng = np.random.default_rng(11)
    many = [trials(rng, SIZES, 0.5, 0.2, correlation=correlation) for _ in range(200)]
    planned = [noise_of(SIZES, values, nested=True).correlation for values in many]
    detected = [noise_of(SIZES, values).correlation for values in many]
    assert np.mean(planned) == pytest.approx(correlation, abs=0.06)
    assert np.mean(detected) == pytest.approx(correlation, abs=0.06), "what chance alone shows is next to nothing"


def test_the_plan_is_believed_where_few_trials_cannot_show_what_nested_subsets_share():
    rng = np.random.default_rng(16)
    many = [trials(rng, SIZES, 0.5, 0.2, 4, 0.1) for _ in range(100)]
    hidden = [values for values in many if noise_of(SIZES, values).correlation == 0]
    planned = [noise_of(SIZES, values, nested=True) for values in hidden]
    shared = np.array([noise.correlation for noise in planned]) > 0
    assert 20 < shared.sum() < len(hidden), "else the test could not tell"
    for values, noise, alike in zip(hidden, planned, shared, strict=True):
        nested, fresh = weighted_means(SIZES, values, nested=True), weighted_means(SIZES, values)
        assert nested.noise == noise
        level = [1 / data.precision.sum() / data.means.mean() ** 2 for data in (nested, fresh)]
        assert (level[0] > level[1]) == alike, "means that are alike say less of their common level"


def test_one_common_correlation_serves_more_sizes_than_seeds():
    values = trials(np.random.default_rng(12), SIZES, 0.5, 0.2, seeds=2, correlation=0.9)
    assert np.linalg.eigvalsh(weighted_means(SIZES, values, nested=True).precision).min() > 0


def test_errors_that_are_no_errors_are_refused():
    values = np.tile(LAW, (3, 1))
    values[0, 0] = 0.0
    with pytest.raises(DataError, match=r"zero or negative.*1 - Dice"):
        weighted_means(SIZES, values)
