"""Intervals that hold at all k together: closed forms, and what they must not do."""

import numpy as np
import pytest
from scipy import stats

from benchmarks.addition_verdict import allowed, false_alarms, power
from segaug.analysis.addition.simultaneous import CORRELATED_SEEDS, critical, noncentrality, paired_effects
from segaug.analysis.law.resample import draw_cases, draw_seeds, resampled_means


def effects(differences, on_cases=None, patients=0):
    counts = draw_seeds(range(len(differences)), "test").counts
    cases = None if on_cases is None else draw_cases([str(case) for case in range(on_cases.shape[2])], "test")
    return paired_effects(differences, on_cases, counts, cases, patients)


@pytest.fixture
def noise():
    return np.random.default_rng(0).standard_normal((6, 3))


def test_one_k_alone_has_the_interval_of_the_paired_t_test(noise):
    (effect,) = effects(noise[:, :1])
    expected = stats.ttest_1samp(noise[:, 0], 0).confidence_interval(0.95)
    assert (effect.interval.low, effect.interval.high) == pytest.approx((expected.low, expected.high))


def test_few_seeds_have_sidaks_interval(noise):
    times = stats.t.ppf(0.5 + 0.5 * 0.95 ** (1 / 3), 5)
    for column, effect in zip(noise.T, effects(noise), strict=True):
        half = times * stats.sem(column)
        assert (effect.interval.low, effect.interval.high) == pytest.approx(
            (column.mean() - half, column.mean() + half)
        )


def test_k_that_are_the_same_cost_nothing_once_seeds_can_tell(noise):
    alike = np.random.default_rng(1).standard_normal((CORRELATED_SEEDS, 1)) @ np.ones((1, 5))
    counts = draw_seeds(range(CORRELATED_SEEDS), "test").counts
    together = critical(resampled_means(alike, counts), np.full(5, CORRELATED_SEEDS))
    assert together == pytest.approx(np.full(5, stats.t.ppf(0.975, CORRELATED_SEEDS - 1)), rel=0.05)


def test_unit_and_sign_do_not_matter(noise):
    for own, scaled in zip(effects(noise), effects(-3 * noise), strict=True):
        assert scaled.negated.mean == pytest.approx(3 * own.mean)
        assert scaled.negated.interval.high == pytest.approx(3 * own.interval.high)
        assert scaled.detectable == pytest.approx(3 * own.detectable)


def test_the_detectable_effect_is_seen_with_80_percent():
    rng, times = np.random.default_rng(2), 3.5
    sample = noncentrality(times, 4) + rng.standard_normal((200_000, 5)) * np.sqrt(5)
    t = sample.mean(axis=1) / (sample.std(axis=1, ddof=1) / np.sqrt(5))
    assert (t > times).mean() == pytest.approx(0.8, abs=0.005)


def test_one_pair_and_no_spread_have_no_interval():
    single = np.array([[0.1, 0.2, np.nan], [np.nan, 0.2, np.nan], [np.nan, 0.2, np.nan]])
    one, constant, nothing = effects(single)
    assert [effect.pairs for effect in (one, constant, nothing)] == [1, 3, 0]
    assert one.interval is None
    assert constant.interval is None
    assert np.isnan(nothing.mean)


def test_other_cases_widen_and_patients_count(noise):
    rng = np.random.default_rng(3)
    of_case = rng.standard_normal((1, 3, 40))
    on_cases = noise[:, :, None] / 10 + of_case - of_case.mean(axis=2, keepdims=True)
    known = effects(noise / 10, on_cases, patients=40)
    for effect in known:
        width, other = (end.high - end.low for end in (effect.interval, effect.other_cases))
        assert other > width
    assert all(effect.other_cases is None for effect in effects(noise / 10, on_cases, patients=1))


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "shared"), [(5, 0.0), (5, 0.9), (10, 0.5), (20, 0.5)])
def test_false_alarms_stay_at_their_level_and_promised_effects_are_found(seeds, shared):
    """400 studies each, as in benchmarks/addition_verdict.py, of which this is a part."""
    assert false_alarms(400, seeds, shared) <= allowed(400)
    assert power(400, seeds, shared)[1] >= 0.8 - 3 * np.sqrt(0.8 * 0.2 / 400)
