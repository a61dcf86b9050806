"""Paired effects are those of the same seeds, with Student's interval."""

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from segaug.analysis.comparison.paired import Pairing, effect
from segaug.analysis.comparison.sign_flips import sign_flips
from tests.analysis.simulated import DESIGNS, coefficient_of_variation, errors

SIZES = DESIGNS["4..128"]


def pairing(rng, ratio=1.0, seeds=10, correlation=0.6, sizes=SIZES, missing=0.0):
    """Two curves with the law b = 0.5, phi = 0.2; the strategy's is `ratio` times the baseline's."""
    spread = np.sqrt(np.log1p(coefficient_of_variation(sizes) ** 2))
    first, second = rng.standard_normal((2, seeds, len(sizes)))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    law = errors(sizes, 0.5, 0.2)
    baseline, strategy = (law * np.exp(spread * z - spread**2 / 2) for z in (first, second))
    return Pairing(sizes, baseline, np.where(rng.random(strategy.shape) < missing, np.nan, ratio * strategy))


def test_interval_and_test_are_those_of_the_paired_t_test():
    differences = np.random.default_rng(0).normal(0.3, 1, 9)
    expected = ttest_1samp(differences, 0)
    found = effect(np.append(differences, np.nan))
    assert (found.pairs, found.mean) == (9, pytest.approx(differences.mean()))
    assert found.p_t == pytest.approx(expected.pvalue)
    interval = expected.confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((interval.low, interval.high))
    assert found.interval.method == "t"


@pytest.mark.parametrize(
    ("differences", "p_t"), [([], math.nan), ([0.3], math.nan), ([0.3] * 4, math.nan), ([0.0] * 4, 1.0)]
)
def test_without_spread_there_is_no_interval(differences, p_t):
    found = effect(np.array(differences))
    assert found.interval is None
    assert found.p_t == pytest.approx(p_t, nan_ok=True)


def test_the_tests_disagree_where_the_level_lies_between_them():
    few = effect(np.array([1.0, 1.1, 0.9, 1.05, 1.2]))
    assert few.p_t < 0.05 < few.p_flip
    assert few.disagree
    assert not effect(np.array([1.0, 1.1, 0.9, 1.05, 1.2, 1.0, 0.95])).disagree
    assert not effect(np.array([0.3])).disagree


def test_a_constant_ratio_is_found_under_any_spread_between_seeds():
    rng = np.random.default_rng(1)
    hard = rng.uniform(0.1, 3, (6, 2))
    noise = np.exp(0.001 * rng.standard_normal((6, 2)))
    found = effect(Pairing(np.array([4.0, 8.0]), hard, 0.9 * hard * noise).log_ratios[:, 0])
    assert math.exp(found.mean) == pytest.approx(0.9, rel=2e-3)
    assert found.p_t < 1e-8


def test_swapping_the_sides_inverts_the_ratio():
    forth = pairing(np.random.default_rng(2), 0.8)
    back = Pairing(forth.sizes, forth.strategy, forth.baseline)
    assert back.overall.mean == pytest.approx(-forth.overall.mean)
    assert back.overall.interval.low == pytest.approx(-forth.overall.interval.high)
    assert (back.overall.p_t, back.overall.p_flip) == pytest.approx((forth.overall.p_t, forth.overall.p_flip))
    assert back.differences == pytest.approx(-forth.differences)


def test_the_overall_effect_is_the_paired_test_of_each_seeds_mean_over_sizes():
    found = pairing(np.random.default_rng(3), 0.9)
    expected = effect(found.log_ratios.mean(axis=1))
    assert found.overall.mean == pytest.approx(expected.mean)
    assert found.overall.interval.low == pytest.approx(expected.interval.low)
    assert (found.overall.p_t, found.overall.p_flip) == pytest.approx((expected.p_t, expected.p_flip))


def test_with_missing_cells_each_size_counts_alike():
    found = pairing(np.random.default_rng(4), 0.8, missing=0.3)
    assert found.overall.mean == pytest.approx(np.nanmean(found.log_ratios, axis=0).mean())


def test_flips_of_whole_seeds_stay_exact_with_missing_cells():
    rng = np.random.default_rng(10)
    for _ in range(8):
        found = pairing(rng, 0.95, seeds=8, missing=0.4)
        used = found.log_ratios[:, found.tested]
        means = [np.nanmean(signs[:, None] * used, axis=0).mean() for signs in sign_flips(8)]
        assert found.overall.p_flip == np.mean(np.abs(means) >= abs(means[0]) * (1 - 1e-9))


def test_missing_cells_do_not_make_an_effect_that_grows_with_size_look_uncertain():
    sizes, rng = np.array([1.0, 2.0]), np.random.default_rng(5)
    log_ratios = np.array([0.0, 2.0]) + 0.01 * rng.standard_normal((12, 2))
    log_ratios[:4, 1] = np.nan
    interval = Pairing(sizes, np.ones((12, 2)), np.exp(log_ratios)).overall.interval
    assert interval.low < 1 < interval.high
    assert interval.high - interval.low < 0.05


def test_sizes_with_one_pair_are_left_out_of_the_overall_effect():
    found = pairing(np.random.default_rng(6), 0.8)
    strategy = found.strategy.copy()
    strategy[1:, 0] = np.nan
    fewer = Pairing(found.sizes, found.baseline, strategy)
    assert fewer.tested.tolist() == [1, 2, 3, 4, 5]
    assert fewer.overall.mean == pytest.approx(found.log_ratios[:, 1:].mean())


def test_without_pairs_nothing_is_tested():
    found = Pairing(np.array([4.0]), np.array([[1.0], [np.nan]]), np.array([[np.nan], [1.0]]))
    assert (found.overall.pairs, found.mean_correlation) == (0, 0.0)
    assert np.isnan(found.overall.p_t)


def test_correlation_is_measured_from_three_pairs_on():
    rng = np.random.default_rng(7)
    assert pairing(rng, seeds=400).mean_correlation == pytest.approx(0.6, abs=0.05)
    assert np.isnan(pairing(rng, seeds=2).correlation).all()


@pytest.mark.parametrize("seeds", [5, 20])
def test_false_positives_of_the_t_test_are_at_the_level(seeds):
    rng = np.random.default_rng(8)
    found = [pairing(rng, seeds=seeds) for _ in range(1000)]
    sizes = [effect(column).p_t < 0.05 for one in found[:300] for column in one.log_ratios.T]
    overall = [one.overall.p_t < 0.05 for one in found]
    assert 0.035 <= np.mean(sizes) <= 0.065
    assert 0.03 <= np.mean(overall) <= 0.07


def test_ten_seeds_see_ten_per_cent_over_all_sizes():
    rng = np.random.default_rng(9)
    assert np.mean([pairing(rng, 0.9).overall.p_t < 0.05 for _ in range(100)]) > 0.95
