"""The fit of one curve: its diagnostics mean what they say."""

import numpy as np
import pytest

from segaug.analysis.fit import fit_trials

SIZES = 2.0 ** np.arange(8)


def trials(a=1.0, b=0.5, c=0.05, seeds=10, spread=0.05, rng_seed=0):
    rng = np.random.default_rng(rng_seed)
    return (a * SIZES**-b + c) * np.exp(spread * rng.standard_normal((seeds, 8)))


def fit(values):
    return fit_trials(SIZES, values, 300, "task/model")


def test_law_lies_within_its_own_intervals():
    found = fit(trials())
    for name, truth in (("a", 1.0), ("b", 0.5), ("c", 0.05)):
        interval = getattr(found.bootstrap, name)
        assert interval.low <= truth <= interval.high
        assert interval.low <= getattr(found.law, name) <= interval.high
    assert 0.9 < found.bootstrap.bc_correlation < 1


def test_floor_is_identified_only_where_there_is_one():
    assert fit(trials(c=0.3)).floor_identified
    assert not fit(trials(c=0.0)).floor_identified
    assert not fit(trials(c=0.3, seeds=1)).floor_identified, "no interval, no claim"


def test_aic_gain_pays_for_the_third_parameter():
    assert fit(trials(c=0.3)).aic_gain > 20
    without = fit(trials(c=0.0, spread=0.0))
    assert without.aic_gain == pytest.approx(-2), "both laws are exact: only the price of c is left"
    assert without.pure.b == pytest.approx(0.5, rel=1e-6)


def test_r2_and_residuals():
    perfect = fit(trials(spread=0.0))
    assert perfect.r2 == pytest.approx(1)
    assert perfect.residuals == pytest.approx(np.zeros(8), abs=1e-9)
    assert perfect.rss == pytest.approx(0, abs=1e-12)
    values = trials()
    found = fit(values)
    assert values.mean(axis=0) - found.residuals == pytest.approx(found.law.predict(SIZES))
    assert found.rss == pytest.approx(((values - found.law.predict(SIZES)) ** 2).sum())
    assert fit(trials(a=0.0, c=0.3)).r2 < 0.9


def test_weighted_residuals_cancel_where_the_floor_is_free():
    """The normal equation of c; it fails if sizes with more trials do not count more."""
    values = trials(c=0.3)
    values[2:, 3] = np.nan
    found = fit(values)
    assert list(found.counts) == [10, 10, 10, 2, 10, 10, 10, 10]
    assert found.counts @ found.residuals == pytest.approx(0, abs=1e-9)
    assert abs(found.residuals.sum()) > 1e-4


def test_middle_size_and_bound():
    assert fit(trials()).middle_size == 16
    assert not fit(trials()).b_at_bound
    assert fit(trials(a=0.0, c=0.3, spread=0.0)).b_at_bound
    assert fit(trials(b=6.0, spread=0.0)).b_at_bound
