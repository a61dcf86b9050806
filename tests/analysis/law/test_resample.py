"""Draws take whole seeds and whole patients, are the same for all curves, and their intervals cover."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import norm, t

from segaug.analysis.law.resample import (
    draw_cases,
    draw_seeds,
    kappa,
    percentile_interval,
    resampled_means,
    two_way_means,
)
from segaug.analysis.law.solver import solve

SIZES = 2.0 ** np.arange(2, 8)
LAW = 0.6 * SIZES**-0.5 + 0.03
NAN = float("nan")


def crossed(rng, seeds, cases, strategies=1, case_cv=0.6):
    """Errors (strategies, seeds, sizes, cases) with mean LAW over seeds and cases; strategies share most of both."""
    seed_cv = 0.3 * SIZES ** -(np.log(6) / np.log(512))
    seed = lognormal(rng, (strategies, seeds, len(SIZES), 1), seed_cv[:, None], shared=0.6)
    case = lognormal(rng, (strategies, 1, 1, cases), case_cv, shared=0.97)
    interaction = lognormal(rng, (strategies, seeds, len(SIZES), cases), 0.2, shared=0.0)
    return LAW[:, None] * seed * case * interaction


def lognormal(rng, shape, cv, shared):
    """Mean 1; `shared` is the correlation of two strategies."""
    common, own = rng.standard_normal((1, *shape[1:])), rng.standard_normal(shape)
    sd = np.sqrt(np.log1p(np.square(cv)))
    return np.exp(sd * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own) - sd**2 / 2)


def test_a_draw_has_as_many_seeds_as_there_are():
    draws = draw_seeds([7, 3, 3, 5], "task/model", 500)
    assert draws.seeds == (3, 5, 7)
    assert draws.counts.shape == (500, 3)
    assert (draws.counts.sum(axis=1) == 3).all()
    assert draws.counts.mean(axis=0) == pytest.approx(np.ones(3), abs=0.15)
    assert draws.counts.var(axis=0) == pytest.approx(np.full(3, 2 / 3), abs=0.1)


def test_curves_of_a_group_share_draws():
    draws = draw_seeds(range(4), "task/model", 20)
    assert (draws.of([2, 0]) == draws.counts[:, [2, 0]]).all()
    assert (draws.counts == draw_seeds([3, 2, 1, 0], "task/model", 20).counts).all()
    assert (draws.counts != draw_seeds(range(4), "task/other", 20).counts).any()


def test_draws_are_the_same_in_another_process():
    code = (
        "from segaug.analysis.law.resample import draw_cases, draw_seeds;"
        "print(draw_seeds(range(4), 'x', 3).counts.tolist(), draw_cases(list('aab'), 'x', 3).tolist())"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    shown = f"{draw_seeds(range(4), 'x', 3).counts.tolist()} {draw_cases(list('aab'), 'x', 3).tolist()}"
    assert run.stdout.strip() == shown


def test_cases_of_a_patient_come_together():
    counts = draw_cases(list("pqprq"), "task/model", 300)
    assert (counts[:, 0] == counts[:, 2]).all()
    assert (counts[:, 1] == counts[:, 4]).all()
    assert (counts[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert (counts[:, 0] != counts[:, 1]).any()


@pytest.mark.parametrize("units", [2, 5, 20])
def test_kappa(units):
    expected = np.sqrt(units / (units - 1)) * t.ppf(0.975, units - 1) / norm.ppf(0.975)
    assert kappa(units) == pytest.approx(expected)


def test_a_single_unit_cannot_be_resampled():
    with pytest.raises(ValueError, match="1 unit"):
        kappa(1)


def test_a_resample_takes_all_sizes_of_a_seed():
    """If one factor per seed scales its whole curve, every resample is a scaled curve."""
    values = np.array([0.8, 0.9, 1.1, 1.3])[:, None] * LAW
    means = resampled_means(values, draw_seeds(range(4), "x", 50).counts)
    assert np.ptp(means[:, 0]) > 0.01
    assert means / means[:, :1] == pytest.approx(np.tile(LAW / LAW[0], (50, 1)))


def test_resampled_means_use_present_trials_only():
    values = np.array([[1.0, NAN], [2.0, 5.0], [6.0, 7.0]])
    means = resampled_means(values, np.array([[1, 1, 1], [3, 0, 0], [0, 2, 1]]))
    assert means[0] == pytest.approx([3, 6])
    assert means[1] == pytest.approx([3 + kappa(3) * (1 - 3), 6]), "no trial drawn at a size: the original mean"
    assert means[2] == pytest.approx([3 + kappa(3) * (10 / 3 - 3), 6 + kappa(3) * (17 / 3 - 6)])


def test_a_seed_without_any_trial_does_not_count():
    values = np.array([[1.0, 2.0], [3.0, 4.0], [NAN, NAN]])
    means = resampled_means(values, np.array([[2, 0, 1]]))
    assert means == pytest.approx(np.array([[2 - kappa(2), 3 - kappa(2)]]))


def test_two_way_means_equal_averages_over_repeated_seeds_and_cases():
    rng = np.random.default_rng(0)
    values, patients = rng.lognormal(size=(3, 2, 7)), list("aabbccd")
    values[1, 0] = NAN
    seeds, cases = draw_seeds(range(3), "x", 300).counts, draw_cases(patients, "x", 300)
    mean = np.nanmean(values, axis=(0, 2))
    means = two_way_means(values, seeds, cases, 4)
    for draw in range(300):
        rows = np.repeat(np.arange(3), seeds[draw])
        columns = np.repeat(np.arange(7), cases[draw])
        for size in range(2):
            drawn = values[rows, size][:, columns]
            drawn = drawn if np.isfinite(drawn).any() else values[:, size][:, columns]
            assert means[draw, size] == pytest.approx(mean[size] + kappa(3) * (np.nanmean(drawn) - mean[size]))


def test_the_fewer_of_seeds_and_patients_decide_the_spread():
    values = np.random.default_rng(0).lognormal(size=(6, 1, 4))
    seeds, cases = draw_seeds(range(6), "x", 10).counts, draw_cases(list("abcd"), "x", 10)
    mean = values.mean()
    few, many = (two_way_means(values, seeds, cases, patients) - mean for patients in (4, 6))
    assert few / kappa(4) == pytest.approx(many / kappa(6))


def test_each_case_once_leaves_the_seeds():
    values = np.random.default_rng(0).lognormal(size=(5, 3, 8))
    values[0, 1] = NAN
    seeds = draw_seeds(range(5), "x", 40).counts
    found = two_way_means(values, seeds, np.ones((40, 8), dtype=np.int64), 8)
    assert found == pytest.approx(resampled_means(values.mean(axis=2), seeds))


def test_blocks_do_not_change_draws(monkeypatch):
    values = np.random.default_rng(0).lognormal(size=(5, 3, 8))
    seeds, cases = draw_seeds(range(5), "x", 40).counts, draw_cases(list("abcdefgh"), "x", 40)
    whole = two_way_means(values, seeds, cases, 8)
    monkeypatch.setattr("segaug.analysis.law.resample._BLOCK", 7)
    assert two_way_means(values, seeds, cases, 8) == pytest.approx(whole, rel=1e-14)


def test_percentiles():
    samples = np.random.default_rng(0).permutation(np.arange(1001.0))
    interval = percentile_interval(samples, "case_population")
    assert (interval.low, interval.high) == pytest.approx((25, 975))
    assert (interval.method, interval.target) == ("bootstrap", "case_population")


def test_infinite_values_are_the_largest():
    finite = np.arange(100.0)
    few = percentile_interval(np.append(finite, np.inf), "this_test_set")
    assert (few.low, few.high) == pytest.approx((2.5, 97.5))
    many = percentile_interval(np.append(finite, [np.inf] * 20), "this_test_set")
    assert (many.low, many.high) == pytest.approx((2.975, np.inf))
    assert percentile_interval(np.append(finite, [-np.inf] * 20), "this_test_set").low == -np.inf


def test_two_way_intervals_cover_the_population_of_cases_and_seeds_alone_do_not():
    """20 seeds.  Another 95 % interval of seeds alone speaks about this test set, and hits the population rarely."""
    for cases, low_two_way in ((50, 0.86), (200, 0.88)):
        both, alone = coverage(cases, runs=150)
        assert low_two_way < both <= 0.985, cases
        assert alone < 0.6, cases


def coverage(cases, runs):
    """Shares of runs in which the intervals of E(Nmax), fitted, hold the truth: (seeds and cases, seeds alone)."""
    rng, hits = np.random.default_rng(cases), np.zeros(2)
    for run in range(runs):
        (values,) = crossed(rng, 20, cases)
        seeds = draw_seeds(range(20), str(run), 200).counts
        found = two_way_means(values, seeds, draw_cases([str(k) for k in range(cases)], str(run), 200), cases)
        for place, means in enumerate((found, resampled_means(values.mean(axis=2), seeds))):
            errors = solve(SIZES, means, values.mean(axis=(0, 2)) ** -2.0).predict(SIZES[-1:])[:, 0]
            interval = percentile_interval(errors, "case_population")
            hits[place] += interval.low <= LAW[-1] <= interval.high
    return hits / runs


def test_shared_draws_cover_the_ratio_of_two_strategies():
    """The strategies' truth is the same, the ratio 1; with draws of their own its interval is far too wide."""
    rng, runs, hits, widths = np.random.default_rng(3), 200, 0, np.zeros(2)
    for run in range(runs):
        first, second = crossed(rng, 20, 50, strategies=2)
        intervals = [ratio_interval(first, second, f"{run}", other) for other in (f"{run}", f"{run}/own")]
        hits += intervals[0].low <= 1 <= intervals[0].high
        widths += [one.high - one.low for one in intervals]
    assert 0.9 < hits / runs <= 0.99
    assert widths[1] > 2 * widths[0]


def ratio_interval(first, second, stream, other):
    patients = [str(k) for k in range(50)]
    means = [
        two_way_means(values[:, -1:], draw_seeds(range(20), name, 200).counts, draw_cases(patients, name, 200), 50)
        for values, name in ((first, stream), (second, other))
    ]
    return percentile_interval((means[0] / means[1])[:, 0], "case_population")


@pytest.mark.parametrize("seeds", [5, 20])
def test_intervals_over_seeds_cover_on_this_test_set(seeds):
    rng, hits, runs = np.random.default_rng(7), 0, 300
    for run in range(runs):
        values = LAW[-1] * np.exp(0.1 * rng.standard_normal((seeds, 1)) - 0.005)
        means = resampled_means(values, draw_seeds(range(seeds), str(run), 300).counts)
        interval = percentile_interval(means[:, 0], "this_test_set")
        hits += interval.low <= LAW[-1] <= interval.high
    assert 0.91 < hits / runs < 0.985
