"""Ratios for new seeds and new test cases."""

import numpy as np
import pytest

from segaug.analysis.comparison.paired_population import drawn_log_ratios, errors_on_drawn_cases, ratio_interval
from segaug.analysis.law.resample import draw_cases, draw_seeds

SEEDS, CASES, DRAWS = 6, 40, 400


def drawn(baseline, strategy, seed_counts, case_counts):
    """baseline, strategy: (S, m, K)."""
    observed = baseline.mean(axis=2), strategy.mean(axis=2)
    errors = [errors_on_drawn_cases(values, case_counts) for values in (baseline, strategy)]
    one, other = (np.nanmean(np.where(np.isfinite(strategy.mean(axis=2)), each, np.nan), axis=0) for each in observed)
    return drawn_log_ratios(errors, observed, seed_counts, CASES), np.log(other / one)


def counts():
    return draw_seeds(range(SEEDS), "test", DRAWS).counts, draw_cases(
        [str(case) for case in range(CASES)], "test", DRAWS
    )


def test_what_makes_seeds_and_cases_hard_for_both_cancels():
    rng = np.random.default_rng(0)
    baseline = rng.uniform(0.5, 2, (SEEDS, 1, 1)) * rng.uniform(0.5, 2, (1, 1, CASES)) * np.array([0.4, 0.2])[:, None]
    found, _ = drawn(baseline, 0.8 * baseline, *counts())
    assert np.exp(found) == pytest.approx(np.full((DRAWS, 2), 0.8))


def test_cases_on_which_the_strategies_differ_widen_the_interval():
    rng = np.random.default_rng(1)
    baseline = rng.uniform(0.5, 2, (SEEDS, 1, CASES))
    strategy = baseline * np.exp(rng.normal(0, 0.5, (1, 1, CASES)) + rng.normal(0, 0.02, (SEEDS, 1, 1)))
    seed_counts, case_counts = counts()
    both, observed = drawn(baseline, strategy, seed_counts, case_counts)
    seeds_alone, _ = drawn(baseline, strategy, seed_counts, np.ones_like(case_counts))
    wide, narrow = ratio_interval(both[:, 0]), ratio_interval(seeds_alone[:, 0])
    assert np.log(wide.high / wide.low) > 3 * np.log(narrow.high / narrow.low)
    assert (wide.method, wide.target) == ("bootstrap", "case_population")
    assert both.mean() == pytest.approx(observed.mean(), abs=0.02)


def test_a_draw_is_the_mean_over_its_seeds_and_cases():
    rng = np.random.default_rng(2)
    baseline, strategy = rng.uniform(0.5, 2, (2, SEEDS, 1, CASES))
    seed_counts = np.array([[1] * SEEDS, [6, 0, 0, 0, 0, 0]])
    case_counts = np.array([[1] * CASES, [CASES // 2] * 2 + [0] * (CASES - 2)])
    found, observed = drawn(baseline, strategy, seed_counts, case_counts)
    assert found[0] == pytest.approx(observed)
    only = np.log(strategy[0, 0, :2].mean() / baseline[0, 0, :2].mean())
    spread = (found[1, 0] - observed.mean()) / (only - observed.mean())
    assert spread == pytest.approx(np.sqrt(6 / 5) * 2.5706 / 1.95996, rel=1e-4)


def test_missing_trials_leave_no_mark():
    rng = np.random.default_rng(3)
    baseline, strategy = rng.uniform(0.5, 2, (2, SEEDS, 1, CASES))
    strategy[4:] = np.nan
    found, _ = drawn(baseline, strategy, *counts())
    assert np.isfinite(found).all()
