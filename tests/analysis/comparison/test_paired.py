"""Ratios of expected errors over the same seeds: at one size the paired t test, over sizes with any cells missing."""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import ttest_1samp, ttest_rel

from segaug.analysis.comparison.effect import effect
from segaug.analysis.comparison.multiplicity import holm
from segaug.analysis.comparison.paired import Pairing
from segaug.analysis.comparison.ratio_of_means import degrees_of_freedom
from segaug.analysis.comparison.sign_flips import max_t_p, sign_flips
from tests.analysis.simulated import DESIGNS, coefficient_of_variation, errors

SIZES = DESIGNS["4..128"]


def pairing(rng, ratio=1.0, seeds=10, correlation=0.6, sizes=SIZES, missing=0.0, wider=1.0):
    """Two curves with the law b = 0.5, phi = 0.2; the strategy's is `ratio` times the baseline's.

    wider: times its coefficient of variation.
    """
    spreads = (np.sqrt(np.log1p((scale * coefficient_of_variation(sizes)) ** 2)) for scale in (1.0, wider))
    first, second = rng.standard_normal((2, seeds, len(sizes)))
    second = correlation * first + np.sqrt(1 - correlation**2) * second
    law = errors(sizes, 0.5, 0.2)
    baseline, strategy = (law * np.exp(s * z - s**2 / 2) for s, z in zip(spreads, (first, second), strict=True))
    return Pairing(sizes, baseline, np.where(rng.random(strategy.shape) < missing, np.nan, ratio * strategy))


def lacking(found, present):
    """The same, without the trials of some cells."""
    return Pairing(found.sizes, np.where(present, found.baseline, np.nan), found.strategy)


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
    found = Pairing(np.array([4.0, 8.0]), hard, 0.9 * hard * noise).single[0]
    assert math.exp(found.mean) == pytest.approx(0.9, rel=2e-3)
    assert found.interval.high - found.interval.low < 0.01


@pytest.mark.parametrize("wider", [1.0, 3.0])
def test_at_one_size_no_difference_is_tested_by_the_plain_paired_t_test(wider):
    found = pairing(np.random.default_rng(11), 0.9, seeds=7, wider=wider)
    for column in range(len(SIZES)):
        baseline, strategy = found.baseline[:, column], found.strategy[:, column]
        one = found.single[column]
        assert one.p_t == pytest.approx(ttest_rel(baseline, strategy).pvalue)
        assert one.mean == pytest.approx(np.log(strategy.mean() / baseline.mean()))
        assert Pairing(SIZES[[column]], baseline[:, None], strategy[:, None]).overall == one


def test_the_interval_holds_the_ratios_that_the_paired_t_test_does_not_reject():
    found = pairing(np.random.default_rng(12), 0.8, seeds=5)
    baseline, strategy = found.baseline[:, 0], found.strategy[:, 0]

    def excess(log_ratio):
        return ttest_rel(strategy, math.exp(log_ratio) * baseline).pvalue - 0.05

    one = found.single[0]
    assert one.interval.low == pytest.approx(brentq(excess, one.mean - 2, one.mean))
    assert one.interval.high == pytest.approx(brentq(excess, one.mean, one.mean + 2))


def test_ratio_difference_and_p_value_never_contradict_each_other():
    rng = np.random.default_rng(13)
    seen = set()
    for seeds in (2, 3, 5):
        for _ in range(60):
            found = pairing(rng, 0.75, seeds=seeds, wider=2.0)
            for column in range(len(SIZES)):
                one, difference = found.single[column], effect(found.differences[:, column])
                clear = not difference.interval.low <= 0 <= difference.interval.high
                seen.add(clear)
                assert clear == (one.p_t < 0.05)
                assert one.interval is None or clear != (one.interval.low <= 0 <= one.interval.high)
    assert seen == {True, False}


def test_an_end_that_the_errors_do_not_bound_is_open():
    baseline = np.array([[1.0], [3.0]])  # its own mean may be next to nothing
    one = Pairing(np.array([4.0]), baseline, np.array([[9.0], [9.5]])).single[0]
    assert (one.interval.open_low, one.interval.open_high) == (False, True)
    assert math.isinf(one.interval.high)
    both = Pairing(np.array([4.0]), baseline, np.array([[4.0], [1.0]])).single[0]
    assert both.interval is None
    assert 0 < both.p_t < 1


def test_swapping_the_sides_inverts_the_ratio():
    forth = pairing(np.random.default_rng(2), 0.8)
    back = Pairing(forth.sizes, forth.strategy, forth.baseline)
    assert back.overall.mean == pytest.approx(-forth.overall.mean)
    assert back.overall.interval.low == pytest.approx(-forth.overall.interval.high)
    assert (back.overall.p_t, back.overall.p_flip) == pytest.approx((forth.overall.p_t, forth.overall.p_flip))
    assert back.differences == pytest.approx(-forth.differences)


def test_the_overall_ratio_is_that_of_mean_errors_each_size_counting_alike():
    found = pairing(np.random.default_rng(3), 0.9)
    assert found.overall.mean == pytest.approx(np.log(found.strategy.mean(axis=0) / found.baseline.mean(axis=0)).mean())
    baseline, strategy = ((errors / errors.mean(axis=0)).mean(axis=1) for errors in (found.baseline, found.strategy))
    relative = Pairing(np.array([1.0]), baseline[:, None], math.exp(found.overall.mean) * strategy[:, None]).single[0]
    assert found.overall.p_t == pytest.approx(relative.p_t)
    assert found.overall.interval.low == pytest.approx(relative.interval.low)


