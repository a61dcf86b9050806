"""Resampling draws whole seeds, is reproducible, and its intervals cover."""

import numpy as np
import pytest

from segaug.analysis.bootstrap import bootstrap, resampled_means
from segaug.analysis.solver import solve

SIZES = 2.0 ** np.arange(6)
LAW = 0.5 * SIZES**-0.6 + 0.05


def noisy(seeds, rng=None, spread=0.05):
    rng = rng or np.random.default_rng(0)
    return LAW * np.exp(spread * rng.standard_normal((seeds, 6)) - spread**2 / 2)


def test_one_seed_gives_no_interval():
    assert bootstrap(SIZES, noisy(1), 100, "task/model") is None


def test_same_stream_same_resamples_and_other_stream_others():
    values = noisy(5)
    laws = [bootstrap(SIZES, values, 100, name).laws for name in ("t/m", "t/m", "t/other")]
    assert (laws[0].b == laws[1].b).all()
    assert (laws[0].b != laws[2].b).any()


def test_seeds_that_agree_leave_no_doubt():
    found = bootstrap(SIZES, np.tile(LAW, (4, 1)), 100, "t/m")
    for interval, truth in ((found.a, 0.5), (found.b, 0.6), (found.c, 0.05)):
        assert (interval.low, interval.high) == pytest.approx((truth, truth), rel=2e-3)


def test_a_resample_takes_all_sizes_of_a_seed():
    """If one factor per seed scales its whole curve, every resample is a scaled curve."""
    values = np.array([0.8, 0.9, 1.1, 1.3])[:, None] * LAW
    means = resampled_means(values, np.random.default_rng(0).multinomial(4, [0.25] * 4, 50).astype(float))
    assert np.ptp(means[:, 0]) > 0.01
    assert means / means[:, :1] == pytest.approx(np.tile(LAW / LAW[0], (50, 1)))


def test_resampled_means_are_centred_on_the_mean_and_use_present_trials_only():
    values = noisy(3)
    values[0, 2] = np.nan
    means = resampled_means(values, np.array([[1.0, 1, 1], [3, 0, 0], [0, 3, 0]]))
    assert means[0] == pytest.approx(np.nanmean(values, axis=0))
    assert means[1, 2] == pytest.approx(values[1:, 2].mean()), "no trial drawn at this size: the original mean"
    stretched = means[2] - means[0]
    assert stretched / (values[1] - means[0]) == pytest.approx(np.full(6, stretched[0] / (values[1] - means[0])[0]))
    assert stretched[0] / (values[1] - means[0])[0] == pytest.approx(np.sqrt(3 / 2) * 4.30265 / 1.95996, rel=1e-5)


def test_refits_weigh_sizes_as_the_fit_does():
    """Seeds that agree, off the law and with cells missing: each refit is the fit itself."""
    values = np.tile(LAW * np.array([1, 1.2, 0.9, 1, 1.1, 1]), (4, 1))
    values[1:, 2] = values[2:, 4] = np.nan
    counts = np.array([4, 4, 1, 4, 2, 4])
    found, fit = bootstrap(SIZES, values, 20, "t/m").laws, solve(SIZES, values[:1], counts)
    assert found.predict(SIZES) == pytest.approx(np.tile(fit.predict(SIZES), (20, 1)))


def test_more_seeds_narrow_the_interval():
    few, many = (bootstrap(SIZES, noisy(seeds), 400, "t/m").error(SIZES) for seeds in (5, 80))
    assert ((many[1] - many[0]) < (few[1] - few[0])).all()


@pytest.mark.parametrize("seeds", [5, 20])
def test_intervals_cover(seeds):
    rng, hits, runs = np.random.default_rng(7), np.zeros(6), 150
    for _ in range(runs):
        low, high = bootstrap(SIZES, noisy(seeds, rng), 200, "t/m").error(SIZES)
        hits += (low <= LAW) & (high >= LAW)
    assert (hits / runs).mean() > 0.9
    assert (hits / runs).mean() < 0.99


def test_correlation_of_b_and_c_is_none_without_a_floor():
    assert bootstrap(SIZES, noisy(5), 100, "t/m").bc_correlation > 0.5
    falling = np.exp(0.01 * np.random.default_rng(0).standard_normal((5, 6))) * np.array([32, 16, 8, 4, 1.5, 0.3])
    assert bootstrap(SIZES, falling, 100, "t/m").bc_correlation is None