def test_with_missing_cells_each_size_counts_alike():
    found = pairing(np.random.default_rng(4), 0.8, missing=0.3)
    baseline = np.where(found.present, found.baseline, np.nan)
    ratios = np.nanmean(found.strategy, axis=0) / np.nanmean(baseline, axis=0)
    assert found.overall.mean == pytest.approx(np.log(ratios).mean())


def test_degrees_of_freedom_are_those_of_a_complete_table_and_of_welch_without_any_seed_in_common():
    assert degrees_of_freedom(np.ones((7, 4), dtype=bool)) == pytest.approx(6)
    counts = np.array([2, 3, 6])
    apart = np.repeat(np.arange(3), counts)[:, None] == np.arange(3)
    variances = 1 / counts
    assert degrees_of_freedom(apart) == pytest.approx(variances.sum() ** 2 / (variances**2 / (counts - 1)).sum())


def test_degrees_of_freedom_are_those_of_the_variances_own_distribution():
    """(tr G)^2 / tr G^2, G the covariance of what the seeds add, if trials vary alike: Bell and McCaffrey (2002)."""
    present = np.random.default_rng(14).random((9, 4)) < 0.7
    covariance = np.zeros((9, 9))
    for column in present.T.astype(float):
        count = column.sum()
        centred = np.diag(column) - np.multiply.outer(column, column) / count
        covariance += centred / (count * (count - 1))
    expected = np.trace(covariance) ** 2 / np.trace(covariance @ covariance)
    assert degrees_of_freedom(present) == pytest.approx(expected)


def test_flips_of_whole_seeds_stay_exact_with_missing_cells():
    rng = np.random.default_rng(10)
    for _ in range(8):
        found = pairing(rng, 0.95, seeds=8, missing=0.4)
        used = found.differences[:, found.tested] / np.nanmean(
            np.where(found.present, found.baseline + found.strategy, np.nan)[:, found.tested], axis=0
        )
        means = [np.nanmean(signs[:, None] * used, axis=0).mean() for signs in sign_flips(8)]
        assert found.overall.p_flip == np.mean(np.abs(means) >= abs(means[0]) * (1 - 1e-9))


def test_missing_cells_do_not_make_an_effect_that_grows_with_size_look_uncertain():
    sizes, rng = np.array([1.0, 2.0]), np.random.default_rng(5)
    ratios = np.exp(np.array([0.0, 2.0]) + 0.01 * rng.standard_normal((12, 2)))
    ratios[:4, 1] = np.nan
    interval = Pairing(sizes, np.ones((12, 2)), ratios).overall.interval
    assert interval.low < 1 < interval.high
    assert interval.high - interval.low < 0.05


def test_sizes_with_one_pair_are_left_out_of_the_overall_effect():
    found = pairing(np.random.default_rng(6), 0.8)
    strategy = found.strategy.copy()
    strategy[1:, 0] = np.nan
    fewer = Pairing(found.sizes, found.baseline, strategy)
    assert fewer.tested.tolist() == [1, 2, 3, 4, 5]
    kept = Pairing(found.sizes[1:], found.baseline[:, 1:], found.strategy[:, 1:])
    assert fewer.overall == kept.overall


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
    sizes = [one.single[column].p_t < 0.05 for one in found[:300] for column in range(len(SIZES))]
    overall = [one.overall.p_t < 0.05 for one in found]
    assert 0.035 <= np.mean(sizes) <= 0.065
    assert 0.03 <= np.mean(overall) <= 0.07


def half_without_sizes(seeds):
    present = np.ones((seeds, len(SIZES)), dtype=bool)
    present[seeds // 2 :, 3:] = False
    return present


def one_size_each(seeds):
    return np.arange(seeds)[:, None] % len(SIZES) == np.arange(len(SIZES))


def two_at_the_smallest(seeds):
    present = np.ones((seeds, len(SIZES)), dtype=bool)
    present[2:, 0] = False
    return present


@pytest.mark.parametrize("present", [half_without_sizes, one_size_each, two_at_the_smallest])
def test_missing_cells_do_not_raise_the_level(present):
    rng = np.random.default_rng(15)
    found = [lacking(pairing(rng, seeds=20), present(20)).overall for _ in range(600)]
    assert np.mean([one.p_t < 0.05 for one in found]) <= 0.07
    assert np.mean([one.p_flip < 0.05 for one in found]) <= 0.07


def test_three_times_the_spread_around_the_same_mean_is_no_difference():
    """Means of log ratios over sizes, the estimand of geometric means, differ in 32 % of such studies, after Holm."""
    rng = np.random.default_rng(16)
    wrong = []
    for _ in range(200):
        spread = np.array([0.1, 0.3, 0.3, 0.3])[:, None, None]
        baseline, *strategies = 1 + spread * rng.standard_normal((4, 20, 6))
        found = [Pairing(SIZES, baseline, strategy) for strategy in strategies]
        single = holm([one.single[column].p_t for one in found for column in range(6)])
        flipped = max_t_p(np.concatenate([one.differences for one in found], axis=1))
        over_sizes = holm([one.overall.p_t for one in found])
        wrong.append([(p < 0.05).any() for p in (single, flipped, over_sizes)])
    assert (np.mean(wrong, axis=0) <= 0.09).all()


def test_ten_seeds_see_ten_per_cent_over_all_sizes():
    rng = np.random.default_rng(9)
    assert np.mean([pairing(rng, 0.9).overall.p_t < 0.05 for _ in range(100)]) > 0.95
